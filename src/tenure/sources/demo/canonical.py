"""The company's tables as plain canonical files: one file a table, its columns named as Tenure names them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import duckdb
import pyarrow as pa
import pyarrow.parquet

from tenure.core.errors import unknown
from tenure.sources.demo.company import Company


def write_canonical(
    company: Company, folder: Path, tables: Iterable[str] | None = None, *, suffix: str = "csv"
) -> list[Path]:
    """Write ``<table>.csv`` or ``<table>.parquet`` for the tables named, all by default, and return their paths.

    Raises ``UsageError`` for a table the company has not, or another format.
    """
    if suffix not in ("csv", "parquet"):
        raise unknown("format", suffix, ("csv", "parquet"), listing="The formats are csv and parquet.")
    folder.mkdir(parents=True, exist_ok=True)
    written = []
    for name in company.tables if tables is None else tables:
        if name not in company.tables:
            raise unknown("table", name, company.tables, listing="`tenure tables` lists all.")
        path = folder / f"{name}.{suffix}"
        if suffix == "csv":
            _write_csv(company.tables[name], path)
        else:
            pa.parquet.write_table(company.tables[name], path, compression="zstd")
        written.append(path)
    return written


def _write_csv(table: pa.Table, path: Path) -> None:
    """Dates as ISO, instants as ISO in UTC, empty cells for null."""
    instants = [field.name for field in table.schema if pa.types.is_timestamp(field.type)]
    utc = ", ".join(f'"{name}" AT TIME ZONE \'UTC\' AS "{name}"' for name in instants)
    columns = f"* REPLACE ({utc})" if instants else "*"
    place = str(path).replace("'", "''")
    database = duckdb.connect()
    database.register("company", table)
    database.execute(
        f"COPY (SELECT {columns} FROM company) TO '{place}' "
        "(FORMAT csv, HEADER, DATEFORMAT '%Y-%m-%d', TIMESTAMPFORMAT '%Y-%m-%dT%H:%M:%SZ')"
    )
