"""Targets that no figure has: of an unknown metric or slice, of a period that is none, or given twice."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing
from tenure.warehouse.store import literal
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.WARNS
FIX = "Name metric and dimension as tenure metrics does, and give the day after the period's last as its end."
GUIDE = "no-value"


def find(world: World) -> str | None:
    """One row for each such target."""
    if world.knowing.objections is None or not world.has("target"):
        return None
    rows = world.con.execute(
        f"SELECT metric, slice, period_start, period_end FROM {current('target')} ORDER BY ALL"
    ).fetchall()
    wrong = [(row, what) for row, what in zip(rows, world.knowing.objections(rows), strict=True) if what]
    if not wrong:
        return None
    listed = ", ".join(
        f"({literal(metric)}, {'NULL' if text is None else literal(text)}, DATE '{start}', DATE '{end}', {literal(what)})"
        for (metric, text, start, end), what in wrong
    )
    return (
        f"SELECT {failing(find_table('target'), 'r', 'w.what')} FROM {current('target')} r JOIN (VALUES {listed}) "
        "w (metric, slice, period_start, period_end, what) ON r.metric = w.metric AND r.slice IS NOT DISTINCT FROM "
        "w.slice AND r.period_start = w.period_start AND r.period_end = w.period_end"
    )
