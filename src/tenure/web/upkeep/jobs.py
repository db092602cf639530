"""What takes longer than a page may: a backup, and a look at everything that lies on the disk."""

from __future__ import annotations

import threading
from collections.abc import Sequence
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.conf import settings
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure import keeper
from tenure.core.errors import DataError
from tenure.engine.saving import FOLDER
from tenure.engine.verbs.verify import Verified, Verify
from tenure.keeper import backups
from tenure.web.access import log, wholeness
from tenure.web.access.roles import OPERATE
from tenure.web.kit import formats
from tenure.web.post import words
from tenure.web.post.jobs import job

if TYPE_CHECKING:
    from tenure.engine import Workspace
    from tenure.engine.verified.part import Part
    from tenure.web.post.doing import Doing

BACKUP, VERIFICATION = "backup", "verification"
#: Of damage so many places are told in a sentence; all are in the file.
_TOLD = 3


@job(BACKUP, title=gettext_lazy("Backup"), roles=OPERATE)
def backup(doing: Doing) -> None:
    """Make a backup as the workspace plans them, or in its own folder of backups where it plans none."""
    home = Path(settings.HOME)
    wanted = backups.plan(home) or backups.Plan(home / FOLDER)
    saved = backups.by_plan(_workspace(doing), wanted, datetime.now(UTC).replace(tzinfo=None))
    if saved.manifest.damaged:
        names = ", ".join(saved.manifest.damaged[:_TOLD])
        raise DataError(
            _("The backup is made, but files of the archive are missing or damaged: %(names)s.") % {"names": names}, code="damaged",
            where=saved.file, fix=_("Take them from an earlier backup: without them the warehouse cannot be made anew."),
        )  # fmt: skip


@job(VERIFICATION, title=gettext_lazy("Verification"), roles=OPERATE)
def verification(doing: Doing, *, deep: bool = False) -> None:
    """Look at the audit log and everything on the disk; what was found is a file, and damage makes the job fail."""
    found: Verified = _workspace(doing).call("verify", Verify(deep))
    web = wholeness.of_database(Path(settings.HOME), [], deep=deep)
    parts = [*found.parts, *([web] if web else [])]
    lines = list(_lines(parts))
    doing.hand_over("verification.txt", "text/plain; charset=utf-8", "\n".join([*lines, ""]).encode(), rows=len(lines))
    damage = [one for part in parts for one in part.damage]
    if damage:
        told = "; ".join(f"{one.where}: {one.message}" for one in damage[:_TOLD])
        text = ngettext("Damaged in %(count)s place: %(told)s", "Damaged in %(count)s places: %(told)s", len(damage))
        raise DataError(text % {"count": formats.number(len(damage)), "told": told}, code="damaged", fix=damage[0].fix)


def _lines(parts: Sequence[Part]) -> list[str]:
    """A line for each part, its damage below it, and the ends of the log, which are to be kept elsewhere."""
    lines = []
    for part in parts:
        counts = ", ".join(f"{name}: {count}" for name, count in part.counts.items())
        lines.append(f"{'!!' if part.damage else 'ok'}  {part.part}  {counts}")
        lines += [f"    {one.where}: {one.message} {one.fix}" for one in part.damage]
    unread = sum(part.unread for part in parts)
    if unread:
        lines.append(f"Not read whole, as that takes long: {unread} files.")
    return [*lines, "Ends of the log, to be kept elsewhere:", *(f"  {part.head}" for part in parts if part.head)]


def _workspace(doing: Doing) -> Workspace:
    """The whole workspace in the hands of the job's owner, whose job is told how far it is."""
    here = threading.get_ident()

    def tell(what: str, done: int, of: int) -> None:
        if threading.get_ident() == here:  # without a keeper it is done by a thread of its own, which has no database
            size = max(of, 1) > 1_000_000
            doing.tell(done, of or None, f"{what} ({words.size(of)})" if size else what)

    return keeper.open(Path(settings.HOME), progress=tell, by=log.asking())
