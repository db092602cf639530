"""The list of tasks as an address asks for it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Any

from django.db.models import F, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.kit import formats
from tenure.web.kit.choice import Choice, Option, number_of
from tenure.web.kit.reading import local_today
from tenure.web.work import whose
from tenure.web.work.models import Priority, Status, Task

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Mapping

    from tenure.engine import Sight
    from tenure.web.access.models import User
    from tenure.web.kit.scores import Tone
    from tenure.web.kit.shell import Text

#: Columns by which the list can be sorted: name, label, whether the largest comes first; and what of a task it is.
COLUMNS = (
    ("title", gettext_lazy("Task"), False), ("account", gettext_lazy("Account"), False), ("due", gettext_lazy("Due"), False),
    ("priority", gettext_lazy("Priority"), True), ("owner", gettext_lazy("For"), False), ("created", gettext_lazy("Given"), True),
)  # fmt: skip
_FIELDS = {
    "title": "title", "account": "account_id", "due": "due", "priority": "priority", "owner": "owner__name", "created": "created_at",
}  # fmt: skip
NAMES, DEFAULT_ORDER = tuple(_FIELDS), "due"
WIDE = frozenset({"account", "owner", "created", "priority"})
#: Whose tasks.
VIEWS: Mapping[str, Text] = {
    "": gettext_lazy("Mine"), "given": gettext_lazy("Given by me"), "team": gettext_lazy("My team's"), "all": gettext_lazy("All I may see"),
}  # fmt: skip
STATES: Mapping[str, Text] = {
    "": gettext_lazy("Open"), "late": gettext_lazy("Overdue"), "snoozed": gettext_lazy("Put off"), "done": gettext_lazy("Done"),
    "dropped": gettext_lazy("Dropped"), "all": gettext_lazy("All"),
}  # fmt: skip
EXPORTED = (
    "task", "title", "status", "priority", "due", "account", "account_name", "owner", "given_by", "kind", "reason", "created_at",
    "done_at", "done_by", "snoozed_until", "text",
)  # fmt: skip


@dataclass(frozen=True)
class Row:
    """A task of the list."""

    id: int
    title: str
    account_id: str
    account: str
    due: str
    late: bool
    snoozed: str
    priority: Text
    tone: Tone
    owner: str
    given: str
    reason: str
    status: Text
    is_open: bool


def asked(user: User, sight: Sight, given: Mapping[str, str]) -> QuerySet[Task]:
    """The tasks that an address asks for, as far as somebody may see them."""
    tasks = whose.visible(user, sight, Task.objects.filter(_whose(user, given.get("view", ""), given.get("owner", ""))))
    tasks = tasks.filter(_state(given.get("status", ""), local_today()))
    if search := given.get("q", "").strip():
        tasks = tasks.filter(
            Q(title__icontains=search) | Q(text__icontains=search) | Q(account_id__in=_named(sight, search))
        )
    if kind := given.get("kind", ""):
        tasks = tasks.filter(kind=kind)
    return tasks.select_related("owner", "given_by", "done_by")


def in_order(tasks: QuerySet[Task], order: str) -> QuerySet[Task]:
    """Sorted by a column; what has no value comes last."""
    field = F(_FIELDS[order.removeprefix("-")])
    return tasks.order_by(field.desc(nulls_last=True) if order.startswith("-") else field.asc(nulls_last=True), "pk")


def _whose(user: User, view: str, owner: str) -> Q:
    match view:
        case "given":
            return Q(given_by=user)
        case "team":
            team = whose.team(user)
            number = number_of(owner)
            chosen = team.filter(pk=number) if number else team.exclude(pk=user.pk)
            return Q(owner__in=chosen)
        case "all":
            return Q()
    return Q(owner=user)


def _state(status: str, today: date) -> Q:
    match status:
        case "late":
            return Q(status=Status.OPEN, due__lt=today)
        case "snoozed":
            return Q(status=Status.OPEN, snoozed_until__gt=today)
        case "done" | "dropped":
            return Q(status=status)
        case "all":
            return Q()
    return Q(status=Status.OPEN)


def _named(sight: Sight, search: str) -> list[str]:
    """The accounts whose name has a text in it, as many as a search can mean."""
    found = sight.rows("accounts", columns=("account_id", "name"), where=[("name", "contains", search)], limit=200)
    return [row["account_id"] for row in found.rows]


def accounts_of(sight: Sight, tasks: Iterable[Task]) -> dict[str, str]:
    """The names of the accounts that some tasks are about, by id."""
    wanted = sorted({task.account_id for task in tasks if task.account_id})
    if not wanted:
        return {}
    rows = sight.every("accounts", columns=("account_id", "name"), where=[("account_id", "one_of", wanted)])
    return {row["account_id"]: row["name"] or row["account_id"] for row in rows}


def rows(tasks: Collection[Task], accounts: Mapping[str, str]) -> tuple[Row, ...]:
    """Tasks as lines."""
    today = local_today()
    return tuple(_row(task, accounts, today) for task in tasks)


def _row(task: Task, accounts: Mapping[str, str], today: date) -> Row:
    is_open = task.status == Status.OPEN
    snoozed = task.snoozed_until is not None and task.snoozed_until > today
    return Row(
        task.pk, task.title, task.account_id, accounts.get(task.account_id, task.account_id), formats.day(task.due),
        task.is_late(today), formats.day(task.snoozed_until) if snoozed else "",
        Priority(task.priority).label, "bad" if task.priority == Priority.HIGH else "", task.owner.name,
        task.given_by.name if task.given_by else _("Tenure"), task.reason if task.reason != task.title else "",
        Status(task.status).label, is_open,
    )  # fmt: skip


def filters(user: User, given: Mapping[str, str]) -> tuple[Choice, ...]:
    """What can be chosen; of a team only where there is one."""
    team = [one for one in whose.team(user) if one.pk != user.pk]
    views = {name: label for name, label in VIEWS.items() if name != "team" or team}
    found = [_choice("view", _("Whose"), views, given), _choice("status", _("Show"), STATES, given)]
    if given.get("view") == "team" and team:
        people = {"": _("everybody's")} | {str(one.pk): one.name for one in sorted(team, key=lambda one: one.name)}
        found.insert(1, _choice("owner", _("Of"), people, given))
    return tuple(found)


def _choice(name: str, label: str, options: Mapping[str, Text], given: Mapping[str, str]) -> Choice:
    chosen = given.get(name, "")
    return Choice(name, label, tuple(Option(value, told, value == chosen) for value, told in options.items()))


def told(task: Task, accounts: Mapping[str, str]) -> dict[str, Any]:
    """A task as an exported row."""
    return {
        "task": task.pk, "title": task.title, "status": task.status, "priority": Priority(task.priority).name.lower(), "due": task.due,
        "account": task.account_id or None, "account_name": accounts.get(task.account_id), "owner": task.owner.email,
        "given_by": task.given_by.email if task.given_by else None, "kind": task.kind, "reason": task.reason or None,
        "created_at": task.created_at, "done_at": task.done_at, "done_by": task.done_by.email if task.done_by else None,
        "snoozed_until": task.snoozed_until, "text": task.text or None,
    }  # fmt: skip
