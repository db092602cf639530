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
#: Relative differences below this are rounding, not variation.
_NOISE = 1e-12


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
    gaps, levels, spread = _gaps(cohorts, len(panel.begins))
    if not np.isfinite(gaps[:2]).all():
        return None
    effect, freedom = float(gaps[0] - gaps[1]), min(len(treated), others) - 1
    variance = spread.of_difference(0, 1)
    return Staggered(
        effect, sqrt(variance) if freedom > 0 else None, _interval(effect, variance, freedom),
        (levels[1] + float(gaps[1]), levels[0] + float(gaps[0]), levels[1], levels[0]),
        _steps(gaps, spread, before, freedom),
        _alike(gaps[2 : 2 + before], spread.together[2 : 2 + before, 2 : 2 + before], freedom),
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
        sums = [
            _windows(part[rows, first:end], before) for rows in (treated, others) for part in (panel.num, panel.den)
        ]
        if len(treated) and len(others) and (sums[3][:, :2].sum(axis=0) != 0).all():
            yield _Cohort(treated, others, *sums)


def _windows(months: Floats, before: int) -> Floats:
    """The columns: all months after, all months before, then each month."""
    return np.column_stack([months[:, before:].sum(axis=1), months[:, :before].sum(axis=1), months])


@dataclass(frozen=True)
class _Spread:
    """Covariances of the gaps in all windows: ``together``, of either side alone, and what each would be if its accounts
    varied as those of the other side do. ``many``, ``beside``: accounts. ``noise``: variances up to this are rounding.
    """

    together: Floats
    treated: Floats
    others: Floats
    treated_as_others: Floats
    others_as_treated: Floats
    many: int
    beside: int
    noise: float

    def of_difference(self, one: int, other: int) -> float:
        """The variance of the difference of two windows' gaps; 0 where nothing varies at all.

        The larger of the sides' own and the pooled one, as of two means (``core.confidence.mean_difference``): where of ten
        treated none is lost, that does not make it certain. A side without any variance is taken to vary as the other.
        """

        def of(covariance: Floats) -> float:
            found = float(covariance[one, one] + covariance[other, other] - 2 * covariance[one, other])
            return found if found > self.noise else 0.0

        treated, others = of(self.treated), of(self.others)
        shared = of(self.together) - treated - others  # of accounts that are beside some and then treated
        treated_as_others, others_as_treated = of(self.treated_as_others), of(self.others_as_treated)
        treated, others = treated or treated_as_others, others or others_as_treated
        all_as_treated, all_as_others = treated + others_as_treated, treated_as_others + others
        pooled = (self.many * all_as_treated + self.beside * all_as_others) / (self.many + self.beside)
        return max(treated + others, pooled) + shared


def _gaps(cohorts: list[_Cohort], accounts: int) -> tuple[Floats, list[float], _Spread]:
    """In each window: treated minus others; the others' level (after, before); and how the gaps vary.

    What a treated account has beyond the others of its cohort, over the base of all treated, is one ratio of sums. Its
    influence function is centred at the ratio of all cohorts together: a cohort of one account has no variance of its own.
    """
    full = [c.den_others.sum(0) != 0 for c in cohorts]  # in windows with nobody beside them the treated do not count
    level = [
        c.num_others.sum(0) * here / np.where(here, c.den_others.sum(0), 1)
        for c, here in zip(cohorts, full, strict=True)
    ]
    dens = [c.den * here for c, here in zip(cohorts, full, strict=True)]
    beyond = [c.num * here - own * c.den for c, here, own in zip(cohorts, full, level, strict=True)]
    base = np.sum([den.sum(0) for den in dens], axis=0)
    gaps = np.sum([each.sum(0) for each in beyond], axis=0) / np.where(base == 0, np.nan, base)
    base = np.where(base == 0, 1.0, base)
    mixed = np.sum([own * den.sum(0) for own, den in zip(level, dens, strict=True)], axis=0) / base
    many = sum(len(c.treated) for c in cohorts)
    of_treated, of_others = np.zeros((accounts, len(base))), np.zeros((accounts, len(base)))
    instead = np.zeros((len(base), len(base)))
    for c, own, den, each in zip(cohorts, level, dens, beyond, strict=True):
        of_treated[c.treated] += _corrected(many) * (each - np.nan_to_num(gaps) * den) / base
        weight = den.sum(0) / base / np.where(c.den_others.sum(0) == 0, 1.0, c.den_others.sum(0))
        pull = _corrected(len(c.others)) * weight * (c.num_others - own * c.den_others)
        of_others[c.others] -= pull
        instead += pull.T @ pull * len(c.others) / len(c.treated)
    treated, others = of_treated.T @ of_treated, of_others.T @ of_others
    both = of_treated + of_others
    beside = len(np.unique(np.concatenate([c.others for c in cohorts])))
    scale = float(np.nanmax(np.abs([*mixed, *gaps])))
    as_treated = treated * many / beside
    spread = _Spread(both.T @ both, treated, others, instead, as_treated, many, beside, (_NOISE * scale) ** 2)
    return gaps, [float(mixed[0]), float(mixed[1])], spread


def _corrected(n: int) -> float:
    """For the degree of freedom that the mean takes (HC2 of a mean)."""
    return sqrt(n / (n - 1)) if n > 1 else 1.0


def _interval(effect: float, variance: float, freedom: int) -> Interval:
    """By Student's t; unknown where nothing varies or all depends on one account."""
    if freedom < 1 or not variance > 0:
        return UNKNOWN
    from scipy.special import stdtrit

    half = float(stdtrit(freedom, (1 + LEVEL) / 2)) * sqrt(variance)
    return Interval(effect - half, effect + half)


def _steps(gaps: Floats, spread: _Spread, before: int, freedom: int) -> tuple[Step, ...]:
    """Each month against the last one before (-1), which is 0 by itself. The months stand behind two windows."""
    found, last = [], 2 + before - 1
    for place in range(2, len(gaps)):
        effect = float(gaps[place] - gaps[last])
        bounds = _interval(effect, spread.of_difference(place, last), freedom)
        known = bool(np.isfinite(effect))
        found.append(
            Step(place - 2 - before, effect if known else None, *(bounds.low, bounds.high) if known else (None, None))
        )
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
    return float(level[1]), float(level[0]), gap, _interval(gap, variance, len(num) - 1), len(num)
