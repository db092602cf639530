"""``customer_lifetime_value``: the published examples, and expected values worked out by hand."""

from __future__ import annotations

from math import exp, log, sqrt

import pytest

from tenure.core.config import Lifetime
from tests.example import Example, Shown
from tests.world import World

EXAMPLE = Example(
    """At the end of June three customers pay 150 + 100 + 50: 100 each on average. In the six months before, December to
    May, 4 + 4 + 3 + 3 + 3 + 3 = 20 customers stood at the beginnings of the months and one, Birch, was lost: a churn of
    1 / 20 = 5 % a month. 100 / 5 % = 2,000. No margin is set, so this is revenue.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at,ended_at
        s1,acme,150,2025-01-01,
        s2,birch,70,2025-02-01,2026-01-20
        s3,cedar,100,2025-02-01,
        s4,dune,50,2025-08-01,
        """
    },
    "2026-06",
    (Shown("2000", beside={"arpa": "100", "churn_rate": "0.05"}),),
)

SLUG = "customer_lifetime_value"


def told(customers, lost, amount=100, **settings):
    """So many customers since long ago, of whom ``lost`` (days) leave."""
    world = World(now="2026-08-10", **settings)
    rows = [
        {"subscription_id": f"a{n}", "account_id": f"a{n}", "amount": amount, "started_at": "2020-01-01",
         "ended_at": lost[n] if n < len(lost) else None}
        for n in range(customers)
    ]  # fmt: skip
    for n in range(customers):
        world.account(f"a{n}", segment="SMB" if n < 10 else "Enterprise")
    return world.add("subscription", *rows)


def july(world, **more):
    (figure,) = world.ask(SLUG, "2026-07", **more)
    return figure


#: 20 customers, 1 of them lost in June: of the 120 customer-months of January to June one is lost.
ONE = ["2026-06-10"]


def test_revenue_over_the_churn_of_the_six_months_before():
    figure = july(told(20, ONE))
    assert figure.value == 100 * 120
    assert (figure.unit, figure.notes[0]) == ("money", "no margin is set (lifetime.margin_percent): this is revenue")
    assert (figure.extra["arpa"], float(figure.extra["churn_rate"])) == (100, pytest.approx(1 / 120))


def test_a_hundred_a_month_at_five_percent_is_two_thousand():
    world = told(20, [f"2026-{month:02}-10" for month in range(1, 7)])
    for month in range(1, 7):  # one comes for each that goes: 20 at every opening, 6 of 120 lost
        world.account(f"new {month}").pays(f"new {month}", 100, f"2026-{month:02}-20")
    assert july(world).value == 2_000
    lost = [f"2026-{month:02}-10" for month in range(1, 7)]  # 20, 19, ... 15: 105 customer-months
    figure = july(told(20, lost))
    assert figure.value == 1_750
    assert july(told(20, lost, lifetime=Lifetime(margin_percent=80))).value == 1_400


def test_the_month_itself_is_left_out():
    assert july(told(20, [*ONE, "2026-07-05"])).value == 12_000


def test_without_churn_there_is_no_value():
    figure = july(told(20, []))
    assert (figure.value, figure.low, figure.high, figure.extra["churn_rate"]) == (None, None, None, 0)


def test_a_lifetime_is_at_most_five_years():
    """500 a year for 5 years: 2,500."""
    figure = july(told(20, ONE, amount="41.6666667"), variant=("formula",))  # 1 of 20 in a year: 20 years
    assert float(figure.value) == pytest.approx(2_500, abs=0.01)
    figure = july(told(4, ["2026-01-10", "2026-02-10"], amount=50), variant=("formula",))
    assert figure.value == 50 * 12 * 2


def test_the_interval_is_square_and_add_on_logarithms():
    figure = july(told(20, ONE))
    x, n, z = 1, 120, 1.959963984540054
    centre, half = (x + z * z / 2) / (n + z * z), z * sqrt(x * (n - x) / n + z * z / 4) / (n + z * z)
    low, high = centre - half, centre + half  # Wilson's of the churn; all pay the same
    assert float(figure.low) == pytest.approx(12_000 * exp(-log(high * 120)), rel=1e-5)
    assert float(figure.high) == pytest.approx(12_000 * exp(-log(low * 120)), rel=1e-5)


def test_slices_are_products_of_their_own():
    world = told(20, ONE)
    assert world.values(SLUG, "2026-07", "segment") == {"SMB": 100 * 60, "Enterprise": None}
