"""``lines``: the reporting line of a day, and who answers for which metric along it. Everybody may know: it is how the company is led."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.core.period import instant, local_day
from tenure.engine.lines.draft import may_set
from tenure.engine.lines.line import line_on
from tenure.engine.lines.standing import cells, loose, measured, told_of
from tenure.engine.objectives.told import objectives_told
from tenure.engine.objectives.whose import staff_now
from tenure.figures import kept
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.engine.lines.line import Unit
    from tenure.engine.lines.standing import Cell, Told


@dataclass(frozen=True)
class Lines:
    """``day``: of the line, as 2026-03-31 (default: today). ``metric``: only that one. ``scope``: of whom one may tell something."""

    day: str = ""
    metric: str = ""
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class LinesFound:
    """``units``: the line from the top down; ``metrics``: what is measured; ``cells``: who answers for each of them. ``lost``: what is told of the day of
    units that are none; ``before``: what had ended by then, the last first. ``settable``: the units of which one may tell who answers.
    """

    as_of: datetime
    day: date
    units: tuple[Unit, ...]
    metrics: tuple[str, ...]
    cells: tuple[Cell, ...]
    lost: tuple[Told, ...]
    before: tuple[Told, ...]
    settable: frozenset[str]
    people: frozenset[str]


def lines(desk: Desk, request: Lines) -> LinesFound:
    """Who answers for what. Raises ``UsageError`` for what is no date, and for a metric that there is not."""
    now, settings = desk.clock(), desk.settings
    day = day_of(request.day, local_day(now, settings.timezone))
    if request.metric:
        kept.entry(request.metric, settings)
    desk.fresh(now)
    line = line_on(desk, day)
    told, objectives = told_of(desk, line), objectives_told(desk)
    staff = staff_now(desk, min(now, instant(day, settings.timezone)) if request.day else now)
    teams = {team: staff.members(team) for team in set(staff.teams.values())}
    metrics = (request.metric,) if request.metric else measured(told, objectives, day)
    made = cells(metrics, line, told, objectives, settings, teams)
    asked = [one for one in told if one.metric in metrics]
    ended = sorted(
        (one for one in asked if one.until and one.until <= day), key=lambda one: (one.until, one.since), reverse=True
    )
    settable = frozenset(unit.id for unit in line.units if unit.carries and may_set(request.scope, unit, line))
    people = {one.id for one in line.people.values() if one.here}
    seen = people if request.scope.owners is None else people & set(request.scope.owners)
    return LinesFound(
        now.replace(tzinfo=UTC),
        day,
        line.units,
        metrics,
        made,
        loose(asked, made, day),
        tuple(ended),
        settable,
        frozenset(seen),
    )


def day_of(text: str, today: date) -> date:
    """The day that is named; today where none is. Raises ``UsageError`` for what is no date."""
    try:
        return date.fromisoformat(text) if text else today
    except ValueError:
        raise UsageError(f"{text!r} is no date.", code="no_date", fix="Write it as 2026-03-31.") from None
