"""Times of which some are still open: Kaplan-Meier, of what a file holds.

It works on counts by time: how many ended, how many were still open when last seen; of any number of groups at once. Who
is still open at a time counts as at risk at it: what ends at the same time ends before. Figures of times, where another
end may come first too, are worked out where their rows lie (``figures.waiting``).

Intervals are at 95 %, on log(-log), which keeps them within 0 and 1. Where nothing has ended yet (or nobody is left) one
end is certain and the other unknown. What is unknown is NaN in the arrays.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenure.core.confidence import LEVEL

Floats = NDArray[np.float64]

_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)
_ROUNDING = 1e-9
"""A share this close to a quantile, or to 1, is there: sums and products of shares are rounded."""


@dataclass(frozen=True)
class Counts:
    """What happened at each time of each group, sorted by both. ``first``: where each group begins."""

    group: NDArray[np.int64]
    time: Floats
    events: Floats
    censored: Floats
    at_risk: Floats
    first: NDArray[np.intp]


@dataclass(frozen=True)
class Curves:
    """A share by group and time, as steps: ``share`` holds from ``time`` on to the next. Before the first time it is 1.

    ``variance``: of the share; ``low`` and ``high``: its interval.
    """

    group: NDArray[np.int64]
    time: Floats
    at_risk: Floats
    events: Floats
    share: Floats
    variance: Floats
    low: Floats
    high: Floats

    def of(self, group: int) -> Curves:
        """The curve of one group."""
        held = slice(*np.searchsorted(self.group, [group, group + 1]))
        return Curves(*(getattr(self, name)[held] for name in self.__dataclass_fields__))


@dataclass(frozen=True)
class Quantiles:
    """The time by which a share has ended, by group, with the bounds of its interval."""

    group: NDArray[np.int64]
    value: Floats
    low: Floats
    high: Floats


def kaplan_meier(time: ArrayLike, events: ArrayLike, censored: ArrayLike, group: ArrayLike | None = None) -> Curves:
    """The share that has not ended by each time (Kaplan and Meier 1958).

    S(t) = product over u <= t of (1 - events(u) / at risk(u)); variance by Greenwood's formula: S^2 times the sum of
    events / (at risk (at risk - events)). All arguments hold one number a row, in any order; rows of the same group
    and time add up. ``group``: whole numbers (default: one group). ``ValueError`` for a count below 0 or a time that
    is no number.

    >>> curve = kaplan_meier([1, 2, 3], events=[1, 0, 2], censored=[0, 1, 0])
    >>> curve.share.tolist()
    [0.75, 0.75, 0.0]
    """
    counts = _counted(time, events, censored, group)
    share, hazard = _survival(counts)
    low, high = _log_log(share, share * np.sqrt(hazard))
    return Curves(counts.group, counts.time, counts.at_risk, counts.events, share, share**2 * hazard, low, high)


def quantiles(curves: Curves, ended: float = 0.5) -> Quantiles:
    """The first time by which at least the share ``ended`` has ended, of survival curves; the median by default.

    The bounds are where the bounds of the curve cross the same share (Brookmeyer and Crowley 1982). NaN: not crossed
    while anybody was seen.
    """
    groups, first = np.unique(curves.group, return_index=True)
    line = (1 - ended) + _ROUNDING

    def crossing(values: Floats) -> Floats:
        reached = np.where(values <= line, curves.time, np.inf)
        found = np.minimum.reduceat(reached, first) if len(first) else reached
        return np.where(np.isfinite(found), found, np.nan)

    return Quantiles(groups, crossing(curves.share), crossing(curves.low), crossing(curves.high))


def _counted(time: ArrayLike, events: ArrayLike, censored: ArrayLike, group: ArrayLike | None) -> Counts:
    """The counts added up by group and time, with how many are at risk."""
    at = np.asarray(time, dtype=np.float64)
    groups = np.zeros(len(at), dtype=np.int64) if group is None else np.asarray(group, dtype=np.int64)
    columns = [np.asarray(column, dtype=np.float64) for column in (events, censored)]
    if not np.isfinite(at).all() or any(not (np.isfinite(c) & (c >= 0)).all() for c in columns):
        raise ValueError("times must be numbers, and counts not below 0")
    held = sum(columns) > 0
    at, groups, columns = at[held], groups[held], [column[held] for column in columns]
    order = np.lexsort((at, groups))
    at, groups = at[order], groups[order]
    new_group = np.diff(groups, prepend=groups[:1] - 1) != 0
    starts = np.flatnonzero(new_group | (np.diff(at, prepend=at[:1]) != 0))
    ended, open_ = (np.add.reduceat(c[order], starts) if len(starts) else c for c in columns)
    first = np.flatnonzero(new_group[starts])
    leaving = ended + open_
    sizes = np.diff(np.append(first, len(starts)))
    total = np.repeat(np.add.reduceat(leaving, first), sizes) if len(first) else leaving
    counts = Counts(groups[starts], at[starts], ended, open_, total, first)
    gone = _running(leaving, counts) - leaving
    return Counts(groups[starts], at[starts], ended, open_, total - gone, first)


def _running(values: Floats, counts: Counts) -> Floats:
    """Running sums that begin anew with each group."""
    sums = np.cumsum(values)
    before = sums[counts.first] - values[counts.first]
    return sums - np.repeat(before, np.diff(np.append(counts.first, len(values))))


def _survival(counts: Counts) -> tuple[Floats, Floats]:
    """The share that is left after each time, and Greenwood's sum; 0 and 0 once nobody is left."""
    left = counts.at_risk - counts.events
    alive = left > 0
    steps = np.log(np.divide(left, counts.at_risk, out=np.ones_like(left), where=alive))
    hazard = np.divide(counts.events, counts.at_risk * left, out=np.zeros_like(left), where=alive)
    share = np.where(alive, np.exp(_running(steps, counts)), 0.0)
    return share, np.where(alive, _running(hazard, counts), 0.0)


def _log_log(share: Floats, error: Floats) -> tuple[Floats, Floats]:
    """The interval of a share with that standard error, on log(-log share)."""
    inside = (share > 0) & (share < 1)
    p = np.where(inside, share, 0.5)
    width = np.exp(_Z * error / (p * -np.log(p)))
    low, high = p**width, p ** (1 / width)
    return (
        np.where(inside, low, np.where(share == 0, 0.0, np.nan)),
        np.where(inside, high, np.where(share == 1, 1.0, np.nan)),
    )
