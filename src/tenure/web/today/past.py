"""What somebody did of late against what was meant: contacts, coverage, answers, and tasks by their day."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from django.db.models import F
from django.db.models.functions import TruncDate
from django.utils.translation import gettext as _

from tenure.core.period import add_months
from tenure.web.kit import formats
from tenure.web.kit.figure import Card, card
from tenure.web.kit.reading import current
from tenure.web.work import tasks
from tenure.web.work.models import Status

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.web.access.models import User
    from tenure.web.kit.asking import Answers
    from tenure.web.today.day import Day

#: So many months the course of a figure shows.
_MONTHS = 6


@dataclass(frozen=True)
class Past:
    """``cards``: figures of this month; ``done``: how many tasks were done in it, ``in_time``: as a share of those with a day."""

    cards: tuple[Card, ...]
    done: str
    in_time: str
    month: str


def past(answers: Answers, user: User, day: Day, today: date) -> Past:
    """The month that runs, of whose day it is, beside the months before."""
    asked = _asked(day.csm_id) if day.csm_id else ()
    start = f"{add_months(today.replace(day=1), 1 - _MONTHS):%Y-%m}"
    metrics, currency = answers.sight.metrics(), answers.settings.currency
    cards = []
    for title, metric, where, variant in asked:
        figures = tuple(answers.ask(metric, start=start, where=where, variant=variant))
        told = dict(where) | dict(one.split("=", 1) for one in variant)
        found = card(title, metrics[metric], figures, currency, told)
        cards += [found] if found else []
    done, in_time = _tasks(answers.sight, user, day.owner, today) if day.owner else (0, None)
    return Past(tuple(cards), formats.number(done), formats.percent(in_time, 0), formats.month(today))


def _asked(csm_id: str) -> tuple[tuple[str, str, tuple[tuple[str, str], ...], tuple[str, ...]], ...]:
    owned, mine = (("owner", csm_id),), (("agent", csm_id),)
    return (
        (_("Contacts per account and month"), "touchpoint_frequency", owned, ()),
        (_("Accounts contacted"), "touchpoint_coverage", owned, ()),
        (_("Time to an answer"), "response_time", mine, ("asked=csm",)),
    )


def _tasks(sight: Sight, user: User, owner: User, today: date) -> tuple[int, float | None]:
    """How many tasks were done this month, and which share of those that had a day were by then."""
    zone = current().zone
    began = datetime.combine(today.replace(day=1), time(), zone).astimezone(UTC)
    done = tasks.of_person(user, sight, owner).filter(status=Status.DONE, done_at__gte=began)
    dated = done.exclude(due=None).annotate(on=TruncDate("done_at", tzinfo=zone))
    of = dated.count()
    return done.count(), dated.filter(on__lte=F("due")).count() / of if of else None
