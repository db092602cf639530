"""Closing a period: long work, done once however often it is asked for."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.period import parse_period
from tenure.core.titles import titled
from tenure.web.access import log
from tenure.web.access.roles import REPORT
from tenure.web.closing import told
from tenure.web.kit import figure, formats
from tenure.web.post import jobs
from tenure.web.post.jobs import job
from tenure.web.post.models import OPEN, Job

if TYPE_CHECKING:
    from django.db.models import QuerySet

    from tenure.core.period import Period
    from tenure.web.access.models import User
    from tenure.web.post.doing import Doing

CLOSE = "close_period"
#: What the engine says before the metric that it freezes.
_FREEZING = "freezing "


def going(period: str) -> Job | None:
    """The job that closes a period now, whoever had it begun."""
    return next((one for one in _open() if one.arguments.get("period") == period), None)


def all_going() -> set[str]:
    """The periods that are being closed now."""
    return {str(one.arguments.get("period")) for one in _open()}


def far(one: Job) -> str:
    """How far a job is: ``34 of 107 metrics: ARR``; empty while it waits."""
    if not one.total:
        return ""
    counts = {"done": formats.number(one.done), "total": formats.number(one.total)}
    return ": ".join(filter(None, (_("%(done)s of %(total)s metrics") % counts, one.sentence)))


def _open() -> QuerySet[Job]:
    return Job.objects.filter(kind=CLOSE, state__in=OPEN).select_related("owner").order_by("pk")


def begin(user: User, period: Period, note: str) -> Job | None:
    """Have a period closed as a job of a person's; None while one closes it, whoever had it begun."""
    if going(period.label) is not None:
        return None
    title = _("Close %(period)s") % {"period": figure.period(period.start, period.end)}
    return jobs.start_alone(user, CLOSE, title, of=period.label, period=period.label, note=note)


@job(CLOSE, title=gettext_lazy("Close a period"), roles=REPORT)
def close_period(doing: Doing, *, period: str, note: str) -> None:
    """Freeze the period's figures, metric by metric, and tell those who are to know. Run again it comes to the same close."""
    sight, here = doing.sight(), threading.get_ident()

    def tell(what: str, done: int, of: int) -> None:
        if threading.get_ident() == here:  # without a keeper a thread of its own does it, which has no database
            named = titled(what.removeprefix(_FREEZING)) if what.startswith(_FREEZING) else ""
            doing.tell(done, of or None, named)

    sight.progress = tell
    owner, made = doing.owner, doing.job
    mark = f"job {made.pk} {made.made_at.isoformat()}"
    sight.freeze(period, by=log.sender(owner.pk), note=note, message_id=mark)
    told.closed(owner, parse_period(period, sight.settings().fiscal_year_start), mark)
