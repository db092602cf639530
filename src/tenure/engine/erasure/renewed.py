"""What is made of inbox and archive, made anew after something was taken out of these, and no trace of what it was made of before."""

from __future__ import annotations

from collections.abc import Collection
from datetime import UTC
from typing import TYPE_CHECKING

from tenure.engine.erasure import fetched
from tenure.engine.verbs.rebuild import Rebuild, rebuild
from tenure.figures.published import FOLDER as PUBLISHED
from tenure.warehouse import archive

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

_DERIVED = (PUBLISHED, ".spill")
#: Seconds for which a file of the archive that nobody names may be on its way.
_YOUNG = 3600


def renew(desk: Desk, replaced: Collection[str]) -> None:
    """Make the warehouse and the figures anew. ``replaced``: files of the archive in whose place others are."""
    home = desk.home
    desk.inbox.compact()
    remove(desk, replaced)
    rebuild(desk, Rebuild())
    desk.alone()  # nobody puts anything there meanwhile
    for folder in _DERIVED:
        for path in sorted((home / folder).rglob("*"), reverse=True):
            path.rmdir() if path.is_dir() else path.unlink()
    desk.fresh(desk.clock(), full=True)


def remove(desk: Desk, replaced: Collection[str]) -> None:
    """Remove files of the archive that nobody names: those that were replaced, and what was left by loads that came to nothing. A
    young one may be just coming.
    """
    wanted = {path for text in desk.inbox.payloads() for path, _ in archive.named_files(text)} | fetched.named(
        desk.home
    )
    old = desk.clock().replace(tzinfo=UTC).timestamp() - _YOUNG
    for one in list(archive.manifest(desk.home)):
        path = desk.home / one.path
        if one.path not in wanted and (one.path in replaced or path.stat().st_mtime < old):
            path.unlink(missing_ok=True)
