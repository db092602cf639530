"""``speed_to_launch``: expected values are worked out by hand."""

from __future__ import annotations

from tests.example import Example, Shown
from tests.world import ACME, BIRCH, CEDAR, World

EXAMPLE = Example(
    """Five deals are won in March. Acme is live after 10 days, Birch after 20, Cedar after 30. Dune leaves before it is
    live, and stays in the base; Elm still waits. After 20 days 2 / 5 are live, after 30 days 3 / 5 = 60 %, which is more
    than half: 30 days. Those who arrived took 20 on average.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at,ended_at
        s1,acme,100,2026-03-01,
        s2,birch,50,2026-03-01,
        s3,cedar,50,2026-03-01,
        s4,dune,80,2026-03-01,2026-03-16
        s5,elm,40,2026-03-01,
        """,
        "milestone": """
        account_id,kind,completed_at
        acme,closed_won,2026-03-01
        acme,live,2026-03-11
        birch,closed_won,2026-03-01
        birch,live,2026-03-21
        cedar,closed_won,2026-03-01
        cedar,live,2026-03-31
        dune,closed_won,2026-03-01
        elm,closed_won,2026-03-01
        """,
    },
    "2026-03",
    (Shown("30", "3", "5", beside={"mean": "20", "open": "1", "left": "1"}),),
)

SLUG = "speed_to_launch"


def told(*steps):
    world = World(now="2026-07-01")
    for name in (ACME, BIRCH, CEDAR):
        world.account(name)
    rows = [{"account_id": name, "kind": kind, "completed_at": day, **more} for name, kind, day, more in steps]
    return world.add("milestone", *rows)


def test_from_the_deal_to_being_live():
    world = told((ACME, "closed_won", "2026-01-01", {}), (ACME, "live", "2026-01-31", {"product_id": "p"}),
                 (ACME, "live", "2026-02-20", {"product_id": "q"}), (BIRCH, "closed_won", "2026-01-10", {}),
                 (CEDAR, "live", "2026-01-20", {}))  # fmt: skip
    (figure,) = world.ask(SLUG, "2026-01")
    # The first time that it is live counts; who is live without a deal is no case.
    assert (figure.value, figure.n, figure.extra["open"]) == (30, 2, 1)


def test_merged_accounts_are_one():
    world = told((ACME, "closed_won", "2026-01-01", {}), (BIRCH, "live", "2026-01-11", {}))
    world.account(ACME, merged_into=BIRCH, valid_from="2026-03-01")
    (figure,) = world.ask(SLUG, "2026-01")
    assert (figure.value, figure.n) == (10, 1)


def test_without_a_deal_in_the_period_there_is_no_value():
    (figure,) = told((ACME, "closed_won", "2026-02-01", {})).ask(SLUG, "2026-01")
    assert (figure.value, figure.n) == (None, 0)
