"""Columns that the last file leaves empty far more often than the files before."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, together
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Column, Table

SEVERITY = Severity.INFORMS
FIX = "Check the export: a field may have been renamed or lost."


def find(world: World) -> str | None:
    """One row for each column whose empty share rose by more than 20 points between 20 rows or more on both sides."""
    again = _brought_again(world)
    return together(
        _risen(table, column)
        for table in world.tables()
        for column in table.columns
        if not column.required and column.name not in table.key and (table.name, column.name) in again
    )


def _brought_again(world: World) -> set[tuple[str, str]]:
    """The tables' columns that two files or more have brought: the others have nothing to be held against."""
    brought = (
        "SELECT table_name, unnest(from_json(columns, '[\"VARCHAR\"]')) AS name FROM main.batch "
        "WHERE retracted_by IS NULL AND loaded + superseded > 0"
    )
    sql = f"SELECT table_name, name FROM ({brought}) b GROUP BY table_name, name HAVING count(*) > 1"
    return {(table, name) for table, name in world.con.execute(sql).fetchall()}


def _risen(table: Table, column: Column) -> str:
    name = quoted(column.name)
    had = (
        "SELECT batch FROM main.batch WHERE retracted_by IS NULL AND loaded + superseded > 0 AND table_name = "
        f"{literal(table.name)} AND list_contains(from_json(columns, '[\"VARCHAR\"]'), {literal(column.name)})"
    )
    last = f"(SELECT max(batch) FROM ({had}) h)"
    share = f"avg(({name} IS NULL)::INTEGER)"
    return (
        f"SELECT {literal(table.name)} AS table_name, {literal(column.name)} AS key, 'empty in ' || "
        "round(100 * now)::INTEGER || ' % of the rows, before in ' || round(100 * was)::INTEGER || ' %' AS what, "
        f"batch, NULL::BIGINT AS line FROM (SELECT {share} FILTER (batch = {last}) AS now, "
        f"{share} FILTER (batch < {last}) AS was, count(*) FILTER (batch = {last}) AS n, "
        f"count(*) FILTER (batch < {last}) AS before, {last} AS batch FROM main.{quoted(table.name)} "
        f"WHERE batch IN ({had})) s WHERE n >= 20 AND before >= 20 AND now > was + 0.2"
    )
