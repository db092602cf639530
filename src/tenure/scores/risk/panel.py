"""The panel: every customer at the beginning of every month, what was known of it then, and what became of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from tenure.core.features import Features, Floats, Labels, Numbers, Places
from tenure.core.period import add_months
from tenure.scores.risk.outcome import NEVER, Ends, Spells
from tenure.scores.signal import Customer, Customers, Signal, all_known, beside, customers

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.core.config import Settings
    from tenure.core.features import Column
    from tenure.figures.reader import Reader

#: What of an account itself tells of its risk, as it was then. Not who looks after it.
LABELS = ("segment", "tier", "region", "industry")
#: Whether a renewal has passed, comes in the month ahead, in the next ones, or is far off: most who leave do so with it.
CUTS = {"days_to_renewal": (0.0, 30.0, 60.0, 90.0, 180.0)}
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
_ANY_WAY = Ends()


@dataclass(frozen=True)
class Origin:
    """The customers of a day, and what was known of them: of each signal a value for each, nan where there is none."""

    day: date
    customers: Sequence[Customer]
    values: dict[str, Floats]

    @cached_property
    def columns(self) -> Mapping[str, Sequence[Any]]:
        """What is known of the customers themselves, by field."""
        return Customers.of(self.customers).columns

    @property
    def ids(self) -> Sequence[str]:
        """The customers' accounts."""
        return self.columns["account_id"]

    def take(self, numbers: Sequence[int]) -> Origin:
        """Some of the customers, in their order."""
        places = np.array(numbers, dtype=np.intp)
        columns = {name: [column[number] for number in numbers] for name, column in self.columns.items()}
        return Origin(self.day, Customers(columns), {name: column[places] for name, column in self.values.items()})


def origin(reader: Reader, day: date, known: datetime, settings: Settings, signals: Mapping[str, Signal]) -> Origin:
    """What was known of the customers of ``day`` when it began: nothing that was learned at or after ``known``."""
    there = customers(reader, day, known, settings)
    place = {account: number for number, account in enumerate(there.ids)}
    found = all_known(signals.values(), reader, day, known, settings)
    return Origin(day, there, {name: beside(found[signal], place) for name, signal in signals.items()})


def origins(today: date, first: date, horizon: int) -> list[date]:
    """The beginnings of months from ``first`` on that lie a ``horizon`` of days back: what became of them is known."""
    day, found = add_months(first.replace(day=1), 1), []
    while day + timedelta(days=horizon) <= today:
        found.append(day)
        day = add_months(day, 1)
    return found


@dataclass(frozen=True)
class Panel:
    """Rows of customers at origins, with what came of them: ``left`` within the horizon (0 or 1; or reduced, or grew:
    ``became.outcome``), ``watched`` for how many days (until that, the horizon was over, or today), ``days``: of the origin,
    ``mrr`` then, in the reporting currency. ``ends``: the day on which the watch ended at last, infinite for who is still
    watched, with the ``causes``, "" where none is told; ``counts``: whether that is the outcome. ``cut``: the day at which
    what is known is cut off.
    """

    features: Features
    accounts: Labels
    days: Floats
    left: Floats
    watched: Floats
    mrr: Floats
    ends: Floats
    causes: Labels
    counts: NDArray[np.bool_]
    became: Ends
    cut: date

    @property
    def rows(self) -> int:
        """How many there are."""
        return self.features.rows

    @property
    def leavers(self) -> int:
        """How many customers left, each counted once."""
        gone = np.flatnonzero(self.left)
        return len(set(zip(self.accounts.codes[gone].tolist(), self.ends[gone].tolist(), strict=True)))


def panel(parts: Sequence[Origin], spells: Spells, horizon: int, today: date, became: Ends = _ANY_WAY) -> Panel:
    """The rows of several origins. Who was no customer on the day, as is known now, is left out."""
    ends = [_ends(part, spells) for part in parts]
    rows = [np.flatnonzero(~np.isnan(own)) for own in ends]
    end = _joined([own[there] for own, there in zip(ends, rows, strict=True)])
    starts = np.array([part.day.toordinal() for part in parts], dtype=np.float64)
    days = np.repeat(starts, [len(there) for there in rows])
    last = np.minimum(days + horizon, today.toordinal())
    mrr = [column_of(part.columns["mrr"])[there] for part, there in zip(parts, rows, strict=True)]
    accounts = labels([part.ids[row] for part, there in zip(parts, rows, strict=True) for row in there.tolist()])
    causes = _causes(accounts, end, became)
    among = np.array([not became.among or cause in became.among for cause in causes.levels], dtype=np.bool_)
    counts = among[causes.codes]
    return Panel(
        features_of(list(zip(parts, rows, strict=True))), accounts, days,
        ((end <= last) & counts).astype(np.float64), np.minimum(end, last) - days,
        np.nan_to_num(_joined(mrr)) / 10_000, end, causes, counts, became, today,
    )  # fmt: skip


def _causes(accounts: Labels, ends: Floats, became: Ends) -> Labels:
    """By what the watch of each row ended: empty where nothing is told, or it has not ended."""
    names = [""] * len(ends)
    for row in np.flatnonzero(np.isfinite(ends)).tolist() if became.by else ():
        account, day = accounts.levels[accounts.codes[row]], date.fromordinal(int(ends[row]))
        names[row] = became.by.get((account, day), "")
    return labels(names)


def features_of(parts: Sequence[tuple[Origin, Places]]) -> Features:
    """What is known of some customers at each of several origins, as columns."""
    columns: dict[str, Column] = {
        name: Numbers(_joined([part.values[name][rows] for part, rows in parts])) for name in parts[0][0].values
    } if parts else {}  # fmt: skip
    numbers: dict[str, list[Floats]] = {"months_as_customer": [], "mrr": [], "days_to_renewal": []}
    for part, rows in parts:
        day = float(part.day.toordinal())
        numbers["months_as_customer"].append((day - column_of(part.columns["since"])[rows]) / 30.4375)
        numbers["mrr"].append(column_of(part.columns["mrr"])[rows] / 10_000)
        numbers["days_to_renewal"].append(column_of(part.columns["renewal_due"])[rows] - day)
    columns |= {name: Numbers(_joined(found), CUTS.get(name, ())) for name, found in numbers.items()}
    for name in LABELS:
        columns[name] = labels([part.columns[name][row] or "" for part, rows in parts for row in rows.tolist()])
    return Features(columns, sum(len(rows) for _, rows in parts))


def whole(part: Origin) -> Features:
    """What is known of all customers at an origin."""
    return features_of([(part, np.arange(len(part.customers)))])


def column_of(values: Sequence[int | date | None]) -> Floats:
    """Numbers, or days by their ordinals, as a column; nan where there is none."""
    told = (np.nan if one is None else one.toordinal() if isinstance(one, date) else one for one in values)
    return np.fromiter(told, dtype=np.float64, count=len(values))


def labels(texts: Sequence[str]) -> Labels:
    """Texts as places in the list of those that there are."""
    levels = tuple(sorted(set(texts)))
    place = {level: number for number, level in enumerate(levels)}
    return Labels(np.fromiter((place[text] for text in texts), dtype=np.int32, count=len(texts)), levels)


def _joined(parts: Sequence[Floats]) -> Floats:
    return np.concatenate([np.empty(0), *parts])


def _ends(part: Origin, spells: Spells) -> Floats:
    """Until which day each customer of an origin stays one, infinite without an end; nan for who is none."""
    day, found = part.day, np.full(len(part.customers), np.nan)
    for number, account in enumerate(part.ids):
        for since, until in spells.get(account, ()):
            if since <= day < until:
                found[number] = np.inf if until == NEVER else until.toordinal()
                break
    return found


def beginning(spells: Spells, today: date) -> date:
    """The day on which there was the first customer; without any, today."""
    return min((stretches[0][0] for stretches in spells.values()), default=today)
