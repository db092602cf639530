"""What the digest tells of tasks: one's own that are due."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import TYPE_CHECKING

from django.db.models import Q
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.kit import formats
from tenure.web.post.digest import Line, section
from tenure.web.post.schedules import zone
from tenure.web.work import tasks
from tenure.web.work.models import CONFIDENTIAL, Status

if TYPE_CHECKING:
    from tenure.web.post.doing import Doing
    from tenure.web.work.models import Task


@section("tasks", gettext_lazy("Tasks due"), rank=10)
def tasks_due(doing: Doing) -> Sequence[Line]:
    """Open tasks whose day has come, and that are not put off, as far as their owner sees them; of those agreed in reviews not what."""
    today = datetime.now(zone()).date()
    found = tasks.of_person(doing.owner, doing.sight()).filter(status=Status.OPEN)
    awake = found.filter(Q(due__lte=today) | Q(snoozed_until__lte=today)).exclude(snoozed_until__gt=today)
    return [(_told(_title(task), task.due, today), f"/tasks/{task.pk}/") for task in awake]


def _title(task: Task) -> str:
    return _("What was agreed in a review") if task.kind == CONFIDENTIAL else task.title


def _told(title: str, due: date | None, today: date) -> str:
    if due is None or due == today:
        return _("%(title)s (today)") % {"title": title}
    return _("%(title)s (due %(day)s)") % {"title": title, "day": formats.day(due)}
