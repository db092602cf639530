"""Opening a workspace of an older storage format: it is backed up, and its warehouse made anew in today's format."""

from __future__ import annotations

import logging
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from tenure.core.acts import Act
from tenure.engine.saving import FOLDER, write
from tenure.engine.verbs.snapshot import Copied, Counted, Snapshot, copied
from tenure.warehouse.store import FILE, STORAGE_FORMAT, literal

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

_told = logging.getLogger("tenure")


def upgrade(desk: Desk) -> None:
    """Bring the warehouse of a desk to today's storage format, if it has an older one. It must not be open.

    The backup stays in ``backups/`` of the workspace. Cut short, it begins again: the old warehouse stays until the new one is
    whole. Raises ``DataError`` where the archive does not give all, ``UnavailableError`` where the disk is full.
    """
    stamp = _stamp(desk.home / FILE)
    if stamp is None or stamp >= STORAGE_FORMAT:
        return
    from tenure.engine.verbs.rebuild import remade

    now = desk.clock()
    file = desk.home / FOLDER / f"before-format-{STORAGE_FORMAT}-{now:%Y%m%dT%H%M%SZ}.tar.zst"
    _told.warning("The warehouse has storage format %d. A backup is made first: %s", stamp, file)

    def copy(folder: str) -> Copied:
        return copied(desk, Snapshot(folder), Counted(stamp, {}, 0, 0))

    if not file.exists():
        write(desk.home, file, now, copy, desk.progress)
    reports = remade(desk)
    desk.note(Act.UPGRADED, "warehouse", STORAGE_FORMAT, before=stamp, rows=sum(report.read for report in reports))
    _told.warning("The warehouse was made anew in storage format %d; figures are worked out anew.", STORAGE_FORMAT)


def _stamp(path: Path) -> int | None:
    """The storage format of a warehouse, from a look; None where that cannot be told, which whoever opens it will."""
    if not path.is_file():
        return None
    try:
        with duckdb.connect() as con:
            con.execute(f"ATTACH {literal(str(path))} AS found (READ_ONLY)")
            rows = con.execute("SELECT value FROM found.main.meta WHERE key = 'storage_format'").fetchall()
        return int(rows[0][0]) if rows else None
    except (duckdb.Error, ValueError):
        return None
