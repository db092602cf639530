"""``comparisons``: make the fair comparisons of the day, and keep them as reports for whoever looks at them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from datetime import timedelta
from functools import cache, partial
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.core.period import local_day
from tenure.engine import reports
from tenure.engine.scorecards.versions import keep, rules_now
from tenure.engine.scorecards.window import offered
from tenure.engine.verbs.fairness import Comparison, Fairness, compare, gather, report_of
from tenure.scores.casemix.handover import Told
from tenure.scores.casemix.judge import By
from tenure.scores.casemix.outcome import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from tenure.core.period import Period
    from tenure.engine.desk import Desk
    from tenure.engine.verbs.fairness import Gathered

GROUPS: tuple[By, ...] = ("owner", "team")


@dataclass(frozen=True)
class Comparisons:
    """``metrics``: of which metrics (default: of all that can be compared). ``anew``: also where they were compared today. ``earlier``: of
    the windows before that scorecards offer, once a month, instead of the last 12 months.
    """

    metrics: tuple[str, ...] = tuple(OUTCOMES)
    anew: bool = False
    earlier: bool = False


@dataclass(frozen=True)
class ComparisonsKept:
    """``made``: the metrics that were compared now; the others' reports are of this day already (of earlier windows: of this month)."""

    made: tuple[str, ...]


def comparisons(desk: Desk, request: Comparisons) -> ComparisonsKept:
    """Compare owners and teams over the last 12 months that are over, unless that was done today. A comparison that is
    refused is kept as that. By which rules scorecards are told from now on is kept besides.

    Earlier windows change only by what is told late: they are compared once a month, each from its own months alone.
    """
    _keep_rules(desk)
    told = Told()
    if request.earlier:
        return ComparisonsKept(tuple(metric for metric in request.metrics if _earlier(desk, metric, told)))
    now, zone = desk.clock(), desk.settings.timezone
    today = local_day(now, zone)
    made = []
    for number, metric in enumerate(request.metrics):
        if not request.anew and all(_made(desk, metric, by) == today for by in GROUPS):
            continue
        desk.progress("comparing", number, len(request.metrics))
        _make(desk, Fairness(metric), told)
        made.append(metric)
    return ComparisonsKept(tuple(made))


def _keep_rules(desk: Desk) -> None:
    with suppress(UsageError):  # rules that are wrong are no reason to compare nobody
        keep(desk, rules_now(desk))


def _earlier(desk: Desk, metric: str, told: Told) -> bool:
    """Compare the earlier windows of a metric that were not this month; what was kept of windows that are not offered any more goes."""
    today = local_day(desk.clock(), desk.settings.timezone)
    windows = offered(today, desk.settings.fiscal_year_start)
    names = {report_of(metric, by, (one.start, one.end)) for one in windows for by in GROUPS}
    reports.drop_others(desk.home, (f"{report_of(metric, by)}_" for by in GROUPS), names)
    due = [one for one in windows if not all(_is_of_this_month(desk, metric, by, one, today) for by in GROUPS)]
    for number, one in enumerate(due):
        desk.progress("comparing", number, len(due))
        first, last = f"{one.start:%Y-%m}", f"{one.end - timedelta(days=1):%Y-%m}"
        _make(desk, Fairness(metric, start=first, end=last), told, (one.start, one.end))
    return bool(due)


def _make(desk: Desk, request: Fairness, told: Told, window: tuple[date, date] | None = None) -> None:
    gathered = cache(partial(gather, desk, request, told))  # once for both
    for by in GROUPS:
        name = report_of(request.metric, by, window)
        reports.make(desk.home, name, desk.clock(), partial(_compared, desk, gathered, by))


def _compared(desk: Desk, gathered: Callable[[], Gathered], by: By) -> Comparison:
    return compare(desk, gathered(), by)


def _is_of_this_month(desk: Desk, metric: str, by: By, one: Period, today: date) -> bool:
    made = _made(desk, metric, by, (one.start, one.end))
    return made is not None and (made.year, made.month) == (today.year, today.month)


def _made(desk: Desk, metric: str, by: By, window: tuple[date, date] | None = None) -> date | None:
    """The day on which a comparison was made that is kept."""
    there = reports.kept(desk.home, report_of(metric, by, window), Comparison)
    return None if there is None else local_day(there.as_of.replace(tzinfo=None), desk.settings.timezone)
