"""The discrete-time hazard: a customer at an origin is watched month by month, as long as it is there, or until today.

Each month ahead is a row of its own: what was known at the origin, how far ahead it lies, and how the contract stands by then.
So one model gives a probability for any time ahead, a longer time never has a smaller one, and customers of whom the end is
not known yet are learned from for as long as they were watched (Singer and Willett 1993).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

import numpy as np

from tenure.core.features import Features, Floats, Numbers, Places
from tenure.scores.folds import label_keys
from tenure.scores.learn import Known

if TYPE_CHECKING:
    from tenure.scores.risk.panel import Panel

STEP = 30
#: Months ahead that are learned from: what was known loses its meaning, and further ones would drown what it says of the
#: first. Those beyond go on as the last of them.
STEPS = 3
AHEAD = "months_ahead"
_MONTH = 30.4375
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


def stacked(panel: Panel, columns: Sequence[str]) -> Stacked:
    """A panel's customers, month by month ahead."""
    table = Features({name: panel.features.columns[name] for name in columns}, panel.rows)
    cut = float(panel.cut.toordinal())
    ends = panel.ends
    parts: list[tuple[Places, Features, Floats, Floats]] = []
    for step in range(STEPS):
        starts = panel.days + STEP * step
        until = np.minimum(starts + STEP, cut)
        rows = np.flatnonzero((ends > starts) & (starts < cut))
        if len(rows):
            watched = np.minimum(ends, until)[rows] - starts[rows]
            parts.append((rows, at_step(table.take(rows), step), (ends <= until)[rows].astype(float), watched))
    whole = parts[0][1]
    for _, more, _, _ in parts[1:]:
        whole = whole.joined(more)
    rows = np.concatenate([part[0] for part in parts])
    watched = np.maximum(
        np.concatenate([part[3] for part in parts]), 0.5
    )  # who leaves on the day was there for some of it
    accounts = panel.accounts.take(rows)
    known = Known(whole, np.concatenate([part[2] for part in parts]), label_keys(accounts), accounts.codes, watched)
    return Stacked(known, rows)


def at_step(table: Features, step: int) -> Features:
    """What is known, so many months ahead."""
    columns = dict(table.columns)
    for name, move in _MOVES.items():
        column = columns.get(name)
        if isinstance(column, Numbers):
            columns[name] = Numbers(column.values + move * step)
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


def probability(model: Score, table: Features, horizon: Floats | int) -> Floats:
    """That each leaves within so many days."""
    return np.asarray(-np.expm1(-cumulated(model, table, horizon)))


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
