"""The discrete-time hazard: a customer at an origin is watched month by month, as long as it is there, or until today.

Each month ahead is a row of its own: what was known at the origin, how far ahead it lies, and how the contract stands by then.
So one model gives a probability for any time ahead, a longer time never has a smaller one, and customers of whom the end is
not known yet are learned from for as long as they were watched (Singer and Willett 1993).
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Protocol

import numpy as np
from numpy.typing import NDArray

from tenure.core.features import Features, Floats, Numbers, Places
from tenure.scores.folds import label_keys, mixed
from tenure.scores.learn import Known

if TYPE_CHECKING:
    from tenure.scores.risk.panel import Panel

STEP = 30
#: Months ahead that are learned from: what was known loses its meaning, and further ones would drown what it says of the
#: first. Those beyond go on as the last of them.
STEPS = 3
AHEAD = "months_ahead"
_MONTH = 30.4375
_NONE = 1e-300
#: Of months in which nobody left so many are plenty, or so many for each in which somebody did: more of them tell no more.
_PLENTY, _PLENTY_EACH = 500_000, 3
#: How what is known goes on by itself, a step.
_MOVES = {"days_to_renewal": -float(STEP), "months_as_customer": STEP / _MONTH}


class Score(Protocol):
    """A model of logarithms of rates that is a sum over columns."""

    @property
    def base(self) -> float:
        """The score to which no column adds anything."""

    def score(self, table: Features) -> Floats:
        """Of each row."""

    def contributions(self, table: Features) -> dict[str, Floats]:
        """What each column adds, in each row."""


@dataclass(frozen=True)
class Stacked:
    """The rows to learn from, and the row of the panel of each."""

    known: Known
    rows: Places


def stacked(panel: Panel, columns: Sequence[str], events: NDArray[np.bool_] | None = None) -> Stacked:
    """A panel's customers, month by month ahead. ``events``: of each row of the panel whether what ends its watch is what is
    learned of (default: the outcome); whatever else ends it only ends it.

    Where there are very many, all months in which somebody left are learned from, and of the others a part, each of which was
    watched for as much longer: the likelihood is the same on average (see ``_PLENTY``).
    """
    hits = panel.counts if events is None else events
    table = Features({name: panel.features.columns[name] for name in columns}, panel.rows)
    cut = float(panel.cut.toordinal())
    months = []
    for step in range(STEPS):
        starts = panel.days + STEP * step
        until = np.minimum(starts + STEP, cut)
        rows = np.flatnonzero((panel.ends > starts) & (starts < cut))
        watched = np.minimum(panel.ends, until)[rows] - starts[rows]
        months.append(_Month(step, rows, ((panel.ends <= until) & hits)[rows].astype(float), watched))
    months = _thinned([month for month in months if len(month.rows)], panel)
    parts = [at_step(table.take(month.rows), month.step) for month in months]
    whole = parts[0]
    for more in parts[1:]:
        whole = whole.joined(more)
    rows = np.concatenate([month.rows for month in months])
    accounts = panel.accounts.take(rows)
    known = Known(
        whole, np.concatenate([month.left for month in months]), label_keys(accounts), accounts.codes,
        np.concatenate([month.watched for month in months]),
    )  # fmt: skip
    return Stacked(known, rows)


@dataclass(frozen=True)
class _Month:
    """A month ahead: the rows of the panel that were watched in it, who ``left``, and for how many days each was."""

    step: int
    rows: Places
    left: Floats
    watched: Floats


def _thinned(months: list[_Month], panel: Panel) -> list[_Month]:
    """The months with no more than is plenty of those in which nobody left; who leaves on the day was there for some of it."""
    months = [replace(month, watched=np.maximum(month.watched, 0.5)) for month in months]
    events = sum(float(month.left.sum()) for month in months)
    others = sum(len(month.rows) for month in months) - events
    share = max(_PLENTY, _PLENTY_EACH * events) / max(others, 1)
    if share >= 1:
        return months
    found = []
    keys = label_keys(panel.accounts) ^ panel.days.astype(np.uint64)
    for month in months:
        drawn = mixed(keys[month.rows] + np.uint64(month.step)) < np.uint64(share * 2**64)
        there = np.flatnonzero((month.left == 1) | drawn)
        left = month.left[there]
        watched = month.watched[there] / np.where(left == 1, 1.0, share)
        found.append(_Month(month.step, month.rows[there], left, watched))
    return found


def at_step(table: Features, step: int) -> Features:
    """What is known, so many months ahead."""
    columns = dict(table.columns)
    for name, move in _MOVES.items():
        column = columns.get(name)
        if isinstance(column, Numbers):
            columns[name] = Numbers(column.values + move * step, column.cuts)
    columns[AHEAD] = Numbers(np.full(table.rows, float(min(step, STEPS - 1))))
    return Features(columns, table.rows)


def ahead(horizon: Floats | int, rows: int) -> Iterator[tuple[int, Floats]]:
    """The months ahead that lie within a horizon (of all, or of each row), and how many days of each."""
    days = np.broadcast_to(np.asarray(horizon, dtype=np.float64), (rows,))
    for step in range(-(-int(days.max(initial=0)) // STEP)):
        yield step, np.clip(days - STEP * step, 0, STEP)


def cumulated(model: Score, table: Features, horizon: Floats | int) -> Floats:
    """The cumulated hazard of each row of what is known, over so many days."""
    total = np.zeros(table.rows)
    for step, days in ahead(horizon, table.rows):
        total += np.exp(model.score(at_step(table, step))) * days
    return total


def probability(model: Score, table: Features, horizon: Floats | int, rival: Score | None = None) -> Floats:
    """That each comes to the outcome within so many days, and to no ``rival`` before."""
    if rival is None:
        return np.asarray(-np.expm1(-cumulated(model, table, horizon)))
    return incidences(lambda at: [np.exp(model.score(at)), np.exp(rival.score(at))], table, horizon)[0]


def incidences(rates: Callable[[Features], Sequence[Floats]], table: Features, horizon: Floats | int) -> list[Floats]:
    """The cumulated incidence of each of several ends of a watch over so many days, each at a rate a day of its own (of the
    table a month ahead; ``rates``): that a customer comes to that end, and to no other before.

    Together they are the probability that the watch ends at all, to the last bit or so: in each month the part of those who
    are left (Aalen and Johansen 1978, with rates that are constant within a month).
    """
    alive, found = np.ones(table.rows), np.zeros((len(rates(at_step(table, 0))), table.rows))
    for step, days in ahead(horizon, table.rows):
        each = rates(at_step(table, step))
        whole = np.sum(each, axis=0)
        found += alive * -np.expm1(-whole * days) / np.maximum(whole, _NONE) * each
        alive = alive * np.exp(-whole * days)
    return list(found)


def factors(model: Score, table: Features, horizon: int) -> dict[str, Floats]:
    """By what each column multiplies each row's cumulated hazard; all of them, times that of ``usual``, are the hazard.

    What goes on by itself has another value in each month: the days to the renewal count by what the hazard is with and
    without them, what is left is time as a customer.
    """
    added = model.contributions(at_step(table, 0))
    moving = {*_MOVES, AHEAD}
    found = {name: np.exp(own) for name, own in added.items() if name not in moving}
    still = sum((own for name, own in added.items() if name not in moving), np.zeros(table.rows))
    whole, without = np.zeros(table.rows), np.zeros(table.rows)
    for step, days in ahead(horizon, table.rows):
        own = model.contributions(at_step(table, step))
        time = sum((own[name] for name in (AHEAD, "months_as_customer") if name in own), np.zeros(table.rows))
        without += np.exp(model.base + still + time) * days
        whole += np.exp(model.base + still + time + own.get("days_to_renewal", np.zeros(table.rows))) * days
    if "days_to_renewal" in added:
        found["days_to_renewal"] = whole / without
    if "months_as_customer" in added:
        found["months_as_customer"] = without / (np.exp(model.base + still) * horizon)
    return found


def usual(model: Score, horizon: int) -> float:
    """The cumulated hazard of a customer of whom all is usual."""
    return float(np.exp(model.base) * horizon)
