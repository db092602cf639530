"""What is done with tasks. Whatever is changed here is in the task's history; what somebody might have to answer for is in the audit log, too.

Who calls these has found the task by ``get``, which lets nobody see what is not hers, and has a role of ``TELL``.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.db.models import F, QuerySet
from django.http import Http404
from django.utils import timezone

from tenure.core.acts import Act
from tenure.core.chain import Note
from tenure.core.errors import UsageError
from tenure.web.access import log
from tenure.web.work import told, whose
from tenure.web.work.models import Priority, Status, Task, TaskChange, TaskComment, What

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.web.access.models import User

#: What of a task somebody may change by hand.
CHANGEABLE = ("title", "text", "due", "priority")


@dataclass(frozen=True)
class Wanted:
    """A task to be given (see ``Task``)."""

    title: str
    owner: User
    account_id: str = ""
    text: str = ""
    due: date | None = None
    priority: int = Priority.NORMAL
    reason: str = ""
    kind: str = "own"
    key: str = ""


# Found


def get(user: User, sight: Sight, task_id: int) -> Task:
    """A task that somebody may see, through her own sight. Raises ``Http404`` for another, as for one that is not there."""
    found = whose.visible(user, sight, Task.objects.filter(pk=task_id)).select_related("owner", "given_by", "done_by")
    task = found.first()
    if task is None:
        raise Http404
    return task


def of_account(sight: Sight, account_id: str) -> QuerySet[Task]:
    """The tasks about an account, those that are due first; none where the sight does not hold the account."""
    if not whose.seen(sight, [account_id]):
        return Task.objects.none()
    return _in_order(Task.objects.filter(account_id=account_id))


def of_person(user: User, sight: Sight, owner: User | None = None) -> QuerySet[Task]:
    """Tasks that are ``owner``'s to do (by default ``user``'s own), as far as ``user`` may see them, through her sight. Whom she does not lead
    has none for her.
    """
    mine = owner is None or owner.pk == user.pk
    if not mine and not whose.team(user).filter(pk=owner.pk if owner else 0).exists():
        return Task.objects.none()
    return _in_order(whose.visible(user, sight, Task.objects.filter(owner=user if owner is None else owner)))


def of_keys(keys: Iterable[str]) -> dict[str, Task]:
    """By cause, the task that was made of it. The accounts of the causes are those that the caller saw."""
    return {
        task.key: task for task in Task.objects.filter(key__in=[key for key in keys if key]).select_related("owner")
    }


def _in_order(tasks: QuerySet[Task]) -> QuerySet[Task]:
    """Open ones first, by their day; what has none comes last of them."""
    by_day = F("due").asc(nulls_last=True)
    return tasks.order_by("-status", by_day, "-priority", "pk").select_related("owner", "given_by", "done_by")


# Given


def give(sight: Sight, by: User | None, wanted: Wanted) -> Task:
    """Give a task; of a cause that has one already, that one, as it is. ``by``: None for Tenure itself.

    Raises ``Http404`` for an account that the sight does not hold, ``UsageError`` for an owner who has no tasks or does not
    see the account, and without a title.
    """
    return give_all(sight, by, [wanted])[0]


def give_all(sight: Sight, by: User | None, wanted: Sequence[Wanted]) -> list[Task]:
    """Give several tasks, or none of them; in the order asked for. Errors as of ``give``."""
    allow(sight, wanted)
    with transaction.atomic():
        return [write(by, one) for one in wanted]


def allow(sight: Sight, wanted: Sequence[Wanted]) -> None:
    """Ask whether tasks may be given. Errors as of ``give``."""
    accounts = {one.account_id for one in wanted if one.account_id}
    if accounts - whose.seen(sight, accounts):
        raise Http404
    for owner in {one.owner for one in wanted}:
        may_have(owner, {one.account_id for one in wanted if one.owner == owner and one.account_id})
    if not all(one.title.strip() for one in wanted):
        raise UsageError("A task needs a title.", code="no_title", fix="Say in a few words what is to be done.")


def may_have(owner: User, accounts: set[str]) -> None:
    """Ask whether somebody may have tasks about these accounts. Raises ``UsageError`` where not."""
    if not whose.works(owner):
        raise UsageError(
            f"{owner.name} has no tasks.", code="no_tasks", fix="Give it to a CSM, a manager, operations or an administrator."
        )  # fmt: skip
    if accounts - whose.seen_by(owner, accounts):
        raise UsageError(
            f"{owner.name} does not see this account, and so would not see the task.", code="not_seen",
            fix="Give it to somebody who sees the account, or give them the account first.",
        )  # fmt: skip


def write(by: User | None, wanted: Wanted) -> Task:
    """Give a task that is allowed; of a cause that has one already, that one, as it is. The engine is not asked."""
    given = {
        "title": wanted.title.strip(), "text": wanted.text.strip(), "account_id": wanted.account_id, "owner": wanted.owner,
        "given_by": by, "due": wanted.due, "priority": wanted.priority, "reason": wanted.reason, "kind": wanted.kind,
    }  # fmt: skip
    if wanted.key:
        task, is_new = Task.objects.get_or_create(key=wanted.key, defaults=given)
        if not is_new:
            return task
    else:
        task = Task.objects.create(**given)
    _note(task, by, What.GIVEN, to=task.owner_id)
    if by != wanted.owner:
        _audit(task, Act.TASK_GIVEN, to=task.owner_id)
        told.given(task, by, wanted.owner)
    return task


# Changed


def take_over(task: Task, by: User, note: str = "") -> None:
    """Make a task one's own."""
    may_have(by, {task.account_id} - {""})
    _pass_on(task, by, by, note, What.TAKEN_OVER)


def hand_over(task: Task, by: User, to: User, note: str = "") -> None:
    """Make a task somebody else's, with a word about it. Raises ``UsageError`` for somebody who has no tasks, or does not see
    the account.
    """
    may_have(to, {task.account_id} - {""})
    pass_on(task, by, to, note)


def pass_on(task: Task, by: User, to: User, note: str = "") -> None:
    """Make a task somebody else's who may have it. The engine is not asked."""
    _pass_on(task, by, to, note, What.HANDED_OVER)


def _pass_on(task: Task, by: User, to: User, note: str, what: What) -> None:
    with transaction.atomic():
        task = _locked(task)
        if task.owner_id == to.pk:
            return
        before, task.owner, task.snoozed_until = task.owner_id, to, None
        task.save(update_fields=["owner", "snoozed_until"])
        _note(task, by, what, note, before=before, to=to.pk)
        _audit(task, Act.TASK_HANDED_OVER, before=before, to=to.pk)
        told.given(task, by, to)


def finish(task: Task, by: User, note: str = "") -> None:
    """Say that it is done. One that is closed stays as it is."""
    _close(task, by, note, Status.DONE)


def drop(task: Task, by: User, note: str = "") -> None:
    """Say that it will not be done. One that is closed stays as it is."""
    _close(task, by, note, Status.DROPPED)


def _close(task: Task, by: User, note: str, status: Status) -> None:
    with transaction.atomic():
        task = _locked(task)
        if task.status != Status.OPEN:
            return
        task.status, task.done_at, task.done_by, task.snoozed_until = status, timezone.now(), by, None
        task.save(update_fields=["status", "done_at", "done_by", "snoozed_until"])
        _note(task, by, What(status.value), note)
        _audit(task, Act.TASK_DONE if status == Status.DONE else Act.TASK_DROPPED)


def reopen(task: Task, by: User, note: str = "") -> None:
    """Open a task again that was done or dropped, or put off. One that is open stays as it is."""
    with transaction.atomic():
        task = _locked(task)
        closed = task.status != Status.OPEN
        if not closed and task.snoozed_until is None:
            return
        task.status, task.done_at, task.done_by, task.snoozed_until = Status.OPEN, None, None, None
        task.save(update_fields=["status", "done_at", "done_by", "snoozed_until"])
        _note(task, by, What.REOPENED if closed else What.WOKEN, note)
        if closed:
            _audit(task, Act.TASK_REOPENED)


def snooze(task: Task, by: User, until: date) -> None:
    """Put an open task off: it is shown again from that day on. Its due day stays what it is."""
    with transaction.atomic():
        task = _locked(task)
        if task.status != Status.OPEN or task.snoozed_until == until:
            return
        task.snoozed_until = until
        task.save(update_fields=["snoozed_until"])
        _note(task, by, What.SNOOZED, until=until.isoformat())


def change(task: Task, by: User, **to: Any) -> None:
    """Change what a task says (``CHANGEABLE``); what is the same already is no change. Raises ``UsageError`` without a title."""
    if "title" in to and not to["title"].strip():
        raise UsageError("A task needs a title.", code="no_title", fix="Say in a few words what is to be done.")
    with transaction.atomic():
        task = _locked(task)
        changed = {name: value for name, value in to.items() if name in CHANGEABLE and getattr(task, name) != value}
        if not changed:
            return
        told: dict[str, Any] = {
            name: True if name == "text" else [_told(getattr(task, name)), _told(value)]
            for name, value in changed.items()
        }
        for name, value in changed.items():
            setattr(task, name, value)
        task.save(update_fields=list(changed))
        _note(task, by, What.CHANGED, **told)


def comment(task: Task, by: User, text: str) -> TaskComment:
    """Say something about a task. Raises ``UsageError`` for nothing."""
    if not text.strip():
        raise UsageError("A comment needs words.", code="no_text", fix="Say something, or leave it.")
    return TaskComment.objects.create(task=task, by=by, text=text.strip())


def _locked(task: Task) -> Task:
    """The task as it is now, which nobody else changes until this transaction is over."""
    return Task.objects.select_for_update().get(pk=task.pk)


def _told(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value


def _note(task: Task, by: User | None, what: What, note: str = "", **detail: Any) -> None:
    TaskChange.objects.create(task=task, by=by, what=what, note=note.strip(), detail=detail)


def _audit(task: Task, act: Act, **detail: Any) -> None:
    """Ids alone: neither what a task says nor whom it is about."""
    log.append(Note(act, "task", str(task.pk), detail), log.asking())
