"""Recurring revenue per customer."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

EXAMPLE = Example(
    """Acme pays for two lines and is one customer. Cedar is on trial and none. The revenue of a month is
    60 + 40 + 50 = 150, and 150 / 2 = 75.""",
    {
        "subscription": """
        subscription_id,account_id,amount,is_trial,started_at
        s1,acme,60,false,2025-01-01
        s2,acme,40,false,2025-09-01
        s3,birch,50,false,2025-02-01
        s4,cedar,90,true,2026-03-01
        """
    },
    "2026-03",
    (Shown("75", "150", "2"),),
)


def test_mrr_over_customers_at_the_close():
    world = World().account(ACME, segment="SMB").account(BIRCH, segment="SMB").account(CEDAR, segment="ENT")
    world.pays(ACME, 10, "2026-01-01").pays(ACME, 20, "2026-01-01", line="b").pays(BIRCH, 15, "2026-03-31")
    world.pays(CEDAR, 100, "2026-01-01", "2026-03-31").account("trial").pays("trial", 9, "2026-01-01", is_trial=True)
    (figure,) = world.ask("average_revenue_per_account", "2026-03")
    assert (figure.value, figure.numerator, figure.denominator, figure.n) == (Decimal("22.5"), 45, 2, 2)
    assert world.values("average_revenue_per_account", "2026-02", "segment") == {"SMB": 30, "ENT": 100}
    assert World().value("average_revenue_per_account", "2026-03") is None


def test_by_product_an_account_counts_for_each():
    world = World().account(ACME).pays(ACME, 10, "2026-01-01", product_id="a")
    world.pays(ACME, 30, "2026-01-01", line="b", product_id="b").account(BIRCH).pays(
        BIRCH, 50, "2026-01-01", product_id="b"
    )
    assert world.values("average_revenue_per_account", "2026-03", "product") == {"a": 10, "b": 40}


def test_the_owner_just_before_the_close():
    world = (
        World().account(ACME).pays(ACME, 10, "2025-01-01").owns(ADA, ACME, "2025-01-01").owns(BEN, ACME, "2026-03-20")
    )
    assert world.values("average_revenue_per_account", "2026-03", "owner") == {BEN: 10}
