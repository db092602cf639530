"""The page of one task: what it says, what was said of it and what happened to it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.web.access.models import User
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import EVERYONE, TELL
from tenure.web.kit import formats
from tenure.web.kit.choice import number_of
from tenure.web.kit.reading import local_today
from tenure.web.tasks import listed
from tenure.web.tasks.forms import ChangeForm
from tenure.web.tasks.listed import Row
from tenure.web.work import tasks as work
from tenure.web.work import whose
from tenure.web.work.calendar import workdays
from tenure.web.work.models import Priority, Task, What

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine import Sight
    from tenure.web.kit.shell import Text


@dataclass(frozen=True)
class Said:
    """A comment, or something that happened. ``what``: what it was, ``text``: what was said with it."""

    at: datetime
    by: Text
    what: Text
    text: str
    is_comment: bool


@dataclass(frozen=True)
class TaskShown:
    """A task. ``works``: the reader may change it; ``owns``: it is hers; ``colleagues``: to whom it can be handed over, by id."""

    row: Row
    text: str
    kind: str
    created: datetime
    done_at: datetime | None
    done_by: str
    history: tuple[Said, ...]
    works: bool
    owns: bool
    colleagues: tuple[tuple[int, str], ...]
    tomorrow: str


@page("tasks/<int:task_id>/", roles=EVERYONE, title=gettext_lazy("Task"))
def task_page(request: Request, task_id: int) -> TaskShown:
    """One task, with its comments and its history."""
    sight = request.sight()
    task = work.get(request.user, sight, task_id)
    (row,) = listed.rows([task], listed.accounts_of(sight, [task]))
    others = tuple((one.pk, one.name) for one in whose.colleagues() if one.pk != task.owner_id)
    return TaskShown(
        row, task.text, task.kind, task.created_at, task.done_at, task.done_by.name if task.done_by else "", _history(task),
        whose.works(request.user), task.owner_id == request.user.pk, others, workdays(sight).after(_today(), 1).isoformat(),
    )  # fmt: skip


@page("tasks/<int:task_id>/act/", roles=TELL, title=gettext_lazy("Act on a task"), methods=POST)
def act_on_task(request: Request, task_id: int) -> HttpResponse:
    """Do something with a task: done, dropped, open again, put off, handed over, taken over, commented."""
    sight = request.sight()
    task, given = work.get(request.user, sight, task_id), request.POST.dict()
    try:
        messages.success(request, _acted(task, request.user, given))
    except UsageError as error:
        messages.error(request, error.message)
    back = given.get("back", "")
    if not url_has_allowed_host_and_scheme(back, None) or not back.startswith("/"):
        back = reverse("task_page", args=[task_id])
    if back == reverse("task_page", args=[task_id]) and not _still_seen(request.user, sight, task_id):
        back = reverse("tasks")
    return HttpResponseRedirect(back)


def _still_seen(user: User, sight: Sight, task_id: int) -> bool:
    """Whether somebody may see a task after what she did with it: one about no account may now be another's alone."""
    return whose.visible(user, sight, Task.objects.filter(pk=task_id)).exists()


def _acted(task: Task, user: User, given: Mapping[str, str]) -> str:
    """What was done, in words. Raises ``UsageError`` for what cannot be done, ``Http404`` for what there is not."""
    note = given.get("note", "")
    match given.get("what"):
        case "done":
            work.finish(task, user, note)
            return _("Done: %(title)s") % {"title": task.title}
        case "drop":
            work.drop(task, user, note)
            return _("Dropped: %(title)s") % {"title": task.title}
        case "reopen":
            work.reopen(task, user, note)
            return _("Open again: %(title)s") % {"title": task.title}
        case "later":
            return _put_off(task, user, given.get("day", ""))
        case "take":
            work.take_over(task, user, note)
            return _("It is yours now: %(title)s") % {"title": task.title}
        case "hand":
            to = _colleague(given.get("to", ""))
            work.hand_over(task, user, to, note)
            return _("Handed over to %(name)s: %(title)s") % {"name": to.name, "title": task.title}
        case "comment":
            work.comment(task, user, given.get("text", ""))
            return _("Your comment is there.")
    raise Http404


def _put_off(task: Task, user: User, day: str) -> str:
    try:
        until = date.fromisoformat(day)
    except ValueError:
        until = None
    if until is None or until <= _today():
        raise UsageError(_("Say until which day; it has to lie ahead."), code="bad_day")
    work.snooze(task, user, until)
    return _("Put off until %(day)s: %(title)s") % {"day": formats.day(until), "title": task.title}


def _colleague(number: str) -> User:
    to = User.objects.filter(pk=number_of(number), is_active=True).first()
    if to is None:
        raise UsageError(_("Say to whom."), code="nobody")
    return to


@dataclass(frozen=True)
class TaskChanging:
    """The form in which a task is changed."""

    id: int
    name: str
    form: ChangeForm


@page("tasks/<int:task_id>/change/", roles=TELL, title=gettext_lazy("Change a task"), methods=FORM)
def change_task(request: Request, task_id: int) -> TaskChanging | HttpResponse:
    """Change what a task says."""
    task = work.get(request.user, request.sight(), task_id)
    if request.method != "POST":
        told = {name: getattr(task, name) for name in work.CHANGEABLE}
        return TaskChanging(task_id, task.title, ChangeForm(initial=told))
    form = ChangeForm(request.POST)
    if not form.is_valid():
        return show(request, TaskChanging(task_id, task.title, form), status=422)
    work.change(task, request.user, **form.cleaned_data)
    messages.success(request, _("The task is changed."))
    return HttpResponseRedirect(reverse("task_page", args=[task_id]))


def _history(task: Task) -> tuple[Said, ...]:
    """Comments and changes, the latest first."""
    names = dict(User.objects.values_list("pk", "name"))
    said = [
        Said(one.at, names.get(one.by_id, ""), _("said"), one.text, is_comment=True) for one in task.comments.all()
    ]  # fmt: skip
    said += [
        Said(
            one.at,
            names.get(one.by_id, "") if one.by_id else _("Tenure"),
            _what(one.what, one.detail, names),
            one.note,
            is_comment=False,
        )
        for one in task.changes.all()
    ]
    return tuple(sorted(said, key=lambda one: one.at, reverse=True))


def _what(what: str, detail: dict[str, Any], names: Mapping[int, str]) -> str:
    """What happened, in words."""
    match what:
        case What.GIVEN:
            return _("gave it to %(name)s") % {"name": names.get(detail.get("to", 0), "")}
        case What.HANDED_OVER:
            return _("handed it over to %(name)s") % {"name": names.get(detail.get("to", 0), "")}
        case What.SNOOZED:
            return _("put it off until %(day)s") % {"day": formats.day(date.fromisoformat(detail["until"]))}
        case What.CHANGED:
            return _("changed it: %(what)s") % {
                "what": "; ".join(_changed(name, ends) for name, ends in detail.items())
            }
    return str(What(what).label)


def _changed(name: str, ends: Any) -> str:
    labels = {"title": _("title"), "text": _("text"), "due": _("due"), "priority": _("priority")}
    if not isinstance(ends, list):
        return labels.get(name, name)
    if name == "priority":
        ends = [str(Priority(end).label).lower() for end in ends]
    if name == "due":
        ends = [formats.day(date.fromisoformat(end)) if end else "–" for end in ends]
    return f"{labels.get(name, name)} {ends[0]} → {ends[1]}"


def _today() -> date:
    return local_today()
