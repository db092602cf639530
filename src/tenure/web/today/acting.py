"""What is done with a line of the list. Of a cause that somebody acts on a task is made, which keeps what was done and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from functools import partial
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404
from django.utils.translation import gettext as _

from tenure.core.errors import UsageError
from tenure.web.access.models import User
from tenure.web.kit import formats
from tenure.web.kit.asking import Answers
from tenure.web.kit.choice import number_of
from tenure.web.today import words
from tenure.web.today.found import KIND, agenda_of, is_waiting
from tenure.web.work import tasks, whose
from tenure.web.work.calendar import workdays
from tenure.web.work.models import TITLE, Priority, Status, Task

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from tenure.engine import Sight
    from tenure.engine.verbs.agenda import Cause
    from tenure.web.today.day import Day

    #: What is done with the task of a line.
    Does = Callable[[Task], "Acted"]


@dataclass(frozen=True)
class Acted:
    """What was done, said in words. ``undo``: the task with which it can be taken back; None where it cannot."""

    said: str
    undo: int | None = None
    failed: bool = False


@dataclass(frozen=True)
class Later:
    """A day until which something can be put off."""

    day: str
    name: str


def laters(sight: Sight, today: date) -> tuple[Later, ...]:
    """The next business day, and the first one of next week."""
    days = workdays(sight)
    tomorrow = days.after(today, 1)
    monday = days.after(today + timedelta(days=7 - today.weekday()), 0)
    name = _("Tomorrow") if (tomorrow - today).days == 1 else formats.weekday(tomorrow)
    told = [Later(tomorrow.isoformat(), name)]
    return (*told, Later(monday.isoformat(), _("Next week"))) if monday != tomorrow else tuple(told)


def act(answers: Answers, user: User, day: Day, given: Mapping[str, str], today: date) -> Acted:
    """Do with a line what was asked for. Raises ``Http404`` for one that the reader does not see.

    The engine is asked first: the application's database is locked while something is written, and no longer.
    """
    line = _line(answers, user, day, given.get("token", ""), today)
    does = _wish(user, given, line, today)
    if isinstance(does, Acted):
        return does
    with transaction.atomic():
        return does(_task(line, user, today))


def undo(sight: Sight, user: User, task_id: str) -> Acted:
    """Take back what was done or put off. Raises ``Http404`` for a task that the reader does not see."""
    task = tasks.get(user, sight, number_of(task_id))
    tasks.reopen(task, user)
    return Acted(_("It is back: %(title)s") % {"title": task.title})


def _wish(user: User, given: Mapping[str, str], line: Task | tasks.Wanted, today: date) -> Does | Acted:
    """What is to be done with the task of a line; why it cannot be, before any task is made for it."""
    what, _colon, until = given.get("what", "").partition(":")
    match what:
        case "done":
            return partial(_finished, user)
        case "later":
            return _later(user, until or given.get("day", ""), today)
        case "hand":
            return _hand(user, given, line)
        case "make":
            return _make(user, given, today)
    raise Http404


def _finished(user: User, task: Task) -> Acted:
    tasks.finish(task, user)
    return Acted(_("Done: %(title)s") % {"title": task.title}, task.pk)


def _make(user: User, given: Mapping[str, str], today: date) -> Does | Acted:
    due = _day(given.get("due", ""))
    if due is None or due < today:
        return Acted(_("Say by which day, from today on."), failed=True)

    def made(task: Task) -> Acted:
        tasks.change(task, user, due=due)
        return Acted(_("A task now, due %(day)s: %(title)s") % {"day": formats.day(due), "title": task.title})

    return made


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text)
    except ValueError:
        return None


def _later(user: User, day: str, today: date) -> Does | Acted:
    until = _day(day)
    if until is None or until <= today:
        return Acted(_("Say until which day; it has to lie ahead."), failed=True)

    def put_off(task: Task) -> Acted:
        tasks.snooze(task, user, until)
        return Acted(_("Put off until %(day)s: %(title)s") % {"day": formats.day(until), "title": task.title}, task.pk)

    return put_off


def _hand(user: User, given: Mapping[str, str], line: Task | tasks.Wanted) -> Does | Acted:
    to = User.objects.filter(pk=number_of(given.get("to", "")), is_active=True).first()
    if to is None:
        return Acted(_("Say to whom."), failed=True)
    try:
        tasks.may_have(to, {line.account_id} - {""})
    except UsageError as error:
        return Acted(error.message, failed=True)

    def handed(task: Task) -> Acted:
        tasks.pass_on(task, user, to, given.get("note", ""))
        return Acted(_("Handed over to %(name)s: %(title)s") % {"name": to.name, "title": task.title})

    return handed


def _line(answers: Answers, user: User, day: Day, token: str, today: date) -> Task | tasks.Wanted:
    """What a line stands for: a task; of a cause the one that may be made of it, which is allowed."""
    kind, _colon, name = token.partition(":")
    if kind == "t":
        return tasks.get(user, answers.sight, number_of(name))
    agenda = agenda_of(answers, day.csm_id)
    cause = next((one for one in agenda.causes if one.key == name), None) if agenda and kind == "c" else None
    if cause is None:
        raise Http404
    owner = day.owner if day.owner and whose.works(day.owner) else user
    wanted = _wanted(cause, owner, answers.settings.currency, today)
    tasks.allow(answers.sight, [wanted])
    return wanted


def _task(line: Task | tasks.Wanted, user: User, today: date) -> Task:
    """The task of a line; of a cause, one that is made now, or opened again. A task that was made now and then is not
    passed on stays with whose day it is, and is due today.
    """
    if isinstance(line, Task):
        return line
    task = tasks.write(user, line)
    if task.status != Status.OPEN and is_waiting(task):
        tasks.reopen(task, user)
        tasks.change(task, user, due=today)
        task.refresh_from_db()
    return task


def _wanted(cause: Cause, owner: User, currency: str, today: date) -> tasks.Wanted:
    said = words.sentence(cause, currency)
    priority = Priority.HIGH if cause.urgency >= 1 else Priority.NORMAL
    return tasks.Wanted(said[:TITLE], owner, cause.account_id, "", today, priority, said, KIND, cause.key)
