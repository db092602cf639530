"""What figures are compared with."""

from __future__ import annotations

from decimal import Decimal

import pytest

from tenure.core.errors import UsageError
from tests.world import ACME, BIRCH, CEDAR, World


def told():
    world = World(now="2026-07-01").account(ACME).account(BIRCH).account(CEDAR)
    world.pays(ACME, 100, "2024-01-01").pays(BIRCH, 50, "2025-06-01").pays(CEDAR, 7, "2026-05-01")
    return world


def changes(**more):
    return [figure.extra.get("change") for figure in told().ask("mrr", **more)]


def test_with_the_period_before_or_the_same_a_year_before():
    spring = {"start": "2026-04", "end": "2026-06"}
    assert changes(**spring) == [0, 7, 0]
    assert changes(**spring, compare="year") == [50, 57, 7]


@pytest.mark.parametrize(
    ("grain", "period", "change"),
    [("year", "2025", 50), ("quarter", "2026-Q2", 7), ("week", "2026-W21", 57), ("week", "2026-W22", 7), ("day", "2026-05-31", 57)],
)  # fmt: skip
def test_at_every_grain(grain, period, change):
    """A week has the one 52 weeks before: that of 2026-W22 ends with 1 June 2025, when Birch came."""
    assert changes(start=period, end=period, grain=grain, compare="year") == [change]


def test_what_is_among_the_periods_asked_for_is_asked_once():
    found = told().ask("mrr", "2025-01", "2026-06", compare="year")
    assert len(found) == 18
    assert [figure.extra["change"] for figure in found[-1:]] == [7]


def test_slices_and_products_too():
    world = told()
    (figure,) = world.ask("mrr", "2026-06", by=("cohort",), where=(("cohort", "2025-06"),), compare="year")
    assert (figure.slice, figure.extra["change"]) == ({"cohort": "2025-06"}, 0)
    assert world.ask("customer_retention_rate", "2026-06", compare="year")[0].extra["change"] == Decimal(0)


def test_another_comparison_is_refused():
    with pytest.raises(UsageError, match="comparison"):
        told().ask("mrr", "2026-06", compare="yesterday")


def test_the_first_period_shown_is_compared_with_what_the_one_before_it_was():
    """Growth of 10 in April, 20 in May, 30 in June: +100 % in May, +50 % in June, so the growth is 50 points less."""
    world = World(now="2026-07-01").account(ACME)
    steps = [(100, "2024-01-01"), (110, "2026-04-10"), (130, "2026-05-10"), (160, "2026-06-10")]
    for (amount, start), (_more, end) in zip(steps, [*steps[1:], (0, None)], strict=True):
        world.pays(ACME, amount, start, end, line=start)
    for start in ("2026-05", "2026-06"):
        last = world.ask("expansion_growth", start, "2026-06")[-1]
        assert (last.value, last.extra["before"], last.extra["change"]) == (Decimal("0.5"), 1, Decimal("-0.5"))
