"""Revenue lost beyond what the same accounts added."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.metrics.cases import Cases
from tests.world import ACME, ADA, World

EXAMPLE = Example(
    """Customers pay 100 when March begins. Cedar's 10 are lost, Birch pays 10 less and Acme 10 more. Dune's 30 are new
    and make up for nothing. (10 + 10 - 10) / 100 = 10 %.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at,ended_at
        s1,acme,40,2025-01-01,
        s1,acme,50,2026-03-10,
        s2,birch,50,2025-02-01,
        s2,birch,40,2026-03-15,
        s3,cedar,10,2025-02-01,2026-03-20
        s4,dune,30,2026-03-05,
        """
    },
    "2026-03",
    (Shown("0.1", "10", "100"),),
)


def test_the_example_of_chartmogul():
    """chartmogul-net: (10 churned + 10 contracted - 10 expanded) / 100."""
    world = Cases()
    world.case("churned", {"amount": 10, "ended_at": "2026-03-10"})
    world.case("contracted", {"amount": 20}, {"amount": 10, "ended_at": "2026-03-10"})
    world.case("expanded", {"amount": 60}, {"amount": 10, "started_at": "2026-03-10"})
    world.case("new", {"amount": 99, "started_at": "2026-03-10"})
    (figure,) = world.ask("net_revenue_churn_rate", "2026-03")
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("0.1"), 10, 100)


def test_reactivation_is_a_variant_and_net_may_be_negative():
    world = Cases()
    world.case("back inside", {"amount": 100, "ended_at": "2026-03-05"}, {"amount": 80, "started_at": "2026-03-15"})
    world.case(
        "back from before", {"amount": 100, "ended_at": "2026-02-05"}, {"amount": 80, "started_at": "2026-03-15"}
    )
    world.case("grows", {"amount": 100}, {"amount": 50, "started_at": "2026-03-05"})
    assert world.by_case("net_revenue_churn_rate", "2026-03") == {"back inside": 1, "grows": -0.5}
    assert world.by_case("net_revenue_churn_rate", "2026-03", variant=("less_expansion_and_reactivation",)) == {
        "back inside": 0.2, "grows": -0.5,
    }  # fmt: skip


def test_owner_months_compound_what_is_kept():
    world = World().account(ACME).owns(ADA, ACME, "2025-01-01").pays(ACME, 100, "2025-01-01")
    world.pays(ACME, 100, "2026-01-10", "2026-02-10", line="b")
    found = world.ask("net_revenue_churn_rate", "2026-Q1", by=("owner",), grain="quarter", variant=("owner_months",))
    assert [f.value for f in found] == [0]  # 1 - 200/100 x 100/200 x 1
