"""Columns that the last file of a kind leaves empty far more often than the files before."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, brought_again, loads, together
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Column, Table

SEVERITY = Severity.INFORMS
FIX = "Check the export: a field may have been renamed or lost."
GUIDE = "import-took-nothing"

#: So many rows of the files before are looked at.
_MOST = 200_000


def find(world: World) -> str | None:
    """One row for each column whose empty share rose by more than 20 points between 20 rows or more on both sides."""
    again = brought_again(world)
    return together(
        _risen(table, column)
        for table in world.tables()
        for column in table.columns
        if not column.required and column.name not in table.key and (table.name, column.name) in again
    )


def _risen(table: Table, column: Column) -> str:
    share = f"avg((r.{quoted(column.name)} IS NULL)::INTEGER) FILTER"
    sides = (
        f"SELECT {share} (l.age = 1) AS now, {share} (l.age > 1) AS was, max(l.batch) AS batch, "
        f"count(*) FILTER (l.age = 1) AS n, count(*) FILTER (l.age > 1) AS before FROM main.{quoted(table.name)} r "
        f"JOIN ({loads(table, column)}) l ON l.batch = r.batch WHERE l.after < {_MOST} OR l.age = 1 GROUP BY l.kind"
    )
    return (
        f"SELECT {literal(table.name)} AS table_name, {literal(column.name)} AS key, 'empty in ' || "
        "round(100 * now)::INTEGER || ' % of the rows, before in ' || round(100 * was)::INTEGER || ' %' AS what, "
        f"batch, NULL::BIGINT AS line FROM ({sides}) s WHERE n >= 20 AND before >= 20 AND now > was + 0.2"
    )
