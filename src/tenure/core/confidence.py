"""95 % confidence intervals, one for each kind of figure; and the limits that chance keeps a share within.

| figure | interval |
|---|---|
| share | Wilson |
| difference of two shares | Newcombe's method 10 |
| net promoter score | adjusted Wald |
| count | exact Poisson (Garwood) |
| mean | Student's t |
| difference of two means | Student's t: Welch's or with pooled variance, the wider |
| ratio of sums over accounts | BCa bootstrap over accounts, or the delta method from additive sums |
| product of such ratios | the delta method on the logarithm; on log(-log) where none can pass 1 |
| difference of any two figures | square and add (MOVER) |

What is undefined is None: NaN and infinity never leave. Nothing here is random without a seed: a figure computed again
has the same interval. numpy and ``scipy.special`` are imported only by the functions that need them, ``scipy.stats``
never: they cost more time than all the rest of a command.
"""

from __future__ import annotations

from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction
from math import ceil, exp, inf, isfinite, log, sqrt
from statistics import NormalDist
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # numpy costs as much to import as a command takes
    import numpy as np
    from numpy.typing import NDArray

Number = int | float | Decimal

LEVEL = 0.95
SEED = 20_260_101

_TAIL = (1 - LEVEL) / 2
_Z = NormalDist().inv_cdf(1 - _TAIL)
#: The largest exponent that is worked out: beyond, a bound lies at 0 or 1 for every purpose.
_FAR = 700.0


@dataclass(frozen=True)
class Interval:
    """The bounds of a figure at 95 %, in the figure's unit. None: there is no such bound."""

    low: float | None
    high: float | None

    def covers(self, value: float) -> bool | None:
        """Whether ``value`` lies within; None where neither bound is known.

        A difference whose interval covers 0 is "not different".
        """
        if self.low is None and self.high is None:
            return None
        return (self.low is None or self.low <= value) and (self.high is None or value <= self.high)


UNKNOWN = Interval(None, None)
"""No interval can be given."""


def _interval(low: float, high: float) -> Interval:
    return Interval(float(low) if isfinite(low) else None, float(high) if isfinite(high) else None)


# Shares


def wilson(x: float, n: float) -> Interval:
    """The interval of the share ``x / n`` (Wilson 1927). Unknown for n = 0; ``ValueError`` unless 0 <= x <= n.

    >>> wilson(15, 148)
    Interval(low=0.06238..., high=0.16048...)
    """
    if not 0 <= x <= n:
        raise ValueError(f"{x} of {n} is no share")
    if n == 0:
        return UNKNOWN
    centre = x + _Z**2 / 2
    half = _Z * sqrt(x * (n - x) / n + _Z**2 / 4)
    low = 0.0 if x == 0 else (centre - half) / (n + _Z**2)
    high = 1.0 if x == n else (centre + half) / (n + _Z**2)
    return _interval(low, high)


def newcombe_difference(x1: float, n1: float, x2: float, n2: float) -> Interval:
    """The interval of ``x1 / n1 - x2 / n2`` for two independent samples (Newcombe 1998, method 10)."""
    if n1 == 0 or n2 == 0:
        return UNKNOWN
    return mover_difference(x1 / n1, wilson(x1, n1), x2 / n2, wilson(x2, n2))


def share_limits(mean: float, n: float, level: float = LEVEL) -> Interval:
    """The control limits of a funnel plot: what a share of ``n`` things is kept within by chance where its true value
    is ``mean`` (Spiegelhalter 2005, "Funnel plots for comparing institutional performance", appendix A.1.1).

    Exact, from the binomial distribution. With r the least whole number for which P(R <= r) > p, the low limit is
    (r - a) / n with a = (P(R <= r) - p) / P(R = r), p = (1 - ``level``) / 2. The paper does the same at 1 - p for the
    high limit, which then lies too low: 8 of 10 would be outside 95 % at a mean of 1/2, though chance alone gives 8 or
    more in 5.5 %. Here the high limit mirrors the low one (of what is not so, at 1 - ``mean``). So x of n lies outside
    exactly where chance gives x or farther to that side with less than p, and whoever is outside in what was lost is
    so in what was kept.

    ``n`` need not be whole: shared things count in parts. Limits are fractions within 0 and 1; both are the mean where
    it is 0 or 1, unknown for n = 0. ``ValueError`` for a mean or a level that is no share, or n < 0.

    >>> share_limits(0.5, 10)
    Interval(low=0.13244..., high=0.86755...)
    """
    if not (0 <= mean <= 1 and 0 < level < 1 and n >= 0):
        raise ValueError(f"no limits of {mean} at {n} for {level}")
    if n == 0:
        return UNKNOWN
    tail = (1 - level) / 2
    return _interval(_low_limit(mean, n, tail), 1 - _low_limit(1 - mean, n, tail))


def _low_limit(mean: float, n: float, tail: float) -> float:
    if mean in (0, 1):
        return mean
    from scipy.special import betainc

    def up_to(r: int) -> float:
        """P(R <= r)."""
        return 0.0 if r < 0 else 1.0 if r >= n else float(betainc(n - r, r + 1, 1 - mean))

    below, rank = -1, ceil(n)  # the rank sought is over the one and not over the other
    while rank - below > 1:
        middle = (below + rank) // 2
        below, rank = (below, middle) if up_to(middle) > tail else (middle, rank)
    before, reached = up_to(rank - 1), up_to(rank)
    return max(0.0, rank - (reached - tail) / (reached - before)) / n


# Net promoter score


def nps_adjusted_wald(promoters: float, passives: float, detractors: float) -> Interval:
    """The interval of the score of these counts of answers, in points from -100 to 100. Unknown without answers.

    3/4 of a promoter, 1 1/2 passives and 3/4 of a detractor are added, then Wald. The score itself is not adjusted.

    >>> nps_adjusted_wald(70, 20, 10)
    Interval(low=45.269..., high=71.235...)
    """
    if promoters + passives + detractors <= 0:
        return UNKNOWN
    score, variance = _adjusted_score(promoters, passives, detractors)
    half = _Z * sqrt(variance)
    return _interval(max(-100.0, 100 * (score - half)), min(100.0, 100 * (score + half)))


def nps_difference(now: tuple[float, float, float], before: tuple[float, float, float]) -> Interval:
    """The interval of one score minus another, in points from -200 to 200, both adjusted as a single one is.

    ``now`` and ``before`` are counts of promoters, passives and detractors; the answers are independent.
    """
    if sum(now) <= 0 or sum(before) <= 0:
        return UNKNOWN
    score_now, variance_now = _adjusted_score(*now)
    score_before, variance_before = _adjusted_score(*before)
    difference = 100 * (score_now - score_before)
    half = 100 * _Z * sqrt(variance_now + variance_before)
    return _interval(max(-200.0, difference - half), min(200.0, difference + half))


def _adjusted_score(promoters: float, passives: float, detractors: float) -> tuple[float, float]:
    """The adjusted score as a fraction from -1 to 1, and its variance."""
    n = promoters + passives + detractors + 3
    up, down = (promoters + 0.75) / n, (detractors + 0.75) / n
    return up - down, (up + down - (up - down) ** 2) / n


# Counts


def poisson_exact(count: int) -> Interval:
    """The exact interval of the expected count (Garwood 1936).

    >>> poisson_exact(10)
    Interval(low=4.795..., high=18.390...)
    """
    from scipy.special import gammaincinv

    low = 0.0 if count == 0 else gammaincinv(count, _TAIL)
    return _interval(low, gammaincinv(count + 1, 1 - _TAIL))


def poisson_difference(count1: int, count2: int) -> Interval:
    """The interval of the difference of two independent counts over equal exposure."""
    return mover_difference(count1, poisson_exact(count1), count2, poisson_exact(count2))


def poisson_ratio(count1: int, count2: int, exposure1: float = 1.0, exposure2: float = 1.0) -> Interval:
    """The exact interval of the ratio of two rates, ``(count1 / exposure1) / (count2 / exposure2)``.

    Given the total, the first count is binomial: Clopper-Pearson bounds of its share become those of the ratio. There
    is no upper bound where ``count2`` is 0, and none at all without counts or exposure.
    """
    if count1 + count2 == 0 or exposure1 <= 0 or exposure2 <= 0:
        return UNKNOWN
    from scipy.special import betaincinv

    low = 0.0 if count1 == 0 else betaincinv(count1, count2 + 1, _TAIL)
    high = 1.0 if count2 == 0 else betaincinv(count1 + 1, count2, 1 - _TAIL)
    scale = exposure2 / exposure1
    return _interval(scale * low / (1 - low), scale * high / (1 - high) if high < 1 else inf)


# Means and ratios of sums


def mean_interval(n: int, total: Number, total_sq: Number) -> Interval:
    """The interval of a mean, by Student's t with n - 1 degrees of freedom; unknown below two values.

    ``total`` is the sum of the values, ``total_sq`` of their squares. Sums of whole numbers lose nothing.
    """
    if n < 2 or not _all_finite(total, total_sq):
        return UNKNOWN
    from scipy.special import stdtrit

    sum_, sum_sq = _exact(total), _exact(total_sq)
    variance = max(Fraction(0), (sum_sq - sum_**2 / n) / (n - 1))
    half = float(stdtrit(n - 1, 1 - _TAIL)) * sqrt(variance / n)
    return _interval(float(sum_ / n) - half, float(sum_ / n) + half)


def mean_difference(difference: float, one: tuple[float, int], other: tuple[float, int]) -> Interval:
    """The interval of a difference of two means, from the variance and the number of each sample.

    The wider of Welch's (1947), at Satterthwaite's degrees of freedom, and Student's with the variance pooled. With as many
    in both they hardly differ. Else Welch's alone is too narrow where the few happen to show less than there is: of rare
    losses none. Unknown with fewer than two values in either, or no variance in both.

    >>> mean_difference(-6.0, (2.5, 5), (10.0, 5))
    Interval(low=-9.887..., high=-2.112...)
    """
    if min(one[1], other[1]) < 2 or not one[0] + other[0] > 0:
        return UNKNOWN
    from scipy.special import stdtrit

    parts = [variance / n for variance, n in (one, other)]
    spread = sum(part**2 / (n - 1) for part, (_, n) in zip(parts, (one, other), strict=True))
    freedom = one[1] + other[1] - 2
    pooled = sum(variance * (n - 1) for variance, n in (one, other)) / freedom
    half = max(
        float(stdtrit(sum(parts) ** 2 / spread, 1 - _TAIL)) * sqrt(sum(parts)),
        float(stdtrit(freedom, 1 - _TAIL)) * sqrt(pooled * (1 / one[1] + 1 / other[1])),
    )
    return _interval(difference - half, difference + half)


def ratio_delta(n: int, s_num: Number, s_den: Number, s_nn: Number, s_dd: Number, s_nd: Number) -> Interval:
    """The interval of ``s_num / s_den`` over ``n`` independent accounts, by the delta method and the normal quantile.

    The sums over accounts of: numerator, denominator, numerator squared, denominator squared, their product. They add
    over slices and partitions. Meant for many accounts; for up to 1,000 see ``ratio_bca``. Unknown for n < 2 or a
    denominator of 0. Where every account has the same ratio, both bounds are that ratio.
    """
    if n < 2 or s_den == 0 or not _all_finite(s_num, s_den, s_nn, s_dd, s_nd):
        return UNKNOWN
    den = _exact(s_den)
    value = _exact(s_num) / den
    # of the residuals num - value * den, whose sum is 0; exact, since the three terms nearly cancel
    squares = max(Fraction(0), _exact(s_nn) - 2 * value * _exact(s_nd) + value**2 * _exact(s_dd))
    half = _Z * sqrt(n * squares / ((n - 1) * den**2))
    return _interval(float(value) - half, float(value) + half)


def ratio_bca(num: NDArray[np.float64], den: NDArray[np.float64], draws: int = 2000, seed: int = SEED) -> Interval:
    """The interval of ``sum(num) / sum(den)`` by a BCa bootstrap over accounts (Efron 1987).

    ``num`` and ``den`` hold one number an account, in any order: the result does not depend on it. Accounts that are 0
    in both are left out. Unknown for fewer than two accounts, a denominator of 0, a value that is not finite, or where
    the denominator is 0 in most draws (one account holds nearly all of it); other draws without a denominator are
    left out. Where every account has the same ratio, both bounds are that ratio.

    Takes ``draws`` x accounts x 5 bytes, and a few milliseconds: meant for up to 1,000 accounts.
    """
    from tenure.core import bootstrap

    bounds = bootstrap.ratio_bounds(num, den, (_TAIL, 1 - _TAIL), draws=draws, seed=seed)
    return UNKNOWN if bounds is None else _interval(*bounds)


def product_interval(value: float, log_variance: float, *, capped: bool) -> Interval:
    """The interval of a product of ratios above 0, from the variance of its logarithm.

    On the logarithm by the delta method. ``capped``: no ratio passes 1, nor may a bound: a product below 1 has its interval on
    log(-log), as Greenwood's of what survives (Kalbfleisch and Prentice 1980), so that both bounds lie within 0 and 1.

    >>> product_interval(0.9, 0.01, capped=False)
    Interval(low=0.73981..., high=1.09487...)
    >>> product_interval(0.9, 0.01, capped=True)
    Interval(low=0.50815..., high=0.98373...)
    """
    reach = _Z * sqrt(log_variance)
    if not capped or value >= 1 or not reach:
        return _interval(value * exp(-reach), value * exp(reach))
    times = exp(min(reach / -log(value), _FAR))
    return _interval(value**times, value ** (1 / times))


# Differences


def mover_difference(v1: float | None, i1: Interval, v2: float | None, i2: Interval) -> Interval:
    """The interval of ``v1 - v2`` from the intervals of each, by square and add (Zou and Donner 2008).

    The two are taken as independent. For one group of customers in two periods, which usually go together, it is
    too wide rather than too narrow. A bound is None where one that it needs is.
    """
    if v1 is None or v2 is None:
        return UNKNOWN
    difference = float(v1) - float(v2)
    down = _distance(v1, i1.low, i2.high, v2)
    up = _distance(i1.high, v1, v2, i2.low)
    return _interval(difference - down, difference + up)


def _distance(top1: float | None, bottom1: float | None, top2: float | None, bottom2: float | None) -> float:
    """The hypotenuse of two distances; infinite where an end is None. A value beyond its own bound has distance 0."""
    if top1 is None or bottom1 is None or top2 is None or bottom2 is None:
        return inf
    return sqrt(max(0.0, float(top1) - float(bottom1)) ** 2 + max(0.0, float(top2) - float(bottom2)) ** 2)


def _all_finite(*values: Number) -> bool:
    return all(isfinite(value) for value in values)


def _exact(value: Number) -> Fraction:
    return Fraction(*value.as_integer_ratio())  # not Fraction(value): that keeps numpy's integers, which overflow
