"""Objectives for programs: what is to be reached, how it stands, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from django.utils.translation import gettext_lazy as _

from tenure.engine.objectives.told import Change, CheckIn
from tenure.web.access.endpoint import Answer, Asked, endpoint
from tenure.web.access.roles import LEAD, Role
from tenure.web.kit.asking import Answers

if TYPE_CHECKING:
    from tenure.engine.objectives.standing import Standing
    from tenure.web.access.page import Request


@dataclass(frozen=True)
class ObjectiveTold:
    """An objective. ``target`` as set, ``goal`` with the ramp at the end of the window; ``expected``: what was to be there by now;
    ``forecast``: what is to be expected at the end, with its 95 % interval, and ``how``; of ``missing`` (in the metric's unit, 0 or less:
    nothing) ``missing_way`` is the share of the way and ``missing_spreads`` the count of half widths of the interval. ``reached_before``
    of ``windows_before`` would have reached the target.
    """

    id: str
    level: str
    csm_id: str
    team: str | None
    name: str
    serves: str | None
    metric: str | None
    slice: str | None
    direction: str | None
    target: Decimal | None
    goal: Decimal | None
    period_start: date
    period_end: date
    weight: Decimal | None
    status: str
    value: Decimal | None
    low: Decimal | None
    high: Decimal | None
    n: int | None
    unit: str | None
    expected: Decimal | None
    forecast: Decimal | None
    forecast_low: Decimal | None
    forecast_high: Decimal | None
    how: str
    missing: Decimal | None
    missing_way: float | None
    missing_spreads: float | None
    reached_before: int | None
    windows_before: int | None
    check_ins: tuple[CheckIn, ...]
    changes: tuple[Change, ...]


class Wanted(Asked, frozen=True):
    """``which``: by their windows. ``person``: only those of this CSM. ``as_of``: as known and measured at the end of that day."""

    which: Literal["running", "ahead", "over", "dropped", "all"] = "running"
    person: str = ""
    as_of: str = ""


@endpoint(
    "objectives",
    roles=LEAD | {Role.CSM, Role.FINANCE},
    title=_("Objectives"),
    asks=Wanted,
    data=tuple[ObjectiveTold, ...],
)
def api_objectives(request: Request, asked: Wanted) -> Answer:
    """The objectives that you see and how they stand: your own, those of your line, and those above you."""
    found = Answers(request.sight()).objectives(asked.which, of=asked.person, as_of=asked.as_of)
    return Answer(tuple(_told(one) for one in found.found), found.as_of)


def _told(one: Standing) -> ObjectiveTold:
    told, found, forecast, gap = one.objective, one.measured, one.forecast, one.gap
    figure = found.figure if found else None
    return ObjectiveTold(
        told.id, told.level, told.csm_id, told.team or None, told.name, told.serves or None, told.metric or None,
        told.slice or None, told.direction if told.metric else None, told.target, one.goal, told.opens, told.closes,
        told.weight, one.status, figure.value if figure else None, figure.low if figure else None,
        figure.high if figure else None, figure.n if figure else None, found.unit if found else None, one.expected,
        forecast.value if forecast else None, forecast.low if forecast else None, forecast.high if forecast else None,
        forecast.how if forecast else one.why_not, gap.missing if gap else None, gap.way if gap else None,
        gap.spreads if gap else None, found.past.reached if found else None, found.past.of if found else None,
        told.check_ins, told.changes,
    )  # fmt: skip
