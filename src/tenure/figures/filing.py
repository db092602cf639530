"""Files that are written once and never changed, and the pointer that names the current ones.

Any number of readers open what the pointer names; it is replaced in one step, so that nobody sees half of anything.
"""

from __future__ import annotations

from collections.abc import Collection, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core import whole
from tenure.warehouse.archive import flush
from tenure.warehouse.schema import declared
from tenure.warehouse.store import STORAGE_VERSION, literal

if TYPE_CHECKING:
    import duckdb

POINTER = "current.json"
#: Logs that grow as long are never brought into their files by themselves.
NEVER = "1TB"


def next_name(folder: Path, stem: str) -> str:
    """The name of a new file: ``STEM-N.duckdb``. No number is given twice by one process, which may have the file of that
    name open though it was removed.
    """
    numbers = (int(path.stem.split("-")[1]) for path in folder.glob(f"{stem}-*.duckdb"))
    number = max((_given.get((folder, stem), 0), *numbers)) + 1
    _given[folder, stem] = number
    return f"{stem}-{number}.duckdb"


#: The last numbers given.
_given: dict[tuple[Path, str], int] = {}


def attach(con: duckdb.DuckDBPyConnection, path: Path, alias: str, *, read_only: bool = False) -> None:
    """Attach a file, to be written unless ``read_only``."""
    how = "READ_ONLY" if read_only else f"STORAGE_VERSION '{STORAGE_VERSION}', RECOVERY_MODE no_wal_writes"
    con.execute(f"ATTACH {literal(str(path))} AS {alias} ({how})")


def let_logs_grow(con: duckdb.DuckDBPyConnection, threshold: str) -> str:
    """Set how long logs grow before they are brought into their files by themselves, and give how long they did. What is written into a
    file that nobody reads yet is put in order once, at its end.
    """
    ((before,),) = con.execute("SELECT current_setting('checkpoint_threshold')").fetchall()
    con.execute(f"SET GLOBAL checkpoint_threshold = {literal(threshold)}")
    return str(before)


def detach(con: duckdb.DuckDBPyConnection, *aliases: str, threshold: str) -> None:
    """Detach what is attached of these, and let logs grow as they did (``let_logs_grow``)."""
    try:
        for alias in aliases:
            found = con.execute("SELECT 1 FROM duckdb_databases() WHERE database_name = ?", [alias]).fetchall()
            if found:
                con.execute(f"DETACH {alias}")
    finally:
        let_logs_grow(con, threshold)


def write(con: duckdb.DuckDBPyConnection, table: str, rows: str) -> None:
    """Put what ``rows`` (SQL) gives, in its order, into a table (``ALIAS.main.NAME``), which is made if need be."""
    make(con, table, columns_of(con, rows))
    con.execute(f"INSERT INTO {table} {rows}")


def columns_of(con: duckdb.DuckDBPyConnection, rows: str) -> tuple[tuple[str, str], ...]:
    """The columns of what ``rows`` (SQL) gives, with their types. To be told them takes as long as to be given few rows."""
    return tuple((name, kind) for name, kind, *_ in con.execute(f"DESCRIBE {rows}").fetchall())


def make(con: duckdb.DuckDBPyConnection, table: str, columns: Sequence[tuple[str, str]]) -> None:
    """See to it that there is such a table."""
    con.execute(f"CREATE TABLE IF NOT EXISTS {table} ({', '.join(declared(*column) for column in columns)})")


def point(folder: Path, content: bytes, names: Collection[str], before: Collection[str]) -> None:
    """Name new files in one step, on disk when this returns. All files but these and those of ``before`` are dropped."""
    for name in names:
        flush(folder / name)
    part = folder / f"{POINTER}.part"
    part.write_bytes(whole.sealed(content))
    flush(part)
    part.replace(folder / POINTER)
    flush(folder)
    for path in folder.glob("*-*.duckdb"):
        if path.name not in {*names, *before}:
            path.unlink(missing_ok=True)
