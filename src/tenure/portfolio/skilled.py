"""Which levels of skills accounts ask for, and whether those who are seen at them have the hours.

People whom nothing is known of are told apart: what lacks hours even if all of them were able is short; what lacks hours only if none
of them is may be.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal

from tenure.portfolio.known import Account, Person
from tenure.portfolio.workload import Capacity, Workload

#: At which level each of some people (by id) is seen, by skill.
Seen = Mapping[str, Mapping[str, int]]


@dataclass(frozen=True)
class Sought:
    """A ``level`` of a skill that accounts ask for, it or a higher one: so many ``accounts``, with their ``hours``. ``able``: who is seen at it
    or above, ``below``: who is not, ``unknown``: of whom nothing is known; of the first and the last the hours. ``unfit``: accounts whose owner
    is below it.
    """

    skill: str
    level: int
    accounts: int
    hours: Decimal
    able: tuple[str, ...]
    capacity: Decimal
    below: tuple[str, ...]
    unknown: tuple[str, ...]
    open: Decimal
    unfit: int

    @property
    def gap(self) -> Decimal:
        """The hours that are missing even if all of whom nothing is known are able."""
        return max(self.hours - self.capacity - self.open, Decimal(0))

    @property
    def most(self) -> Decimal:
        """The hours that are missing if none of them is."""
        return max(self.hours - self.capacity, Decimal(0))


def sought(
    accounts: Sequence[Account],
    asks: Callable[[Account], Mapping[str, int]],
    seen: Seen,
    people: Sequence[Person],
    hours: Mapping[str, Workload],
    capacities: Mapping[str, Capacity],
) -> list[Sought]:
    """Every level that is asked for, those that lack most hours first. Who is able counts with all hours: what lacks hours here lacks
    them however work is dealt.
    """
    asked = [(account, asks(account)) for account in accounts]
    here = {one.id: capacities[one.id].hours for one in people if one.id in capacities and capacities[one.id].hours}
    found = [
        _sought(
            skill,
            level,
            [one for one, needs in asked if needs.get(skill, 0) >= level],
            seen.get(skill, {}),
            here,
            hours,
        )
        for skill, level in sorted({each for _one, needs in asked for each in needs.items()})
    ]
    return sorted(found, key=lambda one: (-one.gap, -one.most, one.skill, one.level))


def _sought(
    skill: str, level: int, mine: Sequence[Account], seen: Mapping[str, int], here: Mapping[str, Decimal],
    hours: Mapping[str, Workload],
) -> Sought:  # fmt: skip
    able = tuple(one for one in here if seen.get(one, 0) >= level)
    below = tuple(one for one in here if one in seen and seen[one] < level)
    unknown = tuple(one for one in here if one not in seen)
    return Sought(
        skill, level, len(mine), sum((hours[one.id].hours for one in mine), Decimal(0)), able, _sum(here, able), below, unknown,
        _sum(here, unknown), sum(seen.get(one.owner or "", level) < level for one in mine),
    )  # fmt: skip


def _sum(here: Mapping[str, Decimal], some: Sequence[str]) -> Decimal:
    return sum((here[one] for one in some), Decimal(0))
