"""Whether a lot was really drawn: the arms must have been alike before, but for chance."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from math import sqrt
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: Below this chance alone is no likely reason: one sound trial in a hundred is suspected.
SUSPECT = 0.01


@dataclass(frozen=True)
class Trait:
    """What accounts were like before, in the mean of each arm. ``difference``: in standard deviations; None: all alike."""

    name: str
    treated: float
    held_out: float
    difference: float | None


@dataclass(frozen=True)
class Balance:
    """``p``: how often a lot alone makes the arms differ as much as this in all traits together; None: nothing to tell."""

    traits: tuple[Trait, ...]
    p: float | None

    @property
    def suspect(self) -> bool:
        """Whether the arms differ by more than chance."""
        return self.p is not None and self.p < SUSPECT


def balance(columns: Mapping[str, Floats], treated: Bools) -> Balance:
    """The arms beside each other in each column (a number an account, NaN where unknown), and all together.

    The standardised difference is that of the means over the root of the mean of both variances (Austin 2009). The test
    is the joint one of Hansen and Bowers (2008): the differences squared, by the covariance that a lot would give them,
    against chi squared. Unknown values stand at the mean of the known ones there.
    """
    traits = tuple(_trait(name, values, treated) for name, values in columns.items())
    known = [np.where(np.isnan(v), np.nanmean(v), v) for v in columns.values() if not np.isnan(v).all()]
    varied = [(v - v.mean()) / v.std() for v in known if v.std() > 0]
    ones, others = int(treated.sum()), int((~treated).sum())
    if not varied or min(ones, others) < 2:
        return Balance(traits, None)
    x = np.column_stack(varied)
    gap = x[treated].mean(axis=0) - x[~treated].mean(axis=0)
    by_lot = np.atleast_2d(np.cov(x, rowvar=False)) * (1 / ones + 1 / others)
    from scipy.special import chdtrc

    found = float(gap @ np.linalg.pinv(by_lot, rcond=1e-9, hermitian=True) @ gap)
    return Balance(traits, float(chdtrc(np.linalg.matrix_rank(by_lot, tol=1e-9, hermitian=True), found)))


def _trait(name: str, values: Floats, treated: Bools) -> Trait:
    arms = [values[arm & ~np.isnan(values)] for arm in (treated, ~treated)]
    means = [float(arm.mean()) if len(arm) else float("nan") for arm in arms]
    spread = sqrt(sum(float(arm.var(ddof=1)) for arm in arms) / 2) if min(map(len, arms)) > 1 else 0.0
    return Trait(name, means[0], means[1], (means[0] - means[1]) / spread if spread > 0 else None)


def as_planned(treated: int, held_out: int, share: float) -> float:
    """How often a lot that treats ``share`` of the accounts splits them as unevenly as this: the test for a sample ratio
    mismatch. Exact: twice the smaller tail of the binomial distribution, at most 1.
    """
    from scipy.special import bdtr, bdtrc

    n = treated + held_out
    below = float(bdtr(treated, n, share))
    above = float(bdtrc(treated - 1, n, share)) if treated else 1.0
    return min(1.0, 2 * min(below, above))


def same_share(inside: NDArray[np.int64], of: NDArray[np.int64]) -> float | None:
    """How often chance alone makes the shares of several groups differ as much (chi squared, about the share of all).
    None where none varies, or there is one group only.
    """
    inside, of = inside[of > 0], of[of > 0]
    pooled = float(inside.sum() / of.sum()) if len(of) else 0.0
    if len(of) < 2 or pooled in (0.0, 1.0):
        return None
    from scipy.special import chdtrc

    found = float(((inside - of * pooled) ** 2 / (of * pooled * (1 - pooled))).sum())
    return float(chdtrc(len(of) - 1, found))
