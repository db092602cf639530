"""A first import of the past: each row becomes the versions that would have been known.

A file of today says how things ended; a figure as of a date back then must not know that. So each column declares
when its value is learned (``Column.learned``), and a row is known first at ``Table.known``: between those moments the
columns not learned yet hold what stood there before (``Column.before``, mostly nothing).
"""

from __future__ import annotations

import duckdb

from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Column, Table

BEGINNING_SQL = "TIMESTAMP '0001-01-01'"
SPLIT = "temp.load_split"


def split(con: duckdb.DuckDBPyConnection, table: Table, rows: str, now: str) -> int:
    """Make the temporary table ``SPLIT``: the candidates ``rows`` (SQL), a row for each moment something was learned.

    ``now``: SQL of the moment of loading; nothing was learned later. Gives into how many parts a row may have come:
    the number of a part, divided by it, is the number of the row. Events happen once, so they are only moved to when
    they were known.
    """
    first = _first_known(table, now)
    later = [] if table.events else sorted({group for column in table.columns if (group := _group(column))})
    learned = {group: f"greatest(least(coalesce({', '.join(_instants(group))}), {now}), {first})"
               for group in later}
    moments = ", ".join([first, *(f"least({learned[group]}, {now})" for group in later)])
    values = [_value(column, learned) for column in table.columns]
    parts = len(later) + 1
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE load_split AS
        SELECT row * {parts} + part - 1 AS row, {', '.join(values)}, custom, source, source_id, moment AS known_at
        FROM (SELECT c.*, unnest(moments) AS moment, generate_subscripts(moments, 1) AS part
              FROM (SELECT c.*, list_distinct([{moments}]) AS moments FROM ({rows}) c) c) c""")
    return parts


def _first_known(table: Table, now: str) -> str:
    if table.known is None:
        return BEGINNING_SQL
    return f"least(coalesce(c.{quoted(table.known)}::TIMESTAMP, {BEGINNING_SQL}), {now})"


def _group(column: Column) -> tuple[str, ...] | None:
    """The columns that say when this one was learned; none for a column that is known with the row."""
    group = tuple(name for name in column.learned or () if name)
    return group or None


def _instants(group: tuple[str, ...]) -> list[str]:
    return [f"c.{quoted(name)}::TIMESTAMP" for name in group]


def _value(column: Column, learned: dict[tuple[str, ...], str]) -> str:
    """The column's value at ``moment``. Where nothing says when it was learned, it was known with the row."""
    group, name = _group(column), quoted(column.name)
    if group is None or group not in learned:
        return f"c.{name}"
    before = "NULL" if column.before is None else f"CAST({literal(column.before)} AS {column.type.sql})"
    some = f"coalesce({', '.join(_instants(group))}) IS NOT NULL"
    return f"CASE WHEN {some} AND {learned[group]} > moment THEN {before} ELSE c.{name} END AS {name}"
