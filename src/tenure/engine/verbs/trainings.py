"""``trainings``: the courses of our own people, and how they stand."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tenure.core.period import local_day
from tenure.engine.training import Learner, Training, Withdrawn, courses_told, courses_withdrawn, learners
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class Trainings:
    """``scope``: whose people."""

    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class TrainingsFound:
    """``people``: those that a scope has, by id, whether they have courses or not; ``courses``: theirs, on a ``day``; ``withdrawn``: those that
    count no more.
    """

    as_of: datetime
    day: date
    people: tuple[Learner, ...]
    courses: tuple[Training, ...]
    withdrawn: tuple[Withdrawn, ...] = ()


def trainings(desk: Desk, request: Trainings) -> TrainingsFound:
    """Whatever is told of the courses of our own people: those of customers are another thing."""
    now = desk.clock()
    desk.fresh(now)
    people = learners(desk, request.scope, now)
    return TrainingsFound(
        now.replace(tzinfo=UTC), local_day(now, desk.settings.timezone), tuple(people.values()), courses_told(desk, request.scope),
        courses_withdrawn(desk, request.scope),
    )  # fmt: skip
