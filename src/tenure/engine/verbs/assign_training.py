"""``assign_training``: courses that our people are to take, and by when."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC, date
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.core.period import local_day
from tenure.engine.training import Training, courses_told, learners, refused
from tenure.engine.verbs.record import Record, record
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class Course:
    """A course for somebody, due on a day (the last one for it) or on none."""

    csm_id: str
    course: str
    due: date | None
    required: bool = True


@dataclass(frozen=True)
class AssignTraining:
    """``courses``: assigned by ``by`` in a message of that id. ``scope``: whose people they may be of."""

    courses: tuple[Course, ...]
    by: str
    message_id: str
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class TrainingAssigned:
    """The ids of the courses that were assigned. ``had``: those of whom somebody has the same course open: not assigned anew."""

    ids: tuple[str, ...]
    had: tuple[Course, ...]


def assign_training(desk: Desk, request: AssignTraining) -> TrainingAssigned:
    """Record them. The same message again assigns nothing again. Raises ``UsageError`` for people whom the scope has not, for a course
    without a name, for a day that is over, and for a message that assigned others before.
    """
    now = desk.clock()
    desk.fresh(now)
    people, told = learners(desk, request.scope, now), courses_told(desk, request.scope)
    _checked(desk, request, {one.csm_id for one in people.values() if one.here}, now)
    ids = {one: _name(request.message_id, one) for one in request.courses}
    known = {one.id: one for one in told}
    held = {(one.csm_id, one.course.casefold()) for one in told if one.done is None}
    had = tuple(
        one for one, name in ids.items()
        if name not in known and (one.csm_id, one.course.strip().casefold()) in held
    )  # fmt: skip
    if not known.keys().isdisjoint(ids.values()):
        if any(one not in had and not _says(known.get(name), one) for one, name in ids.items()):
            raise UsageError(
                "This form was sent before, for other people, courses or days.", code="message_reused", where=request.message_id,
                fix="Open it anew.",
            )  # fmt: skip
        return TrainingAssigned(tuple(name for name in ids.values() if name in known), had)
    made = [
        Training(name, one.csm_id, one.course.strip(), one.required, now.replace(tzinfo=UTC), one.due, None, None, None)
        for one, name in ids.items()
        if one not in had
    ]
    if made:
        rows = tuple(one.row(desk.settings.timezone) for one in made)
        record(desk, Record("training", rows, request.by, request.message_id))
    return TrainingAssigned(tuple(one.id for one in made), had)


def _says(known: Training | None, one: Course) -> bool:
    """Whether a course was assigned as it is told now."""
    return known is not None and (known.due, known.required) == (one.due, one.required)


def _checked(desk: Desk, request: AssignTraining, people: set[str], now: datetime) -> None:
    today = local_day(now, desk.settings.timezone)
    if not request.courses:
        raise refused("course", "No course is named.", "Name one.")
    for one in request.courses:
        if one.csm_id not in people:
            raise UsageError(
                f"Nobody here is {one.csm_id!r}.", code="not_found", where="csm_id", fix="Name one of your own people, by csm_id."
            )  # fmt: skip
        if not one.course.strip():
            raise refused("course", "The course has no name.", "Say what is to be learned.")
        if one.due is not None and one.due < today:
            raise refused("due", f"{one.due} is over.", "Take today, or a day to come.")


def _name(message_id: str, one: Course) -> str:
    told = f"{message_id}\n{one.csm_id}\n{one.course}"
    return f"tr-{hashlib.sha256(told.encode()).hexdigest()[:16]}"
