"""Parquet: every column as text, without loss."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tenure.core.errors import DataError
from tenure.sources.files.opened import Opened, column_names, texts
from tenure.warehouse.incoming import AfterRead, Lines
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal


def open_parquet(path: Path, name: str) -> Opened:
    """The rows of a Parquet file; a row's line is its number, from 1. Raises ``DataError`` for a damaged file."""
    source = f"read_parquet({literal(str(path))}, binary_as_string = true)"
    try:
        with duckdb.connect() as con:
            found = con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
    except duckdb.Error:
        raise DataError(
            "The Parquet file is damaged or cut short.",
            code="damaged_file",
            where=name,
            fix="Transfer or export it again.",
        ) from None
    written = tuple(str(row[0]) for row in found)
    names = column_names(written, name)
    expressions = [as_text(quoted(column), str(kind)) for column, kind, *_ in found]
    after = AfterRead((), Lines([0], [1]))
    return Opened(
        relation=texts(names, expressions, source),
        names=names,
        written=written,
        typed=True,
        after_read=lambda _con: after,
    )


def as_text(column: str, kind: str) -> str:
    """SQL of a column of that DuckDB type as the text a file would hold; null where it is empty."""
    if kind == "VARCHAR":
        return f"nullif({column}, '')"
    if kind == "TIMESTAMP WITH TIME ZONE":
        return f"strftime({column} AT TIME ZONE 'UTC', '%Y-%m-%dT%H:%M:%S.%f') || 'Z'"
    if kind in ("FLOAT", "DOUBLE"):  # a whole number stays one: an id 7 is not 7.0
        return f"regexp_replace(CAST({column} AS VARCHAR), '[.]0$', '')"
    if kind.endswith("]") or kind.startswith(("STRUCT", "MAP", "UNION")):
        return f"CAST(to_json({column}) AS VARCHAR)"
    return f"CAST({column} AS VARCHAR)"
