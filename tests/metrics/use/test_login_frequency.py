"""``login_frequency``: expected values are worked out by hand. 2 March 2026 is a Monday."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.use.product import did, told
from tests.world import World

EXAMPLE = Example(
    """In the week of 2 March Ann logs in twice and Bob once, and both plan something. In the week after Ann logs in and
    does nothing: that week is in neither term. (2 + 1) / 2 = 1.5 log-ins per active week of a person.""",
    {
        "feature": """
        feature_id,name,is_key,is_login
        plan,Plan,true,false
        login,Log-in,false,true
        """,
        "usage": """
        account_id,person_id,feature,occurred_at
        acme,ann,login,2026-03-02 09:00
        acme,ann,login,2026-03-04 09:00
        acme,ann,plan,2026-03-04 09:10
        birch,bob,login,2026-03-03 14:00
        birch,bob,plan,2026-03-03 14:05
        acme,ann,login,2026-03-10 09:00
        """,
    },
    "2026-03",
    (Shown("1.5", "3", "2"),),
)

SLUG = "login_frequency"


def parts(world, period="2026-03", **more):
    (figure,) = world.ask(SLUG, period, **more)
    return figure.numerator, figure.denominator


def login(person, at, **more):
    return did("acme", person, at, "login", **more)


def test_log_ins_per_active_user_week():
    rows = [login("ann", "2026-03-02"), login("ann", "2026-03-03", count=2), did("acme", "ann", "2026-03-08 23:59"),
            did("acme", "ann", "2026-03-09"), did("acme", "bob", "2026-03-10"), login("bob", "2026-03-10"),
            login("cleo", "2026-03-10"), login("bob", "2026-03-17")]  # fmt: skip
    world = told(*rows)
    assert parts(world) == (4, 3)  # cleo, and bob in the week after, logged in and did nothing


def test_a_week_belongs_where_it_ends():
    rows = [login("ann", "2026-02-23"), did("acme", "ann", "2026-02-24"), login("ann", "2026-03-01"),  # ends on the first
            login("ann", "2026-03-31"), did("acme", "ann", "2026-03-30")]  # fmt: skip
    world = told(*rows)
    assert [parts(world, month) for month in ("2026-02", "2026-03", "2026-04")] == [(0, 0), (2, 1), (1, 1)]
    assert parts(world, "2026-W09", grain="week") == (2, 1)
    assert parts(world, "2026-03-01", grain="day") == (2, 1)
    assert parts(world, "2026-02-24", grain="day") == (0, 0)
    assert parts(world, "2026-Q1", grain="quarter") == (2, 1)


def test_a_week_that_is_not_over_counts_nowhere_yet():
    rows = [login("ann", "2026-03-02"), did("acme", "ann", "2026-03-02")]
    assert parts(told(*rows, now="2026-03-08 12:00")) == (0, 0)
    assert parts(told(*rows, now="2026-03-09")) == (1, 1)


def test_weeks_are_local():
    rows = [did("acme", "ann", "2026-03-08 22:30:00"), login("ann", "2026-03-08 23:30:00")]
    assert parts(told(*rows)) == (1, 1)
    assert parts(told(*rows, zone="Europe/Berlin")) == (
        0,
        1,
    )  # the log-in is of the next week, in which nothing follows


def test_without_marks_and_with_sums_only():
    world = World().account("acme").add("usage", did("acme", "ann", "2026-03-02", product_id="core"))
    world.account("birch").add("usage_daily", {"account_id": "birch", "day": "2026-03-02", "active_users": 2})
    (figure,) = world.ask(SLUG, "2026-03")
    assert (figure.value, figure.excluded) == (
        None, {"no feature is marked as a log-in": 1, "only daily sums of use": 1},
    )  # fmt: skip


def test_it_is_a_ratio_of_sums():
    rows = [did("acme", "ann", "2026-03-02"), login("ann", "2026-03-02", count=5)]
    rows += [did("birch", name, "2026-03-02") for name in ("bob", "cleo", "dan")]
    assert told(*rows).value(SLUG, "2026-03") == Decimal("1.25")
