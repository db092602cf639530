"""The courses of somebody, as they are shown, and of several people together."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy

from tenure.engine.verbs.assign_training import Course
from tenure.web.kit import formats
from tenure.web.kit.scores import Tone

if TYPE_CHECKING:
    from collections.abc import Iterable
    from datetime import date

    from tenure.engine.growing_rules import GrowingRules
    from tenure.engine.training import State, Training
    from tenure.web.kit.shell import Text

_STATES: dict[State, tuple[Text, Tone]] = {
    "done": (gettext_lazy("done"), "good"), "overdue": (gettext_lazy("overdue"), "bad"), "open": (gettext_lazy("open"), ""),
}  # fmt: skip


@dataclass(frozen=True)
class Line:
    """A course. ``day``: by when it is to be taken, or on which it was."""

    id: str
    course: str
    required: bool
    state: Text
    tone: Tone
    due: str
    done: str
    score: str
    is_done: bool


@dataclass(frozen=True)
class Counted:
    """How many courses somebody has that have to be taken; ``next``: the first that is open and not overdue."""

    overdue: int
    open: int
    done: int
    next: str


def lines(found: Iterable[Training], today: date) -> tuple[Line, ...]:
    """What is open first, the earliest day first; then what was taken, the latest first."""
    every = list(found)
    open_ = [one for one in every if one.done_at is None]
    done = sorted((one for one in every if one.done_at is not None), key=lambda one: str(one.done_at), reverse=True)
    return tuple(_line(one, today) for one in (*open_, *done))


def _line(one: Training, today: date) -> Line:
    state = one.state(today)
    return Line(
        one.id, one.course, one.required, *_STATES[state], formats.day(one.due), formats.day(one.done) if one.done else "",
        formats.number(one.score) if one.score is not None else "", one.done is not None,
    )  # fmt: skip


def counted(found: Iterable[Training], today: date) -> Counted:
    """Of courses that have to be taken."""
    needed = [one for one in found if one.required]
    states = [one.state(today) for one in needed]
    ahead = [one for one in needed if one.state(today) == "open" and one.due is not None]
    first = min(ahead, key=lambda one: (one.due is None, one.due), default=None)
    return Counted(
        states.count("overdue"), states.count("open"), states.count("done"),
        f"{first.course}, {formats.day(first.due)}" if first else "",
    )  # fmt: skip


def of_plan(rules: GrowingRules, plan: str, csm_id: str, first: date, today: date) -> list[Course]:
    """The courses of a plan for somebody, from a first day on; what would be due before today is due today."""
    return [
        Course(csm_id, step.course, max(first + timedelta(days=step.day), today), step.required)
        for step in rules.steps
        if step.plan == plan
    ]
