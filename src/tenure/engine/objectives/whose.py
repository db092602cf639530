"""Whose objectives a scope sees, and whose it may set: our people's lines and teams as they are now."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.engine import reach

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tenure.engine.desk import Desk
    from tenure.engine.objectives.told import Objective
    from tenure.figures.scope import Scope


@dataclass(frozen=True)
class Staff:
    """Everybody's manager and team now; ``here``: who works here still."""

    managers: Mapping[str, str]
    teams: Mapping[str, str]
    here: frozenset[str]

    def above(self, csm_id: str) -> tuple[str, ...]:
        """Who leads somebody, directly or through others. A circle in the data is walked once."""
        found: list[str] = []
        while (csm_id := self.managers.get(csm_id, "")) and csm_id not in found:
            found.append(csm_id)
        return tuple(found)

    def members(self, team: str) -> frozenset[str]:
        """Who is in a team now."""
        return frozenset(one for one, name in self.teams.items() if name == team and one in self.here)


def staff_now(desk: Desk, now: datetime) -> Staff:
    """Our people as known now: the latest row of each that holds."""
    rows = desk.store.rows(
        f"SELECT csm_id, manager_id, team, ended_at FROM csm_version WHERE {reach.CURRENT} AND {reach.CSM_AT}",
        [now],
    )
    return Staff(
        {one: manager for one, manager, _team, _ended in rows if manager},
        {one: team for one, _manager, team, _ended in rows if team},
        frozenset(one for one, _manager, _team, ended in rows if ended is None or ended > now),
    )


def sees(scope: Scope, one: Objective, staff: Staff) -> bool:
    """Whether a scope sees an objective: the company's, that of a team of its people or of those above them, its own people's."""
    if scope.owners is None or one.level == "company":
        return True
    if one.level == "person":
        return one.csm_id in scope.owners
    line = {name for owner in scope.owners for name in (owner, *staff.above(owner))}
    return one.team in {staff.teams.get(name) for name in line}


def sets(scope: Scope, level: str, csm_id: str, team: str, staff: Staff) -> bool:
    """Whether a scope may set objectives of somebody: of its own people, and of teams that lie in it whole."""
    if scope.owners is None:
        return True
    if level == "person":
        return csm_id in scope.owners
    members = staff.members(team)
    return level == "team" and bool(members) and members <= set(scope.owners)


def seen_one(found: list[Objective], name: str, scope: Scope, staff: Staff) -> Objective:
    """The objective of an id. Raises ``UsageError`` for one that is not to be seen, which is the same as none."""
    for one in found:
        if one.id == name and sees(scope, one, staff):
            return one
    raise not_found(name)


def not_found(name: str) -> UsageError:
    """There is no such objective, or none that may be seen or set."""
    return UsageError(
        f"There is no objective {name!r}.", code="not_found", where=name, fix="Name one that you can see: objectives."
    )
