"""``settle_training``: a course was taken, or is open again; it was assigned by mistake."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, date
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.core.period import instant, local_day
from tenure.engine.training import Training, courses_told, refused
from tenure.engine.verbs.record import Record, Recorded, record
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.engine.desk import Desk

_WHATS = ("done", "open", "withdrawn")


@dataclass(frozen=True)
class SettleTraining:
    """``what``: done (on a ``day``, by default today, with a ``score`` on the course's own scale), open again, or withdrawn for a ``reason``."""

    id: str
    what: str
    by: str
    message_id: str
    day: date | None = None
    score: Decimal | None = None
    reason: str = ""
    scope: Scope = EVERYTHING


def settle_training(desk: Desk, request: SettleTraining) -> Recorded:
    """Record it. Raises ``UsageError`` for a course that is none of the scope's people, and for what cannot be said of it."""
    if request.what not in _WHATS:
        raise UsageError(f"A course is not {request.what!r}.", code="bad_what", fix=f"There are: {', '.join(_WHATS)}.")
    now = desk.clock()
    desk.fresh(now)
    one = next((each for each in courses_told(desk, request.scope) if each.id == request.id), None)
    if one is None:
        raise UsageError(
            f"There is no course {request.id!r}.", code="not_found", where="training", fix="Name one that you can see: trainings."
        )  # fmt: skip
    if request.what == "withdrawn":
        return _withdrawn(desk, request, one, now)
    changed = replace(one, done_at=None, score=None) if request.what == "open" else _done(desk, request, one, now)
    return record(desk, Record("training", (changed.row(desk.settings.timezone),), request.by, request.message_id))


def _done(desk: Desk, request: SettleTraining, one: Training, now: datetime) -> Training:
    zone = desk.settings.timezone
    today, assigned = local_day(now, zone), local_day(one.assigned_at.replace(tzinfo=None), zone)
    day = request.day or today
    if not assigned <= day <= today:
        raise refused("day", f"{day} lies ahead, or before it was assigned.", f"Take a day from {assigned} to {today}.")
    if one.done_at is not None and one.done == day:
        at = one.done_at.replace(tzinfo=None)  # the form sent again says the same
    else:
        at = now if day == today else max(instant(day, zone), one.assigned_at.replace(tzinfo=None))
    return replace(one, done_at=at.replace(tzinfo=UTC), score=request.score)


def _withdrawn(desk: Desk, request: SettleTraining, one: Training, now: datetime) -> Recorded:
    if one.done is not None:
        raise refused("what", "It was taken, and stays.", "Say that it is open again first, if that was a slip.")
    if not request.reason.strip():
        raise refused("reason", "It is not said why.", "Say why it is withdrawn.")
    row = {"table_name": "training", "key": one.id, "at": now.replace(tzinfo=UTC), "reason": request.reason.strip()}
    return record(desk, Record("retraction", (row,), request.by, request.message_id))
