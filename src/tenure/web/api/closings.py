"""Closed periods for programs: which are closed, what was reported of each, and what stands against closing one."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from django.http import Http404
from django.utils.translation import gettext_lazy as _

from tenure.core.errors import UsageError
from tenure.core.period import parse_period
from tenure.engine.closings import ClosedPeriod, Closings
from tenure.engine.verbs.blocking import Holding
from tenure.web.access import log
from tenure.web.access.endpoint import Answer, Asked, endpoint
from tenure.web.access.rights import Right
from tenure.web.access.roles import REPORT

if TYPE_CHECKING:
    from tenure.web.access.page import Request


@dataclass(frozen=True)
class PeriodStanding:
    """A period. ``closed``: its close, null where it is not closed; then ``blocking``: the checks that stand against closing it."""

    period: str
    closed: ClosedPeriod | None
    blocking: tuple[Holding, ...]


@endpoint("closings", roles=REPORT, title=_("Closed periods"), data=Closings, right=Right.FIGURES)
def api_closings(request: Request, _asked: Asked) -> Answer:
    """Which periods are closed, by whom and with how many figures; which could be; and the month that is next."""
    found = request.sight().closings()
    return Answer(replace(found, closed=tuple(_named(found.closed))), found.as_of)


@endpoint("closings/<str:period>", roles=REPORT, title=_("Closed period"), data=PeriodStanding, right=Right.FIGURES)
def api_closing(request: Request, _asked: Asked, period: str) -> Answer:
    """Whether a period is closed, or else the checks that stand against it. Its figures: /api/metrics/METRIC?reported=true."""
    sight = request.sight()
    try:
        asked = parse_period(period, sight.settings().fiscal_year_start)
    except UsageError:
        raise Http404 from None
    found = sight.closings()
    closed = found.of(asked)
    told = _named((closed,))[0] if closed else None
    return Answer(PeriodStanding(asked.label, told, () if closed else sight.blocking(asked.label)), found.as_of)


def _named(closed: tuple[ClosedPeriod, ...]) -> list[ClosedPeriod]:
    """With the names of those who log in here."""
    names = log.names_of(one.by for one in closed)
    return [replace(one, by=names.get(one.by, one.by)) for one in closed]
