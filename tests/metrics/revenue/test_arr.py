"""Twelve times the monthly recurring revenue."""

from __future__ import annotations

from tests.world import ACME, ADA, BEN, World


def test_twelve_times_mrr_in_every_slice():
    """stripe-annual: $1,200 a year counts $100 a month."""
    world = World().account(ACME).pays(ACME, 1200, "2026-01-01", interval="year").pays(ACME, 1, "2026-03-10", line="b")
    world.owns(ADA, ACME, share="0.25").owns(BEN, ACME, share="0.75")
    assert world.value("mrr", "2026-02") == 100
    assert world.value("arr", "2026-02") == 1200
    assert world.values("arr", "2026-03", "owner") == {ADA: 303, BEN: 909}
