"""``touchpoint_coverage``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenure.core.config import Relationship
from tests.example import Example, Shown
from tests.metrics.relationship.touches import call, mail, told
from tests.world import ACME, ADA, BEN, BIRCH, World

EXAMPLE = Example(
    """The 90 days up to the end of June begin on 2 April. We spoke with Acme and Dune in them. Birch was written to and did
    not answer, and the call with Cedar was before. 2 / 4 = 50 %.""",
    {
        "account": """
        account_id,name
        acme,Acme
        birch,Birch
        cedar,Cedar
        dune,Dune
        """,
        "touchpoint": """
        touchpoint_id,account_id,csm_id,channel,direction,occurred_at
        t1,acme,ada,meeting,both,2026-06-10 10:00
        t2,birch,ada,email,out,2026-06-15 09:00
        t3,cedar,ben,call,both,2026-03-20 14:00
        t4,dune,ben,chat,both,2026-04-02 11:00
        """,
    },
    "2026-06",
    (Shown("0.5", "2", "4"),),
)

SLUG = "touchpoint_coverage"


def march(world, **more):
    (figure,) = world.ask(SLUG, "2026-03", **more)
    return figure


@pytest.mark.parametrize(
    ("at", "covered"),
    [("2025-12-31", 0), ("2026-01-01", 1), ("2026-03-31 23:59", 1), ("2026-04-01", 0)],  # 90 days to the end of March
)
def test_the_last_days_before_the_close(at, covered):
    figure = march(told(call(ACME, at)))
    assert (figure.numerator, figure.denominator, figure.n) == (covered, 2, 2)


def test_the_days_are_a_setting_and_local():
    rules = {"relationship": Relationship(coverage_days=7), "zone": "Europe/Berlin"}
    assert march(told(call(ACME, "2026-03-24 22:59:00"), **rules)).value == 0
    assert march(told(call(ACME, "2026-03-24 23:00:00"), **rules)).value == Decimal("0.5")


def test_one_way_contacts_count_in_the_variant_only():
    world = told(mail(ACME, "2026-03-02"), mail(BIRCH, "2026-03-02", is_automated=True))
    assert march(world).value == 0
    assert march(world, variant=("all",)).value == Decimal("0.5")


def test_contacts_of_one_account_count_once():
    assert march(told(*(call(ACME, f"2026-03-{day:02}") for day in range(1, 20)))).numerator == 1


def test_the_running_period_closes_now_with_today_as_its_last_day():
    rules = {"relationship": Relationship(coverage_days=3), "now": "2026-03-11 12:00"}
    assert march(told(call(ACME, "2026-03-08 23:00"), call(BIRCH, "2026-03-11 13:00"), **rules)).numerator == 0
    assert march(told(call(ACME, "2026-03-09 00:00"), call(BIRCH, "2026-03-11 11:00"), **rules)).numerator == 2


def test_the_owner_is_the_one_just_before_the_close():
    world = told(call(ACME, "2026-03-02")).owns(ADA, ACME).owns(BEN, ACME, "2026-03-31").owns(ADA, BIRCH)
    assert {f.slice["owner"]: f.value for f in world.ask(SLUG, "2026-03", by=("owner",))} == {ADA: 0, BEN: 1}


def test_the_interval_is_wilsons():
    world = World()
    for number in range(100):
        world.account(f"a{number}")
    figure = march(world.add("touchpoint", *(call(f"a{n}", "2026-03-10") for n in range(20))))
    assert figure.value == Decimal("0.2")
    assert (float(figure.low), float(figure.high)) == pytest.approx((0.1334, 0.2888), abs=5e-5)


def test_no_accounts_no_value():
    assert march(World()).value is None
