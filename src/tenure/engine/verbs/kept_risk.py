"""``kept_risk``: risks as they were last made, in a moment: what a page shows while it is opened."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.engine.reach import seen
from tenure.engine.reports import Report
from tenure.engine.standing import kept
from tenure.engine.verbs.risk import RiskFound, found_in, outcome_of
from tenure.figures.published import PublishedReader, current, is_fresh
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.risk.outcome import CHURN
from tenure.warehouse.told import told_of

if TYPE_CHECKING:
    from collections.abc import Collection
    from datetime import datetime
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class KeptRisk:
    """``account``: its id, or empty for all; ``among``: only these of them (None: all). ``of``: churn, contraction or growth. ``scope``: whose
    accounts. ``limit`` (0: all) of them, from the ``offset`` on, are told one by one.
    """

    account: str = ""
    of: str = CHURN.name
    scope: Scope = EVERYTHING
    among: tuple[str, ...] | None = None
    offset: int = 0
    limit: int = 0


def kept_risk(desk: Desk, request: KeptRisk) -> Report[RiskFound] | None:
    """The risks as they were last made, or why they were refused; None where they never were. Nothing is learned. Raises
    ``UsageError`` for an account that is not there or is out of the scope, and an outcome that there is not.
    """
    now = desk.clock()
    with desk.published(desk.fresh(now)) as owners:
        inside = seen(owners, request.scope, now)
    return _told(desk.home, request, inside, desk.settings)


def from_published(
    home: Path, request: KeptRisk, settings: Settings, now: datetime
) -> tuple[Report[RiskFound] | None] | None:
    """The same without the warehouse, in a tuple; None where it is not known whose accounts are whose now."""
    if not request.scope.narrow:
        return (_told(home, request, None, settings),)
    found = current(home)
    if found is None or not is_fresh(found, settings, told_of(home), now):
        return None
    with closing(PublishedReader(home, found, settings)) as owners:
        return (_told(home, request, seen(owners, request.scope, now), settings),)


def _told(
    home: Path, request: KeptRisk, inside: Collection[str] | None, settings: Settings
) -> Report[RiskFound] | None:
    outcome = outcome_of(request.of)
    if request.among is not None and not request.among:
        inside = ()
    report = kept(home, outcome, (request.account,) if request.account else request.among or ())
    if report is None or report.found is None:
        return None if report is None else Report[RiskFound](report.as_of, None, report.refused, report.fix)
    told = slice(request.offset, request.offset + request.limit if request.limit else None)
    return Report(report.as_of, found_in(report.found, request.account, inside, settings, told))
