"""``customer_lifetime_value``: the published examples, and expected values worked out by hand."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from math import exp, log, sqrt

import pytest

from tenure.core.config import Lifetime
from tenure.core.lifetime import bg_nbd, gamma_gamma
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


def test_what_was_realised_is_what_was_billed_to_whoever_has_been_a_customer():
    """Acme paid 300 net of 57 tax, less a credit note of 50; Birch left long ago after 90; Cedar never was a customer."""
    world = World(now="2026-08-10").account("acme").account("birch").account("cedar").account("dune")
    world.pays("acme", 100, "2026-01-01").pays("birch", 30, "2025-01-01", "2025-04-01").pays("dune", 10, "2026-07-20")
    kinds = {"a1": 357, "a2": 50, "a3": 1_000, "a4": 1_000, "a5": 70, "b1": 90, "b2": 40, "c1": 500}
    more = {"a2": {"kind": "credit_note"}, "a3": {"status": "draft"}, "a4": {"status": "void"},
            "a5": {"issued_at": "2026-08-01"}, "b2": {"kind": "write_off"}}  # fmt: skip
    who = {"a": "acme", "b": "birch", "c": "cedar"}
    rows = [
        {"invoice_id": name, "account_id": who[name[0]], "amount": amount, "issued_at": "2026-03-01"}
        | more.get(name, {})
        for name, amount in kinds.items()
    ]
    world.add("invoice", *rows)
    world.add("invoice_line", {"invoice_id": "a1", "kind": "recurring", "amount": 300},
              {"invoice_id": "a1", "kind": "tax", "amount": 57})  # fmt: skip
    figure = july(world, variant=("realised",))
    assert (round(figure.value, 4), figure.numerator, figure.denominator) == (Decimal("113.3333"), 340, 3)
    (june,) = world.ask(SLUG, "2026-06", variant=("realised",))
    assert (june.value, june.denominator) == (170, 2)  # Dune came in July


def residual(alpha, beta, made, discount):
    """The discounted expected residual lifetime, renewal by renewal, as its definition has it."""
    total, there = 0.0, 1.0
    for later in range(1, 5_000):
        there *= (beta + made + later - 1) / (alpha + beta + made + later - 1)
        total += there / (1 + discount) ** (later - 1)
    return total


def test_a_cohort_that_melts_is_worth_its_expected_renewals():
    """The regular customers of Fader and Hardie (2007): of 1,000 are 631, 468, 382 and 326 left after each renewal, which
    gives alpha 0.7637 and beta 1.2958; here a tenth of them twice, as the cohorts of two days.
    """
    world = World(now="2026-08-10", lifetime=Lifetime(margin_percent=50))
    rows = []
    for start, months in ((1, (2, 3, 4, 5)), (15, (2, 3, 4, 5))):
        ends = [month for month, lost in zip(months, (369, 163, 86, 56), strict=True) for _ in range(lost)]
        ends += [None] * 326
        rows += [
            {"subscription_id": f"{start} {n}", "account_id": f"{start} {n}", "amount": 100,
             "started_at": f"2026-01-{start:02}", "ended_at": f"2026-{end:02}-{start:02}" if end else None}
            for n, end in enumerate(ends)
        ]  # fmt: skip
    (figure,) = world.add("subscription", *rows).ask(SLUG, "2026-05", variant=("sbg",))
    monthly = 1.1 ** (1 / 12) - 1
    renewals = residual(0.76368, 1.29578, 4, monthly)
    assert float(figure.extra["renewals"]) == pytest.approx(renewals, rel=2e-4)
    assert float(figure.value) == pytest.approx(50 * renewals, rel=2e-4)
    assert figure.low < figure.value < figure.high
    (few,) = World(now="2026-08-10").account("a").pays("a", 10, "2026-01-01").ask(SLUG, "2026-05", variant=("sbg",))
    assert (few.value, few.notes[0]) == (None, "no model: nobody left")


def test_what_customers_without_a_contract_will_yet_buy():
    """Purchases by day; of two documents of one day one; whoever subscribes is left out. The models are those of ``estimate``."""
    bought = {"a": (0, 40, 90, 160), "b": (0, 200), "c": (10,), "d": (30, 35, 60), "e": (100, 170, 200), "f": (5, 150),
              "g": (60,), "h": (20, 21, 190)}  # fmt: skip
    world = World(now="2026-08-10", lifetime=Lifetime(most_years=2))
    rows = [
        {"invoice_id": f"{who}{day}", "account_id": who, "amount": 10 + 7 * place + day % 13, "kind": None,
         "issued_at": (date(2026, 1, 1) + timedelta(days=day)).isoformat()}
        for place, (who, days) in enumerate(bought.items()) for day in days
    ]  # fmt: skip
    rows.append(rows[1] | {"invoice_id": "again", "amount": 1})  # on the same day as a's second
    rows.append(rows[0] | {"invoice_id": "s1", "account_id": "s"})
    world.add("invoice", *rows).pays("s", 10, "2026-01-01")
    (figure,) = world.ask(SLUG, "2026-07", variant=("bgnbd",))
    until = (date(2026, 8, 1) - date(2026, 1, 1)).days
    x = [len(days) - 1 for days in bought.values()]
    recency = [days[-1] - days[0] for days in bought.values()]
    age = [until - days[0] for days in bought.values()]
    spent = [
        sum(10 + 7 * place + day % 13 for day in days[1:]) + (who == "a")
        for place, (who, days) in enumerate(bought.items())
    ]
    model = bg_nbd(x, recency, age)
    first, both = (model.expected_of(x, recency, age, days) for days in (365.25, 730.5))
    average = [total / many if many else 0 for total, many in zip(spent, x, strict=True)]
    worth = gamma_gamma(x, average).expected_of(x, average)
    expected = (worth * (first / 1.1**0.5 + (both - first) / 1.1**1.5)).mean()
    assert float(figure.value) == pytest.approx(expected, rel=1e-6)
    assert float(figure.extra["alive"]) == pytest.approx(model.alive(x, recency, age).mean(), abs=1e-5)
    assert (figure.n, figure.excluded) == (8, {"has a subscription": 1})
    assert figure.low < figure.value < figure.high
