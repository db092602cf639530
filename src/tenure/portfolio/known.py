"""What is known of accounts and of the people who look after them, as far as work is counted by it."""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import date, timedelta
from decimal import Decimal

from tenure.core.workdays import Workdays


@dataclass(frozen=True)
class Account:
    """A customer. ``owner``: who has the largest share, empty for nobody and for a pool; ``owners``: all who have one;
    ``pool``: the pool that looks after it. ``owned_since``: since when it is so; ``planned``: from when on somebody else is.
    ``declared``: hours a month that the settings declare for it. ``risk``: the probability of leaving within 90 days. ``contacts``,
    ``last_contact``: those that the owner had within the days of history; ``any_contact``: the last two-way contact of anybody.
    ``minutes``: of contact in the ``history`` days, of them ``guessed`` where contacts said none. ``projects``: milestones and goals
    that are open.
    """

    id: str
    name: str
    owner: str = ""
    owners: tuple[str, ...] = ()
    pool: str = ""
    owned_since: date | None = None
    planned: date | None = None
    tier: str | None = None
    segment: str | None = None
    lifecycle: str | None = None
    region: str | None = None
    language: str | None = None
    arr: Decimal | None = None
    declared: Decimal | None = None
    risk: Decimal | None = None
    renewal: date | None = None
    contacts: int = 0
    last_contact: date | None = None
    any_contact: date | None = None
    champion: bool = False
    tickets: int = 0
    projects: int = 0
    minutes: Decimal = Decimal(0)
    guessed: Decimal = Decimal(0)
    history: int = 0

    @property
    def at_risk(self) -> Decimal:
        """ARR times the probability of leaving; nothing where either is unknown."""
        return (self.arr or Decimal(0)) * (self.risk or Decimal(0))


@dataclass(frozen=True)
class Away:
    """An absence: from a day on, to another, which is no part of it. ``cover``: who stands in; empty for nobody."""

    begins: date
    ends: date
    cover: str = ""


@dataclass(frozen=True)
class Person:
    """One of us. ``languages``, ``skills``: null where nothing is known. ``began``: the first day here; ``ends``: the first day
    no more. ``workdays``: on which weekdays she works, and the public holidays of her schedule.
    """

    id: str
    name: str
    role: str = "csm"
    team: str | None = None
    region: str | None = None
    languages: tuple[str, ...] | None = None
    skills: tuple[str, ...] | None = None
    fte: Decimal | None = None
    began: date | None = None
    ends: date | None = None
    absences: tuple[Away, ...] = ()
    workdays: Workdays = field(default_factory=Workdays)

    def here(self, day: date) -> bool:
        """Whether the person works here on a day."""
        return (self.began is None or self.began <= day) and (self.ends is None or day < self.ends)

    def leaves_within(self, days: int, day: date) -> bool:
        """Whether the last day is known, and at most so many days off."""
        return self.ends is not None and self.ends <= day + timedelta(days=days)

    def away(self, day: date) -> Away | None:
        """The absence of a day."""
        return next((one for one in self.absences if one.begins <= day < one.ends), None)
