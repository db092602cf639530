import doctest

import numpy as np
import pytest

from tenure.core import differences
from tenure.core.differences import difference_in_differences
from tenure.core.errors import DataError

TREATED = np.array([0, 0, 0, 0, 0, 1, 1, 1, 1, 1, 1, 1])
AFTER = np.array([0, 0, 0, 1, 1, 0, 0, 1, 1, 1, 1, 1])
OUTCOME = np.array([2.0, 3, 4, 5, 9, 1, 2, 8, 9, 10, 11, 15])


def regression(outcome, treated, after):
    """The coefficients of the two-by-two regression, its residuals and the inverse of X'X, by least squares."""
    x = np.column_stack([np.ones(len(outcome)), treated, after, treated * after])
    inverse = np.linalg.inv(x.T @ x)
    coefficients = inverse @ x.T @ outcome
    return x, inverse, coefficients, outcome - x @ coefficients


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(differences).failed == 0


def test_by_hand():
    found = difference_in_differences(OUTCOME, TREATED, AFTER)
    # means 3, 7 and 1.5, 10.6; variances 1, 8, 0.5, 7.3 over 3, 2, 2, 5 rows
    assert found.means == pytest.approx((3, 7, 1.5, 10.6))
    assert found.counts == (3, 2, 2, 5)
    assert found.effect == pytest.approx(10.6 - 1.5 - (7 - 3))
    assert found.se == pytest.approx((1 / 3 + 8 / 2 + 0.5 / 2 + 7.3 / 5) ** 0.5)
    freedom = (1 / 3 + 4 + 0.25 + 1.46) ** 2 / ((1 / 3) ** 2 / 2 + 4**2 / 1 + 0.25**2 / 1 + 1.46**2 / 4)
    assert freedom == pytest.approx(2.19, abs=0.01)
    assert found.interval.low < found.effect - 3 * found.se < found.effect + 3 * found.se < found.interval.high


def test_it_is_the_regression_with_hc2_errors():
    x, inverse, coefficients, residuals = regression(OUTCOME, TREATED, AFTER)
    leverage = np.einsum("ij,jk,ik->i", x, inverse, x)
    sandwich = inverse @ (x.T * (residuals**2 / (1 - leverage))) @ x @ inverse
    found = difference_in_differences(OUTCOME, TREATED, AFTER)
    assert found.effect == pytest.approx(coefficients[3])
    assert found.se == pytest.approx(sandwich[3, 3] ** 0.5)


def test_with_clusters_it_is_the_regression_with_cr1_errors():
    cluster = np.array([7, 8, 9, 7, 8, 1, 2, 1, 2, 3, 3, 4])
    x, inverse, _, residuals = regression(OUTCOME, TREATED, AFTER)
    scores = np.array([(x[cluster == c] * residuals[cluster == c, None]).sum(axis=0) for c in sorted(set(cluster))])
    small = 7 / 6 * 11 / 8
    sandwich = inverse @ scores.T @ scores @ inverse * small
    found = difference_in_differences(OUTCOME, TREATED, AFTER, cluster)
    assert found.se == pytest.approx(sandwich[3, 3] ** 0.5)
    assert found.clusters == (7, 4)


def test_order_scale_and_level():
    found = difference_in_differences(OUTCOME, TREATED, AFTER)
    order = np.random.default_rng(1).permutation(12)
    assert difference_in_differences(OUTCOME[order], TREATED[order], AFTER[order]) == found
    other = difference_in_differences(OUTCOME * -10 + 1000, TREATED, AFTER)
    assert (other.effect, other.se) == pytest.approx((found.effect * -10, found.se * 10))


def test_outcomes_that_do_not_vary_have_no_error():
    found = difference_in_differences([1, 1, 2, 2, 3, 3, 9, 9], [0] * 4 + [1] * 4, [0, 0, 1, 1] * 2)
    assert (found.effect, found.se, found.interval.low, found.interval.high) == (5, 0, 5, 5)


def test_a_cell_with_fewer_than_two_rows_is_refused_by_name():
    with pytest.raises(DataError, match="1 rows treated, not after"):
        difference_in_differences([1, 2, 3, 4, 5, 6, 7], [0, 0, 0, 0, 1, 1, 1], [0, 0, 1, 1, 0, 1, 1])
    with pytest.raises(DataError, match="one cluster"):
        difference_in_differences(OUTCOME, TREATED, AFTER, np.ones(12, dtype=int))
