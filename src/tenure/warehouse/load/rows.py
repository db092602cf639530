"""Staged rows in the shape of the table on disk: the candidates for being stored.

A candidate has ``row`` (its number in the file, from 0) and every stored column but ``batch`` and ``line``; of
``NAMED_ORIGIN`` what the file has.
"""

from __future__ import annotations

from datetime import datetime

from tenure.warehouse.content import content_hash
from tenure.warehouse.load.cells import default
from tenure.warehouse.load.stage import GOOD, Staged
from tenure.warehouse.schema import NAMED_ORIGIN, quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Column, Table


def candidates(staged: Staged, now: datetime, source: str) -> str:
    """SQL of the good rows of a staged file. ``source``: the batch's, which is not written to every row again."""
    parts = [f"{_value(staged, column)} AS {quoted(column.name)}" for column in staged.table.columns]
    there = staged.incoming.columns
    parts += [
        f"nullif(s.source, {literal(source)}) AS source" if name == "source" else f"s.{name}"
        for name, _ in named_origin(staged, source)
    ]
    known_at = f"coalesce(s.known_at, {moment(now)})" if "known_at" in there else moment(now)
    custom = "s.custom" if staged.incoming.custom else "NULL::VARCHAR"
    return (
        f"SELECT s.rowid - {staged.base} AS row, {', '.join(parts)}, {custom} AS custom, {known_at} AS known_at "
        f"FROM temp.{quoted(staged.name)} s WHERE s.state = {GOOD}"
    )


def named_origin(staged: Staged, source: str) -> list[tuple[str, str]]:
    """Which columns of ``NAMED_ORIGIN`` a file brings that says more than the batch's ``source``."""
    there = staged.incoming.columns
    return [(name, kind) for name, kind in NAMED_ORIGIN if name in there and there[name].sql != literal(source)]


def moment(at: datetime) -> str:
    """SQL of a moment. ``at`` is UTC, aware or naive."""
    return f"TIMESTAMP '{at.replace(tzinfo=None).isoformat(sep=' ')}'"


def identified(table: Table, rows: str, occurrences: str | None = None) -> str:
    """SQL of the candidates ``rows``, with keys made for those that have none.

    An event's is the hash of its content and how often that content has occurred in the file (``occurrences``: a
    relation of ``row`` and ``number`` where it is not the first time); a state's is the hash of what identifies it.
    """
    if not table.generated_key:
        return rows
    key = quoted(table.key[0])
    if table.made_from:
        parts = ", ".join(f"'{name}=' || c.{quoted(name)}::VARCHAR" for name in table.made_from)
        made = f"md5(concat_ws(chr(31), {parts}))"
        return f"SELECT c.* REPLACE (coalesce(c.{key}, {made}) AS {key}) FROM ({rows}) c"
    number = "coalesce(o.number, 1)" if occurrences else "1"
    made = f"{content_hash(table, 'c', without=table.key)} || '-' || {number}"
    join = f" LEFT JOIN {occurrences} o ON o.row = c.row" if occurrences else ""
    return f"SELECT c.* REPLACE (coalesce(c.{key}, {made}) AS {key}) FROM ({rows}) c{join}"


def _value(staged: Staged, column: Column) -> str:
    """A column the file lacks is null; but a key, and an event, cannot be completed later."""
    if column.name in staged.present:
        return f"s.{quoted(column.name)}"
    stands_in = default(column) if staged.table.events or column.name in staged.table.key else None
    return stands_in or f"NULL::{column.type.sql}"
