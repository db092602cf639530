"""What SQLite and the disk say of the inbox's file, as a sentence with an exit code."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from tenure.core.errors import DataError, UnavailableError
from tenure.warehouse.store import explained


@contextmanager
def reporting(path: Path) -> Iterator[None]:
    """Turns what goes wrong within the block into a ``TenureError`` about the file."""
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
                f"The inbox cannot be used: {error}.",
                code="locked",
                where=str(path),
                fix="Wait for the other process, or check the rights of the folder.",
            ) from error
        raise DataError(
            f"The inbox is damaged: {error}.", code="damaged", where=str(path), fix="Restore it from a backup."
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
