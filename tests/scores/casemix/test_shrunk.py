"""What to believe of observed / expected: closed forms by hand, and companies whose true ratios are known."""

from __future__ import annotations

import numpy as np
import pytest
from scipy import integrate, stats

from tenure.scores.casemix.shrunk import PRIOR, Belief, belief, effective


def test_one_tau_is_the_gamma_poisson_of_the_books():
    # tau = 0.5: shape and rate 4; 7 of 3 expected: shape 11, rate 7
    believed = Belief(np.array([[11.0]]), np.array([[7.0]]), np.array([1.0]), np.array([0.5]))
    assert believed.mean == pytest.approx([11 / 7])
    # 2 x rate x theta is chi-squared with 2 x shape = 22 degrees: 10.982 and 36.781 in the tables
    low, high = believed.interval()
    assert (low[0], high[0]) == pytest.approx((10.982 / 14, 36.781 / 14), abs=1e-3)
    assert believed.below(36.781 / 14) == pytest.approx([0.975], abs=1e-5)


def test_averaging_over_tau_is_the_integral():
    observed, expected = np.array([9.0, 2.0, 4.0]), np.array([4.0, 5.0, 4.0])

    def likely(tau):
        a = 1 / tau**2
        each = stats.nbinom.pmf(observed, a, a / (a + expected)).prod()
        return each * tau * np.exp(-0.5 * (tau / PRIOR) ** 2)

    def mean(tau, at):
        return likely(tau) * (1 / tau**2 + observed[at]) / (1 / tau**2 + expected[at])

    whole = integrate.quad(likely, 1e-4, 2)[0]
    wanted = [integrate.quad(mean, 1e-4, 2, args=(at,))[0] / whole for at in range(3)]
    assert belief(observed, expected, expected).mean == pytest.approx(wanted, abs=2e-3)


def test_size_decides_how_much_is_believed():
    # the same ratio of 2 from 1 and from 100 expected events, among groups that differ
    observed, expected = np.array([2.0, 200.0, 10.0, 55.0]), np.array([1.0, 100.0, 20.0, 50.0])
    small, large, *_ = belief(observed, expected, expected).mean
    assert 1 < small < 1.7 < large < 2


def test_who_expects_nothing_is_believed_to_be_like_any():
    found = belief([0.0, 12.0], [0.0, 10.0], [0.0, 10.0])
    assert found.mean[0] == pytest.approx(1)
    low, high = found.interval()
    assert low[0] < 1 < high[0]


def test_amounts_count_as_events_of_the_same_spread():
    # an expected loss of 1,000 with a standard deviation of 500 says as much as 4 expected events
    assert effective([1000.0, 0.0], [500.0**2, 0.0]) == pytest.approx([4, 0])
    money = belief([1500.0, 800.0], [1000.0, 1000.0], [500.0**2, 500.0**2])
    events = belief([6.0, 3.2], [4.0, 4.0], [4.0, 4.0])
    assert money.mean == pytest.approx(events.mean)


def test_where_groups_differ_as_the_prior_has_it_what_is_said_is_so():
    rng = np.random.default_rng(8)
    inside, closer, said, was = 0, 0.0, [], []
    companies, groups = 600, 12
    for tau in rng.rayleigh(PRIOR, companies):
        expected = rng.uniform(2, 25, groups)
        true = rng.gamma(1 / tau**2, tau**2, groups)
        observed = rng.poisson(expected * true)
        found = belief(observed, expected, expected)
        low, high = found.interval()
        inside += int(((low <= true) & (true <= high)).sum())
        closer += float(((observed / expected - true) ** 2).sum() - ((found.mean - true) ** 2).sum())
        said += found.below(1).tolist()
        was += (true < 1).tolist()
    assert closer > 0  # the mean squared error is smaller
    assert inside / (companies * groups) == pytest.approx(0.95, abs=0.012)
    said, was = np.array(said), np.array(was)
    for low in (0.1, 0.5, 0.8):  # of those said to be better with about 85 % about 85 % are
        among = (said > low) & (said < low + 0.1)
        assert was[among].mean() == pytest.approx(low + 0.05, abs=0.07)


def test_where_nobody_differs_everybody_is_believed_to_be_as_expected():
    rng, inside, raw, drawn_in = np.random.default_rng(9), [], 0.0, 0.0
    for _ in range(100):
        expected = rng.uniform(2, 25, 12)
        observed = rng.poisson(expected)
        found = belief(observed, expected, expected)
        low, high = found.interval()
        inside += ((low <= 1) & (high >= 1)).tolist()
        raw += float(((observed / expected - 1) ** 2).sum())
        drawn_in += float(((found.mean - 1) ** 2).sum())
    assert np.mean(inside) > 0.99
    assert drawn_in < raw / 8


def test_draws_are_of_what_is_believed_and_always_the_same():
    found = belief([9.0, 2.0], [4.0, 5.0], [4.0, 5.0])
    drawn = found.draws(20_000, 7)
    assert drawn.mean(axis=0) == pytest.approx(found.mean, abs=0.02)
    assert (drawn < 1).mean(axis=0) == pytest.approx(found.below(1), abs=0.012)
    assert (drawn == found.draws(20_000, 7)).all()
