"""What was dropped into the workspace's folder: what waits there, and what became of what was taken in."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tenure.core.errors import TenureError
from tenure.engine import arrivals, drops
from tenure.web.kit import formats

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.engine.arrivals import Arrival

#: Sendings that are shown of each kind.
_MOST = 20


@dataclass(frozen=True)
class Dropped:
    """Files that were dropped together. ``tone`` of the ``state``; ``why``: what keeps them, or was wrong; ``files``: their names."""

    called: str
    files: str
    at: datetime
    state: str
    tone: str
    rows: str
    rejected: str
    why: str


def dropped(home: Path) -> tuple[Dropped, ...]:
    """What waits in the folder, then what was taken in last, the newest first."""
    try:
        lying = drops.looked(home)
        taken = arrivals.arrived(home, _MOST, of=arrivals.DROPPED)
    except TenureError:  # the page says what is there; the log of the keeper says what is at fault
        return ()
    known = {one.said["called"]: one for one in taken if one.state == arrivals.WAITS}
    waiting = [
        Dropped(
            one.called, _names([drops.shown(name) for name, _stamp in one.files]),
            datetime.fromtimestamp(max(stamp.modified for _name, stamp in one.files) / 1e9, UTC).replace(tzinfo=None),
            _("waits"), "warn" if one.called in known or one.why else "", "", "", one.why or _why(known.get(one.called)),
        )
        for one in lying[-_MOST:]
    ]  # fmt: skip
    return (*waiting, *(_taken(one) for one in taken if one.state != arrivals.WAITS))


def _taken(one: Arrival) -> Dropped:
    outcome = one.outcome
    failed = one.state == arrivals.REFUSED or (outcome is not None and outcome.all_rejected)
    state, tone = (_("failed"), "bad") if failed else (_("done"), "good")
    return Dropped(
        one.said["called"], _names(one.said["files"]), one.received_at.replace(tzinfo=None), state, tone,
        formats.number(outcome.read) if outcome else "", formats.number(outcome.rejected) if outcome and outcome.rejected else "",
        _why(one) or (_("Every row was refused.") if failed else ""),
    )  # fmt: skip


def _why(one: Arrival | None) -> str:
    error = one.outcome.error if one is not None and one.outcome is not None else {}
    return f"{error['message']} {error['fix']}".strip() if error else ""


def _names(files: list[str]) -> str:
    more = len(files) - 3
    shown = ", ".join(files[:3])
    return shown if more <= 0 else _("%(files)s and %(count)s more") % {"files": shown, "count": formats.number(more)}
