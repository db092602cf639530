"""What ``tenure verify`` looks at of the web's database: whether its file is whole, and its chain of the audit log holds."""

from __future__ import annotations

import os
from collections.abc import Sequence
from pathlib import Path

from tenure.core.chain import Head
from tenure.engine.verified.part import Part

#: What the part is called, and the chain.
PART, CHAIN = "web", "app"
FILE = "app.db"


def look(home: Path, heads: Sequence[Head], *, deep: bool) -> Part | None:
    """What was found; None where nobody has served this workspace yet. ``heads``: ends of the chain, kept elsewhere."""
    os.environ["TENURE_HOME"] = str(home.resolve())
    os.environ["DJANGO_SETTINGS_MODULE"] = "tenure.web.settings"
    import django

    django.setup()
    from django.db import connection

    from tenure.web.access import wholeness

    if connection.vendor == "sqlite" and not (home / FILE).exists():
        return None
    try:
        return wholeness.of_database(home, heads, deep=deep)
    finally:
        connection.close()
