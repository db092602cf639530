"""Expansion against that of the period before."""

from __future__ import annotations

from decimal import Decimal

from tests.example import Example, Shown
from tests.world import ACME, BIRCH, World

EXAMPLE = Example(
    """In February Acme grew by 50, in March Birch grows by 60. Cedar is new in March, which is no expansion.
    (60 - 50) / 50 = 20 % more than the month before.""",
    {
        "subscription": """
        subscription_id,account_id,amount,started_at
        s1,acme,100,2025-01-01
        s1,acme,150,2026-02-10
        s2,birch,100,2025-02-01
        s2,birch,160,2026-03-10
        s3,cedar,80,2026-03-20
        """
    },
    "2026-03",
    (Shown("0.2", "10", "50"),),
)


def test_against_the_period_before():
    world = World().account(ACME).account(BIRCH).pays(ACME, 100, "2025-01-01").pays(BIRCH, 100, "2025-01-01")
    world.pays(ACME, 20, "2026-02-10", line="a2").pays(ACME, 10, "2026-03-10", line="a3").pays(
        BIRCH, 15, "2026-03-11", line="b2"
    )
    found = world.ask("expansion_growth", "2026-02", "2026-04")
    assert [figure.value for figure in found] == [None, Decimal("0.25"), -1]  # 20 after 0, 25 after 20, 0 after 25
    assert (found[1].numerator, found[1].denominator) == (5, 20)
    (alone,) = world.ask("expansion_growth", "2026-04")  # what it is compared with has a period before it too
    assert (alone.extra["before"], alone.extra["change"]) == (Decimal("0.25"), Decimal("-1.25"))
    (alone,) = world.ask("expansion_growth", "2026-03")
    assert "before" not in alone.extra  # it was undefined
