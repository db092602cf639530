"""``touchpoint_quality``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.example import Example, Shown
from tests.metrics.relationship.touches import call, mail, told
from tests.world import ACME, ADA, BEN, BIRCH, World

EXAMPLE = Example(
    """Ada gives 5 to the meeting with Acme and Ben 3 to the call with Birch. The call with Cedar was not rated, which is
    no 0, and automated mail is no contact. (5 + 3) / 2 = 4.""",
    {
        "touchpoint": """
        touchpoint_id,account_id,csm_id,channel,occurred_at,quality,is_automated
        t1,acme,ada,meeting,2026-03-04 10:00,5,false
        t2,birch,ben,call,2026-03-10 15:00,3,false
        t3,cedar,ben,call,2026-03-12 09:00,,false
        t4,cedar,,email,2026-03-16 06:00,1,true
        """
    },
    "2026-03",
    (Shown("4", "8", "2"),),
)

SLUG = "touchpoint_quality"


def march(world, **more):
    (figure,) = world.ask(SLUG, "2026-03", **more)
    return figure


def test_the_mean_of_the_ratings():
    """3, 4, 4, 5 and 4: mean 4, standard deviation 0.7071, t(4) = 2.776: 4 +- 0.878."""
    scores = (3, 4, 4, 5, 4)
    figure = march(
        told(
            *(call(ACME, f"2026-03-0{day}", quality=quality) for day, quality in enumerate(scores, start=1)),
            call(ACME, "2026-03-10"),  # not rated
            call(ACME, "2026-03-10", sentiment="0.5"),
            call(ACME, "2026-02-28", quality=1),
            call(ACME, "2026-04-01", quality=1),
            mail(ACME, "2026-03-10", quality=1, is_automated=True),
        )
    )
    assert (figure.value, figure.numerator, figure.denominator, figure.n, figure.unit) == (4, 20, 5, 5, "score")
    assert (float(figure.low), float(figure.high)) == pytest.approx((3.122, 4.878), abs=1e-3)


def test_a_threads_day_is_one_contact_and_its_last_note_counts():
    world = told(
        mail(ACME, "2026-03-02 09:00", thread_id="x", quality=1, sentiment="-1"),
        mail(ACME, "2026-03-02 11:00", "in", thread_id="x", quality=5),
        mail(ACME, "2026-03-02 12:00", thread_id="x"),
        mail(ACME, "2026-03-03 09:00", thread_id="x", quality=2),
        mail(BIRCH, "2026-03-02 13:00", thread_id="x", quality=3),
    )
    assert (march(world).numerator, march(world).denominator) == (10, 3)
    assert march(world, variant=("sentiment",)).value == -1


def test_the_tone():
    world = told(call(ACME, "2026-03-01", sentiment="0.5"), call(BIRCH, "2026-03-02", sentiment="-0.25"),
                 call(ACME, "2026-03-03", sentiment=0), call(ACME, "2026-03-04", quality=5))  # fmt: skip
    figure = march(world, variant=("sentiment",))
    assert (figure.value, figure.n, figure.unit) == (Decimal("0.0833333333"), 3, "score")


def test_each_outcomes_share():
    world = told(call(ACME, "2026-03-01", outcome="done"), call(ACME, "2026-03-02", outcome="done"),
                 call(BIRCH, "2026-03-03", outcome="done"), call(BIRCH, "2026-03-04", outcome="risk found"),
                 call(BIRCH, "2026-03-05", outcome=" "), call(BIRCH, "2026-02-05", outcome="no answer"))  # fmt: skip
    found = {f.slice["outcome"]: f for f in world.ask(SLUG, "2026-03", variant=("outcomes",))}
    assert {outcome: (f.value, f.numerator, f.denominator, f.n, f.unit) for outcome, f in found.items()} == {
        "done": (Decimal("0.75"), 3, 4, 4, "share"), "risk found": (Decimal("0.25"), 1, 4, 4, "share"),
    }  # fmt: skip
    segments = {
        tuple(f.slice.values()): f.value
        for f in world.ask(SLUG, "2026-03", by=("segment", "outcome"), variant=("outcomes",))
    }
    half = Decimal("0.5")
    assert segments == {
        ("SMB", "done"): 1,
        ("SMB", "risk found"): 0,
        ("ENT", "done"): half,
        ("ENT", "risk found"): half,
    }


def test_whose_and_which():
    world = told(
        call(ACME, "2026-03-02", quality=5), call("old", "2026-03-20", quality=2), call("test", "2026-03-20", quality=1),
        call(ACME, "2026-03-31", quality=1), now="2026-03-31",
    )  # fmt: skip
    world.account("old", merged_into=ACME).account("test", is_test=True)
    world.owns(ADA, ACME).owns(BEN, ACME, "2026-03-15")
    assert world.values(SLUG, "2026-03", by="owner") == {ADA: 5, BEN: 2}


def test_nothing_rated_no_value():
    assert march(told(call(ACME, "2026-03-02"))).value is None
    assert World().ask(SLUG, "2026-03", variant=("outcomes",)) == []
