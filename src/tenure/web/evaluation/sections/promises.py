"""Promises: what was agreed the last times and is not done yet, and what was done since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.utils.translation import gettext as _

from tenure.web.evaluation.agenda import Cell, Section
from tenure.web.evaluation.doing import agreed
from tenure.web.evaluation.models import Kind
from tenure.web.kit import formats
from tenure.web.kit.reading import local_date
from tenure.web.work.models import Status

if TYPE_CHECKING:
    from tenure.web.evaluation.agenda import About
    from tenure.web.evaluation.models import Action

RANK, KINDS = 50, frozenset(Kind)
_MOST = 20


def section(about: About) -> Section:
    """Open ones first, the oldest of them first."""
    found = list(agreed(about.review))
    open_, done = ([one for one in found if (one.task.status == Status.OPEN) is is_open] for is_open in (True, False))
    recent = [one for one in done if one.task.done_at and local_date(one.task.done_at) >= about.since]
    return Section(
        _("What was agreed"),
        (_("Agreed"), _("Whose"), _("By"), _("Where it stands")),
        tuple(_row(one, about) for one in (*open_, *recent)[:_MOST]),
        _("Nothing is open of what was agreed before."),
    )


def _row(one: Action, about: About) -> tuple[Cell, ...]:
    task = one.task
    late = task.is_late(about.today)
    word = _("late") if late else str(Status(task.status).label)
    return (
        Cell(one.text, _("agreed on %(day)s") % {"day": formats.day(one.review.day)}),
        Cell(task.owner.name),
        Cell(formats.day(task.due)),
        Cell(word, tone="bad" if late else "good" if task.status == Status.DONE else ""),
    )
