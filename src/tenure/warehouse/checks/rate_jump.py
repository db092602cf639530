"""Exchange rates that rose or fell by more than a tenth within a week, or a quarter within a year."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.WARNS
FIX = "Check whether the rate is turned round (units of the reporting currency for one of the other), or has lost its decimal mark."
GUIDE = "two-numbers-differ"


def find(world: World) -> str | None:
    """One row for each rate that follows another within a year."""
    if not world.has("exchange_rate"):
        return None
    before = "lag({}) OVER (PARTITION BY upper(currency) ORDER BY date)"
    rows = f"(SELECT *, {before.format('rate')} AS before, {before.format('date')} AS since FROM {current('exchange_rate')})"
    what = "'rate ' || r.rate || ', on ' || r.since || ' it was ' || r.before"
    return (
        f"SELECT {failing(find_table('exchange_rate'), 'r', what)} FROM {rows} r WHERE r.date - r.since <= 366 AND "
        "greatest(r.rate / r.before, r.before / r.rate) > CASE WHEN r.date - r.since <= 7 THEN 1.1 ELSE 1.25 END"
    )
