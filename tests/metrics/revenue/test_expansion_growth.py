"""Expansion against that of the period before."""

from __future__ import annotations

from decimal import Decimal

from tests.world import ACME, BIRCH, World


def test_against_the_period_before():
    world = World().account(ACME).account(BIRCH).pays(ACME, 100, "2025-01-01").pays(BIRCH, 100, "2025-01-01")
    world.pays(ACME, 20, "2026-02-10", line="a2").pays(ACME, 10, "2026-03-10", line="a3").pays(
        BIRCH, 15, "2026-03-11", line="b2"
    )
    found = world.ask("expansion_growth", "2026-02", "2026-04")
    assert [figure.value for figure in found] == [None, Decimal("0.25"), -1]  # 20 after 0, 25 after 20, 0 after 25
    assert (found[1].numerator, found[1].denominator) == (5, 20)
