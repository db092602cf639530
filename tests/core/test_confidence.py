import doctest
import subprocess
import sys
from decimal import Decimal
from math import inf, nan, sqrt

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy import stats

from tenure.core import confidence
from tenure.core.confidence import (
    UNKNOWN,
    Interval,
    mean_interval,
    mover_difference,
    newcombe_difference,
    nps_adjusted_wald,
    nps_difference,
    poisson_difference,
    poisson_exact,
    poisson_ratio,
    ratio_bca,
    ratio_delta,
    share_limits,
    wilson,
)


def bounds(interval, scale=1.0):
    return (interval.low * scale, interval.high * scale)


def sums(num, den):
    return len(num), num.sum(), den.sum(), (num**2).sum(), (den**2).sum(), (num * den).sum()


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(confidence, optionflags=doctest.ELLIPSIS).failed == 0


# Shares


@pytest.mark.parametrize(
    ("x", "n", "low", "high"),
    [(81, 263, 0.2553, 0.3662), (15, 148, 0.0624, 0.1605), (0, 20, 0.0, 0.1611), (1, 29, 0.0061, 0.1718)],
)
def test_wilson_agrees_with_newcombe_1998(x, n, low, high):
    assert bounds(wilson(x, n)) == pytest.approx((low, high), abs=5e-5)


def test_wilson_of_the_telecom_company():
    assert bounds(wilson(1869, 7043), 100) == pytest.approx((25.5188, 27.5807), abs=5e-5)


def test_a_share_of_nothing_has_no_interval_and_its_ends_are_exact():
    assert wilson(0, 0) == UNKNOWN
    assert wilson(0, 7).low == 0.0
    assert wilson(7, 7).high == 1.0


@pytest.mark.parametrize(("x", "n"), [(3, 2), (-1, 2), (nan, 2)])
def test_what_is_no_share_is_refused(x, n):
    with pytest.raises(ValueError, match="no share"):
        wilson(x, n)


@pytest.mark.parametrize(
    ("table", "low", "high"),
    [
        ((56, 70, 48, 80), 0.0524, 0.3339),
        ((9, 10, 3, 10), 0.1705, 0.8090),
        ((6, 7, 2, 7), 0.0582, 0.8062),
        ((5, 56, 0, 29), -0.0381, 0.1926),
        ((0, 10, 0, 20), -0.1611, 0.2775),
        ((0, 10, 0, 10), -0.2775, 0.2775),
        ((10, 10, 0, 20), 0.6791, 1.0),
        ((10, 10, 0, 10), 0.6075, 1.0),
    ],
)
def test_the_difference_of_shares_agrees_with_newcombe_1998(table, low, high):
    assert bounds(newcombe_difference(*table)) == pytest.approx((low, high), abs=5e-5)


def test_the_difference_from_a_share_of_nothing_has_no_interval():
    assert newcombe_difference(1, 2, 0, 0) == newcombe_difference(0, 0, 1, 2) == UNKNOWN


def test_limits_by_hand():
    """Of 2 at a mean of 1/2: P(R <= 0) = 1/4, so a = (1/4 - 1/40) / (1/4) = 0.9, and (0 - 0.9) / 2 is under 0. Of 10:
    P(R <= 1) = 11/1024, P(R <= 2) = 56/1024, so r = 2, a = (56 - 25.6) / 45 = 0.67556, and (2 - a) / 10 = 0.13244.
    """
    assert share_limits(0.5, 2) == Interval(0, 1)
    assert bounds(share_limits(0.5, 10)) == pytest.approx((0.132444, 0.867556), abs=1e-6)


@pytest.mark.parametrize("level", [0.95, 0.998])
@pytest.mark.parametrize(("mean", "n"), [(0.17, 5), (0.17, 12), (0.17, 240), (0.5, 33), (0.93, 61), (0.02, 4000)])
def test_outside_the_limits_is_what_chance_gives_with_less_than_the_tail(mean, n, level):
    limits, tail = share_limits(mean, n, level), (1 - level) / 2
    for x in range(n + 1):
        assert (x / n < limits.low - 1e-12) == (stats.binom.cdf(x, n, mean) < tail), x
        assert (x / n > limits.high + 1e-12) == (stats.binom.sf(x - 1, n, mean) < tail), x


@given(st.floats(0.01, 0.99), st.floats(0.5, 3000))
def test_limits_of_parts_of_things_lie_round_the_mean_and_mirror_each_other(mean, n):
    inner, outer, mirrored = share_limits(mean, n), share_limits(mean, n, 0.998), share_limits(1 - mean, n)
    assert 0 <= outer.low <= inner.low <= mean <= inner.high <= outer.high <= 1
    assert bounds(mirrored) == pytest.approx((1 - inner.high, 1 - inner.low), abs=1e-9)


def test_a_mean_without_spread_is_its_own_limits_and_what_is_no_share_has_none():
    assert share_limits(0, 9) == Interval(0, 0)
    assert share_limits(1, 9) == Interval(1, 1)
    assert share_limits(0.3, 0) == UNKNOWN
    with pytest.raises(ValueError, match="no limits"):
        share_limits(1.2, 9)


# Net promoter score


def test_the_score_of_seventy_twenty_ten():
    # by hand: (70.75 - 10.75) / 103 = 0.582524; variance (81.5 / 103 - 0.582524 ** 2) / 103 = 0.0043877
    assert bounds(nps_adjusted_wald(70, 20, 10)) == pytest.approx((45.27, 71.24), abs=0.005)


def test_a_score_stays_within_its_scale_and_needs_answers():
    assert nps_adjusted_wald(0, 0, 0) == UNKNOWN
    assert nps_adjusted_wald(20, 0, 0).high == 100.0
    assert nps_adjusted_wald(0, 0, 20).low == -100.0


def test_promoters_and_detractors_are_mirror_images():
    one, other = nps_adjusted_wald(12, 5, 3), nps_adjusted_wald(3, 5, 12)
    assert bounds(one) == pytest.approx((-other.high, -other.low))


def test_the_difference_of_two_equal_scores_has_their_width_times_root_two():
    one, difference = nps_adjusted_wald(70, 20, 10), nps_difference((70, 20, 10), (70, 20, 10))
    assert bounds(difference) == pytest.approx((-difference.high, (one.high - one.low) / 2 * sqrt(2)))
    assert difference.covers(0)


def test_scores_that_differ_are_told_apart():
    assert nps_difference((70, 20, 10), (40, 30, 30)).covers(0) is False
    assert nps_difference((7, 2, 1), (4, 3, 3)).covers(0) is True
    assert nps_difference((7, 2, 1), (0, 0, 0)) == UNKNOWN


# Counts


@pytest.mark.parametrize(
    ("count", "low", "high"),
    [(0, 0.0, 3.689), (1, 0.0253, 5.572), (5, 1.623, 11.668), (10, 4.795, 18.390), (100, 81.364, 121.627)],
)
def test_counts_agree_with_the_published_table_of_exact_limits(count, low, high):
    assert bounds(poisson_exact(count)) == pytest.approx((low, high), abs=1e-3)


@given(st.integers(0, 5000), st.integers(0, 5000))
def test_the_ratio_of_rates_is_the_exact_binomial_test_turned_round(count1, count2):
    found = poisson_ratio(count1, count2, 2.0, 1.0)
    if count1 + count2 == 0:
        assert found == UNKNOWN
        return
    share = stats.binomtest(count1, count1 + count2).proportion_ci(method="exact")
    assert found.low == pytest.approx(share.low / (1 - share.low) / 2, rel=1e-6)
    if count2 == 0:
        assert found.high is None
    else:
        assert found.high == pytest.approx(share.high / (1 - share.high) / 2, rel=1e-6)


def test_counts_are_told_apart_only_where_they_differ_enough():
    assert poisson_difference(10, 15).covers(0) is True
    assert poisson_difference(10, 40).covers(0) is False
    # by hand, square and add: 10 - 0, down sqrt((10 - 4.795)^2 + 3.689^2), up 18.390 - 10
    assert bounds(poisson_difference(10, 0)) == pytest.approx((10 - 6.3797, 18.390), abs=1e-3)
    assert poisson_ratio(0, 0) == poisson_ratio(3, 3, 0, 1) == UNKNOWN


# Means and ratios of sums


def test_a_mean_has_students_interval():
    values = np.array([3.0, 5, 8, 13, 21])
    expected = stats.t.interval(0.95, 4, values.mean(), stats.sem(values))
    assert bounds(mean_interval(5, 50, 708)) == pytest.approx(expected)
    assert bounds(mean_interval(5, Decimal(50), Decimal(708))) == pytest.approx(expected)


def test_a_mean_of_large_amounts_loses_nothing():
    # 10**15 + (0, 1, 2): as floats the squares differ by less than their rounding
    values = [10**15, 10**15 + 1, 10**15 + 2]
    found = mean_interval(3, sum(values), sum(value**2 for value in values))
    assert found.high - found.low == pytest.approx(2 * 4.302653 / sqrt(3), abs=0.5)


def test_one_value_has_no_interval_and_equal_values_no_width():
    assert mean_interval(1, 5, 25) == mean_interval(0, 0, 0) == mean_interval(3, nan, 1) == UNKNOWN
    assert mean_interval(4, 20, 100) == Interval(5.0, 5.0)


def test_the_delta_method_by_hand():
    # num 1, 2, 3 over den 2, 2, 2: ratio 1/2, residuals -1, 0, 1; se = sqrt(3 * 2 / 2) / 6
    half = 1.959964 * sqrt(3) / 6
    assert bounds(ratio_delta(3, 6, 6, 14, 12, 12)) == pytest.approx((1 - half, 1 + half), abs=1e-6)


def test_the_delta_method_of_exact_sums_is_exact():
    # the same residuals on top of 10**12 a head
    num, den = [10**12 - 1, 10**12, 10**12 + 1], [10**12] * 3
    found = ratio_delta(
        3, sum(num), sum(den), sum(a * a for a in num), sum(a * a for a in den), sum(map(int.__mul__, num, den))
    )
    assert (found.high - 1) == pytest.approx(1.959964 * sqrt(3) / 3e12, rel=1e-3)


def test_a_ratio_without_denominator_has_no_interval():
    assert ratio_delta(3, 1, 0, 1, 1, 1) == ratio_delta(1, 1, 1, 1, 1, 1) == ratio_delta(3, nan, 1, 1, 1, 1) == UNKNOWN
    assert ratio_delta(3, Decimal(6), Decimal(6), Decimal(12), Decimal(12), Decimal(12)) == Interval(1.0, 1.0)


# Differences


def test_square_and_add_by_hand():
    # 10 [7, 14] minus 6 [2, 9]: down sqrt(3^2 + 3^2), up sqrt(4^2 + 4^2)
    found = mover_difference(10, Interval(7, 14), 6, Interval(2, 9))
    assert bounds(found) == pytest.approx((4 - sqrt(18), 4 + sqrt(32)))


def test_a_bound_that_is_not_known_makes_no_other():
    found = mover_difference(10, Interval(7, None), 6, Interval(2, 9))
    assert found.high is None
    assert found.low == pytest.approx(4 - sqrt(18))
    assert mover_difference(None, Interval(1, 2), 6, Interval(2, 9)) == UNKNOWN
    assert mover_difference(1, UNKNOWN, 6, Interval(2, 9)) == UNKNOWN


def test_covering_says_nothing_where_nothing_is_known():
    assert UNKNOWN.covers(0) is None
    assert Interval(-1, 1).covers(0) is True
    assert Interval(0, 1).covers(0) is True
    assert Interval(0.1, None).covers(0) is False
    assert Interval(-0.1, None).covers(0) is True


# All of them


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))))
def test_a_share_lies_within_its_interval(pair):
    x, n = pair
    found = wilson(x, n)
    assert 0 <= found.low <= x / n <= found.high <= 1


@given(*[st.integers(0, 10**9)] * 3)
def test_no_nan_or_infinity_leaves(one, two, three):
    total = one + two + three
    for found in (
        nps_adjusted_wald(one, two, three),
        poisson_ratio(one, two, three, total),
        poisson_difference(one, two),
        mean_interval(two, one, one * one),
        ratio_delta(three, one, two, one**2, two**2, one * two),
        ratio_bca(np.array([one, two, inf]), np.array([two, three, 1.0])),
    ):
        assert all(bound is None or -inf < bound < inf for bound in (found.low, found.high))


def test_intervals_cost_nothing_to_import():
    code = "import sys, tenure.core.confidence; sys.exit(bool({'numpy', 'scipy'} & sys.modules.keys()))"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
    code = (
        "import sys; from tenure.core import confidence as c; c.poisson_exact(3); c.mean_interval(3, 3, 5);"
        "c.ratio_bca([1.0, 2.0], [1.0, 1.0]); sys.exit('scipy.stats' in sys.modules)"
    )
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0
