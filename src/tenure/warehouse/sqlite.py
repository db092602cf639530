"""The files of SQLite that a workspace writes: opened, and what SQLite and the disk say of them as a sentence with an exit code."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tenure.core.errors import DataError, UnavailableError
from tenure.warehouse.store import explained


def opened(path: Path, schema: str, *, log: int = 1000) -> sqlite3.Connection:
    """A file with these tables, made if there is none: what is committed is on disk, and others may read meanwhile. ``log``: pages
    of its log that make it be moved into the file. To be called where ``reporting`` is.
    """
    con = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
    con.execute("PRAGMA journal_mode = WAL")
    con.execute("PRAGMA synchronous = FULL")
    con.execute(f"PRAGMA wal_autocheckpoint = {log}")
    con.executescript(schema)
    return con


@contextmanager
def reporting(path: Path, what: str = "The inbox") -> Iterator[None]:
    """Turns what goes wrong within the block into a ``TenureError`` about the file. ``what``: it is, at the beginning of a sentence."""
    try:
        yield
    except OSError as error:
        raise explained(error, path) from error
    except sqlite3.DatabaseError as error:
        text = str(error).lower()
        if "full" in text or "i/o" in text:
            raise UnavailableError(
                "There is no space left on the disk; nothing was changed.",
                code="no_space",
                where=str(path),
                fix="Free some space and run the command again.",
            ) from error
        if "locked" in text or "readonly" in text or "unable to open" in text:
            raise UnavailableError(
                f"{what} cannot be used: {error}.",
                code="locked",
                where=str(path),
                fix="Wait for the other process, or check the rights of the folder.",
            ) from error
        raise DataError(
            f"{what} is damaged: {error}.", code="damaged", where=str(path), fix="Restore it from a backup."
        ) from error


@contextmanager
def only_read(path: Path) -> Iterator[sqlite3.Connection]:
    """An inbox's file, for a look at it. Raises ``UnavailableError`` and ``DataError``."""
    with reporting(path):
        con = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", timeout=10, uri=True)
        try:
            yield con
        finally:
            con.close()
