"""Whether the application's own database is whole: its file, and its chain of the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path

from django.db import DatabaseError, connection

from tenure.core.chain import Head
from tenure.core.errors import DataError
from tenure.engine.verified import chained
from tenure.engine.verified.part import Damage, Part, few
from tenure.web.access import log

#: What the part is called, and its file.
PART, FILE = "web", "app.db"
_FIX = "Restore it from a backup."


def of_database(home: Path, heads: Sequence[Head], *, deep: bool) -> Part | None:
    """What was found; None where the chain has not begun, as an older Tenure wrote the database. ``heads``: ends of the chain, kept
    elsewhere. Raises ``DataError`` where it cannot be read.
    """
    try:
        if broken := _faults(deep=deep):
            return Part(PART, {}, few(broken, FILE))
        if log.TABLE not in connection.introspection.table_names():
            return None
        return chained.part(PART, log.CHAIN, home, log.rows(), heads)
    except DatabaseError as error:
        raise DataError(f"The web's database cannot be read: {error}.", code="damaged", where=FILE, fix=_FIX) from None


def _faults(*, deep: bool) -> list[Damage]:
    """What SQLite finds wrong with the file itself; another database sees to that by itself."""
    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {'integrity_check' if deep else 'quick_check'}")
        lines = [str(text) for (text,) in cursor.fetchall()]
    return [Damage(FILE, f"The file is damaged: {line}.", _FIX) for line in lines if line != "ok"]
