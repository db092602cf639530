"""How many people will be missing: accounts and revenue as they grew, hours that they will take, and hours that there will be."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import ROUND_CEILING, Decimal
from typing import TYPE_CHECKING

from tenure.core.period import add_months
from tenure.portfolio.balance import spoken
from tenure.portfolio.known import Account, Person
from tenure.portfolio.rules import Rules
from tenure.portfolio.workload import Capacity, Workload, capacity_of

if TYPE_CHECKING:
    import numpy as np

#: So often the coming months are drawn, from the same seed each time.
_DRAWS, _SEED = 4_000, 20_260_101
_LOW, _HIGH = 10, 90


@dataclass(frozen=True)
class Past:
    """What became of customers in a month: how many there were when it began, how many were ``won`` and ``lost``, and by what share
    the revenue of those that stayed changed (``grown``).
    """

    month: date
    customers: int
    won: float
    lost: int
    grown: float
    new_arr: float


@dataclass(frozen=True)
class Range:
    """What is expected, and between which ends it lies in 8 of 10 draws."""

    value: float
    low: float
    high: float


@dataclass(frozen=True)
class Month:
    """A month to come. ``capacity``: hours of the people who are known now; ``missing``: full-time people, whole, that the expected
    hours lack; ``missing_low``, ``missing_high``: that the ends lack.
    """

    month: date
    accounts: Range
    arr: Range
    hours: Range
    capacity: Decimal
    people: Decimal
    missing: int
    missing_low: int
    missing_high: int


@dataclass(frozen=True)
class Short:
    """A region, a language or a skill (``kind``) that accounts ask for, the ``hours`` that they take, and those that the people who have it can
    give. ``accounts``: how many; ``unfit``: of them, whose owner has it not. ``able``: who has it; ``untold``: of how many nothing is
    known, who have a region or language and lack a skill.
    """

    kind: str
    name: str
    accounts: int
    hours: Decimal
    capacity: Decimal
    people: int
    unfit: int
    able: tuple[str, ...] = ()
    untold: int = 0

    @property
    def gap(self) -> Decimal:
        """The hours that are missing; nothing where there are enough."""
        return max(self.hours - self.capacity, Decimal(0))


@dataclass(frozen=True)
class Outlook:
    """``history``: the months that it is drawn from; ``hours_each``: the hours of an account now. ``first``: the first month in which somebody is
    missing; ``decide``: by when to begin to hire.
    """

    months: tuple[Month, ...]
    history: int
    hours_each: Decimal
    first: date | None
    decide: date | None
    full_time: Decimal


def outlook(
    past: Sequence[Past], accounts: int, arr: Decimal, hours: Decimal, people: Sequence[Person], rules: Rules, day: date
) -> Outlook:
    """The months to come. Each draw takes, for each month, what happened in a month of the past, all of it together: so many won,
    this share of customers and of revenue lost, and this growth of the rest.
    """
    hiring = rules.hiring
    starts = [add_months(day.replace(day=1), number) for number in range(1, hiring.months + 1)]
    each = (hours / accounts).quantize(Decimal("0.01")) if accounts else Decimal(0)
    counts, worth = _drawn(past, accounts, float(arr), len(starts))
    full = (rules.time.hours * hiring.load).quantize(Decimal("0.01"))
    months = tuple(
        _month(start, counts[:, place], worth[:, place], float(each), people, rules, full)
        for place, start in enumerate(starts)
    )
    first = next((one.month for one in months if one.missing), None)
    decide = first - timedelta(days=hiring.hiring_days + _ramped(rules)) if first else None
    return Outlook(months, len(past), each, first, decide, full)


def _ramped(rules: Rules) -> int:
    """How many days of full work somebody new lacks over the first months."""
    return int(sum(((1 - share) for share in rules.time.ramp), Decimal(0)) * 30)


def _drawn(past: Sequence[Past], accounts: int, arr: float, months: int) -> tuple[np.ndarray, np.ndarray]:
    import numpy as np

    if not past:
        return np.full((1, months), float(accounts)), np.full((1, months), arr)
    rng = np.random.default_rng(_SEED)
    picked = rng.integers(0, len(past), (_DRAWS, months))
    won = np.array([one.won for one in past], float)[picked]
    leaving = np.array([one.lost / one.customers if one.customers else 0.0 for one in past])[picked]
    new = np.array([one.new_arr for one in past], float)[picked]
    kept = np.array([1 + one.grown for one in past], float)[picked]
    count, worth = np.full(_DRAWS, float(accounts)), np.full(_DRAWS, arr)
    counts, worths = np.empty((_DRAWS, months)), np.empty((_DRAWS, months))
    for month in range(months):
        lost = rng.binomial(count.astype(int), np.clip(leaving[:, month], 0, 1))
        count = np.maximum(count - lost + won[:, month], 0)
        worth = np.maximum(worth * kept[:, month] + new[:, month], 0)
        counts[:, month], worths[:, month] = count, worth
    return counts, worths


def _month(
    start: date,
    counts: np.ndarray,
    worth: np.ndarray,
    each: float,
    people: Sequence[Person],
    rules: Rules,
    full: Decimal,
) -> Month:
    capacity = sum((capacity_of(one, rules.time, start).hours for one in people), Decimal(0))
    usable = capacity * rules.hiring.load
    hours = _range(counts * each)
    ends = [_missing(value, usable, full) for value in (hours.value, hours.low, hours.high)]
    return Month(
        start,
        _range(counts),
        _range(worth),
        hours,
        capacity,
        (capacity / rules.time.hours).quantize(Decimal("0.1")),
        *ends,
    )


def _missing(hours: float, usable: Decimal, full: Decimal) -> int:
    """Whole people, whose full time makes up what is missing."""
    gap = Decimal(f"{hours:.4f}") - usable
    return int((gap / full).to_integral_value(ROUND_CEILING)) if gap > 0 and full else 0


def _range(values: np.ndarray) -> Range:
    import numpy as np

    low, high = np.percentile(values, [_LOW, _HIGH])
    return Range(float(values.mean()), float(low), float(high))


def shortages(
    accounts: Sequence[Account],
    people: Sequence[Person],
    hours: Mapping[str, Workload],
    capacities: Mapping[str, Capacity],
    rules: Rules,
) -> list[Short]:
    """Every region, language and skill that accounts ask for, those that lack most hours first. A person who speaks two languages counts for
    each with all hours: a language that lacks hours here lacks them however work is dealt.
    """
    asked: dict[tuple[str, str], list[Account]] = {}
    for account in accounts:
        for key in _asks(account, rules):
            asked.setdefault(key, []).append(account)
    able = {one.id: one for one in people if capacities.get(one.id) and capacities[one.id].hours}
    found = [_short(kind, name, mine, able, hours, capacities) for (kind, name), mine in sorted(asked.items())]
    return sorted(found, key=lambda one: (-one.gap, -one.unfit, one.kind, one.name))


def _asks(account: Account, rules: Rules) -> list[tuple[str, str]]:
    keys = [("skill", skill) for skill in rules.tier(account.tier).skills]
    if account.region:
        keys.append(("region", account.region))
    if account.language:
        keys.append(("language", spoken(account.language)))
    return keys


def _told(person: Person, kind: str) -> object:
    """What is known of somebody."""
    return {"region": person.region, "language": person.languages, "skill": person.skills}[kind]


def _has(person: Person, kind: str, name: str) -> bool:
    """Whether somebody has it. A region or language of which nothing is known is no hindrance; a skill is there or not."""
    if kind == "region":
        return person.region is None or person.region == name
    if kind == "language":
        return person.languages is None or name in {spoken(tag) for tag in person.languages}
    return name in (person.skills or ())


def _short(
    kind: str, name: str, mine: Sequence[Account], able: Mapping[str, Person], hours: Mapping[str, Workload],
    capacities: Mapping[str, Capacity],
) -> Short:  # fmt: skip
    fit = [person for person in able.values() if _has(person, kind, name)]
    return Short(
        kind, name, len(mine), sum((hours[one.id].hours for one in mine), Decimal(0)),
        sum((capacities[person.id].hours for person in fit), Decimal(0)), len(fit),
        sum(one.owner in able and not _has(able[one.owner], kind, name) for one in mine),
        tuple(person.id for person in fit), sum(_told(person, kind) is None for person in able.values()),
    )  # fmt: skip
