"""Reporting lines for programs: who answers for what, what is missing, and a metric along the line."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from django.utils.translation import gettext_lazy as _

from tenure.web.access.endpoint import Answer, Asked, endpoint
from tenure.web.access.rights import Right
from tenure.web.access.roles import EVERYONE
from tenure.web.kit.asking import Answers

if TYPE_CHECKING:
    from tenure.engine.lines.standing import Cell
    from tenure.web.access.page import Request


@dataclass(frozen=True)
class Answering:
    """Somebody who answers, from ``valid_from`` until ``valid_to`` (exclusive)."""

    csm_id: str
    valid_from: date
    valid_to: date | None


@dataclass(frozen=True)
class Accountable:
    """Who answers for a ``metric`` of a line: of the person ``line_id`` and all who report to her, null for the company. ``gap``: nobody, left (who is told is
    here no more), outside (stands outside the line), twice (two are told), or null. ``proposed``: whom the running objectives name, where nobody is told.
    """

    metric: str
    level: str
    line_id: str | None
    told: tuple[Answering, ...]
    gap: str | None
    proposed: str | None
    objective: str | None


@dataclass(frozen=True)
class RolledPart:
    """A figure along the line. ``kind``: unit (of the line; ``id`` null: the company), own (accounts of who leads ``above``, or of somebody in it of whom nothing is asked), left (of somebody who left it), other (of a
    pool) or nobody (unassigned). ``seen``: false where you do not see all of its accounts, and then nothing is told of it.
    """

    kind: str
    id: str | None
    above: str | None
    seen: bool
    value: Decimal | None
    numerator: Decimal | None
    denominator: Decimal | None
    low: Decimal | None
    high: Decimal | None
    n: int | None
    unit: str | None
    status: str | None


@dataclass(frozen=True)
class RolledTold:
    """A metric along the line. ``adds_up``: whether the parts make the whole; null where that has no parts, as a median, or is not all seen."""

    metric: str
    period_start: date
    period_end: date
    window: str
    adds_up: bool | None
    parts: tuple[RolledPart, ...]


class OnDay(Asked, frozen=True):
    """``day``: of the line (default: today). ``metric``: only that one."""

    day: str = ""
    metric: str = ""


class Along(Asked, frozen=True):
    """``day``: of the line (default: today); the figure is of the last month that was over then."""

    metric: str
    day: str = ""


@endpoint(
    "accountability",
    roles=EVERYONE,
    title=_("Who answers for what"),
    asks=OnDay,
    data=tuple[Accountable, ...],
    right=Right.FIGURES,
)
def api_accountability(request: Request, asked: OnDay) -> Answer:
    """Who answers for each metric along the reporting line of a day, and what is missing."""
    found = Answers(request.sight()).lines(day=asked.day, metric=asked.metric)
    return Answer(tuple(_told(cell) for cell in found.cells), found.as_of)


@endpoint(
    "reporting-lines",
    roles=EVERYONE,
    title=_("A metric along the reporting lines"),
    asks=Along,
    data=RolledTold,
    right=Right.FIGURES,
)
def api_reporting_lines(request: Request, asked: Along) -> Answer:
    """What a metric is along the reporting line, from the company down, as far as you see the accounts."""
    found = Answers(request.sight()).rolled_up(asked.metric, day=asked.day)
    (rolled,) = found.found
    parts = []
    for part in rolled.parts:
        one = part.figure
        told = (
            (one.value, one.numerator, one.denominator, one.low, one.high, one.n, one.unit, one.status)
            if one
            else (None,) * 8
        )
        parts.append(RolledPart(part.kind, part.id or None, part.above or None, part.seen, *told))
    answer = RolledTold(
        rolled.metric, rolled.period.start, rolled.period.end, rolled.window, rolled.adds_up, tuple(parts)
    )
    return Answer(answer, found.as_of)


def _told(cell: Cell) -> Accountable:
    told = tuple(Answering(one.csm_id, one.since, one.until) for one in cell.told)
    return Accountable(
        cell.metric,
        cell.level,
        cell.unit or None,
        told,
        cell.gap or None,
        cell.proposed or None,
        cell.objective or None,
    )
