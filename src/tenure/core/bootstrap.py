"""The bias-corrected and accelerated bootstrap (BCa, Efron 1987) of a ratio of sums, vectorised.

Accounts are drawn, each with its numerator and denominator. The jackknife for the acceleration has a closed form, and
a draw is only how often each account is in it: the draws for a number of accounts are made once and kept. So that there
are few such numbers, up to a thirty-second of accounts that have nothing may be drawn as well; they leave a ratio as it is.
"""

from __future__ import annotations

from functools import lru_cache
from math import isfinite
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

_NORMAL = NormalDist()
_NOISE = 1e-12
"""Relative differences below this are rounding, not variation."""
_BLOCK = 50
"""Draws counted at a time: what fits the processor's cache."""


def ratio_bounds(
    num: Floats, den: Floats, levels: tuple[float, float], *, draws: int, seed: int
) -> tuple[float, float] | None:
    """The bounds of ``sum(num) / sum(den)`` at two ``levels`` (0.025 and 0.975), or None where there are none.

    What is left out and what is undefined: ``tenure.core.confidence.ratio_bca``.
    """
    num, den = _in_order(np.asarray(num, dtype=np.float64), np.asarray(den, dtype=np.float64))
    total = float(den.sum())
    if len(num) < 2 or total == 0 or not isfinite(total) or not np.isfinite(num).all():
        return None
    value = float(num.sum()) / total
    beyond = num - value * den  # what an account has more than the common ratio gives it; sums to 0
    if np.abs(beyond).max() <= _NOISE * np.abs(num).max():
        return value, value
    counts = _resampling(_with_some(len(num)), draws, seed)[:, : len(num)]
    # einsum, not a matrix product: that one waits for a second thread, and adds up otherwise on other machines
    drawn_beyond, drawn_den = np.einsum("ij,j->i", counts, beyond), np.einsum("ij,j->i", counts, den)
    defined = drawn_den * np.sign(total) > 0
    if 2 * defined.sum() < draws:
        return None
    shifts = drawn_beyond[defined] / drawn_den[defined]
    low, high = _corrected_percentiles(shifts, _acceleration(beyond, total - den), levels)
    return value + low, value + high


def _in_order(num: Floats, den: Floats) -> tuple[Floats, Floats]:
    """The accounts that have something, sorted, so that the same accounts always meet the same draws."""
    kept = (num != 0) | (den != 0)
    num, den = num[kept], den[kept]
    order = np.lexsort((num, den))
    return num[order], den[order]


def _with_some(n: int) -> int:
    """``n`` up to 64, above that the next number with no more than six binary digits that count."""
    step = 1 << max((n - 1).bit_length() - 6, 0)
    return -(-n // step) * step


@lru_cache(maxsize=256)  # there are 192 up to 1,024 accounts: with 2,000 draws of each, 96 MB
def _resampling(n: int, draws: int, seed: int) -> NDArray[np.uint8]:
    """How often each of ``n`` accounts is in each draw: draws x n, the same for all figures over ``n`` accounts.

    Made from the generator's raw bits, the only stream that numpy promises never to change. A byte is enough: the
    same account 256 times in one draw does not happen.
    """
    bits = np.random.PCG64(seed).random_raw((draws * n + 1) // 2).view(np.uint32)[: draws * n].reshape(draws, n)
    counts = np.empty((draws, n), dtype=np.uint8)
    offsets = np.arange(_BLOCK, dtype=np.intp)[:, np.newaxis] * n
    for first in range(0, draws, _BLOCK):
        rows = bits[first : first + _BLOCK]
        cells = (rows * (n / 2**32)).astype(np.intp) + offsets[: len(rows)]  # exact: 32 bits times a small number
        counts[first : first + _BLOCK] = np.bincount(cells.ravel(), minlength=cells.size).reshape(cells.shape)
    counts.flags.writeable = False
    return counts


def _acceleration(beyond: Floats, left: Floats) -> float:
    """The acceleration by the jackknife; ``left`` is the denominator without each account."""
    if (left == 0).any():  # without one account there is no ratio: bias is corrected, skewness is not
        return 0.0
    without = -beyond / left  # the ratio without an account minus the ratio with all
    influence = without.mean() - without
    return float((influence**3).sum() / (6 * (influence**2).sum() ** 1.5))


def _corrected_percentiles(shifts: Floats, acceleration: float, levels: tuple[float, float]) -> tuple[float, float]:
    """Of the draws' differences from the estimate, the percentiles that stand for ``levels``."""
    ties = np.abs(shifts) <= _NOISE * np.abs(shifts).max()
    below = float(((shifts < 0) & ~ties).mean() + ties.mean() / 2)
    edge = 1 / (2 * len(shifts))  # all draws on one side: as far as this many draws can tell
    bias = _NORMAL.inv_cdf(min(max(below, edge), 1 - edge))
    low, high = np.quantile(shifts, [_corrected(bias, _NORMAL.inv_cdf(level), acceleration) for level in levels])
    return float(low), float(high)


def _corrected(bias: float, quantile: float, acceleration: float) -> float:
    shifted = bias + quantile
    stretch = 1 - acceleration * shifted
    if stretch <= 0:  # the correction has its pole here: the percentile is the last one on its side
        return 1.0 if shifted > 0 else 0.0
    return _NORMAL.cdf(bias + shifted / stretch)
