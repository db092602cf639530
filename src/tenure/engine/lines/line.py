"""The reporting line of a day: who leads whom, and what each answers for at most: her own accounts, or those of all who report to her."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Literal

from tenure.core.period import instant
from tenure.engine import reach

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import date, datetime

    from tenure.engine.desk import Desk

#: ``executive``: the whole company; ``head``: leads those who lead; ``team``: leads those who lead nobody; ``person``: leads nobody.
Level = Literal["executive", "head", "team", "person"]
LEVELS: tuple[Level, ...] = ("executive", "head", "team", "person")
#: The unit of everybody.
COMPANY = ""
_CARRIES = "csm"


@dataclass(frozen=True)
class Unit:
    """A part of the company that somebody answers for. ``id``: whose line it is, empty for the company; ``leads``: who leads it, empty for
    nobody; ``above``: the unit that it is part of. ``carries``: somebody in it looks after accounts by her role. ``here``: who leads it works here
    still. ``loose``: whose line it is reports to nobody and leads nobody, where others are led.
    """

    id: str
    leads: str
    level: Level
    above: str
    depth: int
    carries: bool
    here: bool
    loose: bool = False


@dataclass(frozen=True)
class Person:
    """One of us on a day."""

    id: str
    manager: str
    role: str
    here: bool


@dataclass(frozen=True)
class Line:
    """The line of a ``day``. ``units``: from the top down, each before its parts."""

    day: date
    people: Mapping[str, Person]

    @cached_property
    def units(self) -> tuple[Unit, ...]:
        """The company, and each person who is here or leads somebody who is."""
        return tuple(self._walk())

    @cached_property
    def by_id(self) -> Mapping[str, Unit]:
        """The units by their ids."""
        return {unit.id: unit for unit in self.units}

    def unit(self, csm_id: str) -> str:
        """The unit that is somebody's line: the company for its only top."""
        return COMPANY if csm_id == self._top else csm_id

    def above(self, csm_id: str) -> tuple[str, ...]:
        """Who leads somebody, directly or through others. A circle in the data is walked once."""
        found: list[str] = []
        while (one := self.people.get(csm_id)) and (csm_id := one.manager) and csm_id not in found:
            found.append(csm_id)
        return tuple(found)

    def members(self, unit: str) -> frozenset[str]:
        """Everybody in a unit, those who left too, whose accounts count where their line was."""
        return self._members.get(unit, frozenset())

    def parts(self, unit: str) -> tuple[Unit, ...]:
        """The units right below one."""
        return tuple(one for one in self.units if one.id != COMPANY and one.above == unit)

    def holds(self, unit: str, csm_id: str) -> bool:
        """Whether somebody stands in the line of a unit: leads it, is led in it, or stands above it."""
        one = self.by_id[unit]
        in_line = csm_id in self.members(unit) or (bool(one.leads) and csm_id in self.above(one.leads))
        return in_line and not self.by_id.get(self.unit(csm_id), one).loose

    @cached_property
    def _reports(self) -> Mapping[str, list[str]]:
        found: dict[str, list[str]] = {}
        for one in sorted(self.people.values(), key=lambda one: one.id):
            if one.manager in self.people and one.manager != one.id:
                found.setdefault(one.manager, []).append(one.id)
        return found

    @cached_property
    def _shown(self) -> frozenset[str]:
        """Who is here, and who left but leads somebody who is."""
        here = {one.id for one in self.people.values() if one.here}
        return frozenset(here | {above for one in here for above in self.above(one) if above in self.people})

    @cached_property
    def _tops(self) -> tuple[str, ...]:
        """Who reports to nobody that is known and leads somebody."""
        return tuple(one for one in sorted(self._shown) if not self._manager(one) and self._leads(one))

    @cached_property
    def _top(self) -> str:
        return self._tops[0] if len(self._tops) == 1 else ""

    @cached_property
    def _members(self) -> Mapping[str, frozenset[str]]:
        found: dict[str, set[str]] = {COMPANY: set(self.people)}
        for one in self.people:
            for above in (one, *self.above(one)):
                found.setdefault(self.unit(above), set()).add(one)
        return {unit: frozenset(members) for unit, members in found.items()}

    def _manager(self, csm_id: str) -> str:
        manager = self.people[csm_id].manager
        return manager if manager in self.people and manager != csm_id else ""

    def _leads(self, csm_id: str) -> bool:
        return any(one in self._shown for one in self._reports.get(csm_id, ()))

    def _walk(self) -> Iterator[Unit]:
        walked: set[str] = set()

        def below(ids: list[str], above: str, depth: int, *, loose: bool = False) -> Iterator[Unit]:
            for one in sorted(ids, key=lambda one: (not self._leads(one), one)):
                if one in self._shown and one not in walked:
                    walked.add(one)
                    yield self._unit(one, above, depth, loose=loose)
                    yield from below(self._reports.get(one, []), one, depth + 1)

        top = self._top
        walked |= {top} if top else set()
        carries = any(one.here and one.role == _CARRIES for one in self.people.values())
        yield Unit(COMPANY, top, "executive", COMPANY, 0, carries, not top or self.people[top].here)
        yield from below(self._reports.get(top, []) if top else list(self._tops), COMPANY, 1)
        yield from below(sorted(self._shown - walked), COMPANY, 1, loose=bool(self._tops))

    def _unit(self, csm_id: str, above: str, depth: int, *, loose: bool) -> Unit:
        led = [one for one in self._reports.get(csm_id, ()) if one in self._shown]
        level: Level = "person" if not led else "head" if any(self._leads(one) for one in led) else "team"
        members = (self.people[one] for one in self.members(csm_id))
        carries = any(one.here and one.role == _CARRIES for one in members)
        return Unit(csm_id, csm_id, level, above, depth, carries, self.people[csm_id].here, loose)


def line_on(desk: Desk, day: date) -> Line:
    """The line at the end of a day, by what is known now."""
    moment = instant(day + timedelta(days=1), desk.settings.timezone)
    rows = desk.store.rows(
        f"SELECT csm_id, manager_id, role, started_at, ended_at FROM csm_version WHERE {reach.CURRENT} AND {reach.CSM_AT} ORDER BY csm_id",
        [moment - timedelta(microseconds=1)],
    )
    people = [
        Person(name, manager or "", role or _CARRIES, _here(started, ended, moment))
        for name, manager, role, started, ended in rows
    ]
    return Line(day, {one.id: one for one in people})


def _here(started: datetime | None, ended: datetime | None, moment: datetime) -> bool:
    return (started is None or started < moment) and (ended is None or ended >= moment)
