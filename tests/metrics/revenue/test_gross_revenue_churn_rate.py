"""Revenue lost against the revenue there was."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, BIRCH, World

EXAMPLE = Example(
    """Customers pay 100 when March begins. Cedar's 10 are lost, Birch pays 10 less, and Acme 10 more, which makes up for
    nothing here. (10 + 10) / 100 = 20 %.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at,ended_at
        s1,acme,40,2025-01-01,
        s1,acme,50,2026-03-10,
        s2,birch,50,2025-02-01,
        s2,birch,40,2026-03-15,
        s3,cedar,10,2025-02-01,2026-03-20
        """
    },
    "2026-03",
    (Shown("0.2", "20", "100"),),
)


def chartmogul():
    """chartmogul-gross and -net: 100 at the start, 10 churned, 10 contracted, 10 expanded."""
    world = World()
    for name, before, after in (("a", 10, 0), ("b", 30, 20), ("c", 30, 40), ("d", 30, 30)):
        world.account(name).pays(name, before, "2025-01-01", "2026-03-10" if after != before else None)
        if after not in {0, before}:
            world.pays(name, after, "2026-03-10", line=f"{name}2")
    return world.account("new").pays("new", 50, "2026-03-02", "2026-03-20")  # its churn is none of the opening's


def test_the_example_of_chartmogul():
    (figure,) = chartmogul().ask("gross_revenue_churn_rate", "2026-03")
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("0.2"), 20, 100)
    assert chartmogul().value("gross_revenue_retention", "2026-03", window="period") == Decimal("0.8")


def test_it_is_not_one_minus_what_is_retained():
    world = Cases()
    world.case("down and up", {"amount": 100, "ended_at": "2026-03-05"}, {"amount": 60, "started_at": "2026-03-05"},
               {"amount": 40, "started_at": "2026-03-15"})  # fmt: skip
    world.case("away and back", {"amount": 100, "ended_at": "2026-03-05"}, {"amount": 100, "started_at": "2026-03-15"})
    world.case("up and down", {"amount": 100}, {"amount": 50, "started_at": "2026-03-05", "ended_at": "2026-03-15"})
    assert world.by_case("gross_revenue_churn_rate", "2026-03") == {
        "down and up": 0.4, "away and back": 1, "up and down": 0.5,
    }  # fmt: skip
    assert world.value("gross_revenue_retention", "2026-03", window="period") == 1


def test_a_switch_into_a_currency_without_a_rate_is_no_churn():
    """Birch pays in euros throughout, Acme for three months of the year in something nobody knows the worth of."""
    world = World().account(ACME).account(BIRCH).pays(BIRCH, 100, "2024-01-01")
    world.pays(ACME, 100, "2024-01-01", "2025-10-01", line="1")
    world.pays(ACME, 100, "2025-10-01", "2026-01-01", line="2", currency="XXX")
    world.pays(ACME, 100, "2026-01-01", line="3")
    for metric in ("gross_revenue_churn_rate", "net_revenue_churn_rate"):
        (figure,) = world.ask(metric, "2026-05", window="12m")
        assert (figure.value, figure.excluded) == (0, {"no exchange rate": 1}), metric


def test_owner_months_compound_what_is_kept():
    world = World().account(ACME).owns(ADA, ACME, "2025-01-01")
    world.pays(ACME, 50, "2025-01-01").pays(ACME, 30, "2025-01-01", "2026-01-10", line="b")
    world.pays(ACME, 20, "2025-01-01", "2026-02-10", line="c")
    found = world.ask("gross_revenue_churn_rate", "2026-Q1", by=("owner",), grain="quarter", variant=("owner_months",))
    assert [(f.value, f.denominator) for f in found] == [(Decimal("0.5"), 100)]  # 1 - 70/100 x 50/70


def test_the_day_of_the_request_is_a_variant():
    world = World().account(ACME).pays(ACME, 100, "2025-01-01", "2026-05-01", cancel_requested_at="2026-03-10")
    assert world.value("gross_revenue_churn_rate", "2026-03") == 0
    assert world.value("gross_revenue_churn_rate", "2026-03", variant=("request_day",)) == 1
