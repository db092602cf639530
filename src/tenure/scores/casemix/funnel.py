"""What chance alone makes of observed / expected: exact limits of a funnel plot, and how far groups go beyond them.

Spiegelhalter 2005, "Funnel plots for comparing institutional performance" (Statistics in Medicine 24): exact limits
(appendix A.1), and multiplicative over-dispersion from winsorised z-scores (section 3.2 and appendix A.3).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import isfinite, sqrt

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenure.core.confidence import UNKNOWN, Interval

Floats = NDArray[np.float64]

#: The two pairs of limits of a funnel plot: about two and three standard deviations.
LEVELS = (0.95, 0.998)
#: The share of groups at either end that are drawn in before the spread is measured.
WINSORISED = 0.1


def poisson_binomial(probabilities: ArrayLike, most: int) -> Floats:
    """P(K = k) for k = 0 to ``most``: how many of independent events happen, each with a probability of its own.

    Exact, by adding one event after the other (the recursion of Barlow and Heidtmann 1984); what lies beyond ``most``
    does not change what lies below.

    >>> poisson_binomial([0.5, 0.5], 2).tolist()
    [0.25, 0.5, 0.25]
    """
    pmf = np.zeros(most + 1)
    pmf[0] = 1.0
    for p in np.asarray(probabilities, dtype=np.float64):
        pmf[1:] += p * (pmf[:-1] - pmf[1:])
        pmf[0] *= 1 - p
    return pmf


def event_limits(probabilities: ArrayLike, levels: Sequence[float] = LEVELS) -> tuple[Interval, ...]:
    """What a count of such events is kept within by chance at each level, as a multiple of the expected count.

    With p = (1 - level) / 2 and r the least whole number for which P(K <= r) > p, the low limit is r - a with
    a = (P(K <= r) - p) / P(K = r); the high limit mirrors it (see ``core.confidence.share_limits``). So a count lies
    outside exactly where chance gives it, or one farther to that side, with less than p. Unknown where nothing is
    expected.
    """
    p = np.asarray(probabilities, dtype=np.float64)
    mean = float(p.sum())
    if mean <= 0:
        return tuple(UNKNOWN for _ in levels)
    # Beyond twelve standard deviations and some there is less than a double can hold.
    most = min(len(p), int(mean + 12 * sqrt(mean)) + 30)
    pmf = poisson_binomial(p, most)
    tails = [(1 - level) / 2 for level in levels]
    return tuple(Interval(_low_limit(pmf, t) / mean, (most - _low_limit(pmf[::-1], t)) / mean) for t in tails)


def _low_limit(pmf: Floats, tail: float) -> float:
    up_to = np.cumsum(pmf)
    rank = int(np.searchsorted(up_to, tail, side="right"))
    return max(0.0, rank - float((up_to[rank] - tail) / pmf[rank]))


def amount_limits(expected: float, variance: float, levels: Sequence[float] = LEVELS) -> tuple[Interval, ...]:
    """The same for an amount, from the gamma distribution with this mean and variance.

    Not from the normal one: few accounts make up most of what is lost, and with its limits three times as many groups lie
    above 99.8 % as should.
    """
    from scipy.special import gammaincinv

    if expected <= 0 or variance <= 0:
        return tuple(UNKNOWN for _ in levels)
    shape = expected**2 / variance
    ends = [[float(gammaincinv(shape, (1 + side * level) / 2)) / shape for side in (-1, 1)] for level in levels]
    return tuple(Interval(low, high) for low, high in ends)


@dataclass(frozen=True)
class Dispersion:
    """How far groups spread. ``phi``: their mean squared z-score, 1 where chance alone makes them differ; ``used``: it is
    more than chance makes it, and limits are widened by its root.
    """

    phi: float
    used: bool

    def widened(self, limits: Interval, doubt: float = 1.0) -> Interval:
        """Limits around 1, so much farther from it as groups spread more than chance makes them, and ``doubt`` times: as far as
        what is expected is not certain.
        """
        factor = doubt * (sqrt(self.phi) if self.used else 1.0)
        if factor == 1:
            return limits
        low, high = (None if end is None else 1 + (end - 1) * factor for end in (limits.low, limits.high))
        return Interval(None if low is None else max(0.0, low), high)


def dispersion(observed: ArrayLike, expected: ArrayLike, variance: ArrayLike) -> Dispersion:
    """The spread of groups: phi = mean of z squared, z = (observed - expected) / sd, winsorised at 10 % of either end.

    Winsorised, so that who is really different does not widen the limits for himself. phi of I groups has about the mean
    1 and the variance 2 / I where chance alone makes them differ: it is used above 1 + 2 sqrt(2 / I). Groups that expect
    nothing have no z.
    """
    o, e, v = (np.asarray(each, dtype=np.float64) for each in (observed, expected, variance))
    z = (o - e)[v > 0] / np.sqrt(v[v > 0])
    if len(z) < 2:
        return Dispersion(1.0, used=False)
    low, high = np.quantile(z, [WINSORISED, 1 - WINSORISED])
    phi = float((np.clip(z, low, high) ** 2).mean())
    return Dispersion(phi, used=isfinite(phi) and phi > 1 + 2 * sqrt(2 / len(z)))
