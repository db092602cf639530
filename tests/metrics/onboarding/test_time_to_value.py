"""``time_to_value``: expected values are worked out by hand."""

from __future__ import annotations

from datetime import datetime
from decimal import Decimal

from tests.example import Example, Shown
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

EXAMPLE = Example(
    """Three customers come in March. Birch has its first value after 10 days, Acme after 30; Cedar has none yet, and
    counts as waiting. Half of the three have it with Acme, after 30 days. Dune came in February and is that month's.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at
        s1,acme,100,2026-03-01
        s2,birch,50,2026-03-01
        s3,cedar,50,2026-03-12
        s4,dune,80,2026-02-20
        """,
        "milestone": """
        account_id,kind,completed_at
        acme,first_value,2026-03-31
        birch,first_value,2026-03-11
        dune,first_value,2026-03-02
        """,
    },
    "2026-03",
    (Shown("30", "2", "3", beside={"open": "1"}),),
)

SLUG = "time_to_value"


def told():
    world = World(now="2026-07-01")
    for name, onboarded, valued in (
        (ACME, "2026-01-11", "2026-01-21"),
        (BIRCH, "2026-02-01", "2026-02-10"),
        (CEDAR, None, "2026-01-06"),
    ):
        world.account(name).pays(name, 10, "2026-01-01")
        for kind, day in (("onboarded", onboarded), ("first_value", valued), ("first_value", "2026-06-01")):
            world.add("milestone", {"account_id": name, "kind": kind, "completed_at": day})
    return world


def test_from_the_purchase_to_the_first_value():
    (figure,) = told().ask(SLUG, "2026-01")
    assert (figure.value, figure.n, figure.numerator) == (20, 3, 3)
    assert figure.extra["mean"] == Decimal("21.6666666667")  # of 20, 40 and 5


def test_from_the_end_of_onboarding_over_those_onboarded_in_the_period():
    january, february = told().ask(SLUG, "2026-01", "2026-02", variant=("from_onboarded",))
    assert [(figure.n, figure.value) for figure in (january, february)] == [(1, 10), (1, 9)]


def test_the_owner_is_the_one_at_the_beginning():
    world = told().owns(ADA, ACME, "2025-01-01").owns(BEN, ACME, "2026-01-15")
    found = world.ask(SLUG, "2026-01", by=("owner",))
    assert {figure.slice["owner"]: figure.n for figure in found} == {ADA: 1, None: 2}


def test_use_of_the_product_may_tell_the_milestone():
    """Three reports on one day: Acme's third on 10 January at 12:00; Birch makes two a day; a robot's do not count."""
    world = World(now="2026-07-01", milestones={"first_value": "report x 3"})
    world.account(ACME).pays(ACME, 10, "2026-01-01").account(BIRCH).pays(BIRCH, 10, "2026-01-01")
    world.account("old", merged_into=ACME)
    world.add("person", {"person_id": "robot", "account_id": BIRCH, "is_service": True})
    world.add(
        "milestone", {"account_id": BIRCH, "kind": "first_value", "completed_at": "2026-01-02"}
    )  # no longer asked
    events = [(ACME, "2026-01-05T08:00", 2), (ACME, "2026-01-10T08:00", 1), ("old", "2026-01-10T12:00", 2),
              (ACME, "2026-01-10T13:00", 9), (BIRCH, "2026-01-06T08:00", 2), (BIRCH, "2026-01-07T08:00", 2)]  # fmt: skip
    rows = [
        {"account_id": who, "feature": "report", "occurred_at": datetime.fromisoformat(at), "count": many}
        for who, at, many in events
    ]
    rows.append({**rows[-1], "person_id": "robot", "count": 5})
    rows.append({**rows[-1], "person_id": None, "feature": "export"})
    (figure,) = world.add("usage", *rows).ask(SLUG, "2026-01")
    assert (figure.n, figure.numerator, figure.extra["mean"], figure.extra["open"]) == (2, 1, Decimal("9.5"), 1)


def test_a_planned_milestone_is_done_when_use_tells_so():
    world = World(now="2026-07-01", milestones={"onboarded": "export"}).account(ACME).pays(ACME, 10, "2026-01-01")
    world.account(BIRCH).pays(BIRCH, 10, "2026-01-01")
    for who in (ACME, BIRCH):
        world.add("milestone", {"account_id": who, "kind": "onboarded", "due_at": "2026-02-10"})
    world.add("usage", {"account_id": ACME, "feature": "export", "occurred_at": "2026-02-20"})
    (ever,) = world.ask("onboarding_completion_rate", "2026-02")
    (on_time,) = world.ask("onboarding_completion_rate", "2026-02", variant=("on_time",))
    assert [(f.numerator, f.denominator) for f in (ever, on_time)] == [(1, 2), (0, 2)]
