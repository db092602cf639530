"""How many hours a month an account takes, and of what they are made; how many hours a person has. Parts add up exactly."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_HALF_EVEN, Decimal

from tenure.core.period import add_months
from tenure.portfolio.known import Account, Person
from tenure.portfolio.rules import Rules, Time

#: Hours are kept to the hundredth; each part is rounded, and the whole is their sum.
CENT = Decimal("0.01")
_MONTH = Decimal("30.4375")
#: Capacity is that of so many days from a day on.
AHEAD = 30


@dataclass(frozen=True)
class Part:
    """Some of the hours. ``kind``: base, declared, usual, lifecycle, tickets, projects, renewal or history; of a capacity: full,
    part_time, holidays, away or ramp. ``number`` times ``each``; ``estimated``: nobody measured it.
    """

    kind: str
    hours: Decimal
    number: Decimal
    each: Decimal
    estimated: bool


@dataclass(frozen=True)
class Workload:
    """The hours of a month: the sum of the ``parts``."""

    parts: tuple[Part, ...]

    @property
    def hours(self) -> Decimal:
        """All parts together."""
        return sum((part.hours for part in self.parts), Decimal(0))


def hours_of(account: Account, rules: Rules, day: date) -> Workload:
    """What an account takes in a month from ``day`` on. Everything but logged contact is an estimate by the rules.

    History moves the hours of the level towards what was logged, by ``work.history``; it never makes them negative.
    """
    work, base = rules.work, _base(account, rules)
    parts = [base]
    if account.lifecycle and (more := work.lifecycle.get(account.lifecycle)):
        parts.append(_part("lifecycle", 1, more))
    parts += [
        _part(kind, number, each)
        for kind, number, each in (
            ("tickets", account.tickets, work.ticket),
            ("projects", account.projects, work.project),
        )
        if number
    ]
    if account.renewal and day <= account.renewal <= day + timedelta(days=work.renewal_days):
        parts.append(_part("renewal", 1, work.renewal))
    if account.history and work.history:
        monthly = account.minutes / 60 * work.per_contact_hour * _MONTH / account.history
        guessed = account.guessed > 0 or work.per_contact_hour != 1
        parts.append(_part("history", work.history, monthly - base.hours, estimated=guessed))
    return Workload(tuple(part for part in parts if part.hours or part.kind in _BASES))


_BASES = ("base", "declared", "usual")


def _base(account: Account, rules: Rules) -> Part:
    hours = rules.tier(account.tier).hours
    if hours is not None:
        return _part("base", 1, hours)
    if account.declared is not None:
        return _part("declared", 1, account.declared)
    return _part("usual", 1, rules.work.hours)


def _part(kind: str, number: Decimal | int, each: Decimal, *, estimated: bool = True) -> Part:
    count = Decimal(number)
    return Part(kind, (count * each).quantize(CENT, ROUND_HALF_EVEN), count, each.quantize(CENT), estimated)


@dataclass(frozen=True)
class Capacity:
    """The hours that a person has with customers: the sum of the ``parts``. ``away``: the share of the working days that
    she is not here or away; ``guessed``: how much she works is not known, and taken to be full time.
    """

    parts: tuple[Part, ...]
    away: Decimal
    guessed: bool

    @property
    def hours(self) -> Decimal:
        """All parts together."""
        return sum((part.hours for part in self.parts), Decimal(0))


def capacity_of(person: Person, time: Time, day: date) -> Capacity:
    """What a person has in the ``AHEAD`` days from ``day`` on: full time, less part time, less public holidays on days on which she would
    work, less the days away, less what somebody new cannot do yet.
    """
    fte = Decimal(1) if person.fte is None else person.fte
    ahead = [day + timedelta(days=n) for n in range(AHEAD)]
    usual_days = sum(one.weekday() in person.workdays.weekdays for one in ahead)
    open_days = [one for one in ahead if person.workdays.is_open(one)]
    opened = Decimal(len(open_days)) / usual_days if usual_days else Decimal(0)
    there = [one for one in open_days if person.here(one) and person.away(one) is None]
    present = Decimal(len(there)) / len(open_days) if open_days else Decimal(0)
    able = sum((_able(person, time, one) for one in there), Decimal(0)) / len(there) if there else Decimal(1)
    full = time.hours.quantize(CENT)
    contracted = (time.hours * fte).quantize(CENT, ROUND_HALF_EVEN)
    after_holidays = (time.hours * fte * opened).quantize(CENT, ROUND_HALF_EVEN)
    after_absence = (time.hours * fte * opened * present).quantize(CENT, ROUND_HALF_EVEN)
    after_ramp = (time.hours * fte * opened * present * able).quantize(CENT, ROUND_HALF_EVEN)
    steps = (
        ("full", full, Decimal(1), full),
        ("part_time", contracted - full, fte, full),
        ("holidays", after_holidays - contracted, opened, contracted),
        ("away", after_absence - after_holidays, present, after_holidays),
        ("ramp", after_ramp - after_absence, able, after_absence),
    )
    parts = tuple(
        Part(kind, hours, number, each, kind == "ramp")
        for kind, hours, number, each in steps
        if hours or kind == "full"
    )
    return Capacity(parts, 1 - present, person.fte is None)


def _able(person: Person, time: Time, day: date) -> Decimal:
    """The share of full work that somebody does on a day, by the months since the first one."""
    if person.began is None:
        return Decimal(1)
    for month, share in enumerate(time.ramp, start=1):
        if day < add_months(person.began, month):
            return share
    return Decimal(1)


def load(hours: Decimal, capacity: Decimal) -> Decimal | None:
    """Hours / capacity, to a ten-thousandth. Null without capacity."""
    return (hours / capacity).quantize(Decimal("0.0001")) if capacity else None


@dataclass(frozen=True)
class Held:
    """What one person looks after. ``load`` null: there is no capacity. ``unlogged``: accounts of which no contact is logged, so that
    their hours stand on the rules alone. ``risky``: accounts whose risk is high.
    """

    person: str
    accounts: int
    hours: Decimal
    unlogged: int
    capacity: Decimal
    load: Decimal | None
    arr: Decimal
    risky: int
    at_risk: Decimal


#: A probability of leaving within 90 days from which on an account counts as at risk.
RISKY = Decimal("0.20")


def books(
    accounts: Iterable[Account], hours: Mapping[str, Workload], capacities: Mapping[str, Capacity]
) -> dict[str, Held]:
    """The book of each of these people, by id. Whoever shares an account has an equal part of its hours and revenue."""
    by: dict[str, list[tuple[Account, int]]] = {person: [] for person in sorted(capacities)}
    for account in accounts:
        for owner in account.owners:
            if owner in by:
                by[owner].append((account, len(account.owners)))
    return {person: _held(person, mine, hours, capacities[person]) for person, mine in by.items()}


def _held(person: str, mine: list[tuple[Account, int]], hours: Mapping[str, Workload], capacity: Capacity) -> Held:
    whole = sum((hours[account.id].hours / among for account, among in mine), Decimal(0)).quantize(CENT)
    return Held(
        person, len(mine), whole,
        sum(not account.minutes for account, _ in mine),
        capacity.hours, load(whole, capacity.hours),
        sum(((account.arr or Decimal(0)) / among for account, among in mine), Decimal(0)).quantize(CENT),
        sum(account.risk is not None and account.risk >= RISKY for account, _ in mine),
        sum((account.at_risk / among for account, among in mine), Decimal(0)).quantize(CENT),
    )  # fmt: skip
