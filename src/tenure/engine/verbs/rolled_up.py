"""``rolled_up``: what a metric is along the reporting line of a day, as far as one may see its accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.core.period import local_day
from tenure.engine.lines.line import COMPANY, line_on
from tenure.engine.lines.rolled import Rolled, rolled
from tenure.engine.verbs.lines import day_of
from tenure.engine.verbs.show import Show, shown
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class RolledUp:
    """``units``: of which the figure and its parts are asked for. ``day``: of the line; the figure is of the last month that was over then. ``deep``: with
    all that is below, not only what is right below. ``scope``: whose accounts.
    """

    metric: str
    units: tuple[str, ...] = (COMPANY,)
    day: str = ""
    deep: bool = True
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class RolledUpFound:
    """A ``Rolled`` of each unit that was asked for."""

    as_of: datetime
    found: tuple[Rolled, ...]


def rolled_up(desk: Desk, request: RolledUp) -> RolledUpFound:
    """The figures. Raises ``UsageError`` for what is no date, no metric, and no unit of the line."""
    now, settings = desk.clock(), desk.settings
    desk.fresh(now)
    line = line_on(desk, day_of(request.day, local_day(now, settings.timezone)))
    for unit in request.units:
        if unit not in line.by_id:
            raise UsageError(
                f"Nobody's line is {unit!r} on {line.day}.",
                code="not_found",
                where=unit,
                fix="Name a unit of that day: lines.",
            )
    with desk.readers(now) as reader_of:
        found = tuple(
            rolled(
                request.metric, unit, line, request.scope, settings, lambda asked: shown(desk, Show(asked), now, reader_of),
                deep=request.deep,
            )
            for unit in request.units
        )  # fmt: skip
    return RolledUpFound(now.replace(tzinfo=UTC), found)
