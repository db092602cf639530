"""Facts that are made a few periods at a time: expected values are worked out by hand."""

from __future__ import annotations

import pytest

from tenure.figures import footing, kept
from tenure.metrics.kinds import FactKey
from tests.metrics.use.product import did, seats, told

USES = [
    did("acme", "ann", "2026-01-05"), did("acme", "ann", "2026-02-05"),
    did("acme", "ann", "2026-02-06", "login"), did("acme", "ann", "2026-02-07"),
    did("acme", "bob", "2026-02-07"), did("acme", None, "2026-03-03"), did("acme", "ann", "2026-03-31", "share"),
]  # fmt: skip


@pytest.mark.parametrize("at_once", [1, 4, 1_000_000])
def test_periods_count_the_same_however_many_are_made_at_once(monkeypatch, at_once):
    monkeypatch.setattr("tenure.figures.reader.ROWS_AT_ONCE", at_once)
    world = told(*USES, entitled=(seats("acme", 4),))
    days = [(f.numerator, f.denominator) for f in world.ask("stickiness", "2026-01", "2026-03")]
    assert days == [(1, 31), (3, 2 * 28), (1, 31)]
    people = [(f.numerator, f.denominator) for f in world.ask("active_usage_rate", "2026-01", "2026-03")]
    assert people == [(1, 4), (2, 4), (1, 4)]
    # Weeks belong to the month in which they end: that of 31 March to April.
    weeks = [(f.numerator, f.denominator) for f in world.ask("login_frequency", "2026-01", "2026-03")]
    assert weeks == [(0, 1), (1, 2), (0, 0)]


def test_a_check_that_holds_use_holds_what_is_made_over_passing_facts():
    world = told(*USES)
    ground, use = world.reader().ground, FactKey("use", "month", "period")
    how = kept.recipe(use, ground, world.settings)
    assert {"usage", "usage_daily", "person", "feature"} <= footing.canonical((), [use], ground, world.settings)
    assert not {key.table for key in how.passing} & set(how.tables)
