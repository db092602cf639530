"""Columns that something is learned from: numbers, or labels out of a list, a row for each thing that is watched."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
Codes = NDArray[np.int32]
Places = NDArray[np.intp]

UNSEEN = -1
"""The code of a label that the list does not have."""


@dataclass(frozen=True)
class Numbers:
    """A number a row; NaN where none is known. ``cuts``: rising; from each on it tells something else, as the days to a renewal
    do in the month in which it comes.
    """

    values: Floats
    cuts: tuple[float, ...] = ()

    def take(self, rows: Places) -> Numbers:
        """The same of some rows, in their order."""
        return Numbers(self.values[rows], self.cuts)

    def stretches(self) -> Labels:
        """In which stretch between the cuts each lies; "" where none is known."""
        found = 1 + np.searchsorted(self.cuts, self.values, side="right")
        levels = ("", *(f"{number:03}" for number in range(len(self.cuts) + 1)))
        return Labels(np.where(np.isnan(self.values), 0, found).astype(np.int32), levels)


@dataclass(frozen=True)
class Labels:
    """A label a row: ``codes`` are places in ``levels``, which are sorted and all different; ``UNSEEN`` is none of them.

    The level "" stands for what is empty.
    """

    codes: Codes
    levels: tuple[str, ...]

    def take(self, rows: Places) -> Labels:
        """The same of some rows, in their order."""
        return Labels(self.codes[rows], self.levels)

    def among(self, levels: tuple[str, ...]) -> Labels:
        """The same labels as places in another list; those it lacks are ``UNSEEN``."""
        places = {level: place for place, level in enumerate(levels)}
        moved = np.array([places.get(level, UNSEEN) for level in self.levels] + [UNSEEN], dtype=np.int32)
        return Labels(moved[self.codes], levels)  # UNSEEN is -1: the last


Column = Numbers | Labels


@dataclass(frozen=True)
class Features:
    """Columns by name, all of ``rows`` rows."""

    columns: Mapping[str, Column]
    rows: int

    def take(self, rows: Places) -> Features:
        """The same columns of some rows, in their order."""
        return Features({name: column.take(rows) for name, column in self.columns.items()}, len(rows))

    def without(self, names: Mapping[str, object] | set[str]) -> Features:
        """All columns but these."""
        return Features({name: column for name, column in self.columns.items() if name not in names}, self.rows)

    def stretched(self) -> Features:
        """The same, with the stretches of numbers that have cuts in place of these."""
        cut = {
            name: column.stretches() if isinstance(column, Numbers) and column.cuts else column
            for name, column in self.columns.items()
        }
        return Features(cut, self.rows)

    def like(self, others: Features) -> Features:
        """The columns that ``others`` has, in its order, labels as places in its lists. ``KeyError`` for one not there."""
        aligned: dict[str, Column] = {}
        for name, other in others.columns.items():
            own = self.columns[name]
            aligned[name] = own.among(other.levels) if isinstance(own, Labels) and isinstance(other, Labels) else own
        return Features(aligned, self.rows)

    def joined(self, more: Features) -> Features:
        """These rows, and then others; ``more`` has the same columns, labels as places in the same lists."""
        columns: dict[str, Column] = {}
        for name, column in self.columns.items():
            other = more.columns[name]
            if isinstance(column, Labels) and isinstance(other, Labels):
                columns[name] = Labels(np.concatenate([column.codes, other.codes]), column.levels)
            elif isinstance(column, Numbers) and isinstance(other, Numbers):
                columns[name] = Numbers(np.concatenate([column.values, other.values]), column.cuts)
            else:
                raise TypeError(f"{name} is a number in one, a label in the other")
        return Features(columns, self.rows + more.rows)
