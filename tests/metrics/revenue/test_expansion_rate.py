"""Growth of customers against what they paid."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tests.example import Example, Shown
from tests.world import ACME, ADA, BEN, BIRCH, CEDAR, World

EXAMPLE = Example(
    """Acme grows from 100 to 130 in March. Birch leaves, and is in the base all the same, as it was a customer when March
    began; Cedar is new and in neither term. 30 / (100 + 100) = 15 %.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at,ended_at
        s1,acme,100,2025-01-01,
        s1,acme,130,2026-03-10,
        s2,birch,100,2025-02-01,2026-03-15
        s3,cedar,500,2026-03-20,
        """
    },
    "2026-03",
    (Shown("0.15", "30", "200"),),
)


@pytest.fixture(scope="module")
def world():
    world = World().account(ACME).account(BIRCH).account(CEDAR)
    world.owns(ADA, ACME, "2024-01-01").owns(BEN, ACME, "2026-03-05").owns(BEN, BIRCH, "2024-01-01")
    world.pays(ACME, 100, "2025-01-01").pays(ACME, 30, "2026-03-10", line="b").pays(
        BIRCH, 100, "2025-01-01", "2026-03-10"
    )
    return world.pays(CEDAR, 500, "2026-03-10")


def test_over_the_revenue_of_all_customers_at_the_opening(world):
    (figure,) = world.ask("expansion_rate", "2026-03")
    assert (figure.value, figure.numerator, figure.denominator) == (Decimal("0.15"), 30, 200)


def test_a_cohort_belongs_to_the_owner_at_the_opening(world):
    assert world.values("expansion_rate", "2026-03", "owner") == {ADA: Decimal("0.3"), BEN: 0}
