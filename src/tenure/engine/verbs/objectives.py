"""``objectives``: what the company, teams and people are to reach, as far as one may see it, and how it stands."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.engine.objectives.measured import clock_of, gauge
from tenure.engine.objectives.sets import Weighed, weighed
from tenure.engine.objectives.standing import Standing, phase_of, standing, untried
from tenure.engine.objectives.told import objectives_told
from tenure.engine.objectives.whose import Staff, sees, sets, staff_now
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.engine.objectives.told import Objective

_WHICH = ("running", "ahead", "over", "dropped", "all")


@dataclass(frozen=True)
class Objectives:
    """``which``: by their windows; all without those that were given up. ``ids``: only these, whatever their windows; of a single one with its course. ``of``: only of
    this person. ``as_of``: as known and measured at the end of that day. ``figures``: false for
    what is told of them only. ``scope``: whose people.
    """

    which: str = "running"
    ids: tuple[str, ...] = ()
    of: str = ""
    as_of: str = ""
    figures: bool = True
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class ObjectivesFound:
    """``found``: the company's first. ``sets``: their weights, by owner and window. ``people``: whose one may set, and ``teams``."""

    as_of: datetime
    found: tuple[Standing, ...]
    sets: tuple[Weighed, ...]
    people: tuple[str, ...]
    teams: tuple[str, ...]
    may_set_company: bool


def objectives(desk: Desk, request: Objectives) -> ObjectivesFound:
    """The objectives in sight. Raises ``UsageError`` for a kind of window that there is not, and for what is no date."""
    if request.which not in _WHICH:
        raise UsageError(
            f"There are no objectives {request.which!r}.", code="bad_which", fix=f"There are: {', '.join(_WHICH)}."
        )
    clock = clock_of(desk, request.as_of)
    desk.fresh(desk.clock())
    staff = staff_now(desk, clock.now)
    told = [one for one in objectives_told(desk, clock.known) if sees(request.scope, one, staff)]
    seen = {one.id for one in told}
    wanted = [one for one in told if _wanted(one, request, phase_of(one, clock.today))]
    made, closely = {}, len(request.ids) == 1
    with gauge(desk, clock) as by:
        for number, one in enumerate(sorted(wanted, key=lambda one: (one.opens, one.closes, one.metric))):
            desk.progress("objectives", number, len(wanted))
            shown = one if one.serves in seen else replace(one, serves="")
            may_set = not clock.as_of and sets(request.scope, one.level, one.csm_id, one.team, staff)
            answers = not clock.as_of and (request.scope.owners is None or one.csm_id in request.scope.owners)
            stands = standing(by, shown, closely=closely) if request.figures else untried(by, shown)
            made[one.id] = replace(stands, may_set=may_set, may_check_in=may_set or answers)
    return ObjectivesFound(
        clock.now.replace(tzinfo=UTC), tuple(made[one.id] for one in wanted), weighed(told), *_settable(request.scope, staff),
        request.scope.owners is None,
    )  # fmt: skip


def _wanted(one: Objective, request: Objectives, phase: str) -> bool:
    if request.of and (one.level, one.csm_id) != ("person", request.of):
        return False
    if request.ids:
        return one.id in request.ids
    if request.which == "dropped" or one.dropped_at is not None:
        return request.which == "dropped" and one.dropped_at is not None
    return request.which in ("all", phase)


def _settable(scope: Scope, staff: Staff) -> tuple[tuple[str, ...], tuple[str, ...]]:
    people = sorted(one for one in staff.here if scope.owners is None or one in scope.owners)
    teams = sorted({team for team in staff.teams.values() if team and sets(scope, "team", "", team, staff)})
    return tuple(people), tuple(team for team in teams if staff.members(team))
