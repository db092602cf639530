"""Mail and calendars in a folder of files, for ``load --from mail`` and ``load --from ics``."""

from __future__ import annotations

from datetime import UTC, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.engine.touchpoints.read import take_calendars, take_mail
from tenure.engine.touchpoints.rules import Rules
from tenure.sources.ics import folder as ics
from tenure.sources.mail import folder as mail
from tenure.sources.mail.message import reduced

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.engine.touchpoints.told import Told
    from tenure.warehouse.load import Terms

#: How far back meetings are looked for where the rules do not say.
_BACK = timedelta(days=5 * 365)


def take_folder(desk: Desk, kind: str, folder: Path, rules: Rules, terms: Terms) -> Told:
    """The files of a folder into the warehouse, all or none. Raises ``UsageError`` for a folder that is none or holds none."""
    suffixes = mail.SUFFIXES if kind == "mail" else ics.SUFFIXES
    if not folder.is_dir():
        raise UsageError(
            f"{str(folder)!r} is not a folder.", code="not_a_folder", where=str(folder),
            fix=f"Give the folder of the files: tenure load --from {kind} FOLDER.",
        )  # fmt: skip
    paths = mail.files_of(folder) if kind == "mail" else ics.files_of(folder)
    if not paths:
        raise UsageError(
            f"No file of the folder is {'mail' if kind == 'mail' else 'a calendar'}.", code="nothing_to_load",
            where=str(folder), fix=f"It looks for files that end in {' or '.join(suffixes)}.",
        )  # fmt: skip
    if kind == "mail":
        raws = (raw for path in paths for raw in mail.messages_in(path, folder))
        return take_mail(desk, (reduced(raw, rules.content) for raw in raws), rules, terms)
    opens = rules.opens or terms.now.replace(tzinfo=UTC) - _BACK
    calendars = (ics.calendar_in(path, folder) for path in paths)
    return take_calendars(desk, calendars, rules, terms, opens)
