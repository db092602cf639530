"""What comes: tasks, renewals, milestones, goals and items of hand-overs of the next days, day by day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from itertools import groupby
from typing import TYPE_CHECKING

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.core.titles import titled
from tenure.web.kit import formats
from tenure.web.kit.reading import local_date
from tenure.web.today import words
from tenure.web.today.found import AHEAD, Book, agenda_of
from tenure.web.work import tasks
from tenure.web.work.models import Status

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenure.engine import Sight
    from tenure.web.access.models import User
    from tenure.web.kit.asking import Answers
    from tenure.web.kit.shell import Text
    from tenure.web.today.day import Day


@dataclass(frozen=True)
class Coming:
    """Something that falls due. ``what``: its kind, ``words``: its name."""

    day: date
    what: Text
    words: str
    account: str
    stake: str
    link: str


@dataclass(frozen=True)
class Upcoming:
    """A day and what falls due on it."""

    day: str
    things: tuple[Coming, ...]


def upcoming(answers: Answers, user: User, day: Day, today: date) -> tuple[Upcoming, ...]:
    """The next days on which something falls due, today not among them for tasks, which stand in the list."""
    things = [*_things(answers, day), *(_tasks(answers.sight, user, day.owner, today) if day.owner else ())]
    in_order = sorted(things, key=lambda one: (one.day, str(one.what), one.account, one.words))
    return tuple(
        Upcoming(f"{formats.weekday(each)}, {formats.day(each)}", tuple(some))
        for each, some in groupby(in_order, key=lambda one: one.day)
    )


def _things(answers: Answers, day: Day) -> Iterator[Coming]:
    agenda = agenda_of(answers, day.csm_id)
    for one in agenda.ahead if agenda else ():
        name = one.name or ""
        stake = formats.money_short(one.stake, agenda.currency) if agenda and one.stake else ""
        yield Coming(
            local_date(one.due), words.AHEAD.get(one.kind, one.kind), titled(name) if name.islower() else name,
            one.account or one.account_id, stake, reverse("account_page", args=[one.account_id]),
        )  # fmt: skip


def _tasks(sight: Sight, user: User, owner: User, today: date) -> Iterator[Coming]:
    last = today + timedelta(days=AHEAD)
    soon = Q(due__gt=today, due__lte=last, snoozed_until=None) | Q(snoozed_until__gt=today, snoozed_until__lte=last)
    mine = list(tasks.of_person(user, sight, owner).filter(soon, status=Status.OPEN))
    book = Book.of(sight, (task.account_id for task in mine))
    for task in mine:
        when = task.snoozed_until or task.due
        assert when is not None
        yield Coming(
            when, _("Task"), task.title, book.name(task.account_id) if task.account_id else "", book.arr(task.account_id),
            reverse("task_page", args=[task.pk]),
        )  # fmt: skip
