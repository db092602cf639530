"""What of several amounts will come, each by a chance of its own: the sum that is expected, and the range in which it will lie.

Given how high the risks are, each amount comes or does not independently of the others, and the distribution of the sum is
worked out: exactly from all combinations of a few amounts, of more by convolution on a grid of their total, and of very many
by its first three cumulants. How high all risks are is itself known only as well as the events allow that it was learned
from: with n of them within a factor whose logarithm has the deviation 1/sqrt(n), common to all. The range is of both.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from math import erf, exp, pi, sqrt

import numpy as np

from tenure.core.features import Floats

LEVEL = 0.95
#: So few amounts are combined one by one, so many are laid on a grid of so many steps.
_FEW, _MANY, _GRID = 12, 2_000, 4_096
#: By how many values the common factor is told.
_NODES = 9


@dataclass(frozen=True)
class Total:
    """``expected``, and the ends ``low`` and ``high`` between which the sum lies in 95 of 100 cases."""

    expected: float
    low: float
    high: float


def total(amounts: Floats, chances: Floats, events: int) -> Total:
    """The sum of amounts (not negative) that come by these chances; ``events``: how many the chances were learned from (0: they
    are taken as they are).
    """
    expected = float((amounts * chances).sum())
    whole = float(amounts.sum())
    if whole <= 0:
        return Total(expected, 0.0, 0.0)
    weights, factors = _factors(events)
    with np.errstate(divide="ignore"):
        hazards = -np.log(np.clip(chances, 1e-12, 1.0))
    told = np.exp(-np.outer(factors, hazards))  # a row for each factor
    if len(amounts) > _MANY:
        return _by_cumulants(amounts, told, weights, expected)
    values, masses = _combined(amounts, told, weights) if len(amounts) <= _FEW else _convolved(amounts, told, weights)
    upto = np.cumsum(masses)
    tail = (1 - LEVEL) / 2
    low = values[int(np.searchsorted(upto, tail - 1e-9, side="left"))]
    high = values[min(int(np.searchsorted(upto, 1 - tail - 1e-9, side="left")), len(values) - 1)]
    return Total(expected, float(low), min(whole, float(high)))  # the grid has steps above the whole


def _factors(events: int) -> tuple[Floats, Floats]:
    """The weights and values of the common factor, whose mean is one."""
    if events <= 0:
        return np.ones(1), np.ones(1)
    points, weights = np.polynomial.hermite_e.hermegauss(_NODES)
    spread = 1 / sqrt(events)
    shares: Floats = weights / weights.sum()
    return shares, np.exp(spread * points - spread**2 / 2)


def _combined(amounts: Floats, told: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Every sum that can be, in order, and its probability."""
    values, masses = np.zeros(1), np.ones((len(weights), 1))
    for number, amount in enumerate(amounts):
        comes = told[:, number][:, None]
        values = np.concatenate([values, values + amount])
        masses = np.concatenate([masses * (1 - comes), masses * comes], axis=1)
    order = np.argsort(values, kind="stable")
    return values[order], (weights @ masses)[order]


def _convolved(amounts: Floats, told: Floats, weights: Floats) -> tuple[Floats, Floats]:
    """Sums on a grid, and their probabilities. Each amount is split over the two steps beside it, so that its mean stays."""
    step = float(amounts.sum()) / _GRID
    below = np.floor(amounts / step).astype(np.int64)
    above = amounts / step - below
    room = int(below.sum()) + len(amounts) + 1
    masses = np.zeros((len(weights), room))
    masses[:, 0] = 1.0
    top = 1
    for number, steps in enumerate(below.tolist()):
        comes = told[:, number][:, None]
        now = masses[:, :top].copy()
        masses[:, :top] = now * (1 - comes)
        masses[:, steps : steps + top] += now * comes * (1 - above[number])
        masses[:, steps + 1 : steps + 1 + top] += now * comes * above[number]
        top += steps + 1
    return np.asarray(step * np.arange(room), dtype=np.float64), np.asarray(weights @ masses, dtype=np.float64)


def _by_cumulants(amounts: Floats, told: Floats, weights: Floats, expected: float) -> Total:
    """Of very many: each factor's sum is all but normal, with its skewness; the range is of their mixture."""
    means = told @ amounts
    second = (told * (1 - told)) @ amounts**2
    third = (told * (1 - told) * (1 - 2 * told)) @ amounts**3
    deviations = np.sqrt(np.maximum(second, 1e-12))
    skews = third / deviations**3

    def upto(value: float) -> float:
        z = (value - means) / deviations
        normal = np.array([0.5 * (1 + erf(float(each) / sqrt(2))) for each in z])
        bend = skews / 6 * (z**2 - 1) * np.array([exp(-(float(each) ** 2) / 2) / sqrt(2 * pi) for each in z])
        return float(weights @ np.clip(normal - bend, 0, 1))

    tail = (1 - LEVEL) / 2
    ends = float(means.min() - 8 * deviations.max()), float(means.max() + 8 * deviations.max())
    low, high = (_where(upto, share, *ends) for share in (tail, 1 - tail))
    return Total(expected, max(0.0, low), min(float(amounts.sum()), high))


def _where(upto: Callable[[float], float], share: float, low: float, high: float) -> float:
    """The value up to which a share of the distribution lies."""
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if upto(middle) < share else (low, middle)
    return high
