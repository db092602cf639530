"""Signals: what is known of every customer on a day, and nothing that was learned later. Scores are made of them."""

from __future__ import annotations

import functools
import json
from collections.abc import Callable, Collection, Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, fields, replace
from datetime import date, datetime, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any, overload

import numpy as np

from tenure.core.period import Grain, Window, instant, local_day, periods
from tenure.figures import footing, kept
from tenure.figures.each import days_before, each, question
from tenure.figures.reader import Moment, Reader
from tenure.figures.request import paired
from tenure.metrics.kinds import FactKey
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tenure.core.config import Settings
    from tenure.core.features import Floats
    from tenure.figures.each import Ones
    from tenure.figures.question import Question

#: What CSMs write themselves; a signal that stands on it can be made to look well.
WRITTEN = frozenset({"touchpoint", "judgement", "goal", "handover_item"})
#: The days within which risks of leaving are kept.
RISKS = (30, 90, 180)
CLIENT = FactKey("client", "month", "period")
JUDGED = FactKey("judged")


@dataclass(frozen=True)
class Signal:
    """The ``metric`` (with its ``variant``) of an account over the ``days`` before, with ``trend`` divided by that of as many
    days before those; or the latest ``judgement`` of that model, unless it is older than these days; or the ``risk`` of
    leaving within so many days as it was last kept, likewise.
    """

    days: int
    metric: str = ""
    variant: tuple[str, ...] = ()
    trend: bool = False
    judgement: str = ""
    risk: int = 0

    @property
    def risk_model(self) -> str:
        """The model under which risks of so many days are kept."""
        return f"churn_risk_{self.risk}"


@dataclass(frozen=True)
class Known:
    """What is known: ``value`` in the metric's unit, and on how many things it stands. Of a judgement, and of a risk (a
    share), ``age`` in days.
    """

    value: float
    n: int = 1
    age: int | None = None


@dataclass(frozen=True, eq=False)
class Knowns(Mapping[str, Known]):
    """What is known of many accounts, as columns: of each account its value (``numbers``), on how many things it stands
    (``counts``), and of judgements and risks their ``ages``.
    """

    accounts: Sequence[str]
    numbers: Floats
    counts: NDArray[np.int64]
    ages: NDArray[np.int64] | None = None

    @cached_property
    def place(self) -> dict[str, int]:
        """Where an account stands."""
        return {account: number for number, account in enumerate(self.accounts)}

    def __getitem__(self, account: str) -> Known:
        number = self.place[account]
        age = None if self.ages is None else int(self.ages[number])
        return Known(float(self.numbers[number]), int(self.counts[number]), age)

    def __iter__(self) -> Iterator[str]:
        return iter(self.accounts)

    def __len__(self) -> int:
        return len(self.accounts)

    def take(self, rows: slice) -> Knowns:
        """Some of them."""
        ages = None if self.ages is None else self.ages[rows]
        return Knowns(self.accounts[rows], self.numbers[rows], self.counts[rows], ages)

    def plain(self) -> list[Any]:
        """What can be written down of a metric's values."""
        return [list(self.accounts), self.numbers.tobytes(), self.counts.tobytes()]

    @classmethod
    def told(cls, columns: Sequence[Any]) -> Knowns:
        """The values of which this was written down."""
        accounts, numbers, counts = columns
        return cls(accounts, np.frombuffer(numbers, dtype=np.float64), np.frombuffer(counts, dtype=np.int64))


def beside(known: Mapping[str, Known], place: Mapping[str, int]) -> Floats:
    """The values as a column, each in its account's ``place``; nan where nothing is known."""
    if not isinstance(known, Knowns):
        numbers = np.array([one.value for one in known.values()], dtype=np.float64)
        known = Knowns(list(known), numbers, np.ones(len(numbers), dtype=np.int64))
    found = np.full(len(place), np.nan)
    places = np.array([place.get(account, -1) for account in known.accounts], dtype=np.intp)
    there = np.flatnonzero(places >= 0)
    found[places[there]] = known.numbers[there]
    return found


@dataclass(frozen=True)
class Customer:
    """A customer on a day, as known then: what the list of accounts shows of it. Money in ten-thousandths."""

    account_id: str
    name: str | None
    owner: str | None
    owner_name: str | None
    team: str | None
    segment: str | None
    tier: str | None
    region: str | None
    industry: str | None
    since: date | None
    mrr: int | None
    renewal_due: date | None


#: The fields of a customer that are days.
_DAYS = ("since", "renewal_due")


@dataclass(frozen=True, eq=False)
class Customers(Sequence[Customer]):
    """The customers of a day, by id, kept as columns: a list of each field of ``Customer``, one made when it is asked for."""

    columns: Mapping[str, Sequence[Any]]

    @classmethod
    def of(cls, customers: Sequence[Customer]) -> Customers:
        """The same as columns."""
        if isinstance(customers, Customers):
            return customers
        return cls({field.name: [getattr(one, field.name) for one in customers] for field in fields(Customer)})

    @property
    def ids(self) -> Sequence[str]:
        """Their accounts' ids."""
        return self.columns["account_id"]

    def __len__(self) -> int:
        return len(self.ids)

    def plain(self) -> list[list[Any]]:
        """The columns, days as their ordinals: what can be written down."""
        return [
            [None if one is None else one.toordinal() for one in self.columns[field.name]]
            if field.name in _DAYS
            else list(self.columns[field.name])
            for field in fields(Customer)
        ]

    @classmethod
    def told(cls, columns: Sequence[list[Any]]) -> Customers:
        """The customers of whom this was written down."""
        found = dict(zip((field.name for field in fields(Customer)), columns, strict=True))
        for name in _DAYS:
            found[name] = [None if one is None else date.fromordinal(one) for one in found[name]]
        return cls(found)

    @overload
    def __getitem__(self, number: int) -> Customer: ...

    @overload
    def __getitem__(self, number: slice) -> Customers: ...

    def __getitem__(self, number: int | slice) -> Customer | Customers:
        if isinstance(number, slice):
            return Customers({name: column[number] for name, column in self.columns.items()})
        return Customer(**{name: column[number] for name, column in self.columns.items()})


def customers(reader: Reader, day: date, known: datetime, settings: Settings, only: str | None = None) -> Customers:
    """Who was a customer when the day began, by id. ``only``: this account, if it was."""
    moment = Moment(instant(day, settings.timezone), known)
    tables = functools.partial(footing.canonical, (), (CLIENT,), reader.ground, settings)
    told = reader.memory.recall("customers", moment, tables) if reader.memory else None
    if told is not None:
        found = Customers.told(told)
    else:
        found = _customers(reader, day, moment, settings)
        if reader.memory:
            reader.memory.keep("customers", moment, found.plain())
    return found if only is None else found[_at(only, found.ids)]


def _at(account: str, accounts: Sequence[str]) -> slice:
    """Where an account stands, if it does."""
    number = accounts.index(account) if account in accounts else len(accounts)
    return slice(number, number + 1)


def _customers(reader: Reader, day: date, moment: Moment, settings: Settings) -> Customers:
    eve = day - timedelta(days=1)
    months = periods(Grain.MONTH, eve, eve, settings.fiscal_year_start)
    reader.stand(paired(months, Window.PERIOD, settings, moment.now), moment)
    reader.provide(CLIENT)
    names, rows = reader.run(
        "SELECT account_id, name, owner, owner_name, team, segment, tier, region, industry, customer_since AS since, mrr,"
        f" renewal_due FROM {CLIENT.table} ORDER BY account_id"
    )
    columns = dict(zip(names, zip(*rows, strict=True) if rows else [()] * len(names), strict=True))
    days = {due: local_day(due, settings.timezone) for due in set(columns["renewal_due"]) if isinstance(due, datetime)}
    return Customers(columns | {"renewal_due": [days.get(due, due) for due in columns["renewal_due"]]})


def known_of(signal: Signal, reader: Reader, day: date, known: datetime, settings: Settings) -> Knowns:
    """What is known of a signal when ``day`` begins, of what was learned before ``known``, by account.

    Raises ``UsageError`` for a metric that there is not, or that has no value of a single account.
    """
    return all_known([signal], reader, day, known, settings)[signal]


def all_known(
    signals: Collection[Signal],
    reader: Reader,
    day: date,
    known: datetime,
    settings: Settings,
    only: str | None = None,
) -> dict[Signal, Knowns]:
    """The same of many signals: what several of them stand on is asked once. ``only``: of this account."""
    moment = Moment(instant(day, settings.timezone), known)
    found: dict[Signal, Knowns] = {}
    for one in signals:
        if not one.metric:
            found[one] = (_risks if one.risk else _judgements)(one, reader, day, moment, settings)
        elif reader.memory and (told := reader.memory.recall(_name(one), moment, _tables(one, reader, settings))):
            found[one] = Knowns.told(told)
    missing = [one for one in signals if one not in found]
    for one, values in _measured(missing, reader, day, moment, settings).items():
        found[one] = values
        if reader.memory:
            reader.memory.keep(_name(one), moment, values.plain())
    if only is None:
        return {one: found[one] for one in signals}
    return {one: found[one].take(_at(only, found[one].accounts)) for one in signals}


def _name(signal: Signal) -> str:
    return json.dumps(asdict(signal), sort_keys=True)


def _tables(signal: Signal, reader: Reader, settings: Settings) -> Callable[[], set[str]]:
    return functools.partial(behind, signal, reader, settings)


def _measured(
    signals: Collection[Signal], reader: Reader, day: date, moment: Moment, settings: Settings
) -> dict[Signal, Knowns]:
    """What metrics come to: each is asked once for the days of all signals and trends that are made of it."""
    ends: dict[Signal, list[date]] = {}
    for one in signals:
        asked = ends.setdefault(replace(one, trend=False), [day])
        if one.trend and len(asked) == 1:
            asked.append(day - timedelta(days=one.days))
    values = {}
    for plain in sorted(ends, key=lambda plain: plain.days):  # what is made for some days serves all that ask for them
        spans = tuple(pair for end in ends[plain] for pair in days_before(end, plain.days, settings))
        values[plain] = each(question(plain.metric, plain.variant, settings), reader, spans, moment, settings)
    return {one: _against(values[replace(one, trend=False)], trend=one.trend) for one in signals}


def _against(values: Sequence[Ones], *, trend: bool) -> Knowns:
    """The values of the days, or of a trend divided by those of as many days before."""
    now = values[0]
    if not trend:
        return Knowns(now.accounts, now.numbers, now.counts)
    before = values[1]
    places = np.array([before.place.get(account, -1) for account in now.accounts], dtype=np.intp)
    than = np.where(places >= 0, before.numbers[places], 0.0) if len(before) else np.zeros(len(places))
    rows = np.flatnonzero(than)
    return Knowns([now.accounts[int(row)] for row in rows], now.numbers[rows] / than[rows], now.counts[rows])


def is_written(signal: Signal, reader: Reader, settings: Settings) -> bool:
    """Whether a signal stands on what CSMs write themselves."""
    return not WRITTEN.isdisjoint(behind(signal, reader, settings))


def behind(signal: Signal, reader: Reader, settings: Settings) -> set[str]:
    """The canonical tables that a signal stands on; those that only say who owns what are none of them."""
    if signal.judgement:
        return footing.canonical((), (JUDGED,), reader.ground, settings)
    if signal.risk:
        return {"score"}
    plan = kept.plan(question_of(signal, settings), reader.ground, settings)
    found = footing.canonical(plan.tables, plan.facts, reader.ground, settings)
    for factor in plan.factors.values():
        found |= behind(replace(signal, metric=factor.metric, variant=factor.variant), reader, settings)
    return found


def question_of(signal: Signal, settings: Settings) -> Question:
    """The question of a signal's metric, by account."""
    return replace(question(signal.metric, signal.variant, settings), each=True, grain=Grain.DAY.value)


def _judgements(signal: Signal, reader: Reader, day: date, moment: Moment, settings: Settings) -> Knowns:
    """The latest judgement of each account, unless it is too old."""
    reader.stand((), moment)
    reader.provide(JUDGED)
    since = instant(day - timedelta(days=signal.days), settings.timezone)
    _, rows = reader.run(
        f'SELECT account_id, "at", score FROM {JUDGED.table} WHERE model = {literal(signal.judgement)}'
        f' AND "at" >= TIMESTAMP \'{since}\' ORDER BY account_id, "at", score'
    )
    return _latest(rows, day, settings)


def _risks(signal: Signal, reader: Reader, day: date, moment: Moment, settings: Settings) -> Knowns:
    """The risk of each account as ``tenure run`` last kept it, unless that is too long ago; as a share.

    That of the day itself stands on what was known when the day began, and counts as soon as it is kept; a risk is never
    worked out for a day that is over, as its model would know who left since.
    """
    zone = settings.timezone
    since = instant(day - timedelta(days=signal.days), zone)
    known = max(moment.known, instant(day + timedelta(days=1), zone))
    _, rows = reader.run(
        f'SELECT account_id, "at", score FROM score_version WHERE model = {literal(signal.risk_model)}'
        f" AND \"at\" BETWEEN TIMESTAMP '{since}' AND TIMESTAMP '{moment.now}' AND known_from < TIMESTAMP '{known}'"
        f" AND known_to >= TIMESTAMP '{known}' ORDER BY account_id, \"at\", version"
    )
    found = _latest(rows, day, settings)
    return replace(found, numbers=found.numbers / 100)


def _latest(rows: Sequence[tuple[Any, ...]], day: date, settings: Settings) -> Knowns:
    """The last of each account's values in rows of account, moment and value, and how many days ago it was."""
    latest = {account: (at, float(score)) for account, at, score in rows}
    days = {at: (day - local_day(at, settings.timezone)).days for at, _ in latest.values()}
    return Knowns(
        list(latest), np.array([score for _, score in latest.values()], dtype=np.float64),
        np.ones(len(latest), dtype=np.int64), np.array([days[at] for at, _ in latest.values()], dtype=np.int64),
    )  # fmt: skip
