"""Days of the last week that brought far fewer or far more rows of a table than the same weekday before."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.days import DAYS, odd
from tenure.warehouse.checks.world import World, together
from tenure.warehouse.store import literal
from tenure.warehouse.table import Table, Type

SEVERITY = Severity.INFORMS
FIX = "Check whether a part of the day's export is missing, or was loaded twice."
GUIDE = "jump"


def find(world: World) -> str | None:
    """One row for each table, source and day. Only days that are over, and after which something of the table was loaded."""
    return together(_odd(world, table) for table in world.tables() if _dated(table))


def _dated(table: Table) -> bool:
    return bool(table.known) and table.column(table.known or "").type is Type.TIME


def _odd(world: World, table: Table) -> str:
    group = "coalesce(b.source, '')"
    what = "r.day || ': ' || r.n || ' rows, usually ' || r.usual::BIGINT || ' on this weekday'"
    key = "concat_ws(' ', nullif(r.part, ''), r.day::VARCHAR)"
    return (
        f"SELECT {literal(table.name)} AS table_name, {key} AS key, {what} AS what, NULL::INTEGER AS batch, "
        f"NULL::BIGINT AS line FROM ({odd(world, table, group)}) r WHERE {DAYS}"
    )
