"""Versions: for each canonical table, what was known from when to when, as a plain interval per row.

``T_version`` has the canonical columns (with what earlier files said where a later file lacked a column), the derived
columns, ``custom``, ``batch``, ``line``, ``known_from`` and ``known_to`` (exclusive; 9999-12-31 is current). As-of D is
then a plain filter on every engine. Nothing here depends on the order in which files were loaded.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from functools import cache

import duckdb

from tenure.warehouse.schema import columns_on_disk, declared, numbered, on_disk, quoted, quoted_list, show
from tenure.warehouse.spans import forget, spans
from tenure.warehouse.store import literal
from tenure.warehouse.table import Table
from tenure.warehouse.tables import all_tables
from tenure.warehouse.timeline import FAR_SQL, pointer, retracted, taken_back, tombstones

# Custom attributes are slices there, so each is a column of its own.
_SLICED = "account"


def derive(con: duckdb.DuckDBPyConnection, zone: str, tables: Iterable[str] | None = None) -> list[str]:
    """Bring ``T_version`` up to date for ``tables`` (default: all), all or none of them.

    ``zone``: the organisation's IANA time zone, for derived columns. Tables whose rows, retractions, zone and definition
    are what they were the last time are left alone. Gives the names of those made anew.
    """
    known = all_tables()
    wanted = [known[name] for name in (known if tables is None else tables)]
    there = dict(con.execute("SELECT key, value FROM main.meta").fetchall())
    stale = {
        name: (f"versions:main:{name}", mark)
        for name, mark in fingerprints(con, wanted, zone).items()
        if there.get(f"versions:main:{name}") != mark
    }
    if not stale:
        return []
    con.execute("BEGIN TRANSACTION")
    try:
        for name, (key, mark) in stale.items():
            _write(con, known[name], zone)
            con.execute("DELETE FROM main.meta WHERE key = ?", [key])
            con.execute("INSERT INTO main.meta VALUES (?, ?)", [key, mark])
        con.execute("COMMIT")
    except BaseException:
        con.execute("ROLLBACK")
        raise
    return list(stale)


def custom_keys(con: duckdb.DuckDBPyConnection, table: str) -> list[str]:
    """The custom attributes that files of ``table`` have brought, sorted."""
    rows = con.execute(
        "SELECT DISTINCT substr(x, 8) FROM (SELECT unnest(from_json(columns, '[\"VARCHAR\"]')) AS x FROM main.batch "
        "WHERE table_name = ?) WHERE starts_with(x, 'custom:') ORDER BY 1",
        [table],
    ).fetchall()
    return [row[0] for row in rows]


def fingerprints(con: duckdb.DuckDBPyConnection, tables: Iterable[Table], zone: str) -> dict[str, str]:
    """What the versions of each table depend on, as a text: equal texts mean equal versions."""
    found = {
        name: marks
        for name, *marks in con.execute(
            "SELECT table_name, max(batch), max(retracted_by) FROM main.batch GROUP BY table_name"
        ).fetchall()
    }
    nothing = [None, None]
    return {
        table.name: json.dumps(
            [found.get(table.name, nothing), found.get("retraction", nothing), zone, _definition(table)]
        )
        for table in tables
    }


@cache
def _definition(table: Table) -> str:
    return hashlib.sha256(repr(table).encode()).hexdigest()[:16]


def _write(con: duckdb.DuckDBPyConnection, table: Table, zone: str) -> None:
    name = f"{table.name}_version"
    con.execute(f"DROP TABLE IF EXISTS {on_disk(name)}")
    empty = not con.execute(f"SELECT 1 FROM {on_disk(table.name)} LIMIT 1").fetchall()
    rows = ""
    if table.events:
        rows, settled = _events(con, table, empty=empty)
        if settled:
            con.execute(f"CREATE OR REPLACE VIEW main.{quoted(name)} AS {_shaped(con, table, zone, rows)}")
            return
    columns = _columns(con, table)
    there = columns_on_disk(con, table.name)
    always = {column.name for column in table.columns if column.default is not None}
    own = {*table.names, "custom"}
    kept = [pair for pair in columns if pair[0] in always or pair[0] in there or pair[0] not in own]
    typed = ", ".join(declared(name, kind) for name, kind in kept)
    con.execute(f"CREATE TABLE {on_disk(name)} ({typed})")
    if not empty:  # to plan what gives nothing takes most of the time of a small company
        shaped = _shaped(con, table, zone, rows or spans(con, table, numbered(con, table)))
        named = quoted_list(name for name, _ in kept)
        con.execute(f"INSERT INTO {on_disk(name)} SELECT {named} FROM ({shaped}) shaped")
        forget(con)
    show(con, name, columns)


def _columns(con: duckdb.DuckDBPyConnection, table: Table) -> list[tuple[str, str]]:
    """The columns of ``_shaped``, with their types."""
    columns = [(column.name, column.type.sql) for column in table.columns]
    columns += [(derived.name, derived.type) for derived in table.derived]
    columns += [(name, "VARCHAR") for name in [*_sliced(con, table), "custom"]]
    return [*columns, ("batch", "INTEGER"), ("line", "BIGINT"), ("known_from", "TIMESTAMP"), ("known_to", "TIMESTAMP")]


def _sliced(con: duckdb.DuckDBPyConnection, table: Table) -> list[str]:
    """The custom attributes that are columns of their own, as these are named."""
    return [f"custom:{key}" for key in custom_keys(con, table.name)] if table.name == _SLICED else []


def _shaped(con: duckdb.DuckDBPyConnection, table: Table, zone: str, rows: str) -> str:
    """Put the derived columns, and for accounts the custom attributes, between the canonical ones and the origin."""
    parts = [quoted(name) for name in table.names]
    parts += [
        f"({derived.sql.format(zone=literal(zone))})::{derived.type} AS {quoted(derived.name)}"
        for derived in table.derived
    ]
    parts += [
        f"json_extract_string(custom, {pointer(name.removeprefix('custom:'))}) AS {quoted(name)}"
        for name in _sliced(con, table)
    ]
    return f"SELECT {', '.join(parts)}, custom, batch, line, known_from, known_to FROM ({rows}) versions"


def _events(con: duckdb.DuckDBPyConnection, table: Table, *, empty: bool) -> tuple[str, bool]:
    """SQL of the versions of events, and whether it is so plain that a view will do: events never supersede, unless
    some were taken back or learned of twice.
    """
    catalog = con.execute("SELECT current_catalog()").fetchall()[0][0]
    stored = f"{quoted(catalog)}.main.{quoted(table.name)}"
    taken_with_batch = [] if empty else con.execute(retracted(table)).fetchall()
    until = "".join(f" WHEN {batch} THEN TIMESTAMP '{at}'" for batch, at in taken_with_batch)
    known_to = f"CASE r.batch{until} ELSE {FAR_SQL} END" if until else FAR_SQL
    rows = (
        f"SELECT {quoted_list(table.names, 'r.')}, r.custom, r.batch, r.line, r.known_at AS known_from, "
        f"{known_to} AS known_to FROM {stored} r"
    )
    if until:
        rows += " WHERE known_from < known_to"
    if empty:
        return rows, True
    tombs = tombstones(table)
    taken = con.execute(f"SELECT count(*) FROM ({tombs}) t").fetchall()[0][0]
    twice = con.execute("SELECT 1 FROM main.meta WHERE key = ?", [f"repeated:{table.name}"]).fetchall()
    if not taken and not twice:
        return rows, True
    return _settled(table, rows, tombs, bool(twice)), False


def _settled(table: Table, rows: str, tombs: str, twice: bool) -> str:
    """Events with their ends where they were taken back, and the first of those that came twice."""
    match = taken_back(table, "e", "t")
    ended = (
        f"SELECT e.* REPLACE (least(e.known_to, coalesce((SELECT min(t.known_at) FROM ({tombs}) t WHERE {match}), "
        f"{FAR_SQL})) AS known_to) FROM ({rows}) e"
    )
    settled = f"SELECT * FROM ({ended}) x WHERE known_from < known_to"
    if not twice:
        return settled
    return (
        f"SELECT * FROM ({settled}) y QUALIFY row_number() OVER (PARTITION BY {quoted_list(table.names)}, custom "
        "ORDER BY known_from, known_to DESC, batch, line) = 1"
    )
