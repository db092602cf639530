"""The courses of our own people, as they are told, and whose of them a scope sees: its own people's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any, Literal

from tenure.core.errors import UsageError
from tenure.core.period import instant, local_day
from tenure.engine import reach

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine.desk import Desk
    from tenure.figures.scope import Scope

State = Literal["done", "overdue", "open"]


@dataclass(frozen=True)
class Learner:
    """One of us, as she is now. ``began``: the first day here, where that is known; ``here``: she has not left."""

    csm_id: str
    name: str
    role: str
    began: date | None
    here: bool


@dataclass(frozen=True)
class Training:
    """A course that one of us was to take (see the table ``training``). ``due``: the last day for it; ``done``: the day on which it was."""

    id: str
    csm_id: str
    course: str
    required: bool
    assigned_at: datetime
    due: date | None
    done_at: datetime | None
    done: date | None
    score: Decimal | None

    def state(self, today: date) -> State:
        """How it stands on a day."""
        if self.done is not None:
            return "done"
        return "overdue" if self.due is not None and self.due < today else "open"

    def row(self, zone: str) -> dict[str, Any]:
        """It as a row."""
        return {
            "training_id": self.id, "csm_id": self.csm_id, "course": self.course, "required": self.required,
            "assigned_at": self.assigned_at, "due_at": due_at(self.due, zone), "completed_at": self.done_at, "score": self.score,
        }  # fmt: skip


def due_at(day: date | None, zone: str) -> datetime | None:
    """The moment that stands for a day by which something is due."""
    return None if day is None else instant(day, zone).replace(tzinfo=UTC)


def learners(desk: Desk, scope: Scope, now: datetime) -> Mapping[str, Learner]:
    """Our people as far as a scope has them, by id."""
    rows = desk.store.rows(
        "SELECT csm_id, name, coalesce(role, 'csm'), started_at, ended_at FROM csm_version "
        f"WHERE {reach.CURRENT} AND {reach.CSM_AT} ORDER BY csm_id",
        [now],
    )
    zone = desk.settings.timezone
    return {
        one: Learner(one, name or one, role, local_day(began, zone) if began else None, ended is None or ended > now)
        for one, name, role, began, ended in rows
        if scope.owners is None or one in scope.owners
    }


def courses_told(desk: Desk, scope: Scope) -> tuple[Training, ...]:
    """Their courses: those that are due first, then those without a day, by who takes them."""
    rows = desk.store.rows(
        "SELECT training_id, csm_id, course, coalesce(required, true), assigned_at, due_at, completed_at, score "
        f"FROM training_version WHERE {reach.CURRENT} AND csm_id IS NOT NULL AND account_id IS NULL "
        "ORDER BY csm_id, due_at NULLS LAST, course, training_id"
    )
    zone = desk.settings.timezone
    return tuple(
        Training(
            name, csm, course, required, assigned.replace(tzinfo=UTC), local_day(due, zone) if due else None,
            done.replace(tzinfo=UTC) if done else None, local_day(done, zone) if done else None, score,
        )
        for name, csm, course, required, assigned, due, done, score in rows
        if scope.owners is None or csm in scope.owners
    )  # fmt: skip


@dataclass(frozen=True)
class Withdrawn:
    """A course that was assigned by mistake, and to whom."""

    id: str
    csm_id: str
    course: str


def courses_withdrawn(desk: Desk, scope: Scope) -> tuple[Withdrawn, ...]:
    """Those that were taken back, as they were told last."""
    rows = desk.store.rows(
        "SELECT training_id, csm_id, course FROM training_version WHERE csm_id IS NOT NULL AND account_id IS NULL "
        "AND training_id IN (SELECT key FROM retraction WHERE table_name = 'training') QUALIFY "
        "row_number() OVER (PARTITION BY training_id ORDER BY known_to DESC) = 1 "
        f"AND NOT {reach.CURRENT} ORDER BY training_id"
    )
    return tuple(Withdrawn(*row) for row in rows if scope.owners is None or row[1] in scope.owners)


def refused(where: str, message: str, fix: str) -> UsageError:
    """What is not taken, and in which field it is wrong."""
    return UsageError(message, code="bad_training", where=where, fix=fix)
