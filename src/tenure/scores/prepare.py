"""From a table to what learners take: numbers on one scale, missing ones marked, labels as columns of 0 and 1.

What is learned from the rows to learn from (means, scales, which labels are frequent enough) is kept, and applied to any
other rows: nothing of these is used.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.core.features import Codes, Features, Floats, Labels, Numbers, Places

FEWEST = 10
"""Rows that a label needs to be looked at for itself; rarer ones are taken together."""
MOST_LEVELS = 60

_BLOCK = 1 << 16
_EDGE = 0.005
_SEVERAL = 20
_SAME = 1e-12  # of numbers that differ by rounding only


@dataclass(frozen=True)
class NumberPart:
    """How a number is scaled: held within ``low`` and ``high``, less ``mean``, over ``scale``. ``gaps``: some were missing."""

    name: str
    low: float
    high: float
    mean: float
    scale: float
    gaps: bool

    @property
    def width(self) -> int:
        """How many columns it takes."""
        return 1 + self.gaps

    def fill(self, column: Numbers, rows: Places, into: Floats) -> None:
        """Write the columns of some rows. A missing number is the mean."""
        values = column.values[rows]
        missing = np.isnan(values)
        scaled = (np.clip(values, self.low, self.high) - self.mean) / self.scale
        into[:, 0] = np.where(missing, 0.0, scaled)
        if self.gaps:
            into[:, 1] = missing


@dataclass(frozen=True)
class LabelPart:
    """The place of each of ``levels`` among those looked at; the rare ones share the last, what was never seen has none (-1).

    Rows may come with another list of labels than the one that was learned from.
    """

    name: str
    levels: tuple[str, ...]
    places: Codes
    width: int

    def place(self, column: Labels) -> Codes:
        """Of each row."""
        own = column if column.levels == self.levels else column.among(self.levels)
        return self.places[own.codes]  # UNSEEN is -1: the last entry

    def fill(self, column: Labels, rows: Places, into: Floats) -> None:
        """Write the columns of some rows."""
        place = self.place(column.take(rows))
        known = np.flatnonzero(place >= 0)
        into[known, place[known]] = 1.0


Part = NumberPart | LabelPart


@dataclass(frozen=True)
class Prepared:
    """The columns that are learned from."""

    parts: tuple[Part, ...]

    @property
    def width(self) -> int:
        """How many columns a learner gets."""
        return sum(part.width for part in self.parts)

    def spans(self) -> Iterator[tuple[str, slice]]:
        """Each column of the table, and which of the learner's columns are its own."""
        start = 0
        for part in self.parts:
            yield part.name, slice(start, start + part.width)
            start += part.width

    def matrix(self, table: Features, rows: Places) -> Floats:
        """Some rows of a table as a learner's columns."""
        found = np.zeros((len(rows), self.width), order="F")
        for part, (_, span) in zip(self.parts, self.spans(), strict=True):
            column = table.columns[part.name]
            if isinstance(part, LabelPart):
                assert isinstance(column, Labels)
                part.fill(column, rows, found[:, span])
            else:
                assert isinstance(column, Numbers)
                part.fill(column, rows, found[:, span])
        return found

    def blocks(self, table: Features) -> Iterator[tuple[slice, Floats]]:
        """A table of any length as blocks of rows, so that a million of them need little memory."""
        for start in range(0, table.rows, _BLOCK):
            end = min(start + _BLOCK, table.rows)
            yield slice(start, end), self.matrix(table, np.arange(start, end))

    def coded(self, table: Features) -> tuple[Floats, NDArray[np.bool_]]:
        """A table as numbers, NaN where there is none, and labels as their places; which columns are labels."""
        columns = []
        for part in self.parts:
            column = table.columns[part.name]
            if isinstance(part, LabelPart) and isinstance(column, Labels):
                place = part.place(column).astype(np.float64)
                columns.append(np.where(place < 0, np.nan, place))
            elif isinstance(column, Numbers):
                columns.append(column.values)
        found = np.column_stack(columns) if columns else np.empty((table.rows, 0))
        return found, np.array([isinstance(part, LabelPart) for part in self.parts], dtype=np.bool_)


def prepare(table: Features) -> Prepared:
    """Learn how these rows are to be read. Columns that say nothing here (one value only) are passed over."""
    parts: list[Part] = []
    for name, column in table.columns.items():
        part = _number(name, column) if isinstance(column, Numbers) else _labels(name, column)
        if part is not None:
            parts.append(part)
    return Prepared(tuple(parts))


def _number(name: str, column: Numbers) -> NumberPart | None:
    missing = np.isnan(column.values)
    known = column.values[~missing]
    if not len(known):
        return None
    low, high = float(known.min()), float(known.max())
    if len(np.unique(known)) > _SEVERAL:  # one row with 10^12 must not make all others equal
        inner, outer = np.quantile(known, [_EDGE, 1 - _EDGE], method="inverted_cdf")
        if inner < outer:
            reach = 2 * float(outer - inner)
            low, high = max(low, float(inner) - reach), min(high, float(outer) + reach)
    top = max(abs(low), abs(high)) or 1.0
    held = np.clip(known, low, high) / top  # squares of very large and very small numbers are none
    scale = float(held.std())
    if not scale > _SAME:
        if not missing.any():
            return None
        scale = 1.0
    return NumberPart(name, low, high, float(held.mean()) * top, scale * top, bool(missing.any()))


def _labels(name: str, column: Labels) -> LabelPart | None:
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.levels))
    frequent = np.flatnonzero(counts >= FEWEST)
    if len(frequent) > MOST_LEVELS:
        order = np.lexsort((frequent, -counts[frequent]))
        frequent = np.sort(frequent[order[:MOST_LEVELS]])
    rare = np.setdiff1d(np.flatnonzero(counts), frequent)
    places = np.full(len(column.levels) + 1, -1, dtype=np.int32)
    places[frequent] = np.arange(len(frequent))
    places[rare] = len(frequent)
    width = len(frequent) + bool(len(rare))
    return LabelPart(name, column.levels, places, width) if width > 1 else None
