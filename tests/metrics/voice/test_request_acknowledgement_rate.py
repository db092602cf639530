"""``request_acknowledgement_rate``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenure.core.config import Voice
from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.metrics.voice.requests import request
from tests.world import ACME, ADA, BEN, BIRCH, World

EXAMPLE = Example(
    """There are two days to say that a request was received. Acme's came on 2 March, and the end of 4 March is in time.
    Birch is told on the fourth day, too late, and Dune never. Cedar is told at once what came of its request: nothing
    else is needed. 2 / 4 = 50 %.""",
    {
        "request": """
        request_id,account_id,kind,created_at,acknowledged_at,informed_at
        r1,acme,feature,2026-03-02 09:00,2026-03-04 23:30,
        r2,birch,feature,2026-03-02 09:00,2026-03-06 10:00,
        r3,cedar,complaint,2026-03-09 14:00,,2026-03-10 09:00
        r4,dune,feedback,2026-03-12 08:00,,
        """
    },
    "2026-03",
    (Shown("0.5", "2", "4"),),
)

SLUG = "request_acknowledgement_rate"


def march(world, **more):
    (figure,) = world.ask(SLUG, "2026-03", **more)
    return figure


def test_the_last_chance_is_the_end_of_the_second_local_day_after():
    """Clocks in Berlin go forward on 29 March: the day before has its midnight at 23:00 UTC, the day after at 22:00."""
    world = Cases(zone="Europe/Berlin")
    told = {
        "at once": ("2026-03-10 09:00:00", {"acknowledged_at": "2026-03-10 09:00:01"}),
        "in the last second": ("2026-03-09 23:00:00", {"acknowledged_at": "2026-03-12 22:59:59"}),
        "a second late": ("2026-03-10 22:59:59", {"acknowledged_at": "2026-03-12 23:00:00"}),
        "in summer time": ("2026-03-28 12:00:00", {"acknowledged_at": "2026-03-30 21:59:59"}),
        "late in summer time": ("2026-03-28 12:00:00", {"acknowledged_at": "2026-03-30 22:00:00"}),
        "dates only": ("2026-03-27", {"acknowledged_at": "2026-03-29"}),
        "never": ("2026-03-10", {}),
        "done and told": ("2026-03-10", {"informed_at": "2026-03-11"}),
        "done, not told": ("2026-03-10", {"resolved_at": "2026-03-11"}),
        "told late": ("2026-03-10", {"acknowledged_at": "2026-03-20", "informed_at": "2026-03-20"}),
    }
    for case, (on, more) in told.items():
        world.case(case).add("request", request(case, on, kind="complaint", **more))
    assert world.by_case(SLUG, "2026-03") == {
        "at once": 1, "in the last second": 1, "a second late": 0, "in summer time": 1, "late in summer time": 0,
        "dates only": 1, "never": 0, "done and told": 1, "done, not told": 0, "told late": 0,
    }  # fmt: skip
    figure = march(world)
    assert (figure.value, figure.numerator, figure.denominator, figure.n) == (Decimal("0.5"), 5, 10, 10)


def test_the_days_are_a_setting():
    rows = [request(ACME, "2026-03-10", acknowledged_at=f"2026-03-{day}") for day in (10, 12, 13, 17, 18)]
    for days, value in ((0, "0.2"), (2, "0.4"), (3, "0.6"), (7, "0.8")):
        world = World(voice=Voice(acknowledgement_days=days)).add("request", *rows)
        assert march(world).value == Decimal(value)


def test_requests_whose_days_are_not_over_are_left_out_acknowledged_or_not():
    rows = [
        request(ACME, "2026-03-17 15:00"),
        request(ACME, "2026-03-18 00:00", acknowledged_at="2026-03-18 01:00"),
        request(ACME, "2026-03-19"),
        request(ACME, "2026-03-17", acknowledged_at="2026-03-20"),  # not yet
        request(ACME, "2026-03-21"),
    ]
    figure = march(World(now="2026-03-20").add("request", *rows))
    assert (figure.value, figure.denominator, figure.excluded) == (0, 2, {"days not over": 2})
    assert figure.bounds is None


def test_every_request_of_an_idea_counts_and_slices_are_those_when_it_came():
    world = World().account(ACME).account("old", merged_into=ACME).account("test", is_test=True)
    world.owns(ADA, ACME).owns(BEN, ACME, "2026-03-11")
    told = {"idea_id": "dark", "acknowledged_at": "2026-03-11"}
    world.add("request", request("old", "2026-03-10", **told), request(ACME, "2026-03-12", idea_id="dark"),
              request(ACME, "2026-03-13", kind="feedback"), request("test", **told))  # fmt: skip
    assert world.values(SLUG, "2026-03", by="owner") == {ADA: 1, BEN: 0}
    assert world.values(SLUG, "2026-03", by="idea") == {"dark": Decimal("0.5"), None: 0}
    assert world.values(SLUG, "2026-03", by="kind") == {"feature": Decimal("0.5"), "feedback": 0}


def test_weighted_by_what_the_accounts_pay():
    """Acme's 100 a month twice, once in time; Birch's 300 in time; a prospect's nothing."""
    world = World().account(ACME).account(BIRCH).pays(ACME, 100, "2025-01-01").pays(BIRCH, 300, "2025-01-01")
    told = {"acknowledged_at": "2026-03-10"}
    world.add("request", request(ACME, **told), request(ACME), request(BIRCH, **told), request("prospect", **told))
    figure = march(world, variant=("arr_weighted",))
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("0.8"), 4800, 6000)
    assert figure.excluded == {"no recurring revenue": 1}


def test_no_requests_no_value_and_the_interval_is_wilsons():
    assert march(World()).value is None
    rows = [request(ACME, acknowledged_at="2026-03-10" if number < 20 else None) for number in range(100)]
    figure = march(World().add("request", *rows))
    assert (float(figure.low), float(figure.high)) == pytest.approx((0.1334, 0.2888), abs=5e-5)
