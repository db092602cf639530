"""How much of each group's observed / expected to believe: gamma-Poisson empirical Bayes.

Each group's true ratio is a draw from a gamma distribution with the mean 1 and the standard deviation tau, and what is
observed of it is Poisson: O ~ Poisson(E theta), so that theta given O is gamma with shape 1 / tau² + O and rate
1 / tau² + E (Clayton and Kaldor 1987; DuMouchel 1999; hospital profiling). Of few groups tau is itself uncertain, and taken
as known it makes intervals too short, of none at all where the likelihood is highest at 0. So tau is not set to its most
likely value but averaged over, weighted by the likelihood of all groups and a prior that rises from nothing at 0 (flat in
tau², as Morris and Tang 2011 have it, out to where differences are unusual): one that is flat at 0, as the half-normal is,
has intervals that hold the truth in 91 of 100 cases where ratios differ by 0.3.

What spreads less or more than Poisson (frequent events, money) counts as so many events as have its spread (the
quasi-Poisson of McCullagh and Nelder): O and E are divided by variance / E.
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenure.core.confidence import LEVEL

Floats = NDArray[np.float64]

#: The most likely tau beforehand: ratios twice or half as high as expected are not unusual.
PRIOR = 0.5
_STEPS = 80
_WIDEST = 2.0
_HALVINGS = 60


@dataclass(frozen=True)
class Belief:
    """What is believed of each group's true ratio: a mixture of gamma distributions, one for each possible tau.

    ``shape``, ``rate``: groups x taus; ``weight``: of the taus, adding up to 1; ``tau``: their values.
    """

    shape: Floats
    rate: Floats
    weight: Floats
    tau: Floats

    @property
    def mean(self) -> Floats:
        """The expected ratio of each group: its own, drawn towards 1 as far as its size leaves it open."""
        value: Floats = (self.shape / self.rate) @ self.weight
        return value

    @property
    def spread(self) -> float:
        """The expected tau: how much groups truly differ."""
        return float(self.tau @ self.weight)

    def below(self, ratio: ArrayLike) -> Floats:
        """P(true ratio < ``ratio``), of each group; one ratio for all or one each."""
        from scipy.special import gammainc

        at = np.broadcast_to(np.asarray(ratio, dtype=np.float64), len(self.shape))
        return np.asarray(gammainc(self.shape, self.rate * at[:, None]) @ self.weight, dtype=np.float64)

    def interval(self) -> tuple[Floats, Floats]:
        """Within what each group's true ratio lies with 95 %."""
        tail = (1 - LEVEL) / 2
        return self._quantile(tail), self._quantile(1 - tail)

    def draws(self, count: int, seed: int) -> Floats:
        """``count`` draws of all groups' true ratios, count x groups; in each draw all groups share one tau."""
        rng = np.random.default_rng(seed)
        which = rng.choice(len(self.weight), size=count, p=self.weight)
        return np.asarray(rng.standard_gamma(self.shape.T[which]) / self.rate.T[which], dtype=np.float64)

    def _quantile(self, share: float) -> Floats:
        low, high = np.zeros(len(self.shape)), np.full(len(self.shape), 1.0)
        while (short := self.below(high) < share).any():
            high[short] *= 2
        for _ in range(_HALVINGS):
            middle = (low + high) / 2
            short = self.below(middle) < share
            low, high = np.where(short, middle, low), np.where(short, high, middle)
        return np.asarray((low + high) / 2, dtype=np.float64)


def belief(observed: ArrayLike, expected: ArrayLike, variance: ArrayLike) -> Belief:
    """What to believe of each group. ``variance``: of what is observed about what is expected, if the group is as expected.

    Groups that expect nothing tell nothing: of them is believed what is of any group.
    """
    o, e, v = (np.asarray(each, dtype=np.float64) for each in (observed, expected, variance))
    events = np.divide(e, v, out=np.zeros_like(e), where=v > 0)
    steps = (np.arange(_STEPS) + 0.5) / _STEPS
    tau = _WIDEST * steps**2
    a = 1 / tau**2
    shape, rate = a + (o * events)[:, None], a + (e * events)[:, None]
    weight = steps * tau * np.exp(-0.5 * (tau / PRIOR) ** 2)  # steps: how wide a stretch of taus each stands for
    likely = _loglik(a, shape, rate)
    weight = weight * np.exp(likely - likely.max())
    return Belief(shape, rate, weight / weight.sum(), tau)


def effective(expected: ArrayLike, variance: ArrayLike) -> Floats:
    """How many expected events tell as much: expected² / variance; of rare events about their expected number."""
    e, v = np.asarray(expected, dtype=np.float64), np.asarray(variance, dtype=np.float64)
    value: Floats = np.divide(e**2, v, out=np.zeros_like(e), where=v > 0)
    return value


def _loglik(a: Floats, shape: Floats, rate: Floats) -> Floats:
    """The likelihood of all groups at each tau, but for what does not depend on it (negative binomial)."""
    from scipy.special import gammaln

    value: Floats = (a * np.log(a) - gammaln(a) + gammaln(shape) - shape * np.log(rate)).sum(axis=0)
    return value
