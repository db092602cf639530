"""Intervals that end before or when they begin."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing, together
from tenure.warehouse.schema import quoted

SEVERITY = Severity.WARNS
FIX = "Correct the dates; an end is the first moment after the interval."
GUIDE = "two-numbers-differ"


def find(world: World) -> str | None:
    """One row for each such interval. (Within one file they are refused; two files can make one together.)"""
    queries = []
    for table in world.tables():
        if table.starts and table.ends and not table.events and not table.wraps:
            start, end = quoted(table.starts), quoted(table.ends)
            what = f"'{table.starts} ' || r.{start} || ', {table.ends} ' || r.{end}"
            sign = "<=" if table.column(table.ends).is_end else "<"
            queries.append(
                f"SELECT {failing(table, 'r', what)} FROM {current(table.name)} r WHERE {end} {sign} {start}"
            )
    return together(queries)
