"""``comparisons``: make the fair comparisons of the day, and keep them as reports for whoever looks at them."""

from __future__ import annotations

from contextlib import suppress
from dataclasses import dataclass
from functools import cache, partial
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.core.period import local_day
from tenure.engine import reports
from tenure.engine.scorecards.versions import keep, rules_now
from tenure.engine.verbs.fairness import Comparison, Fairness, compare, gather, report_of
from tenure.scores.casemix.judge import By
from tenure.scores.casemix.outcome import OUTCOMES

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import date

    from tenure.engine.desk import Desk
    from tenure.engine.verbs.fairness import Gathered

GROUPS: tuple[By, ...] = ("owner", "team")


@dataclass(frozen=True)
class Comparisons:
    """``metrics``: of which metrics (default: of all that can be compared). ``anew``: also where they were compared today."""

    metrics: tuple[str, ...] = tuple(OUTCOMES)
    anew: bool = False


@dataclass(frozen=True)
class ComparisonsKept:
    """``made``: the metrics that were compared now; the others' reports are of this day already."""

    made: tuple[str, ...]


def comparisons(desk: Desk, request: Comparisons) -> ComparisonsKept:
    """Compare owners and teams over the last 12 months that are over, unless that was done today. A comparison that is
    refused is kept as that. By which rules scorecards are told from now on is kept besides.
    """
    _keep_rules(desk)
    now, zone = desk.clock(), desk.settings.timezone
    today = local_day(now, zone)
    made = []
    for number, metric in enumerate(request.metrics):
        if not request.anew and all(_is_of(desk, metric, by, today) for by in GROUPS):
            continue
        desk.progress("comparing", number, len(request.metrics))
        gathered = cache(partial(gather, desk, Fairness(metric)))  # once for both
        for by in GROUPS:
            reports.make(desk.home, report_of(metric, by), now, partial(_compared, desk, gathered, by))
        made.append(metric)
    return ComparisonsKept(tuple(made))


def _keep_rules(desk: Desk) -> None:
    with suppress(UsageError):  # rules that are wrong are no reason to compare nobody
        keep(desk, rules_now(desk))


def _compared(desk: Desk, gathered: Callable[[], Gathered], by: By) -> Comparison:
    return compare(desk, gathered(), by)


def _is_of(desk: Desk, metric: str, by: By, day: date) -> bool:
    there = reports.kept(desk.home, report_of(metric, by), Comparison)
    return there is not None and local_day(there.as_of.replace(tzinfo=None), desk.settings.timezone) == day
