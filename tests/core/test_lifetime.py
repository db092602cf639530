import doctest

import numpy as np
import pytest
from scipy import integrate, stats

from tenure.core import lifetime
from tenure.core.errors import DataError
from tenure.core.lifetime import (
    BetaGeometricNbd,
    GammaGamma,
    ShiftedBetaGeometric,
    bg_nbd,
    gamma_gamma,
    shifted_beta_geometric,
)

# Fader and Hardie 2007, "How to project customer retention", tables 1 and 2
REGULAR = [1000, 631, 468, 382, 326, 289, 262, 241]
HIGH_END = [1000, 869, 743, 653, 593, 551, 517, 491]


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(lifetime).failed == 0


# Contracts


@pytest.mark.parametrize(("survivors", "alpha", "beta"), [(REGULAR, 0.704, 1.182), (HIGH_END, 0.668, 3.806)])
def test_sbg_agrees_with_what_is_published(survivors, alpha, beta):
    model = shifted_beta_geometric(range(8), survivors)
    assert (model.alpha, model.beta) == pytest.approx((alpha, beta), abs=5e-4)


def test_sbg_projects_as_published():
    model = shifted_beta_geometric(range(8), HIGH_END)
    assert model.survival(range(8, 13)) == pytest.approx([0.460, 0.436, 0.414, 0.395, 0.378], abs=5e-4)
    assert model.residual_lifetime([7], 0.1) == pytest.approx([7.530], abs=5e-4)
    assert model.retention([0]) == pytest.approx([3.806 / 4.474], abs=1e-4)


@pytest.mark.parametrize(("alpha", "beta"), [(0.7, 1.2), (3.8, 15.19), (0.067, 0.267), (500.0, 900.0)])
@pytest.mark.parametrize("discount", [0.01, 0.1, 1.0])
def test_the_residual_lifetime_is_the_discounted_sum_of_renewals(alpha, beta, discount):
    model = ShiftedBetaGeometric(alpha, beta)
    for made in (0, 1, 5):
        later = np.arange(made + 1, made + 5000)
        expected = (model.survival(later) / model.survival(made) * (1 + discount) ** -np.arange(4999.0)).sum()
        assert model.residual_lifetime(made, discount) == pytest.approx(expected, rel=1e-9)


def test_without_a_discount_the_residual_lifetime_may_be_infinite():
    assert np.isinf(ShiftedBetaGeometric(0.9, 2).residual_lifetime(0, 0))
    # the mean of the odds (1 - p) / p of a beta(3, 4)
    assert ShiftedBetaGeometric(3, 4).residual_lifetime([0, 2], 0).tolist() == [2.0, 3.0]


def test_periods_may_be_left_out_and_rows_in_any_order():
    whole = shifted_beta_geometric(range(8), REGULAR)
    mixed = shifted_beta_geometric([7, 0, 3, 1, 2, 5, 4, 6], [REGULAR[t] for t in (7, 0, 3, 1, 2, 5, 4, 6)])
    assert mixed == whole
    thin = shifted_beta_geometric([0, 2, 7], [1000, 468, 241])
    assert thin.survival([2, 7]) == pytest.approx([0.468, 0.241], abs=1e-6), "two parameters, two losses: exact"


def test_a_cohort_ten_times_as_large_has_the_same_parameters():
    one, ten = (shifted_beta_geometric(range(8), np.array(REGULAR) * scale) for scale in (1, 10))
    assert (ten.alpha, ten.beta) == pytest.approx((one.alpha, one.beta), rel=1e-5)
    assert ten.loglik == pytest.approx(10 * one.loglik)


def test_where_customers_do_not_differ_it_is_said():
    model = shifted_beta_geometric(range(4), [1000, 900, 810, 729])
    assert model.alike
    assert model.survival([1, 3]) == pytest.approx([0.9, 0.729], abs=1e-5)
    assert model.residual_lifetime([0, 3], 0.1) == pytest.approx([0.9 / (1 - 0.9 / 1.1)] * 2, rel=1e-4)


def test_where_some_leave_at_once_and_the_others_never_it_is_said():
    model = shifted_beta_geometric(range(4), [1000, 500, 500, 500])
    assert model.apart
    assert model.survival([1, 3]) == pytest.approx([0.5, 0.5], abs=1e-5)


@pytest.mark.parametrize("survivors", [[10, 10, 10], [10, 9]])
def test_a_cohort_that_says_too_little_is_refused(survivors):
    with pytest.raises(DataError):
        shifted_beta_geometric(range(len(survivors)), survivors)


@pytest.mark.parametrize(
    ("periods", "survivors"), [([0, 1, 2], [9, 8, 9]), ([1, 2, 3], [9, 8, 7]), ([0, 1, 1], [3, 2, 1])]
)
def test_what_is_no_cohort_is_refused(periods, survivors):
    with pytest.raises(ValueError, match=r"period|survivors"):
        shifted_beta_geometric(periods, survivors)


# Purchases without a contract

CDNOW = BetaGeometricNbd(0.243, 4.414, 0.793, 2.426)  # as published


def purchases(count, r, alpha, a, b, weeks, seed=3):
    """Customers drawn from the model: purchases, the last one, and how long each was watched."""
    rng = np.random.default_rng(seed)
    rate, chance = rng.gamma(r, 1 / alpha, count), rng.beta(a, b, count) if a else np.zeros(count)
    x, last = np.zeros(count), np.zeros(count)
    for customer in range(count):
        time = rng.exponential(1 / rate[customer])
        while time <= weeks:
            x[customer] += 1
            last[customer] = time
            if rng.random() < chance[customer]:
                break
            time += rng.exponential(1 / rate[customer])
    return x, last, np.full(count, float(weeks))


def test_what_is_published_of_one_customer():
    # Fader, Hardie and Lee 2005: x = 2, t_x = 30.43, T = 38.86
    assert CDNOW.expected_of(2, 30.43, 38.86, 39) == pytest.approx(1.226, abs=5e-4)
    assert CDNOW.alive(2, 30.43, 38.86) == pytest.approx(0.7266, abs=2e-4)
    assert CDNOW.alive(0, 0, 38.86) == 1


@pytest.mark.parametrize("a", [0.6, 1.0, 1.0 + 1e-9, 2.5, 40.0])
@pytest.mark.parametrize(("r", "alpha", "b", "time"), [(0.24, 4.4, 2.4, 39), (3.0, 0.5, 0.4, 10), (8.0, 20.0, 9.0, 1)])
def test_purchases_to_come_are_the_mean_over_all_customers(a, r, alpha, b, time):
    # of one with rate and chance p: (1 - exp(-rate p t)) / p; over the gamma of rates in closed form, over p by quadrature
    def of(p):
        return stats.beta.pdf(p, a, b) * (1 - (alpha / (alpha + p * time)) ** r) / p

    expected = integrate.quad(of, 0, 1, limit=400)[0]
    assert BetaGeometricNbd(r, alpha, a, b).expected(time) == pytest.approx(expected, rel=1e-5)


def test_purchases_to_come_stay_finite_for_who_buys_often():
    found = CDNOW.expected_of([900, 0, 3], [38.86, 0, 5], [38.86, 38.86, 38.86], [500, 0, 39])
    assert np.isfinite(found).all()
    assert found[1] == 0
    # chances to drop out all but the same: of rate 500 / 14 each, until a geometric end at 315 / 368.5
    assert BetaGeometricNbd(500.0, 14.0, 315.0, 53.5).expected(240) == pytest.approx(367.5 / 314, rel=1e-5)
    # who buys at about x / T and drops out at a / (b + x) each time
    assert 0.5 * 2000 < found[0] < 500 * 900 / 38.86


def test_what_customers_bought_by_then_is_what_was_expected_of_them():
    x, last, age = purchases(4000, 0.8, 6.0, 0.6, 2.0, 60)
    rng = np.random.default_rng(11)
    assert BetaGeometricNbd(0.8, 6.0, 0.6, 2.0).expected(60) == pytest.approx(x.mean(), rel=0.05)
    model = bg_nbd(x, last, age)
    assert (model.r, model.alpha, model.a, model.b) == pytest.approx((0.8, 6.0, 0.6, 2.0), rel=0.25)
    order = rng.permutation(len(x))
    assert bg_nbd(x[order], last[order], age[order]) == model
    days = bg_nbd(x, last * 7, age * 7)
    assert (days.r, days.alpha / 7, days.a, days.b) == pytest.approx((model.r, model.alpha, model.a, model.b), rel=1e-4)
    assert days.loglik == pytest.approx(model.loglik - x.sum() * np.log(7))
    assert days.expected(70) == pytest.approx(model.expected(10), rel=1e-5)


def test_the_parameters_are_where_the_likelihood_is_greatest():
    x, last, age = purchases(300, 0.8, 6.0, 0.6, 2.0, 60)
    model = bg_nbd(x, last, age)

    def loglik(r, alpha, a, b):
        """Of the density, by quadrature over p and the closed form over rates: no formula of the code under test."""
        from scipy.special import gammaln

        nodes, weights = np.polynomial.legendre.leggauss(400)
        p, w = (nodes + 1) / 2, weights / 2
        density = w * stats.beta.pdf(p, a, b)
        total = 0.0
        for n, t, seen in zip(x, last, age, strict=True):
            rates = np.exp(gammaln(r + n) - gammaln(r) + r * np.log(alpha))
            stays = (1 - p) ** n * (alpha + seen) ** -(r + n)
            leaves = p * (1 - p) ** (n - 1) * (alpha + t) ** -(r + n) if n else 0.0
            total += np.log((density * (stays + leaves)).sum() * rates)
        return total

    best = loglik(model.r, model.alpha, model.a, model.b)
    assert best == pytest.approx(model.loglik, abs=2.0), "quadrature is coarse near p = 0"
    found = np.array([model.r, model.alpha, model.a, model.b])
    for place in range(4):
        for factor in (0.85, 1.15):
            beside = found.copy()
            beside[place] *= factor
            assert loglik(*beside) < best


def test_where_nobody_drops_out_it_is_said():
    model = bg_nbd(*purchases(600, 1.0, 5.0, 0, 1, 30, seed=4))
    assert any("Nobody seems to drop out" in text for text in model.edges)
    assert model.alive([5], [10], [30]) == pytest.approx([1], abs=0.02)


def test_where_all_drop_out_with_the_second_purchase_it_is_said():
    model = bg_nbd([0, 0, 1, 1, 1, 0], [0, 0, 3, 4, 2, 0], [30.0] * 6)
    assert any("drops out at once" in text for text in model.edges)
    assert model.alive([1], [4], [30]) == pytest.approx([0], abs=1e-3)


def test_too_few_who_came_back_are_refused():
    with pytest.raises(DataError, match="bought again"):
        bg_nbd([0, 0, 1], [0, 0, 2], [9, 9, 9])
    with pytest.raises(ValueError, match="recency"):
        bg_nbd([1, 1, 1], [10, 1, 1], [9, 9, 9])


# What a purchase is worth


def test_the_average_value_to_come_as_published():
    # Fader and Hardie 2013 and its spreadsheet, the first customers of CDNOW: p = 6.25, q = 3.74, gamma = 15.44
    x = [2, 1, 0, 0, 0, 7, 1, 0, 2, 0]
    average = [22.35, 11.77, 0, 0, 0, 73.74, 11.77, 0, 25.55, 0]
    expected = [24.65, 18.91, 35.17, 35.17, 35.17, 71.46, 18.91, 35.17, 27.28, 35.17]
    model = GammaGamma(6.25, 3.74, 15.44)
    assert model.expected_of(x, average) == pytest.approx(expected, abs=0.1)
    assert model.mean() == pytest.approx(35.2, abs=0.1)


def spending(count, seed=5):
    rng = np.random.default_rng(seed)
    x, rates = rng.integers(1, 9, count), rng.gamma(3.74, 1 / 15.44, count)
    return x, rng.gamma(6.25 * x, 1 / (rates * x))


def test_gamma_gamma_finds_what_was_simulated_in_any_order_and_currency():
    x, average = spending(6000)
    model = gamma_gamma(x, average)
    assert (model.p, model.q, model.v) == pytest.approx((6.25, 3.74, 15.44), rel=0.15)
    order = np.random.default_rng(1).permutation(len(x))
    assert gamma_gamma(x[order], average[order]) == model
    cents = gamma_gamma(x, average * 100)
    assert (cents.p, cents.q, cents.v / 100) == pytest.approx((model.p, model.q, model.v), rel=1e-5)
    assert gamma_gamma([*x, 0, 0], [*average, 0, np.nan]) == model, "who bought nothing says nothing"


def test_the_likelihood_of_gamma_gamma_is_that_of_its_density():
    x, average = spending(60)
    model = gamma_gamma(x, average)

    def density(n, mean):
        def of(rate):
            return stats.gamma.pdf(mean, model.p * n, scale=1 / (rate * n)) * stats.gamma.pdf(
                rate, model.q, scale=1 / model.v
            )

        return integrate.quad(of, 0, np.inf, limit=400, points=None)[0]

    expected = sum(np.log(density(n, mean)) for n, mean in zip(x, average, strict=True))
    assert model.loglik == pytest.approx(expected, abs=1e-4)


def test_an_average_that_is_infinite_is_none():
    model = GammaGamma(2.0, 0.5, 10.0)
    assert model.mean() is None
    assert np.isnan(model.expected_of([0], [0]))
    assert np.isfinite(model.expected_of([3], [20]))


def test_gamma_gamma_refuses_what_says_too_little():
    with pytest.raises(DataError):
        gamma_gamma([1, 1, 1, 1], [5, 5, 5, 5])
    with pytest.raises(DataError):
        gamma_gamma([1, 1, 1], [5, 6, 7])
    with pytest.raises(ValueError, match="above 0"):
        gamma_gamma([1, 1, 1, 1], [5, 6, 7, -1])
