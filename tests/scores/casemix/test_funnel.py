"""Limits of chance, by enumeration and by hand."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tenure.core.confidence import UNKNOWN, Interval, share_limits
from tenure.scores.casemix.funnel import amount_limits, dispersion, event_limits, poisson_binomial


def test_poisson_binomial_is_the_sum_over_all_outcomes():
    chances = [0.02, 0.1, 0.1, 0.35, 0.5, 0.73, 0.9, 0.99]
    by_hand = np.zeros(len(chances) + 1)
    for happened in product((0, 1), repeat=len(chances)):
        by_hand[sum(happened)] += np.prod([p if h else 1 - p for p, h in zip(chances, happened, strict=True)])
    assert poisson_binomial(chances, len(chances)) == pytest.approx(by_hand, abs=1e-15)
    assert poisson_binomial(chances, 3) == pytest.approx(by_hand[:4], abs=1e-15)  # what lies beyond changes nothing


def test_limits_of_rare_events_are_those_of_poisson():
    # Poisson of mean 10: P(<=3) = .01034, P(<=4) = .02925, P(4) = .01892: 4 - (.02925 - .025) / .01892 = 3.775;
    # P(>=17) = .02704, P(>=18) = .01428, P(17) = .01276: 17 + (.02704 - .025) / .01276 = 17.16
    limits, _ = event_limits(np.full(100_000, 0.0001))
    assert (limits.low, limits.high) == pytest.approx((0.3775, 1.716), abs=1e-3)


@pytest.mark.parametrize("level", [0.95, 0.998])
def test_limits_of_equal_chances_are_those_of_a_share(level):
    mean, n = 0.3, 40
    share, (count,) = share_limits(mean, n, level), event_limits([mean] * n, [level])
    assert (count.low * mean, count.high * mean) == pytest.approx((share.low, share.high), abs=1e-12)


def test_chance_alone_is_outside_as_rarely_as_is_said():
    # exactly: the probability of counts outside is below 5 % (2.5 % to either side), whatever the chances
    for seed in range(20):
        chances = np.random.default_rng(seed).uniform(0.001, 0.2, 60)
        (limits, _), pmf = event_limits(chances), poisson_binomial(chances, 60)
        ratio = np.arange(61) / chances.sum()
        assert pmf[ratio < limits.low].sum() < 0.025
        assert pmf[ratio > limits.high].sum() < 0.025


def test_amounts_have_limits_of_gamma_and_nothing_has_none():
    # mean 200, sd 50: shape 16. Chi-squared with 32 degrees: 18.291 and 49.480 in the tables, over 32
    limits, far = amount_limits(200.0, 50.0**2)
    assert (limits.low, limits.high) == pytest.approx((18.291 / 32, 49.480 / 32), abs=1e-4)
    assert 0 < far.low < limits.low < 1 < limits.high < far.high
    assert event_limits([0.0, 0.0]) == event_limits([]) == amount_limits(0, 1) == (UNKNOWN, UNKNOWN)


def test_dispersion_is_the_mean_of_z_squared_where_that_is_more_than_chance():
    expected, variance = np.full(20, 50.0), np.full(20, 25.0)
    z = np.array([3.0, -3.0] * 10)
    spread = dispersion(expected + 5 * z, expected, variance)
    assert (spread.phi, spread.used) == (pytest.approx(9), True)
    assert spread.widened(Interval(0.9, 1.2)) == Interval(pytest.approx(0.7), pytest.approx(1.6))
    assert spread.widened(Interval(0.5, None)) == Interval(0, None)  # never below nothing
    calm = dispersion(expected + 5 * z / 3, expected, variance)
    assert (calm.phi, calm.used) == (pytest.approx(1), False)
    assert calm.widened(Interval(0.9, 1.2)) == Interval(0.9, 1.2)


def test_one_who_is_really_different_does_not_widen_the_limits():
    expected, variance = np.full(20, 50.0), np.full(20, 25.0)
    z = np.array([1.0, -1.0] * 9 + [12.0, 0.0])
    assert not dispersion(expected + 5 * z, expected, variance).used
    assert not dispersion([9.0], [1.0], [1.0]).used  # one group has no spread
