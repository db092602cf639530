"""Intervals that overlap where only one can hold at a time."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing, together
from tenure.warehouse.schema import quoted, quoted_list

SEVERITY = Severity.BLOCKS
FIX = "End the earlier one where the later one begins."
GUIDE = "held-figure"


def find(world: World) -> str | None:
    """One row for each interval that begins before one of the same owner has ended."""
    queries = []
    for table in world.tables():
        if table.no_overlap and table.starts and table.ends:
            start, end = quoted(table.starts), quoted(table.ends)
            same = quoted_list(table.no_overlap)
            # What may be without an end is a time; the hours of a weekday never are.
            ended = end if table.column(table.ends).required else f"coalesce({end}, TIMESTAMP '9999-12-31')"
            before = (
                f"max({ended}) OVER (PARTITION BY {same} ORDER BY {start}, {end} "
                "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
            )
            what = f"'begins ' || r.{start} || ', before ' || r.before"
            queries.append(
                f"SELECT {failing(table, 'r', what)} FROM (SELECT *, {before} AS before FROM "
                f"{current(table.name)} WHERE {end} IS NULL OR {end} > {start}) r WHERE r.{start} < r.before"
            )
    return together(queries)
