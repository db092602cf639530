"""A first import of the past: each row becomes the versions that would have been known.

A file of today says how things ended; a figure as of a date back then must not know that. So each column declares
when its value is learned (``Column.learned``), and a row is known first at ``Table.known``: between those moments the
columns not learned yet hold what stood there before (``Column.before``, mostly nothing).
"""

from __future__ import annotations

import duckdb

from tenure.warehouse.schema import quoted, quoted_list
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
    # (least and greatest pass over nulls; what was never learned must stay null.)
    learned = {
        group: f"CASE WHEN {_given(group)} IS NOT NULL THEN greatest(least({_given(group)}, {now}), {first}) END"
        for group in later
    }
    moments = ", ".join([first, *learned.values()])
    values = [_value(column, learned) for column in table.columns]
    parts = len(later) + 1
    con.execute(f"""
        CREATE OR REPLACE TEMP TABLE load_split AS
        SELECT row * {parts} + part - 1 AS row, {", ".join(values)},
               c.* EXCLUDE (row, {quoted_list(table.names)}, known_at, moments, moment, part), moment AS known_at
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


def _given(group: tuple[str, ...]) -> str:
    """SQL of the first of these columns that is filled."""
    return f"coalesce({', '.join(f'c.{quoted(name)}::TIMESTAMP' for name in group)})"


def _value(column: Column, learned: dict[tuple[str, ...], str]) -> str:
    """The column's value at ``moment``. Where nothing says when it was learned, it was known with the row."""
    group, name = _group(column), quoted(column.name)
    if group is None or group not in learned:
        return f"c.{name}"
    before = "NULL" if column.before is None else f"CAST({literal(column.before)} AS {column.type.sql})"
    return f"CASE WHEN {learned[group]} > moment THEN {before} ELSE c.{name} END AS {name}"
