"""Columns whose numbers in the last file of a kind are of another size than before: another unit, a lost decimal mark."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, brought_again, loads, together
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Column, Table, Type

SEVERITY = Severity.WARNS
FIX = "Check unit and number format of the export, and say them in the map."
GUIDE = "two-numbers-differ"

_NUMBERS = (Type.MONEY, Type.PRICE, Type.NUMBER, Type.RATE, Type.INTEGER, Type.SHARE)
#: So many rows on both sides at least, and so many of those before at most.
_LEAST, _MOST = 20, 200_000
_TIMES = 8


def find(world: World) -> str | None:
    """One row for each column whose median size rose or fell eightfold or more."""
    again = brought_again(world)
    return together(
        _moved(table, column)
        for table in world.tables()
        for column in table.columns
        if column.type in _NUMBERS and (table.name, column.name) in again
    )


def _moved(table: Table, column: Column) -> str:
    name = quoted(column.name)
    size = f"median(abs({name}::DOUBLE)) FILTER"
    sides = (
        f"SELECT {size} (l.age = 1) AS now, {size} (l.age > 1) AS was, max(l.batch) AS batch, "
        f"count(*) FILTER (l.age = 1) AS n, count(*) FILTER (l.age > 1) AS before FROM main.{quoted(table.name)} r "
        f"JOIN ({loads(table, column)}) l ON l.batch = r.batch WHERE (l.after < {_MOST} OR l.age = 1) AND r.{name} <> 0 GROUP BY l.kind"
    )
    return (
        f"SELECT {literal(table.name)} AS table_name, {literal(column.name)} AS key, 'usually about ' || was || "
        f"', in the last file ' || now AS what, batch, NULL::BIGINT AS line FROM ({sides}) s WHERE n >= {_LEAST} "
        f"AND before >= {_LEAST} AND (now > {_TIMES} * was OR was > {_TIMES} * now)"
    )
