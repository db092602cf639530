"""Tasks among what happened: the application remembers tasks, the engine tells the rest, and the time line is one of both."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.kit import formats
from tenure.web.kit.happenings import Told, joined, told
from tenure.web.kit.scores import Tone
from tenure.web.work.models import Status
from tenure.web.work.tasks import of_account

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from tenure.engine import Sight
    from tenure.engine.verbs.timeline import TimelineFound
    from tenure.web.kit.happenings import Names
    from tenure.web.work.models import Task

#: What things of the kind are called, and their icon: as ``KINDS`` of the kit.
TASK = "task"
CALLED = (gettext_lazy("Tasks"), "circle-check")
#: As many tasks of an account are told, those given last.
_MOST = 500


def page(
    sight: Sight, account_id: str, asked: dict[str, Any], *, start: int, size: int, tasks: Sequence[Told]
) -> tuple[TimelineFound | None, int]:
    """What the engine tells of the page that begins at ``start`` of both, and how many of its own come before that.

    Of both, as many as there are tasks at most may have taken the place of what the engine tells.
    """
    before = max(0, start - len(tasks))
    only_tasks = asked["kinds"] == (TASK,)
    told_by = {**asked, "kinds": () if only_tasks else asked["kinds"]}
    limit = 1 if only_tasks else size + start - before
    return sight.timeline(account_id, **told_by, offset=0 if only_tasks else before, limit=limit), before


def both(
    found: TimelineFound, before: int, names: Names, tasks: Sequence[Told], *, start: int, size: int, only_tasks: bool
) -> list[Told]:
    """The page of both, the latest first."""
    if only_tasks:
        return list(tasks[start : start + size])
    merged = sorted((*(told(one, names) for one in found.happenings), *tasks), key=lambda one: one.at, reverse=True)
    return merged[start - before : start - before + size]


def tasks_told(sight: Sight, account_id: str, search: str) -> list[Told]:
    """What became of the tasks about an account that is in sight, the latest first: given, done or dropped."""
    found = of_account(sight, account_id).select_related("owner", "given_by", "done_by")
    if search:
        found = found.filter(Q(title__icontains=search) | Q(text__icontains=search) | Q(reason__icontains=search))
    return sorted(
        (one for task in found.order_by("-pk")[:_MOST] for one in _told(task)), key=lambda one: one.at, reverse=True
    )


def link(one: Told) -> str:
    """The page of a task."""
    return reverse("task_page", args=[one.key])


def _told(task: Task) -> Iterator[Told]:
    owner, due = task.owner.name, _("due %(day)s") % {"day": formats.day(task.due)} if task.due else ""
    by = _("by %(name)s") % {"name": task.given_by.name} if task.given_by and task.given_by_id != task.owner_id else ""
    yield _event(
        task,
        "given",
        _("Task: %(title)s") % {"title": task.title},
        joined(owner, by, due),
        task.text or task.reason,
        "",
    )
    if task.done_at and task.status != Status.OPEN:
        done = task.status == Status.DONE
        title = _("Task done: %(title)s") if done else _("Task dropped: %(title)s")
        who = task.done_by.name if task.done_by else owner
        yield _event(task, task.status, title % {"title": task.title}, who, "", "good" if done else "")


def _event(task: Task, what: str, title: str, detail: str, words: str, tone: Tone) -> Told:
    at = task.created_at if what == "given" else task.done_at or task.created_at
    called, icon = CALLED
    return Told(
        f"{TASK}:{task.pk}:{what}", TASK, called, icon, at, formats.moment(at), title, detail, words, tone, key=str(task.pk)
    )  # fmt: skip
