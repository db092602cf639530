"""Tasks: what the person is late with."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.web.evaluation.agenda import Cell, Section
from tenure.web.evaluation.models import Kind
from tenure.web.kit import formats
from tenure.web.work import tasks, whose
from tenure.web.work.models import CONFIDENTIAL, Status

if TYPE_CHECKING:
    from tenure.web.evaluation.agenda import About

RANK, KINDS = 60, frozenset({Kind.ONE_TO_ONE, Kind.EVALUATION})
_MOST = 15


def section(about: About) -> Section:
    """Those whose day is over, the oldest first; of accounts, those of the person's book."""
    of = tasks.of_person(about.reader, about.sight, about.person).filter(status=Status.OPEN, due__lt=about.today)
    late = list(of.exclude(kind=CONFIDENTIAL)[:_MOST])  # what was agreed in reviews stands by itself
    known = whose.seen(about.sight, [one.account_id for one in late])
    shown = [one for one in late if not one.account_id or one.account_id in known]
    return Section(
        _("Late tasks"),
        (_("Task"), _("Due")),
        tuple(
            (Cell(one.title, one.reason, reverse("task_page", args=[one.pk])), Cell(formats.day(one.due), tone="warn"))
            for one in shown
        ),
        _("No task is late."),
    )
