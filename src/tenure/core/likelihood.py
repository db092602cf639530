"""Parameters by maximum likelihood, with the decency to say when the data do not settle them."""

from __future__ import annotations

from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenure.core.errors import DataError

Floats = NDArray[np.float64]
#: The log-likelihood at a point, and its gradient.
LogLikelihood = Callable[[Floats], tuple[float, Floats]]

_FLAT = 1e-6
"""A difference in log-likelihood below this is none; in a large one the last digits are none either."""
_DIGITS = 1e-13
_FAR = 50.0
"""From here on Stirling's series is exact to the last digit."""


@dataclass(frozen=True)
class Peak:
    """Where the likelihood is greatest. ``edges``: for each coordinate -1 or 1 where it would go on for ever."""

    point: Floats
    loglik: float
    edges: tuple[int, ...]


def maximise(
    loglik: LogLikelihood,
    starts: Sequence[Floats],
    low: Floats,
    high: Floats,
    *,
    endless: Collection[tuple[int, int]] = (),
    model: str,
) -> Peak:
    """The best point within the bounds, from the best of several starts.

    A coordinate along which the likelihood does not fall out to a bound is put there and told of in ``edges``: the data
    say only that it is extreme. ``endless``: the coordinates and sides (-1, 1) where that has a meaning. Raises
    ``DataError`` (``not_converged``) where no maximum is found, or it lies at any other bound.
    """
    from scipy.optimize import minimize

    def downhill(point: Floats) -> tuple[float, Floats]:
        value, slope = loglik(point)
        return (-value, -slope) if np.isfinite(value) else (1e300, np.zeros_like(point))

    bounds = list(zip(low, high, strict=True))
    tried = [
        minimize(downhill, start, jac=True, method="L-BFGS-B", bounds=bounds, options={"maxiter": 2000, "ftol": 1e-14})
        for start in starts
    ]
    best = min(tried, key=lambda found: float(found.fun))
    point, edges = _pinned(loglik, np.asarray(best.x, dtype=np.float64), low, high)
    if any(edge and (place, int(edge)) not in endless for place, edge in enumerate(edges)):
        raise _unsettled(model)
    point = _polished(loglik, point, edges == 0, low, high, model)
    return Peak(point, loglik(point)[0], tuple(int(edge) for edge in edges))


def covariance(loglik: LogLikelihood, peak: Peak) -> Floats | None:
    """The coordinates' covariance, from how sharp the peak is; None where one lies at an edge or it is no peak."""
    if any(peak.edges):
        return None
    bend = -_curvature(loglik, peak.point, np.ones(len(peak.point), dtype=bool))
    if not np.isfinite(bend).all() or np.linalg.eigvalsh(bend)[0] <= 0:
        return None
    return np.asarray(np.linalg.inv(bend), dtype=np.float64)


def _pinned(loglik: LogLikelihood, point: Floats, low: Floats, high: Floats) -> tuple[Floats, NDArray[np.int64]]:
    """The point with those coordinates put to a bound along which nothing changes up to it."""
    edges = np.zeros(len(point), dtype=np.int64)
    value = loglik(point)[0]
    for place in range(len(point)):
        for side, bound in ((-1, low[place]), (1, high[place])):
            there = point.copy()
            there[place] = bound
            if loglik(there)[0] >= value - _flat(value):
                point, edges[place] = there, side
    return point, edges


def _polished(
    loglik: LogLikelihood, point: Floats, free: NDArray[np.bool_], low: Floats, high: Floats, model: str
) -> Floats:
    """The point after Newton's steps, taken until a further one would gain nothing."""
    if not free.any():
        return point
    for _ in range(50):
        value, slope = loglik(point)
        bend = -_curvature(loglik, point, free)
        if not np.isfinite(bend).all() or np.linalg.eigvalsh(bend)[0] <= 0:
            break
        step = np.zeros_like(point)
        step[free] = np.linalg.solve(bend, slope[free])
        gain = float(slope @ step)
        if gain < _FLAT**2:
            return point
        scale = 1.0
        while scale > 1e-6 and not loglik(np.clip(point + scale * step, low, high))[0] > value:
            scale /= 2
        if scale <= 1e-6:
            if gain < _flat(value):  # the last digits of the likelihood are noise
                return point
            break
        point = np.clip(point + scale * step, low, high)
    raise _unsettled(model)


def _unsettled(model: str) -> DataError:
    return DataError(
        f"The parameters of {model} do not settle: the likelihood has no clear maximum for these rows.",
        code="not_converged",
        fix="Give it more rows, or look for values that contradict each other.",
    )


def _flat(value: float) -> float:
    return max(_FLAT, _DIGITS * abs(value))


def _curvature(loglik: LogLikelihood, point: Floats, free: NDArray[np.bool_]) -> Floats:
    """The second derivatives along the free coordinates, by central differences of the gradient."""
    rows = []
    for place in np.flatnonzero(free):
        ahead, behind = point.copy(), point.copy()
        ahead[place] += 1e-5
        behind[place] -= 1e-5
        rows.append((loglik(ahead)[1] - loglik(behind)[1])[free] / 2e-5)
    matrix = np.array(rows)
    return (matrix + matrix.T) / 2


# What the likelihoods are made of


def distinct(*columns: ArrayLike) -> tuple[Floats, Floats]:
    """The distinct rows as columns, and how often each occurs: fewer, and in an order of their own."""
    table = np.stack([np.asarray(column, dtype=np.float64) for column in columns], axis=1)
    rows, counts = np.unique(table, axis=0, return_counts=True)
    return rows.T, counts.astype(np.float64)


def log_rising(a: float | Floats, x: Floats) -> Floats:
    """``log(gamma(a + x) / gamma(a))``, without loss where ``a`` is large."""
    from scipy.special import gammaln

    start = np.broadcast_to(np.asarray(a, dtype=np.float64), np.shape(x))
    small = np.minimum(start, _FAR)
    near = gammaln(small + x) - gammaln(small)
    large = np.maximum(start, _FAR)
    far = (large - 0.5) * np.log1p(x / large) + x * np.log(large + x) - x + _stirling(large + x) - _stirling(large)
    return np.where(start < _FAR, near, far)


def rising_slope(a: float | Floats, x: Floats) -> Floats:
    """The derivative of ``log_rising`` by ``a``."""
    from scipy.special import digamma

    found: Floats = digamma(a + x) - digamma(a)
    return found


def _stirling(z: Floats) -> Floats:
    return (1 - (1 / 30 - (1 / 105) / z**2) / z**2) / (12 * z)


def beta_of(logit_mean: float, log_sum: float) -> tuple[float, float]:
    """Both parameters of a beta distribution with that mean (as its logit) and that sum of both (as its logarithm)."""
    total = float(np.exp(log_sum))
    return total / (1 + float(np.exp(-logit_mean))), total / (1 + float(np.exp(logit_mean)))


def beta_slope(a: float, b: float, by_a: float, by_b: float) -> tuple[float, float]:
    """The derivatives by the logit of the mean and the logarithm of the sum, from those by both parameters."""
    return a * b / (a + b) * (by_a - by_b), a * by_a + b * by_b
