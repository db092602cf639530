"""Onboarded of those whose onboarding was due."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, BEN, World

EXAMPLE = Example(
    """Four onboardings are due in March. Acme's is done in time and Birch's late, which is done too; Cedar's is not. Dune
    had left before its day came and is left out. 2 / 3 = 66.7 %.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at,ended_at
        s1,acme,100,2026-01-15,
        s2,birch,50,2026-01-20,
        s3,cedar,80,2026-02-01,
        s4,dune,60,2026-01-10,2026-03-01
        """,
        "milestone": """
        account_id,kind,due_at,completed_at
        acme,onboarded,2026-03-15,2026-03-10
        birch,onboarded,2026-03-20,2026-04-05
        cedar,onboarded,2026-03-31,
        dune,onboarded,2026-03-10,
        """,
    },
    "2026-03",
    (Shown("0.6667", "2", "3", left_out={"left": "1"}),),
)

SLUG = "onboarding_completion_rate"


def step(account, kind="onboarded", due="2026-03-10", done=None, **more):
    return {"account_id": account, "kind": kind, "due_at": due, "completed_at": done,
            "milestone_id": f"{account} {kind} {more.get('product_id', '')}"} | more  # fmt: skip


def told(**more):
    world = Cases(**more)

    def case(name, *steps, until=None):
        world.case(name, {"amount": 10, "started_at": "2026-01-01", "ended_at": until})
        world.add("milestone", *(step(name, **s) for s in steps))

    case("done", {"done": "2026-03-01"})
    case("done on the day", {"done": "2026-03-10 22:59:59"})
    case("done a second late", {"done": "2026-03-10 23:00:00"})
    case("not done", {})
    case("one product of two", {"done": "2026-03-01", "product_id": "a"}, {"product_id": "b"})
    case("due in April", {"due": "2026-04-01", "done": "2026-03-01"})
    case("never due", {"due": None, "done": "2026-03-01"})
    case("left before", {}, until="2026-03-10")
    case("left before, done", {"done": "2026-02-01"}, until="2026-03-10")
    case("left the day after", {}, until="2026-03-11 23:00:00")
    case("another step", {"kind": "kickoff", "done": "2026-03-01"}, {"kind": "closed_won", "done": "2026-03-01"})
    world.case("no customer yet").add("milestone", step("no customer yet", done="2026-03-01"))
    return world


def test_who_is_onboarded_of_those_whose_onboarding_was_due():
    world = told(zone="Europe/Berlin")  # 10 March ends at 23:00 UTC there
    expected = {
        "done": 1, "done on the day": 1, "done a second late": 1, "not done": 0, "one product of two": 0,
        "left before": None, "left before, done": None, "left the day after": 0, "no customer yet": 1,
    }  # fmt: skip
    assert world.by_case(SLUG, "2026-03") == expected
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.n, figure.excluded) == (Decimal("0.5714285714"), 7, {"left": 2})  # 4 of 7
    assert world.by_case(SLUG, "2026-03", variant=("on_time",)) == expected | {"done a second late": 0}


def test_each_step():
    found = {f.slice["kind"]: (f.numerator, f.denominator)
             for f in told(zone="Europe/Berlin").ask(SLUG, "2026-03", by=("kind",), variant=("per_step",))}  # fmt: skip
    assert found == {"onboarded": (5, 8), "kickoff": (1, 1)}


def test_by_product():
    world = (
        World()
        .account(ACME)
        .add("milestone", step(ACME, product_id="a", done="2026-03-01"), step(ACME, product_id="b"))
    )
    assert world.values(SLUG, "2026-03", "product") == {"a": 1, "b": 0}


def test_what_is_due_today_is_not_due_yet_and_the_owner_is_that_of_the_due_day():
    world = World(now="2026-03-10 12:00").account(ACME).owns(ADA, ACME, "2025-01-01").owns(BEN, ACME, "2026-03-05")
    world.add("milestone", step(ACME, product_id="a"), step(ACME, product_id="b", due="2026-03-04"))
    assert world.values(SLUG, "2026-03", "owner") == {ADA: 0}
