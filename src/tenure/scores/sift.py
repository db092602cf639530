"""Which columns are worth learning from: not those that name rows or never change; and which tell suspiciously much."""

from __future__ import annotations

import re
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.core.features import Column, Features, Floats, Labels, Numbers
from tenure.scores.evaluate import event_rate_auc
from tenure.scores.prepare import FEWEST

NAMES_ROWS = "has another value in nearly every row"

_NAMES = {"id", "ids", "uuid", "guid", "key", "number", "no", "nr", "num", "index", "idx", "row", "rowid", "ref"}
_OWNERS = {"id", "uuid", "guid", "key"}
_SEVERAL = 20
_NEARLY_ALL = 0.95
_MOST = 0.5
_ROWS_OF_ONE = 50

_TELLS_ALL = 0.97
_CERTAIN = 0.99
_PART = 0.25
_USUAL = 0.8
_BINS = 20


@dataclass(frozen=True)
class LeftOut:
    """A column that was not learned from, and why."""

    name: str
    reason: str


@dataclass(frozen=True)
class Suspect:
    """A column that may have been written after the outcome. ``auc``: how well it alone tells the outcome, 0.5 to 1."""

    name: str
    auc: float
    reason: str


def sift(table: Features, dates: set[str]) -> list[LeftOut]:
    """The columns that nothing can be learned from. ``dates``: those that are dates, and so may all differ."""
    reasons = ((name, _reason(name, column, table.rows, name in dates)) for name, column in table.columns.items())
    return [LeftOut(name, reason) for name, reason in reasons if reason]


def _reason(name: str, column: Column, rows: int, is_date: bool) -> str:
    if isinstance(column, Numbers):
        known = column.values[~np.isnan(column.values)]
        distinct = np.unique(known)
        if not len(known):
            return "is empty"
        if len(distinct) == 1 and len(known) == rows:
            return "has the same value in every row"
        return "" if is_date or (known % 1).any() else _identifies(name, distinct, rows)
    counts = np.bincount(column.codes[column.codes >= 0], minlength=len(column.levels))
    used = int((counts > 0).sum())
    if used < 2:
        return "is empty" if column.levels == ("",) else "has the same value in every row"
    if used > _SEVERAL and used > _MOST * rows:
        return f"{NAMES_ROWS} ({used:,} of {rows:,})"
    if counts.max() < FEWEST:
        return f"has {used:,} values, none of them in {FEWEST} rows or more"
    return _owner(name, used, rows)


def _identifies(name: str, distinct: Floats, rows: int) -> str:
    """The reason to leave whole numbers out: they count the rows, or name them."""
    count = len(distinct)
    if count > _SEVERAL and count == rows and distinct[-1] - distinct[0] == count - 1:
        return "numbers the rows"
    if count > _SEVERAL and count > _NEARLY_ALL * rows and _words(name)[-1] in _NAMES:
        return f"{NAMES_ROWS} ({count:,} of {rows:,})"
    return _owner(name, count, rows)


def _owner(name: str, used: int, rows: int) -> str:
    if used > _SEVERAL and rows < _ROWS_OF_ONE * used and _words(name)[-1] in _OWNERS:
        return (
            f"names what rows belong to ({used:,} of them): rows of the same one flatter, --group keeps them together"
        )
    return ""


def _words(name: str) -> list[str]:
    """The words of a column's name: ``customerID`` is customer and id."""
    return re.findall(r"[a-z0-9]+", re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", name).lower()) or [""]


def suspects(table: Features, outcome: Floats) -> list[Suspect]:
    """The columns that alone tell the outcome all but perfectly, or have a value with which it is all but certain."""
    found = []
    events, base = outcome.sum(), outcome.mean()
    for name, column in table.columns.items():
        bins, texts = _bins(column)
        alone = event_rate_auc(bins, outcome)
        hit, size = np.bincount(bins, outcome), np.bincount(bins)
        certain = (hit >= _CERTAIN * size) & (size > 0)
        covered = hit[certain].sum() / max(events, 1)
        if alone >= _TELLS_ALL:
            found.append(Suspect(name, alone, "alone it tells the outcome nearly perfectly"))
        elif covered >= _PART and events * covered >= _SEVERAL and base < _USUAL:
            most = int(np.argmax(np.where(certain, hit, -1)))
            found.append(Suspect(name, alone, f"where it is {texts(most)} the event is all but certain"))
    return sorted(found, key=lambda suspect: (-suspect.auc, suspect.name))


class _Texts:
    """How a bin is called."""

    def __init__(self, column: Column, edges: Floats) -> None:
        self.column, self.edges = column, edges

    def __call__(self, place: int) -> str:
        if isinstance(self.column, Labels):
            return repr(self.column.levels[place][:40]) if self.column.levels[place] else "empty"
        if place == len(self.edges) + 1:
            return "empty"
        if not len(self.edges) or place == len(self.edges):
            return f"above {self.edges[-1]:g}" if len(self.edges) else "filled"
        return f"{self.edges[place]:g} or less"


def _bins(column: Column) -> tuple[NDArray[np.intp], _Texts]:
    """A column in few bins: labels as they are, the rare ones together; numbers by twentieths, missing ones apart."""
    if isinstance(column, Labels):
        counts = np.bincount(column.codes, minlength=len(column.levels))
        places = np.where(counts >= FEWEST, np.arange(len(counts)), int(np.argmin(counts)))
        return places[column.codes], _Texts(column, np.empty(0))
    missing = np.isnan(column.values)
    known = column.values[~missing]
    levels = np.linspace(0, 1, _BINS + 1)[1:-1]
    edges = np.unique(np.quantile(known, levels, method="inverted_cdf")) if len(known) else np.empty(0)
    if len(edges) and edges[-1] == known.max():
        edges = edges[:-1]
    place = np.searchsorted(edges, column.values, side="left")
    return np.where(missing, len(edges) + 1, place), _Texts(column, edges)
