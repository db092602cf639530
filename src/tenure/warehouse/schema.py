"""What lies in the warehouse file: the canonical tables' columns, and the tables about loading itself."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence

import duckdb

from tenure.warehouse.table import Table

# Where a row came from and when it was learned: behind the canonical columns of every table.
ORIGIN: tuple[tuple[str, str], ...] = (
    ("custom", "VARCHAR"),  # JSON object of the file's unknown columns, text values
    ("batch", "INTEGER"),
    ("line", "BIGINT"),  # of the file, from 1; the row's number where a file has no lines
    ("known_at", "TIMESTAMP"),  # UTC
)

# Only in the tables of which some file named it row by row (an empty column costs a tenth of a load): the system, where it
# is not the batch's, and the row's id there.
NAMED_ORIGIN: tuple[tuple[str, str], ...] = (("source", "VARCHAR"), ("source_id", "VARCHAR"))

SYSTEM_TABLES: dict[str, tuple[tuple[str, str], ...]] = {
    "batch": (
        ("batch", "INTEGER"),
        ("message_id", "VARCHAR"),
        ("table_name", "VARCHAR"),
        ("file", "VARCHAR"),
        ("archived", "VARCHAR"),
        ("sha256", "VARCHAR"),
        ("map_hash", "VARCHAR"),
        ("flags", "VARCHAR"),
        ("columns", "VARCHAR"),
        ("known_at", "TIMESTAMP"),
        ("inbox_epoch", "VARCHAR"),
        ("inbox_seq", "BIGINT"),
        ("read", "BIGINT"),
        ("loaded", "BIGINT"),
        ("unchanged", "BIGINT"),
        ("superseded", "BIGINT"),
        ("rejected", "BIGINT"),
        ("retracted_by", "INTEGER"),
        ("retracted_at", "TIMESTAMP"),
        ("source", "VARCHAR"),
        ("stored", "BIGINT"),  # rows written, a split row as often as it has parts; null where that was not counted yet
    ),
    "failed_row": (
        ("batch", "INTEGER"),
        ("table_name", "VARCHAR"),
        ("file", "VARCHAR"),
        ("line", "BIGINT"),
        ("column_name", "VARCHAR"),
        ("value", "VARCHAR"),
        ("reason", "VARCHAR"),
        ("code", "VARCHAR"),
        ("raw", "VARCHAR"),
        ("row", "BIGINT"),  # its number among the file's rows, from 0; null where it could not be read as one
    ),
    # What was done about failed rows, by their ids. Of a row the last counts whose batch, if it has one, stands.
    "handled_row": (
        ("failed_id", "VARCHAR"),
        ("what", "VARCHAR"),
        ("by_whom", "VARCHAR"),
        ("reason", "VARCHAR"),
        ("handled_at", "TIMESTAMP"),
        ("batch", "INTEGER"),  # that brought the mended row
        ("inbox_epoch", "VARCHAR"),
        ("inbox_seq", "BIGINT"),
    ),
    "meta": (("key", "VARCHAR"), ("value", "VARCHAR")),
}


def quoted(name: str) -> str:
    """An identifier in SQL: several canonical columns (``from``, ``interval``) are words of SQL."""
    return '"' + name.replace('"', '""') + '"'


def quoted_list(names: Iterable[str], prefix: str = "") -> str:
    """Identifiers separated by commas, each behind ``prefix`` (``"r."``)."""
    return ", ".join(prefix + quoted(name) for name in names)


def columns_of(table: Table) -> tuple[tuple[str, str], ...]:
    """Name and DuckDB type of every column that the view ``main.T`` of a canonical table shows, in order.

    ``NAMED_ORIGIN`` comes behind, where it was wanted.
    """
    return tuple((column.name, column.type.sql) for column in table.columns) + ORIGIN


def declared(name: str, kind: str) -> str:
    """A column as it is declared: its name, its type and, where DuckDB would choose badly, how it is compressed.

    An id is another one in nearly every row: a dictionary of them saves half the space and takes four times as long to
    write. What repeats (segments, features, kinds) is left to DuckDB.
    """
    plain = name.endswith("_id") and kind == "VARCHAR"
    return f"{quoted(name)} {kind}{' USING COMPRESSION uncompressed' if plain else ''}"


def on_disk(name: str) -> str:
    """The table under the view ``main.name``. It has only the columns that ever held something: a column of nothing
    but nulls takes as long to write as a full one, and most files fill a third of what there is.
    """
    return f"main_rows.{quoted(name)}"


def columns_on_disk(con: duckdb.DuckDBPyConnection, name: str) -> list[str]:
    """The columns of ``on_disk``, which must be there, in order. To look them up in the catalogue takes twenty times as long."""
    return [column[0] for column in con.execute(f"FROM {on_disk(name)} LIMIT 0").description or ()]


def is_on_disk(con: duckdb.DuckDBPyConnection, name: str) -> bool:
    """Whether there is a table ``on_disk``."""
    found = con.execute(
        "SELECT 1 FROM duckdb_tables() WHERE database_name = current_catalog() AND schema_name = 'main_rows' "
        "AND table_name = ?",
        [name],
    ).fetchall()
    return bool(found)


def shown(columns: Iterable[tuple[str, str]], there: Collection[str]) -> str:
    """SQL of ``columns`` (name and type) over a table that has those of ``there``: what it lacks is null."""
    return ", ".join(quoted(name) if name in there else f"NULL::{kind} AS {quoted(name)}" for name, kind in columns)


def show(con: duckdb.DuckDBPyConnection, name: str, columns: Sequence[tuple[str, str]]) -> None:
    """Make the view ``main.name`` anew, with all ``columns``."""
    catalog = con.execute("SELECT current_catalog()").fetchall()[0][0]
    parts = shown(columns, columns_on_disk(con, name))
    con.execute(f"CREATE OR REPLACE VIEW main.{quoted(name)} AS SELECT {parts} FROM {quoted(catalog)}.{on_disk(name)}")


def numbered(con: duckdb.DuckDBPyConnection, table: Table) -> str:
    """SQL of what ``main.T`` shows, and beside it ``row``: a number that is the row's own."""
    return f"(SELECT rowid AS row, {shown(columns_of(table), columns_on_disk(con, table.name))} FROM {on_disk(table.name)})"


def widen(con: duckdb.DuckDBPyConnection, table: Table, names: Iterable[str]) -> str:
    """See to it that the table on disk has the columns ``names``; gives its name, to insert into."""
    there = columns_on_disk(con, table.name)
    kinds = dict((*columns_of(table), *NAMED_ORIGIN))
    missing = [name for name in names if name not in there]
    for name in missing:
        con.execute(f"ALTER TABLE {on_disk(table.name)} ADD COLUMN {declared(name, kinds[name])}")
    if missing:
        named = [pair for pair in NAMED_ORIGIN if pair[0] in there or pair[0] in missing]
        show(con, table.name, [*columns_of(table), *named])
    return on_disk(table.name)


def lay(con: duckdb.DuckDBPyConnection, tables: Iterable[Table]) -> None:
    """Bring the warehouse in which ``con`` stands up to the definitions.

    Only adds: a column that a definition no longer has stays where it is.
    """
    there: dict[tuple[str, str], list[str]] = {
        (schema, name): columns
        for schema, name, columns in con.execute(
            "SELECT schema_name, table_name, list(column_name ORDER BY column_index) FROM duckdb_columns() "
            "WHERE database_name = current_catalog() GROUP BY ALL"
        ).fetchall()
    }
    con.execute("CREATE SCHEMA IF NOT EXISTS main_rows")
    for name, columns in SYSTEM_TABLES.items():
        if ("main", name) not in there:
            body = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns)
            con.execute(f"CREATE TABLE {quoted(name)} ({body})")
        for column, kind in columns:
            if column not in there.get(("main", name), [column]):
                con.execute(f"ALTER TABLE {quoted(name)} ADD COLUMN {quoted(column)} {kind}")
    for table in tables:
        if ("main_rows", table.name) not in there:
            first = [pair for pair in columns_of(table) if pair[0] in (*table.key, "batch", "line", "known_at")]
            body = ", ".join(declared(name, kind) for name, kind in first)
            con.execute(f"CREATE TABLE {on_disk(table.name)} ({body})")
        named = [pair for pair in NAMED_ORIGIN if pair[0] in there.get(("main_rows", table.name), ())]
        wanted = [*columns_of(table), *named]
        if there.get(("main", table.name)) != [name for name, _ in wanted]:
            show(con, table.name, wanted)
