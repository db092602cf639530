"""``stickiness``: expected values are worked out by hand."""

from __future__ import annotations

from fractions import Fraction

import pytest

from tests.example import Example, Shown
from tests.metrics.use.product import did, told
from tests.world import ADA, BEN, World

EXAMPLE = Example(
    """Ann uses the product on four days of April and Bob on two; that Ann comes twice on the second counts once. Cleo only
    logs in and is no active user. They were there on 4 + 2 = 6 of 30 x 2 = 60 possible days: 6 / 60 = 10 %.""",
    {
        "feature": """
        feature_id,name,is_key,is_login
        plan,Plan,true,false
        login,Log-in,false,true
        """,
        "usage": """
        account_id,person_id,feature,occurred_at
        acme,ann,plan,2026-04-02 09:00
        acme,ann,plan,2026-04-02 16:00
        acme,ann,plan,2026-04-07 09:00
        acme,ann,plan,2026-04-14 09:00
        acme,ann,plan,2026-04-21 09:00
        acme,bob,plan,2026-04-02 10:00
        acme,bob,plan,2026-04-30 10:00
        birch,cleo,login,2026-04-08 11:00
        """,
    },
    "2026-04",
    (Shown("0.1", "6", "60"),),
)

SLUG = "stickiness"


def parts(world, period="2026-03", **more):
    (figure,) = world.ask(SLUG, period, **more)
    return figure.numerator, figure.denominator


def test_daily_over_monthly_actives():
    rows = [did("acme", "ann", f"2026-03-{day:02}") for day in (1, 2, 31)]
    rows += [
        did("acme", "ann", "2026-03-02 18:00", "share"),
        did("acme", "bob", "2026-03-02"),
        did("birch", "ann", "2026-03-02"),
    ]
    rows += [
        did("acme", "cleo", "2026-03-05", "login"),
        did("acme", None, "2026-03-05"),
        did("acme", "ann", "2026-04-01"),
    ]
    world = told(*rows)
    assert parts(world) == (5, 93)  # ann on three days, bob and ann of birch on one; three people, 31 days
    assert float(world.value(SLUG, "2026-03")) == pytest.approx(5 / 93)


def test_days_are_local():
    rows = [did("acme", "ann", "2026-03-01 22:30:00"), did("acme", "ann", "2026-03-01 23:30:00")]
    assert parts(told(*rows)) == (1, 31)
    assert parts(told(*rows, zone="Europe/Berlin")) == (2, 31)


def test_months_are_added_up_over_a_longer_window():
    world = told(did("acme", "ann", "2026-01-05"), did("acme", "bob", "2026-01-05"), did("acme", "ann", "2026-03-30"))
    assert parts(world, "2026-Q1", grain="quarter") == (3, 31 * 2 + 31)  # nobody in February
    assert parts(world, window="3m") == (3, 93)


def test_a_month_that_runs_and_a_week_are_their_own():
    world = told(did("acme", "ann", "2026-03-02"), did("acme", "bob", "2026-03-09"), now="2026-03-10 12:00")
    assert parts(world) == (2, 20)
    assert parts(world, "2026-W10", grain="week") == (1, 7)
    assert parts(world, "2026-03-02", grain="day") == (1, 1)


def test_months_are_counted_back_from_the_close():
    """To 15 May: 15 April to 14 May, 15 March on, ... ; the year's first two weeks are the rest."""
    world = told(did("acme", "ann", "2026-04-15"), did("acme", "ann", "2026-05-14"), did("acme", "bob", "2026-04-14"),
                 did("acme", "ann", "2026-01-14"), now="2026-05-14 12:00")  # fmt: skip
    assert parts(world, "2026", grain="year") == (4, 30 + 31 + 14)


def test_staff_merged_and_test_accounts():
    world = told(did("acme", "ann", "2026-03-02"), did("old", "ann", "2026-03-02"), did("acme", "ours", "2026-03-02"),
                 did("test", "tom", "2026-03-02"))  # fmt: skip
    world.account("old", merged_into="acme").account("test", is_test=True)
    world.add("person", {"person_id": "ours", "is_service": True})
    assert parts(world) == (1, 31)


def test_only_sums_are_left_out():
    world = told(did("acme", "ann", "2026-03-02"))
    world.add(
        "usage_daily", *({"account_id": name, "day": "2026-03-02", "active_users": 9} for name in ("acme", "birch"))
    )
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.numerator, figure.n, figure.excluded) == (1, 1, {"only daily sums of use": 1})


def test_the_owner_is_the_one_just_before_the_close():
    world = told(did("acme", "ann", "2026-03-02")).owns(ADA, "acme").owns(BEN, "acme", "2026-03-31")
    assert {
        owner: Fraction(value).limit_denominator(100) for owner, value in world.values(SLUG, "2026-03", "owner").items()
    } == {BEN: Fraction(1, 31)}


def test_nobody_no_value():
    assert World().value(SLUG, "2026-03") is None
