"""Tasks for programs: listed, given, changed, with the rights of whose key it is."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING, Annotated, Literal

import msgspec
from django.db import transaction
from django.utils.translation import gettext_lazy as _

from tenure.core.errors import UsageError
from tenure.web.access.endpoint import Answer, Asked, endpoint
from tenure.web.access.models import User
from tenure.web.access.rights import Right
from tenure.web.access.roles import EVERYONE, TELL
from tenure.web.kit.reading import local_today
from tenure.web.work import tasks, whose
from tenure.web.work.models import TITLE, Priority, Status, Task

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenure.web.access.page import Request

Pressing = Literal["low", "normal", "high"]
Title = Annotated[str, msgspec.Meta(max_length=TITLE)]
_MOST = 1_000


@dataclass(frozen=True)
class TaskTold:
    """A task. ``owner``, ``given_by``, ``done_by``: people by their addresses; ``given_by`` is null where Tenure gave it."""

    task: int
    title: str
    text: str
    account_id: str | None
    owner: str
    given_by: str | None
    due: date | None
    status: str
    priority: str
    reason: str
    kind: str
    created_at: datetime
    done_at: datetime | None
    done_by: str | None
    snoozed_until: date | None


@dataclass(frozen=True)
class TasksTold:
    """A page of tasks: ``total`` is how many there are on all pages."""

    tasks: tuple[TaskTold, ...]
    total: int
    offset: int


class Wanted(Asked, frozen=True):
    """``owner``: an address, yours by default; ``account``: an id, any by default. ``limit``: at most 1,000."""

    owner: str = ""
    account: str = ""
    status: Literal["open", "done", "dropped", "all"] = "open"
    offset: int = 0
    limit: int = 100


@endpoint("tasks", roles=EVERYONE, title=_("Tasks"), asks=Wanted, data=TasksTold)
def api_tasks(request: Request, asked: Wanted) -> Answer:
    """Your tasks; those of somebody whom you lead, or all about an account that you see. Those that are due come first."""
    if not 1 <= asked.limit <= _MOST or asked.offset < 0:
        raise UsageError(
            f"No page has {asked.limit} tasks from {asked.offset} on.", code="bad_page", fix="Ask for 1 to 1000."
        )
    sight = request.sight()
    found = tasks.of_account(sight, asked.account) if asked.account else None
    if found is None or asked.owner:
        owned = tasks.of_person(request.user, sight, _person(asked.owner) if asked.owner else None)
        found = owned if found is None else found.filter(pk__in=owned.values("pk"))
    if asked.status != "all":
        found = found.filter(status=asked.status)
    some = found[asked.offset : asked.offset + asked.limit]
    return Answer(TasksTold(tuple(_told(task) for task in some), found.count(), asked.offset))


class TaskMade(Asked, frozen=True):
    """A task to be given. ``owner``: an address, yours by default. ``key``: names its cause among those of your keys: of one cause there is
    one task.
    """

    title: Title
    owner: str = ""
    account_id: str = ""
    text: str = ""
    due: date | None = None
    priority: Pressing = "normal"
    reason: str = ""
    key: str = ""


@endpoint(
    "tasks/make",
    roles=TELL,
    title=_("Give a task"),
    data=TaskTold,
    writes=True,
    sent=TaskMade,
    right=Right.RECORDS,
)
def api_make_task(request: Request, _asked: Asked, sent: TaskMade) -> Answer:
    """Give a task. Sent again with the same `key`, it is answered with the task that is there."""
    owner = _person(sent.owner) if sent.owner else request.user
    wanted = tasks.Wanted(
        sent.title, owner, sent.account_id, sent.text, sent.due, Priority[sent.priority.upper()], sent.reason, "api",
        f"api:{request.user.pk}:{sent.key}" if sent.key else "",
    )  # fmt: skip
    return Answer(_told(tasks.give(request.sight(), request.user, wanted)))


class TaskChanged(Asked, frozen=True):
    """What is to be changed; what is left out stays. ``owner``: to whom it is handed over; ``note``: said with that, or with the
    status; ``snoozed_until``: put off until that day, null for not any more; ``comment``: said about it.
    """

    title: Title | msgspec.UnsetType = msgspec.UNSET
    text: str | msgspec.UnsetType = msgspec.UNSET
    due: date | msgspec.UnsetType | None = msgspec.UNSET
    priority: Pressing | msgspec.UnsetType = msgspec.UNSET
    status: Literal["open", "done", "dropped"] | msgspec.UnsetType = msgspec.UNSET
    owner: str | msgspec.UnsetType = msgspec.UNSET
    snoozed_until: date | msgspec.UnsetType | None = msgspec.UNSET
    note: str = ""
    comment: str = ""


@endpoint(
    "tasks/<int:task_id>/change",
    roles=TELL,
    title=_("Change a task"),
    data=TaskTold,
    writes=True,
    sent=TaskChanged,
    right=Right.RECORDS,
)
def api_change_task(request: Request, _asked: Asked, sent: TaskChanged, task_id: int) -> Answer:
    """Change a task: what it says, whose it is, whether it is done, until when it is put off. All of it is done, or nothing."""
    user = request.user
    task = tasks.get(user, request.sight(), task_id)
    said = {name: value for name in tasks.CHANGEABLE if (value := getattr(sent, name)) is not msgspec.UNSET}
    if "priority" in said:
        said["priority"] = Priority[said["priority"].upper()]
    to = None if sent.owner is msgspec.UNSET else _person(sent.owner)
    if to is not None:
        tasks.may_have(to, {task.account_id} - {""})  # asked before the database is locked
    with transaction.atomic():
        tasks.change(task, user, **said)
        if sent.status is not msgspec.UNSET:
            close: dict[str, Callable[..., None]] = {"open": tasks.reopen, "done": tasks.finish, "dropped": tasks.drop}
            close[sent.status](task, user, sent.note)
        if sent.snoozed_until is None and task.status == Status.OPEN:
            tasks.reopen(task, user)  # which ends the sleep of an open one
        elif sent.snoozed_until:
            tasks.snooze(task, user, _ahead(sent.snoozed_until))
        if to is not None:
            tasks.pass_on(task, user, to, sent.note)
        if sent.comment:
            tasks.comment(task, user, sent.comment)
    return Answer(_told(Task.objects.select_related("owner", "given_by", "done_by").get(pk=task.pk)))


def _ahead(day: date) -> date:
    if day <= local_today():
        raise UsageError("This day has to lie ahead.", code="bad_day", where="snoozed_until", fix="Name a later one.")
    return day


def _person(address: str) -> User:
    """Who has an address. Raises ``UsageError`` for nobody who has tasks."""
    found = User.objects.filter(email=address.strip().lower()).first()
    if found is None or not whose.works(found):
        raise UsageError(
            f"Nobody who has tasks is called {address!r}.", code="unknown_person", where="owner", fix="Name somebody by the address of the log-in."
        )  # fmt: skip
    return found


def _told(task: Task) -> TaskTold:
    return TaskTold(
        task.pk, task.title, task.text, task.account_id or None, task.owner.email, task.given_by.email if task.given_by else None,
        task.due, Status(task.status).value, Priority(task.priority).name.lower(), task.reason, task.kind,
        task.created_at.astimezone(UTC), task.done_at, task.done_by.email if task.done_by else None, task.snoozed_until,
    )  # fmt: skip
