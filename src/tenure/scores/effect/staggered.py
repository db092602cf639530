"""Difference in differences where treatment begins for some accounts now, for others later, for others never.

For each month in which treatment begins (a cohort) the accounts that begin are laid beside those that do not before the
window is over: never, or later. Each cohort is so a clean two-by-two, and never are the treated of yesterday the
yardstick for those of today, which is what makes two-way fixed effects wrong where effects grow (Goodman-Bacon 2021).
The cohorts are then stacked by event time, as many as are treated (Cengiz et al. 2019; the group-time averages of
Callaway and Sant'Anna 2021, with those not yet treated as controls, weighted by the size of the cohort).
"""

from __future__ import annotations

from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

from tenure.core.confidence import LEVEL, UNKNOWN, Interval

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]
    Ints = NDArray[np.int64]

NEVER = np.iinfo(np.int64).max


@dataclass(frozen=True)
class Panel:
    """Account x month: what each adds to a figure's sums, and whether it is a customer at the month's close.

    ``begins``: the month (a column) in which an account was first treated, ``NEVER`` for the others.
    """

    num: Floats
    den: Floats
    customer: Bools
    begins: Ints


@dataclass(frozen=True)
class Step:
    """The gap to the others in a month, counted from the one of the treatment (0), beyond that of the month before it."""

    month: int
    effect: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Staggered:
    """``effect``: by how much the gap between treated and others changed. ``means``: treated before, treated after, others
    before, others after, the others as the treated are mixed; ``steps``: month by month.

    ``alike_before``: how often chance alone makes the gap move as much in the months before (a joint test that it did
    not); None where it cannot be tested. ``treated``, ``others``: accounts used, ``cohorts``: months in which treatment
    began; ``passed_over``: treated that were no customers throughout the months before, or had nobody beside them.
    """

    effect: float
    se: float | None
    interval: Interval
    means: tuple[float, float, float, float]
    steps: tuple[Step, ...]
    alike_before: float | None
    treated: int
    others: int
    cohorts: int
    passed_over: int


@dataclass(frozen=True)
class _Cohort:
    """Who begins in one month and who is beside them: rows of the panel, and their sums in each window."""

    treated: Ints
    others: Ints
    num: Floats
    den: Floats
    num_others: Floats
    den_others: Floats


def staggered(panel: Panel, before: int, after: int) -> Staggered | None:
    """The effect over the months 0 to ``after`` - 1 against ``before`` months before. None where nobody can be compared.

    Treated and others were customers at the close of each of the months before. Errors are clustered by account, also
    where one is beside several cohorts, or first beside and then treated.
    """
    cohorts = list(_cohorts(panel, before, after))
    if not cohorts:
        return None
    treated = np.concatenate([cohort.treated for cohort in cohorts])
    others = len(np.unique(np.concatenate([cohort.others for cohort in cohorts])))
    gaps, levels, covariance = _gaps(cohorts, len(panel.begins))
    freedom = min(len(treated), others) - 1
    pick = np.zeros(len(gaps))
    pick[0], pick[1] = 1, -1  # after minus before
    effect, variance = float(pick @ gaps), float(pick @ covariance @ pick)
    known = freedom > 0
    return Staggered(
        effect, sqrt(variance) if known else None, _interval(effect, variance, freedom) if known else UNKNOWN,
        (levels[1] + gaps[1], levels[0] + gaps[0], levels[1], levels[0]),
        _steps(gaps[2:], covariance[2:, 2:], before, freedom),
        _alike(gaps[2 : 2 + before], covariance[2 : 2 + before, 2 : 2 + before], freedom),
        len(treated), others, len(cohorts), int((panel.begins != NEVER).sum()) - len(treated),
    )  # fmt: skip


def _cohorts(panel: Panel, before: int, after: int) -> Iterator[_Cohort]:
    months = panel.num.shape[1]
    for begin in np.unique(panel.begins[panel.begins != NEVER]):
        first, end = int(begin) - before, int(begin) + after
        if first < 0 or end > months:
            continue
        there = panel.customer[:, first:begin].all(axis=1)
        treated = np.flatnonzero(there & (panel.begins == begin))
        others = np.flatnonzero(there & (panel.begins >= end))
        sums = [_windows(part[rows, first:end], before) for rows in (treated, others) for part in (panel.num, panel.den)]
        if len(treated) and len(others) and (sums[3][:, :2].sum(axis=0) != 0).all():
            yield _Cohort(treated, others, *sums)


def _windows(months: Floats, before: int) -> Floats:
    """The columns: all months after, all months before, then each month."""
    return np.column_stack([months[:, before:].sum(axis=1), months[:, :before].sum(axis=1), months])


def _gaps(cohorts: list[_Cohort], accounts: int) -> tuple[Floats, list[float], Floats]:
    """In each window: treated minus others; the others' level (after, before); and the covariance of the gaps.

    What a treated account has beyond the others of its cohort, over the base of all treated, is one ratio of sums. Its
    influence function is centred at the ratio of all cohorts together: a cohort of one account has no variance of its own.
    """
    levels = [np.divide(c.num_others.sum(0), d, out=np.zeros_like(d), where=d != 0)
              for c in cohorts for d in [c.den_others.sum(0)]]  # fmt: skip
    dens = [np.where(c.den_others.sum(0) != 0, c.den, 0) for c in cohorts]  # with nobody beside them they do not count
    beyond = [np.where(den != 0, c.num, 0) - level * den for c, level, den in zip(cohorts, levels, dens, strict=True)]
    base = sum((den.sum(0) for den in dens), np.zeros(dens[0].shape[1]))
    empty = base == 0
    base = np.where(empty, 1.0, base)
    gaps = sum((each.sum(0) for each in beyond), np.zeros_like(base)) / base
    pulls, many = np.zeros((accounts, len(base))), sum(len(c.treated) for c in cohorts)
    for c, level, den, each in zip(cohorts, levels, dens, beyond, strict=True):
        pulls[c.treated] += _corrected(many) * (each - gaps * den) / base
        weight = den.sum(0) / base / np.where(c.den_others.sum(0) == 0, 1.0, c.den_others.sum(0))
        pulls[c.others] -= _corrected(len(c.others)) * weight * (c.num_others - level * c.den_others)
    gaps[empty] = np.nan
    mixed = [float(sum(level[w] * den[:, w].sum() for level, den in zip(levels, dens, strict=True)) / base[w])
             for w in (0, 1)]  # fmt: skip
    return gaps, mixed, pulls.T @ pulls


def _corrected(n: int) -> float:
    """For the degree of freedom that the mean takes (HC2 of a mean)."""
    return sqrt(n / (n - 1)) if n > 1 else 1.0


def _interval(effect: float, variance: float, freedom: int) -> Interval:
    from scipy.special import stdtrit

    half = float(stdtrit(freedom, (1 + LEVEL) / 2)) * sqrt(max(variance, 0.0))
    return Interval(effect - half, effect + half) if np.isfinite(half) else UNKNOWN


def _steps(gaps: Floats, covariance: Floats, before: int, freedom: int) -> tuple[Step, ...]:
    """Each month against the last one before (-1), which is 0 by itself."""
    found, last = [], before - 1
    for place, gap in enumerate(gaps):
        effect = float(gap - gaps[last])
        if not np.isfinite(effect):
            found.append(Step(place - before, None, None, None))
            continue
        variance = float(covariance[place, place] + covariance[last, last] - 2 * covariance[place, last])
        bounds = _interval(effect, variance, freedom) if freedom > 0 else UNKNOWN
        found.append(Step(place - before, effect, bounds.low, bounds.high))
    return tuple(found)


def _alike(gaps: Floats, covariance: Floats, freedom: int) -> float | None:
    """A joint test that the gap stayed what it was in the months before: Hotelling's, at the clusters' freedom."""
    from scipy.special import fdtrc

    apart = np.column_stack([np.eye(len(gaps) - 1), -np.ones(len(gaps) - 1)])  # each of them against the last
    moved = apart @ gaps
    spread = apart @ covariance @ apart.T
    rank = int(np.linalg.matrix_rank(spread, hermitian=True)) if np.isfinite(moved).all() and len(moved) else 0
    if rank < len(moved) or rank == 0 or freedom <= rank or not np.diag(spread).min() > 0:
        return None
    found = float(moved @ np.linalg.solve(spread, moved))
    return float(fdtrc(rank, freedom - rank + 1, found * (freedom - rank + 1) / (freedom * rank)))


def changed(panel: Panel, before: int, after: int) -> tuple[float, float, float, Interval, int] | None:
    """Only how the treated changed: before, after, the difference with its interval, and how many they are.

    What would have changed anyway is in it. None where nobody was there throughout.
    """
    rows = []
    for begin in np.unique(panel.begins[panel.begins != NEVER]):
        first, end = int(begin) - before, int(begin) + after
        if first >= 0 and end <= panel.num.shape[1]:
            there = np.flatnonzero((panel.begins == begin) & panel.customer[:, first:begin].all(axis=1))
            rows.append(np.stack([_windows(part[there, first:end], before)[:, :2] for part in (panel.num, panel.den)]))
    num, den = np.concatenate(rows, axis=1) if rows else np.zeros((2, 0, 2))
    if len(num) == 0 or (den.sum(0) == 0).any():
        return None
    level = num.sum(0) / den.sum(0)
    pull = ((num - level * den) / den.sum(0)) @ np.array([1.0, -1.0])
    variance = float(pull @ pull) * len(num) / max(1, len(num) - 1)
    gap = float(level[0] - level[1])
    return float(level[1]), float(level[0]), gap, _interval(gap, variance, max(1, len(num) - 1)), len(num)
