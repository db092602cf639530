import numpy as np
import pytest
from scipy.special import gammaln

from tenure.core.errors import DataError
from tenure.core.likelihood import beta_of, beta_slope, log_rising, maximise

LOW, HIGH = np.array([-5.0, -5.0]), np.array([5.0, 5.0])
START = [np.zeros(2)]


def test_a_hill_is_climbed_to_its_top():
    def hill(point):
        x, y = point
        return -((x - 1) ** 2) - 3 * (y + 2) ** 2 - x * y / 2, np.array([-2 * (x - 1) - y / 2, -6 * (y + 2) - x / 2])

    found = maximise(hill, START, LOW, HIGH, model="a hill")
    assert hill(found.point)[1] == pytest.approx([0, 0], abs=1e-7)
    assert found.edges == (0, 0)


def test_a_plain_that_never_falls_is_an_edge():
    def plain(point):
        x, y = point
        return -((x - 1) ** 2) - np.exp(-20 * (y + 2)), np.array([-2 * (x - 1), 20 * np.exp(-20 * (y + 2))])

    found = maximise(plain, START, LOW, HIGH, endless={(1, 1)}, model="a plain")
    assert found.point == pytest.approx([1, 5])
    assert found.edges == (0, 1)
    with pytest.raises(DataError, match="do not settle"):
        maximise(plain, START, LOW, HIGH, endless={(1, -1)}, model="a plain")


def test_what_rises_to_the_end_of_the_world_does_not_settle():
    def slope(point):
        return float(point[0] - point[1] ** 2), np.array([1.0, -2 * point[1]])

    with pytest.raises(DataError, match="of a slope do not settle") as caught:
        maximise(slope, START, LOW, HIGH, model="a slope")
    assert caught.value.code == "not_converged"


@pytest.mark.parametrize("a", [0.01, 1.0, 49.9, 50.1, 1e3])
def test_rising_is_the_difference_of_two_log_gammas(a):
    x = np.array([0.0, 1.0, 2.5, 400.0])
    assert log_rising(a, x) == pytest.approx(gammaln(a + x) - gammaln(a), rel=1e-12, abs=1e-12)


def test_rising_keeps_its_digits_where_log_gammas_lose_them():
    # a (a + 1) (a + 2): the product itself
    assert log_rising(1e12, np.array([3.0])) == pytest.approx([np.log(1e12) * 3 + 3e-12], rel=1e-15)


def test_slopes_of_the_beta_are_those_of_differences():
    def value(point):
        a, b = beta_of(*point)
        return a**2 * b + 3 * b

    at, step = np.array([0.3, 1.1]), 1e-6
    a, b = beta_of(*at)
    numeric = [(value(at + move) - value(at - move)) / (2 * step) for move in np.eye(2) * step]
    assert beta_slope(a, b, 2 * a * b, a**2 + 3) == pytest.approx(numeric, rel=1e-6)
