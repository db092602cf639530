"""Whom a task makes a notice for: who is given one by somebody else."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.post import notices
from tenure.web.work.models import CONFIDENTIAL

if TYPE_CHECKING:
    from tenure.web.access.models import User
    from tenure.web.work.models import Task

TASKS = notices.declare(
    "tasks", gettext_lazy("Tasks"), gettext_lazy("Somebody gave you a task, or handed one over to you.")
)


def given(task: Task, by: User | None, to: User) -> None:
    """Tell ``to`` that a task is hers now, once for each time that it is; nobody is told of what she did herself. What was agreed in
    a review stands on its pages alone.
    """
    if by is None or by.pk == to.pk:
        return
    title = _("what was agreed in a review") if task.kind == CONFIDENTIAL else task.title
    text = _("%(name)s gave you a task: %(title)s") % {"name": by.name, "title": title}
    times = task.changes.count()
    notices.tell(to, text, f"/tasks/{task.pk}/", TASKS, f"task:{task.pk}:{times}")
