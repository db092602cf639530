"""``goal_attainment``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, BEN, World

EXAMPLE = Example(
    """Five goals of customers are due in March. Three are reached by their date, one of them long before; one is reached a
    day late, and one is not reached. Dune has never been a customer, and its goal is left out. 3 / 5 = 60 %.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at
        s1,acme,100,2025-06-01
        s2,birch,50,2025-09-01
        s3,cedar,80,2025-11-01
        """,
        "goal": """
        goal_id,account_id,name,due_at,reached_at
        g1,acme,Close the books in five days,2026-03-31,2026-03-31 17:00
        g2,acme,All plants connected,2026-03-15,2025-12-10
        g3,birch,Half of the mail answered by itself,2026-03-20,2026-03-12
        g4,birch,Old system switched off,2026-03-10,2026-03-11
        g5,cedar,Reports for the board,2026-03-31,
        g6,dune,First pilot,2026-03-31,2026-03-20
        """,
    },
    "2026-03",
    (Shown("0.6", "3", "5", left_out={"never a customer": "1"}),),
)

SLUG = "goal_attainment"
PAID = {"amount": 10}


def goal(account, number, due="2026-03-20", reached=None):
    return {"goal_id": f"{account} {number}", "account_id": account, "name": "Grow", "due_at": due,
            "reached_at": reached}  # fmt: skip


def test_reached_by_the_end_of_the_local_day():
    world = Cases(zone="Europe/Berlin")  # 20 March ends at 23:00 UTC there
    told = {
        "early": ("2026-03-20", "2025-10-01"),
        "on the day": ("2026-03-20", "2026-03-20 22:59:59"),
        "a second late": ("2026-03-20", "2026-03-20 23:00:00"),
        "later": ("2026-03-20", "2026-05-01"),
        "not reached": ("2026-03-20", None),
        "due on the last day": ("2026-03-31", "2026-03-31"),
        "due in April": ("2026-04-01", "2026-03-01"),
        "never due": (None, "2026-03-01"),
    }
    for number, (case, (due, reached)) in enumerate(told.items()):
        world.case(case, PAID).add("goal", goal(case, number, due, reached))
    assert world.by_case(SLUG, "2026-03") == {
        "early": 1, "on the day": 1, "a second late": 0, "later": 0, "not reached": 0, "due on the last day": 1,
    }  # fmt: skip
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.numerator, figure.denominator, figure.n) == (Decimal("0.5"), 3, 6, 6)


def test_the_goals_of_customers_and_of_those_who_were():
    world = Cases().case("left", {**PAID, "ended_at": "2026-02-01"}).case("never")
    world.case("on trial", {**PAID, "is_trial": True}).case("came later", {**PAID, "started_at": "2026-03-21"})
    world.case("came that day", {**PAID, "started_at": "2026-03-20"}).case("test", PAID, is_test=True)
    world.add("goal", *(goal(case, 1) for case in ("left", "never", "on trial", "came later", "came that day", "test")))
    assert world.by_case(SLUG, "2026-03") == {
        "left": 0, "never": None, "on trial": None, "came later": None, "came that day": 0,
    }  # fmt: skip
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.denominator, figure.excluded) == (2, {"never a customer": 3})


def test_a_goal_due_today_is_not_due_yet_and_belongs_to_who_owned_when_it_was():
    world = World(now="2026-03-20 12:00").account(ACME).account("old", merged_into=ACME).pays(ACME, 10, "2025-01-01")
    world.add("goal", goal(ACME, 1), goal("old", 2, "2026-03-19", "2026-03-01"), goal(ACME, 3, "2026-03-10"))
    world.owns(ADA, ACME).owns(BEN, ACME, "2026-03-19")
    assert world.values(SLUG, "2026-03", by="owner") == {ADA: 0, BEN: 1}


def test_as_of_a_day_on_which_it_was_not_known_to_be_reached():
    world = World().account(ACME).pays(ACME, 10, "2025-01-01").add("goal", goal(ACME, 1), known="2026-01-01")
    world.add("goal", goal(ACME, 1, reached="2026-03-15"), known="2026-03-25")
    assert world.value(SLUG, "2026-03", as_of="2026-03-24") == 0
    assert world.value(SLUG, "2026-03") == 1


def test_nothing_due_no_value_and_the_interval_is_wilsons():
    world = World().account(ACME).pays(ACME, 10, "2025-01-01")
    assert world.value(SLUG, "2026-03") is None
    world.add("goal", *(goal(ACME, n, reached="2026-03-01" if n < 20 else None) for n in range(100)))
    (figure,) = world.ask(SLUG, "2026-03")
    assert (float(figure.low), float(figure.high)) == pytest.approx((0.1334, 0.2888), abs=5e-5)
