"""What of a window is to be expected of its end: what is there, and what is still to come if it goes on as it went."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from math import sqrt

from tenure.core.confidence import LEVEL

#: Fewer parts say too little of how much they vary.
FEWEST = 6


@dataclass(frozen=True)
class Outlook:
    """What is expected, and the 95 % interval in which it will lie if what comes varies as what came."""

    value: float
    low: float
    high: float


def outlook(there: float, parts: Sequence[float], left: float) -> Outlook | None:
    """What will be there after ``left`` more parts like these: equal stretches of time, each with what it added.

    With the mean m and the standard deviation s of n parts: there + left x m, give or take t x s x sqrt(left + left^2 / n), t by
    Student with n - 1 degrees of freedom: what is to come varies, and the mean is known from n parts only. ``left`` need not be
    whole. The parts are taken to be independent, without season or bend. None for fewer than six.

    >>> outlook(10.0, [1, 2, 3, 1, 2, 3], 2)
    Outlook(value=14.0, low=10.24..., high=17.75...)
    """
    n = len(parts)
    if n < FEWEST:
        return None
    from scipy.special import stdtrit

    mean = sum(parts) / n
    spread = sqrt(sum((part - mean) ** 2 for part in parts) / (n - 1))
    value = there + left * mean
    half = float(stdtrit(n - 1, (1 + LEVEL) / 2)) * spread * sqrt(left + left**2 / n) if left > 0 else 0.0
    return Outlook(value, value - half, value + half)
