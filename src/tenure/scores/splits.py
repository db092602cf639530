"""How rows are parted into those that are learned from and those that are told: by time, by groups, or in folds."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.core.features import Floats, Places
from tenure.scores.folds import FOLDS, deal
from tenure.scores.learn import Known

_LATEST = 1 / 3
_BETWEEN = 1 / 4  # of the rows before the latest


@dataclass(frozen=True)
class Round:
    """One model: learned from rows ``train``, held against ``test``. ``calibrate``: rows, between these in time, that it has
    not learned from either, by which scores are brought to scale (may be none).
    """

    train: Places
    calibrate: Places
    test: Places


@dataclass(frozen=True)
class Split:
    """All rounds; no row is tested twice. ``kind``: ``folds``, ``time`` or ``file``.

    ``train_until``, ``calibrate_until``: the last moments of each part, in the units of the moments; None without.
    """

    kind: str
    rounds: tuple[Round, ...]
    train_until: float | None = None
    calibrate_until: float | None = None


def in_folds(known: Known, folds: int = FOLDS) -> Split:
    """Every row is told once, by a model that has learned from the other folds; groups stay together."""
    fold = deal(known.outcome, known.keys, known.groups, folds)
    none = np.empty(0, dtype=np.intp)
    rounds = (Round(np.flatnonzero(fold != own), none, np.flatnonzero(fold == own)) for own in range(folds))
    return Split("folds", tuple(rounds))


def by_time(known: Known, moment: Floats, *, fewest: int) -> Split:
    """The latest third of the rows is told by models of the earlier ones; the last of these bring the scores to scale.

    Rows of one moment are never parted. Where there are groups, each fold of them is told by a model that has learned from
    the other groups only: it has seen neither these nor their time. The slice in between is learned from as well where it
    has fewer than ``fewest`` events, or others. ``ValueError`` where all rows are of one moment.
    """
    ends, counts = np.unique(moment, return_counts=True)
    if len(ends) < 2:
        raise ValueError("all rows are of the same time")
    until = np.cumsum(counts)[:-1] / len(moment)
    last = int(np.argmin(np.abs(until - (1 - _LATEST))))
    early = moment <= ends[last]
    middle = np.zeros(len(moment), dtype=np.bool_)
    first = last
    if last > 0:
        first = int(np.argmin(np.abs(until[:last] - (1 - _BETWEEN) * until[last])))
        middle = early & (moment > ends[first])
        events = known.outcome[middle].sum()
        if min(events, middle.sum() - events) < fewest:
            middle[:], first = False, last
    return Split("time", _rounds(known, early & ~middle, middle, ~early), float(ends[first]), float(ends[last]))


def _rounds(
    known: Known, early: NDArray[np.bool_], middle: NDArray[np.bool_], late: NDArray[np.bool_]
) -> tuple[Round, ...]:
    if known.groups is None:
        return (Round(*(np.flatnonzero(part) for part in (early, middle, late))),)
    fold = deal(known.outcome, known.keys, known.groups)
    rounds = []
    for own in range(FOLDS):
        others, these = fold != own, fold == own
        found = Round(np.flatnonzero(early & others), np.flatnonzero(middle & these), np.flatnonzero(late & these))
        if len(found.test):
            rounds.append(found)
    return tuple(rounds)
