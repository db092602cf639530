"""What ``tenure verify`` looks at of the web's database: whether its file is whole, and its chain of the audit log holds."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tenure.core.chain import Head
from tenure.core.errors import DataError
from tenure.engine.verified import chained
from tenure.engine.verified.part import Damage, Part, few

#: What the part is called, and the chain.
PART, CHAIN = "web", "app"
FILE = "app.db"
_FIX = "Restore it from a backup."


def look(home: Path, heads: Sequence[Head], *, deep: bool) -> Part | None:
    """What was found; None where nobody has served this workspace yet. ``heads``: ends of the chain, kept elsewhere."""
    os.environ["TENURE_HOME"] = str(home.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "tenure.web.settings"
    import django

    django.setup()
    from django.db import DatabaseError, connection

    if connection.vendor == "sqlite" and not (home / FILE).exists():
        return None
    try:
        broken = _faults(deep=deep)
        if broken:
            return Part(PART, {}, few(broken, FILE))
        return chain(home, heads)
    except DatabaseError as error:
        raise DataError(f"The web's database cannot be read: {error}.", code="damaged", where=FILE, fix=_FIX) from None
    finally:
        connection.close()


def chain(home: Path, heads: Sequence[Head]) -> Part | None:
    """The chain; None where it has not begun, as an older Tenure wrote the database."""
    from django.db import connection

    from tenure.web.access import log

    if log.TABLE not in connection.introspection.table_names():
        return None
    return chained.part(PART, CHAIN, home, log.rows(), heads)


def _faults(*, deep: bool) -> list[Damage]:
    """What SQLite finds wrong with the file itself; another database sees to that by itself."""
    from django.db import connection

    if connection.vendor != "sqlite":
        return []
    with connection.cursor() as cursor:
        cursor.execute(f"PRAGMA {'integrity_check' if deep else 'quick_check'}")
        lines = [str(text) for (text,) in cursor.fetchall()]
    return [Damage(FILE, f"The file is damaged: {line}.", _FIX) for line in lines if line != "ok"]
