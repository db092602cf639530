"""The company's tables as plain canonical files: one file a table, its columns named as Tenure names them."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

import pyarrow as pa
import pyarrow.csv
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
            pa.csv.write_csv(company.tables[name], path)
        else:
            pa.parquet.write_table(company.tables[name], path, compression="zstd")
        written.append(path)
    return written
