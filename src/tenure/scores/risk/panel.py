"""The panel: every customer at the beginning of every month, what was known of it then, and what became of it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from tenure.core.features import Features, Floats, Labels, Numbers
from tenure.core.period import add_months
from tenure.figures.reader import Moment, Reader
from tenure.metrics.kinds import FactKey
from tenure.scores.signal import Customer, Signal, customers, known_of

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.core.config import Settings
    from tenure.core.features import Column

SPELL = FactKey("spell")
#: What of an account itself tells of its risk, as it was then. Not who looks after it.
LABELS = ("segment", "tier", "region", "industry")
#: What risk is told by, besides: a quarter of the account's life, and how it goes on.
SIGNALS: dict[str, Signal] = {
    "use": Signal(28, "active_usage_rate"),
    "use_trend": Signal(28, "active_usage_rate", trend=True),
    "use_trend_quarter": Signal(91, "active_usage_rate", trend=True),
    "stickiness": Signal(91, "stickiness"),
    "feature_breadth": Signal(91, "feature_breadth"),
    "log_ins": Signal(28, "login_frequency"),
    "tickets": Signal(91, "ticket_volume"),
    "sla_attainment": Signal(91, "sla_attainment"),
    "escalation_rate": Signal(182, "escalation_rate"),
    "net_promoter_score": Signal(365, "net_promoter_score"),
    "survey_response_rate": Signal(365, "survey_response_rate"),
    "payment_regularity": Signal(182, "payment_regularity"),
    "touchpoint_frequency": Signal(91, "touchpoint_frequency"),
    "net_revenue_retention": Signal(365, "net_revenue_retention"),
    "csm_pulse": Signal(120, judgement="csm_pulse"),
}
NEVER = date.max
#: The stretches of time in which each account was a customer: from a day until another.
Spells = dict[str, list[tuple[date, date]]]


@dataclass(frozen=True)
class Origin:
    """The customers of a day, and what was known of them: of each signal a value for each, nan where there is none."""

    day: date
    customers: list[Customer]
    values: dict[str, Floats]

    def take(self, numbers: Sequence[int]) -> Origin:
        """Some of the customers, in their order."""
        places = np.array(numbers, dtype=np.intp)
        values = {name: column[places] for name, column in self.values.items()}
        return Origin(self.day, [self.customers[number] for number in numbers], values)


def origin(reader: Reader, day: date, known: datetime, settings: Settings, signals: Mapping[str, Signal]) -> Origin:
    """What was known of the customers of ``day`` when it began: nothing that was learned at or after ``known``."""
    there = customers(reader, day, known, settings)
    place = {customer.account_id: number for number, customer in enumerate(there)}
    values = {}
    for name, signal in signals.items():
        column = np.full(len(there), np.nan)
        for account, found in known_of(signal, reader, day, known, settings).items():
            if account in place:
                column[place[account]] = found.value
        values[name] = column
    return Origin(day, there, values)


def origins(today: date, first: date, horizon: int) -> list[date]:
    """The beginnings of months from ``first`` on that lie a ``horizon`` of days back: what became of them is known."""
    day, found = add_months(first.replace(day=1), 1), []
    while day + timedelta(days=horizon) <= today:
        found.append(day)
        day = add_months(day, 1)
    return found


def leaving(reader: Reader, now: datetime) -> Spells:
    """The stretches of time in which each account was a customer, as is known now: from a day until another."""
    reader.stand((), Moment(now))
    reader.provide(SPELL)
    found: Spells = {}
    for account, since, until in reader.run(f"SELECT account_id, since, until FROM {SPELL.table} ORDER BY 1, 2")[1]:
        found.setdefault(account, []).append((since, until or NEVER))
    return found


@dataclass(frozen=True)
class Panel:
    """Rows of customers at origins, with what came of them: ``left`` within the horizon (0 or 1), ``watched`` for how many
    days (until it left, the horizon was over, or today), ``days``: of the origin, ``mrr`` then, in the reporting currency.
    ``last_days``: when it left at last, None who is still there; ``cut``: the day at which what is known is cut off.
    """

    features: Features
    accounts: Labels
    days: Floats
    left: Floats
    watched: Floats
    mrr: Floats
    last_days: list[date | None]
    cut: date

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.features.rows

    @property
    def leavers(self) -> int:
        """How many customers left, each counted once."""
        gone = np.flatnonzero(self.left)
        return len({(int(self.accounts.codes[row]), self.last_days[row]) for row in gone})


def panel(parts: Sequence[Origin], spells: Spells, horizon: int, today: date) -> Panel:
    """The rows of several origins. Who was no customer on the day, as is known now, is left out."""
    rows = [
        (part, number, end)
        for part in parts
        for number, customer in enumerate(part.customers)
        if (end := _end(spells.get(customer.account_id, ()), part.day)) is not None
    ]
    horizons = [min(part.day + timedelta(days=horizon), today) for part, _, _ in rows]
    left = [float(end <= last) for (_, _, end), last in zip(rows, horizons, strict=True)]
    watched = [float((min(end, last) - part.day).days) for (part, _, end), last in zip(rows, horizons, strict=True)]
    of = [part.customers[number] for part, number, _ in rows]
    return Panel(
        features_of([(part, number) for part, number, _ in rows]),
        labels([customer.account_id for customer in of]),
        np.array([part.day.toordinal() for part, _, _ in rows], dtype=np.float64),
        np.array(left), np.array(watched), np.array([(customer.mrr or 0) / 10_000 for customer in of]),
        [None if end == NEVER else end for _, _, end in rows],
        today,
    )  # fmt: skip


def features_of(rows: Sequence[tuple[Origin, int]]) -> Features:
    """What is known of customers at origins, as columns."""
    of = [(part.day, part.customers[number]) for part, number in rows]
    columns: dict[str, Column] = {
        name: Numbers(np.array([part.values[name][number] for part, number in rows])) for name in rows[0][0].values
    } if rows else {}  # fmt: skip
    numbers: dict[str, Callable[[date, Customer], float]] = {
        "months_as_customer": lambda day, one: (day - one.since).days / 30.4375 if one.since else np.nan,
        "mrr": lambda _day, one: np.nan if one.mrr is None else one.mrr / 10_000,
        "days_to_renewal": lambda day, one: (one.renewal_due - day).days if one.renewal_due else np.nan,
    }
    for name, value in numbers.items():
        columns[name] = Numbers(np.array([float(value(day, one)) for day, one in of]))
    for name in LABELS:
        columns[name] = labels([getattr(one, name) or "" for _, one in of])
    return Features(columns, len(rows))


def labels(texts: Sequence[str]) -> Labels:
    """Texts as places in the list of those that there are."""
    levels, codes = np.unique(np.array(texts, dtype=object), return_inverse=True)
    return Labels(codes.astype(np.int32), tuple(levels))


def _end(spells: Sequence[tuple[date, date]], day: date) -> date | None:
    """Until when who is a customer on ``day`` stays one; None for who is none."""
    return next((until for since, until in spells if since <= day < until), None)


def beginning(spells: Spells, today: date) -> date:
    """The day on which there was the first customer; without any, today."""
    return min((stretches[0][0] for stretches in spells.values()), default=today)
