import doctest

import numpy as np
import pytest
from scipy import stats

from tenure.core import shrinkage
from tenure.core.errors import DataError
from tenure.core.shrinkage import BetaBinomial, beta_binomial


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(shrinkage).failed == 0


def test_a_share_is_shrunk_as_in_the_book():
    # Bayesian Data Analysis, section 5.1: 4 of 14 rats, and beta(1.4, 8.6), unrounded 1.356 and 8.615
    assert BetaBinomial(1.356, 8.615).shrunk(4, 14) == pytest.approx(0.223, abs=5e-4)
    assert BetaBinomial(1.4, 8.6).shrunk(0, 0) == pytest.approx(0.14)


def test_the_parameters_are_where_the_likelihood_is_greatest():
    done, tried = [4, 0, 9, 2, 5], [14, 20, 20, 25, 9]
    model = beta_binomial(done, tried)

    def loglik(alpha, beta):
        return stats.betabinom.logpmf(done, tried, alpha, beta).sum()

    assert model.loglik == pytest.approx(loglik(model.alpha, model.beta))
    for a, b in ((1.02, 1), (0.98, 1), (1, 1.02), (1, 0.98), (1.02, 1.02), (0.98, 0.98)):
        assert loglik(model.alpha * a, model.beta * b) < model.loglik


def test_the_order_of_groups_changes_nothing_and_the_other_way_round_is_its_mirror():
    done, tried = np.array([4, 0, 9, 2, 5]), np.array([14, 20, 20, 25, 9])
    model = beta_binomial(done, tried)
    assert beta_binomial(done[::-1], tried[::-1]) == model
    mirrored = beta_binomial(tried - done, tried)
    assert (mirrored.beta, mirrored.alpha) == pytest.approx((model.alpha, model.beta), rel=1e-6)


def test_the_interval_lies_about_the_share_and_narrows_with_size():
    model = BetaBinomial(2.0, 8.0)
    low, high = model.interval([2, 200], [10, 1000])
    assert (low < model.shrunk([2, 200], [10, 1000])).all()
    assert (model.shrunk([2, 200], [10, 1000]) < high).all()
    assert high[1] - low[1] < (high[0] - low[0]) / 3
    assert (low[0], high[0]) == pytest.approx(tuple(stats.beta(4, 16).ppf([0.025, 0.975])))


def test_groups_that_do_not_differ_all_have_the_common_share():
    model = beta_binomial([50, 49, 51, 50], [100, 100, 100, 100])
    assert model.alike
    assert model.shrunk([49, 51], [100, 100]) == pytest.approx([0.5, 0.5], abs=1e-4)
    assert model.loglik == pytest.approx(stats.binom.logpmf([50, 49, 51, 50], 100, 0.5).sum(), abs=1e-4)


def test_large_groups_are_themselves():
    done, tried = np.array([100_000, 300_000, 500_000]), np.array([1_000_000] * 3)
    assert beta_binomial(done, tried).shrunk(done, tried) == pytest.approx([0.1, 0.3, 0.5], abs=1e-4)


@pytest.mark.parametrize("done", [[0, 0, 0], [5, 5, 5]])
def test_where_all_have_the_same_extreme_share_there_is_nothing_to_learn(done):
    with pytest.raises(DataError):
        beta_binomial(done, [5, 5, 5])


def test_more_successes_than_trials_are_refused():
    with pytest.raises(ValueError, match="between 0 and the trials"):
        beta_binomial([6, 1], [5, 5])
