"""Difference in differences: what changed for those who were treated, beyond what changed for the others."""

from __future__ import annotations

from dataclasses import dataclass
from math import fsum, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenure.core.confidence import LEVEL, UNKNOWN, Interval
from tenure.core.errors import DataError

CELLS = ((0, 0), (0, 1), (1, 0), (1, 1))
"""Treated or not, after or before, in the order of means and counts."""


@dataclass(frozen=True)
class Difference:
    """The effect with its standard error and interval. ``means``, ``counts``: of the four cells.

    ``clusters``: how many there are, and how many of them are treated; None where the rows are taken as independent.
    """

    effect: float
    se: float
    interval: Interval
    means: tuple[float, float, float, float]
    counts: tuple[int, int, int, int]
    clusters: tuple[int, int] | None = None


def difference_in_differences(
    outcome: ArrayLike, treated: ArrayLike, after: ArrayLike, cluster: ArrayLike | None = None
) -> Difference:
    """``(treated after - treated before) - (others after - others before)``, of means: the two-by-two regression.

    It is the effect of the treatment only if without it both would have changed alike. The standard error holds for
    unequal variances: the root of the sum of each cell's variance / n (HC2), with Student's t at Welch's degrees of
    freedom. With ``cluster`` (a number for each row: the account that is seen several times) rows of one cluster may go
    together (CR1, as Stata has it), at clusters - 1 degrees of freedom; means nothing for a handful of clusters.

    Raises ``DataError`` with fewer than two rows in a cell, or two clusters.

    >>> found = difference_in_differences([1, 3, 2, 4, 5, 7, 10, 12], [0] * 4 + [1] * 4, [0, 0, 1, 1] * 2)
    >>> found.effect, found.se
    (4.0, 2.0)
    """
    y = np.asarray(outcome, dtype=np.float64)
    cell = 2 * np.asarray(treated, dtype=np.int64) + np.asarray(after, dtype=np.int64)
    parts = [y[cell == number] for number in range(4)]
    counts = tuple(len(part) for part in parts)
    if min(counts) < 2:
        words = ("neither treated nor after", "after, not treated", "treated, not after", "treated and after")
        raise DataError(
            f"There are {min(counts)} rows {words[counts.index(min(counts))]}; each of the four cells needs two.",
            code="too_few_rows",
            fix="Give it outcomes from before and after, of treated and of others.",
        )
    means = [fsum(part) / len(part) for part in parts]
    effect = (means[3] - means[2]) - (means[1] - means[0])
    if cluster is None:
        error, freedom, clusters = *_independent(parts, means), None
    else:
        error, freedom, clusters = _clustered(y, cell, means, np.asarray(cluster))
    shown = (means[0], means[1], means[2], means[3]), (counts[0], counts[1], counts[2], counts[3])
    return Difference(effect, error, _interval(effect, error, freedom), *shown, clusters)


def _independent(parts: list[NDArray[np.float64]], means: list[float]) -> tuple[float, float]:
    """The standard error, and Welch's degrees of freedom (Satterthwaite 1946)."""
    each = [fsum((part - mean) ** 2) / (len(part) - 1) / len(part) for part, mean in zip(parts, means, strict=True)]
    total = fsum(each)
    spread = fsum(own**2 / (len(part) - 1) for own, part in zip(each, parts, strict=True))
    return sqrt(total), total**2 / spread if spread else 1.0


def _clustered(
    y: NDArray[np.float64], cell: NDArray[np.int64], means: list[float], cluster: NDArray[np.int64]
) -> tuple[float, float, tuple[int, int]]:
    """The standard error by clusters, its degrees of freedom, and how many clusters there are and are treated."""
    _, number = np.unique(cluster, return_inverse=True)
    groups, rows = int(number.max()) + 1, len(y)
    if groups < 2:
        raise DataError(
            "All rows are of one cluster: nothing can be told of how clusters differ.",
            code="too_few_clusters",
            fix="Leave the column out, or give it several clusters.",
        )
    sign, size = np.array([1, -1, -1, 1]), np.bincount(cell, minlength=4)
    pull = sign[cell] * (y - np.asarray(means)[cell]) / size[cell]
    summed = np.bincount(number, weights=pull, minlength=groups)
    small = groups / (groups - 1) * (rows - 1) / max(1, rows - 4)
    treated = len(np.unique(number[cell >= 2]))
    return sqrt(small * fsum(summed**2)), groups - 1.0, (groups, treated)


def _interval(effect: float, error: float, freedom: float) -> Interval:
    from scipy.special import stdtrit

    half = float(stdtrit(freedom, (1 + LEVEL) / 2)) * error
    return Interval(effect - half, effect + half) if np.isfinite(half) else UNKNOWN
