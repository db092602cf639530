"""Several tasks at once, from a template: what is to be done after a sale, or before a renewal."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.db.models import Q, QuerySet
from django.http import Http404

from tenure.core.errors import UsageError
from tenure.web.access.roles import OPERATE
from tenure.web.work import tasks
from tenure.web.work.calendar import workdays
from tenure.web.work.models import Priority, Task, TaskStep, TaskTemplate

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.web.access.models import User

#: As many steps a template may have.
MOST_STEPS = 50


@dataclass(frozen=True)
class Step:
    """A step as it is told: due ``after`` so many business days."""

    title: str
    after: int = 0
    text: str = ""
    priority: int = Priority.NORMAL


def templates(user: User) -> QuerySet[TaskTemplate]:
    """Those that somebody may apply: her own, and what is shared."""
    return TaskTemplate.objects.filter(Q(owner=user) | Q(shared=True)).select_related("owner").order_by("name", "pk")


def template(user: User, template_id: int) -> TaskTemplate:
    """One of those. Raises ``Http404`` for another."""
    found = templates(user).filter(pk=template_id).first()
    if found is None:
        raise Http404
    return found


def changes(user: User, found: TaskTemplate) -> bool:
    """Whether somebody may change it: her own, and administrators and operations what is shared."""
    return found.owner_id == user.pk or (found.shared and not user.roles.isdisjoint(OPERATE))


def save_template(
    by: User,
    name: str,
    steps: Sequence[Step],
    *,
    text: str = "",
    shared: bool = False,
    over: TaskTemplate | None = None,
) -> TaskTemplate:
    """Keep a template, in the place of ``over`` if that is told. Tasks that were given from it stay as they are.

    Raises ``UsageError`` without a name, without steps or with more than 50.
    """
    if not name.strip() or not 0 < len(steps) <= MOST_STEPS or not all(step.title.strip() for step in steps):
        raise UsageError(
            f"A template needs a name and from one to {MOST_STEPS} steps, each with a title.", code="no_template",
            fix="Say what it is for and what is to be done.",
        )  # fmt: skip
    with transaction.atomic():
        found = over or TaskTemplate(owner=by)
        found.name, found.text, found.shared = name.strip(), text.strip(), shared
        found.save()
        found.steps.all().delete()
        TaskStep.objects.bulk_create(
            TaskStep(
                template=found, position=number, title=step.title.strip(), text=step.text.strip(), after=step.after,
                priority=step.priority,
            )
            for number, step in enumerate(steps)
        )  # fmt: skip
    return found


def from_template(
    sight: Sight, by: User, found: TaskTemplate, account_id: str, owner: User, starts: date
) -> list[Task]:
    """Give every step of a template as a task about an account, due so many business days after the day it ``starts``. Applied
    twice for the same day, it gives nothing new. Errors as of ``tasks.give``.
    """
    days = workdays(sight)
    return tasks.give_all(
        sight, by,
        [
            tasks.Wanted(
                step.title, owner, account_id, step.text, days.after(starts, step.after), step.priority, found.name, "template",
                f"template:{found.pk}:{step.position}:{starts.isoformat()}:{account_id}",
            )
            for step in found.steps.all()
        ],
    )  # fmt: skip
