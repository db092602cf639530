"""The company's data as the exports its people would have: from a dozen tools, each with its own habits and its dirt."""

from __future__ import annotations

from pathlib import Path

import duckdb

from tenure.sources.demo import from_office, from_product, from_success, from_support
from tenure.sources.demo.company import Company
from tenure.sources.demo.dirt import plant, readme
from tenure.sources.demo.export import Export

_MAP = Path(__file__).with_name("map.toml")
#: Every file by name, in the order in which they are told.
EXPORTS = {**from_office.EXPORTS, **from_product.EXPORTS, **from_success.EXPORTS, **from_support.EXPORTS}


def write_files(company: Company, folder: Path) -> list[Path]:
    """Write the exports, ``map.toml`` and ``README.txt`` into ``folder`` and return the exports' paths.

    The README tells of every row that is wrong on purpose: where it is and what Tenure says about it.
    """
    folder.mkdir(parents=True, exist_ok=True)
    database = duckdb.connect()
    for name, table in company.tables.items():
        database.register(name, table)
    written = []
    for name, export in EXPORTS.items():
        path = folder / name
        _write(database, export, company.zone, path)
        written.append(path)
    planted = plant(folder)
    (folder / "map.toml").write_text(_MAP.read_text("utf-8").replace("Europe/Berlin", company.zone), "utf-8")
    (folder / "README.txt").write_text(readme(company.today, planted), "utf-8")
    return written


def _write(database: duckdb.DuckDBPyConnection, export: Export, zone: str, path: Path) -> None:
    forms = {".jsonl": "FORMAT json", ".parquet": "FORMAT parquet, COMPRESSION zstd"}
    how = forms.get(path.suffix, f"FORMAT csv, HEADER, DELIMITER '{export.delimiter}'")
    place = str(path).replace("'", "''")
    database.execute(f"COPY ({export.sql.replace('{zone}', zone)}) TO '{place}' ({how})")
    if export.encoding != "utf-8":
        path.write_bytes(path.read_bytes().decode("utf-8").encode(export.encoding))
