import time

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy import stats

from tenure.core import bootstrap
from tenure.core.confidence import UNKNOWN, Interval, ratio_bca, ratio_delta


def company(n, seed=7):
    """The recurring revenue of ``n`` accounts at the close and at the opening: some left, some grew."""
    rng = np.random.default_rng(seed)
    opening = rng.lognormal(5, 1, n)
    return opening * rng.choice([0, 1, 1, 1, 1.2], n), opening


def of_scipy(num, den, draws):
    found = stats.bootstrap(
        (num, den),
        lambda a, b, axis=-1: a.sum(axis) / b.sum(axis),
        paired=True,
        method="BCa",
        n_resamples=draws,
        rng=np.random.default_rng(1),
    ).confidence_interval
    return found.low, found.high


@pytest.mark.parametrize("n", [10, 40, 200])
def test_bca_agrees_with_scipy(n):
    num, den = company(n)
    low, high = of_scipy(num, den, 20_000)
    found = ratio_bca(num, den, draws=20_000)
    # two samples of 20,000 draws: a bound's error is some 2 % of the width
    assert (found.low, found.high) == pytest.approx((low, high), abs=0.04 * (high - low))


def test_the_acceleration_is_that_of_the_jackknife_done_one_by_one():
    num, den = company(30)
    without = np.array([np.delete(num, i).sum() / np.delete(den, i).sum() for i in range(30)])
    influence = without.mean() - without
    expected = (influence**3).sum() / (6 * (influence**2).sum() ** 1.5)
    beyond = num - num.sum() / den.sum() * den
    assert bootstrap._acceleration(beyond, den.sum() - den) == pytest.approx(expected)


def test_many_accounts_agree_with_the_delta_method():
    rng = np.random.default_rng(3)
    den = rng.uniform(50, 150, 4000)
    num = den * rng.choice([0, 1, 1, 1, 1, 1.1], 4000)
    by_sums = ratio_delta(4000, num.sum(), den.sum(), (num**2).sum(), (den**2).sum(), (num * den).sum())
    found = ratio_bca(num, den)
    assert (found.low, found.high) == pytest.approx((by_sums.low, by_sums.high), abs=1e-3)


def test_each_draw_has_as_many_accounts_as_there_are():
    for n in (2, 3, 17, 999):
        counts = bootstrap._resampling(n, 333, 5)
        assert (counts.sum(axis=1, dtype=int) == n).all()
        # every account is drawn once a draw on average: 333 with a standard deviation of about 18
        assert np.abs(counts.sum(axis=0, dtype=int) - 333).max() < 6 * 18.3


def test_draws_stay_the_same_with_every_version():
    # the generator's raw bits for this seed, scaled to 5 accounts, counted one by one
    bits = np.random.PCG64(9).random_raw(5).view(np.uint32)
    first = [int(bit) * 5 >> 32 for bit in bits[:5]]
    assert bootstrap._resampling(5, 2, 9)[0].tolist() == [first.count(account) for account in range(5)]
    assert np.random.PCG64(9).random_raw(2).tolist() == [16053264345985615649, 5290843651973776416]


@settings(deadline=None, max_examples=30)
@given(st.integers(2, 40), st.randoms(use_true_random=False))
def test_the_order_of_the_accounts_does_not_matter(n, random):
    num, den = company(n)
    order = list(range(n))
    random.shuffle(order)
    assert ratio_bca(num[order], den[order], draws=200) == ratio_bca(num, den, draws=200)


def test_the_same_question_has_the_same_answer():
    num, den = company(50)
    first = ratio_bca(num, den)
    bootstrap._resampling.cache_clear()
    assert ratio_bca(num, den) == first
    assert ratio_bca(num, den, seed=2) != first


def test_the_unit_does_not_matter():
    num, den = company(50)
    one, other = ratio_bca(num, den), ratio_bca(num * 10_000, den * 10_000)
    assert (one.low, one.high) == pytest.approx((other.low, other.high))


def test_accounts_that_have_nothing_change_nothing():
    num, den = company(20)
    assert ratio_bca(np.append(num, [0, 0]), np.append(den, [0, 0])) == ratio_bca(num, den)


@pytest.mark.parametrize(
    ("num", "den"),
    [
        ([], []),
        ([1], [2]),
        ([1, 0], [2, 0]),  # one account that has something
        ([1, 2], [0, 0]),
        ([1, 2], [1, -1]),
        ([1, np.nan], [1, 1]),
        ([1, 1], [1, np.inf]),
    ],
)
def test_where_nothing_can_be_said_there_is_no_interval(num, den):
    assert ratio_bca(np.array(num, dtype=float), np.array(den, dtype=float)) == UNKNOWN


def test_accounts_all_alike_have_no_width():
    found = ratio_bca(np.array([3.0, 6, 9, 0.3]), np.array([1.0, 2, 3, 0.1]))  # 0.1 x 3 is not quite 0.3
    assert found.low == found.high == pytest.approx(3)
    assert ratio_bca(np.zeros(5), np.ones(5)) == Interval(0.0, 0.0)


def test_a_denominator_held_by_one_account_leaves_draws_without_one():
    # one of three has it: 1 - (2/3)^3 = 70 % of the draws hold it; of twenty it is 64 %
    found = ratio_bca(np.array([1.0, 2, 3]), np.array([10.0, 0, 0]))
    assert found.low < 0.6 < found.high
    assert ratio_bca(np.arange(1.0, 21), np.eye(20)[0]) != UNKNOWN


def test_everyone_kept_but_one_of_two():
    found = ratio_bca(np.array([1.0, 0.0]), np.array([1.0, 1.0]))
    assert 0 <= found.low < 0.5 < found.high <= 1


def test_a_year_of_months_for_a_thousand_accounts_takes_a_moment():
    num, den = company(1000)
    bootstrap._resampling.cache_clear()
    start = time.process_time()  # other work on the machine does not count
    for month in range(12):
        ratio_bca(num * (1 - month / 100), den)
    assert time.process_time() - start < 0.3
