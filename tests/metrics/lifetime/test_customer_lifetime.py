"""``customer_lifetime``: expected values are worked out by hand."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.world import ACME, ADA, BEN, World

EXAMPLE = Example(
    """Acme left after 40 days, Birch after 100. Dune has been a customer for 181 days and Cedar for 61: both stay, and
    have lasted at least so long. After 40 days 3 / 4 are still there; Cedar is followed no further than 61, so that after
    100 days 3 / 4 x 1 / 2 = 37.5 % are, which is under a half for the first time. The median is 100 days.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at,ended_at
        s1,acme,100,2026-01-01,2026-02-10
        s2,birch,50,2026-01-01,2026-04-11
        s3,cedar,50,2026-05-01,
        s4,dune,80,2026-01-01,
        """
    },
    "2026-06",
    (Shown("100", "2", "4", beside={"open": "2"}),),
)

SLUG = "customer_lifetime"


def told(*stays, **more):
    world = World(now="2026-07-01", **more)
    for number, lines in enumerate(stays):
        world.account(f"a{number}")
        for line, (start, end) in enumerate(lines):
            world.pays(f"a{number}", 10, start, end, line=f"{number}-{line}")
    return world


STAYS = (
    [("2025-01-01", "2025-02-10")],
    [("2025-01-01", "2025-04-11")],
    [("2025-01-01", None)],
    [("2025-01-01", "2026-01-01")],
    [("2026-01-01", None)],
)


def month(world, period="2026-02", **more):
    (figure,) = world.ask(SLUG, period, **more)
    return figure


def test_who_is_still_a_customer_has_stayed_at_least_so_long():
    figure = month(told(*STAYS))
    # S: 4/5 after 40 days; the newest is followed for 59: then 2/3 of it after 100, and 1/2 of that after 365.
    assert (figure.value, figure.numerator, figure.denominator) == (365, 3, 5)
    assert figure.extra["one_year_share"] == Decimal("0.266667")
    assert (figure.extra["mean"], figure.extra["open"]) == (Decimal("168.3333333333"), 2)


def test_it_stands_as_it_stood_at_the_close():
    world = told(*STAYS)
    assert month(world, "2025-02").numerator == 1  # whoever leaves later is there
    assert month(world, "2026-01").value == 100  # S falls to a half after 100 days, the newest followed for 31


def test_whoever_returns_begins_again_and_a_swap_is_no_loss():
    figure = month(told([("2025-01-01", "2025-03-01"), ("2025-06-01", None)],
                        [("2025-01-01", "2025-03-01"), ("2025-03-01", None)]))  # fmt: skip
    assert (figure.n, figure.numerator) == (3, 1)


def test_lapses_are_bridged_where_the_setting_says_so():
    from tenure.core.config import Customers

    stay = [("2025-01-01", "2025-03-01"), ("2025-03-06", None)]
    assert month(told(stay, customers=Customers(lapse_days=10))).n == 1


def test_the_owner_is_the_one_when_it_became_a_customer():
    world = World(now="2026-07-01").account(ACME).pays(ACME, 10, "2025-01-01").owns(ADA, ACME, "2025-01-01")
    world.owns(BEN, ACME, "2025-06-01")
    (figure,) = world.ask(SLUG, "2026-02", by=("owner",))
    assert figure.slice["owner"] == ADA


def test_no_value_while_fewer_than_half_have_left():
    assert month(told([("2025-01-01", None)], [("2025-01-01", "2026-01-01")], [("2025-01-01", None)])).value is None
