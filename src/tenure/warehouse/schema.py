"""What lies in the warehouse file: the canonical tables' columns, and the tables about loading itself."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

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
    ),
    "meta": (("key", "VARCHAR"), ("value", "VARCHAR")),
}


def quoted(name: str) -> str:
    """An identifier in SQL: several canonical columns (``from``, ``interval``) are words of SQL."""
    return '"' + name.replace('"', '""') + '"'


def quoted_list(names: Iterable[str], prefix: str = "") -> str:
    """Identifiers separated by commas, each behind ``prefix`` (``"r."``)."""
    return ", ".join(prefix + quoted(name) for name in names)


def stored_columns(table: Table) -> tuple[tuple[str, str], ...]:
    """Name and DuckDB type of every column of the table on disk, in order, the type with how it is compressed.

    ``NAMED_ORIGIN`` comes behind, where it was wanted.
    """
    return tuple((column.name, column.type.sql + compression(table, column.name)) for column in table.columns) + ORIGIN


def compression(table: Table, name: str) -> str:
    """What is added to a column's type where DuckDB would choose badly.

    An id is another one in nearly every row: a dictionary of them saves half the space and takes four times as long to
    write. References repeat: there DuckDB's dictionaries are quick, and quicker to group by.
    """
    column = table.column(name)
    is_id = name == table.key[0] and column.type.sql == "VARCHAR" and column.references is None
    return " USING COMPRESSION uncompressed" if is_id else ""


def create_statements(tables: Mapping[str, Table], there: Mapping[str, Sequence[str]]) -> list[str]:
    """The DDL that brings a warehouse holding ``there`` (columns by table) up to the definitions.

    Only adds: a column that a definition no longer has stays where it is.
    """
    wanted = {name: stored_columns(table) for name, table in tables.items()} | SYSTEM_TABLES
    statements = []
    for name, columns in wanted.items():
        if name not in there:
            body = ", ".join(f"{quoted(column)} {kind}" for column, kind in columns)
            statements.append(f"CREATE TABLE {quoted(name)} ({body})")
            continue
        statements += [
            f"ALTER TABLE {quoted(name)} ADD COLUMN {quoted(column)} {kind}"
            for column, kind in columns
            if column not in there[name]
        ]
    return statements
