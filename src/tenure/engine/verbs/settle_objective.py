"""``settle_objective``: a milestone was done, or is open again; an objective is given up."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError
from tenure.core.period import instant, local_day
from tenure.engine.objectives.draft import refused
from tenure.engine.objectives.told import objectives_told, row_of
from tenure.engine.objectives.whose import not_found, seen_one, sets, staff_now
from tenure.engine.verbs.record import Record, Recorded, record
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.engine.desk import Desk

_WHATS = ("done", "open", "dropped")


@dataclass(frozen=True)
class SettleObjective:
    """``what``: done (on a ``day``, by default today), open again, or dropped for a ``reason``."""

    id: str
    what: str
    by: str
    message_id: str
    day: date | None = None
    reason: str = ""
    scope: Scope = EVERYTHING


def settle_objective(desk: Desk, request: SettleObjective) -> Recorded:
    """Record it. Only who may set an objective gives it up; whoever answers for a milestone says that it is done.

    Raises ``UsageError`` for an objective that is not to be seen, and for what cannot be said of it.
    """
    if request.what not in _WHATS:
        raise UsageError(
            f"An objective is not {request.what!r}.", code="bad_what", fix=f"There are: {', '.join(_WHATS)}."
        )
    now = desk.clock()
    desk.fresh(now)
    staff, scope = staff_now(desk, now), request.scope
    one = seen_one(objectives_told(desk), request.id, scope, staff)
    may_set = sets(scope, one.level, one.csm_id, one.team, staff)
    answers = scope.owners is not None and one.csm_id in scope.owners
    if one.dropped_at or not (may_set or (answers and request.what != "dropped")):
        raise not_found(request.id)
    if request.what == "dropped" and one.closes <= local_day(now, desk.settings.timezone):
        raise refused("what", "Its window is over, and what came of it stands.", "Set another for a window to come.")
    changed = _dropped(request, now) if request.what == "dropped" else _done(desk, request, one.metric, now)
    row = row_of(one, **changed, by=request.by, reason=request.reason.strip() or None, at=now.replace(tzinfo=UTC))
    return record(desk, Record("objective", (row,), request.by, request.message_id))


def _dropped(request: SettleObjective, now: datetime) -> dict[str, Any]:
    if not request.reason.strip():
        raise refused("reason", "It is not said why.", "Say why it is given up.")
    return {"dropped_at": now.replace(tzinfo=UTC)}


def _done(desk: Desk, request: SettleObjective, metric: str, now: datetime) -> dict[str, Any]:
    if metric:
        raise refused("what", "Its metric says whether it is reached.", "Only a milestone is done by saying so.")
    if request.what == "open":
        return {"done_at": None}
    zone = desk.settings.timezone
    today = local_day(now, zone)
    day = request.day or today
    if day > today:
        raise refused("day", f"{day} lies ahead.", "Say on which day it was done.")
    at = now if day == today else instant(day, zone)
    return {"done_at": at.replace(tzinfo=UTC)}
