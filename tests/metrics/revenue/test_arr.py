"""Twelve times the monthly recurring revenue."""

from __future__ import annotations

from tests.example import Example, Shown
from tests.world import ACME, ADA, BEN, World

EXAMPLE = Example(
    """Acme pays 1,200 a year, Birch 50 a month. Birch ends on 1 April and is still there just before March closes; Cedar
    ended a day earlier and is not. 12 x (100 + 50) = 1,800.""",
    {
        "subscription": """
        subscription_id,account_id,amount,interval,started_at,ended_at
        s1,acme,1200,year,2025-06-01,
        s2,birch,50,month,2025-02-01,2026-04-01
        s3,cedar,70,month,2025-02-01,2026-03-31
        """
    },
    "2026-03",
    (Shown("1800"),),
)


def test_twelve_times_mrr_in_every_slice():
    """stripe-annual: $1,200 a year counts $100 a month."""
    world = World().account(ACME).pays(ACME, 1200, "2026-01-01", interval="year").pays(ACME, 1, "2026-03-10", line="b")
    world.owns(ADA, ACME, share="0.25").owns(BEN, ACME, share="0.75")
    assert world.value("mrr", "2026-02") == 100
    assert world.value("arr", "2026-02") == 1200
    assert world.values("arr", "2026-03", "owner") == {ADA: 303, BEN: 909}
