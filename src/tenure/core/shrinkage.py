"""Shares of groups of unequal size, each drawn towards what all have in common as far as its size leaves it open.

Beta-binomial empirical Bayes: each group's true share is a draw from one beta distribution, whose parameters come from
all groups by maximum likelihood (Gelman et al., Bayesian Data Analysis, chapter 5). A group of 14 says little of itself
and is mostly what the others are; a group of 10,000 is itself.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import log

import numpy as np
from numpy.typing import ArrayLike, NDArray

from tenure.core.confidence import LEVEL
from tenure.core.errors import DataError
from tenure.core.likelihood import beta_of, beta_slope, distinct, log_rising, maximise, rising_slope

Floats = NDArray[np.float64]


@dataclass(frozen=True)
class BetaBinomial:
    """The distribution of the groups' shares. ``alike``: the groups differ no more than chance makes them."""

    alpha: float
    beta: float
    loglik: float = 0.0
    alike: bool = False

    def shrunk(self, successes: ArrayLike, trials: ArrayLike) -> Floats:
        """The expected share of each group: (alpha + successes) / (alpha + beta + trials)."""
        done, tried = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
        return (self.alpha + done) / (self.alpha + self.beta + tried)

    def interval(self, successes: ArrayLike, trials: ArrayLike) -> tuple[Floats, Floats]:
        """Within what each group's share lies with 95 %, the two parameters taken as known."""
        from scipy.special import betaincinv

        done, tried = np.asarray(successes, dtype=np.float64), np.asarray(trials, dtype=np.float64)
        tail = (1 - LEVEL) / 2
        a, b = self.alpha + done, self.beta + tried - done
        return betaincinv(a, b, tail), betaincinv(a, b, 1 - tail)


def beta_binomial(successes: ArrayLike, trials: ArrayLike) -> BetaBinomial:
    """The parameters by maximum likelihood, over groups in any order. ``loglik`` is that of the counts.

    Where the groups differ no more than chance makes them, the likelihood grows for ever with alpha + beta: ``alike``,
    and everything is shrunk to the common share. Raises ``DataError`` where nothing or everything succeeded, or nothing
    was tried; ``ValueError`` unless 0 <= successes <= trials.

    >>> round(beta_binomial([4, 0, 9, 2], [14, 20, 20, 25]).alpha, 3)
    0.821
    """
    from scipy.special import gammaln

    (done, tried), weight = distinct(successes, trials)
    if not ((done >= 0) & (done <= tried)).all():
        raise ValueError("successes must lie between 0 and the trials")
    share = float((weight * done).sum() / max(1.0, (weight * tried).sum()))
    if not 0 < share < 1:
        raise DataError(
            "Every group has the same share, 0 or 1: there is nothing to learn of how they differ.",
            code="too_few_events",
            fix="Count over a longer time, or over more groups.",
        )
    constant = float((weight * (gammaln(tried + 1) - gammaln(done + 1) - gammaln(tried - done + 1))).sum())

    def loglik(point: Floats) -> tuple[float, Floats]:
        a, b = beta_of(point[0], point[1])
        failed, total = tried - done, a + b
        value = log_rising(a, done) + log_rising(b, failed) - log_rising(total, tried)
        both = rising_slope(total, tried)
        by_a = float((weight * (rising_slope(a, done) - both)).sum())
        by_b = float((weight * (rising_slope(b, failed) - both)).sum())
        return float((weight * value).sum()) + constant, np.array(beta_slope(a, b, by_a, by_b))

    centre = log(share / (1 - share))
    largest = log(float(tried.max())) + 14
    peak = maximise(
        loglik, [np.array([centre, start]) for start in (0.0, 2.5, 6.0)],
        np.array([centre - 15, -16]), np.array([centre + 15, largest]), endless={(1, -1), (1, 1)}, model="the beta-binomial",
    )  # fmt: skip
    return BetaBinomial(*beta_of(*peak.point), peak.loglik, alike=peak.edges[1] == 1)
