"""Arms that are alike but for chance, and arms that are not."""

from __future__ import annotations

import numpy as np
import pytest

from tenure.scores.effect.balance import as_planned, balance, same_share


def test_differences_by_hand():
    treated = np.array([True, True, True, False, False, False])
    found = balance({"mrr": np.array([1.0, 2, 3, 3, 4, 5]), "use": np.array([1.0, np.nan, 3, 2, 2, np.nan])}, treated)
    mrr, use = found.traits
    assert (mrr.treated, mrr.held_out, mrr.difference) == (2, 4, -2)  # variances 1 and 1
    assert (use.treated, use.held_out, use.difference) == (2, 2, 0)


def test_what_is_alike_everywhere_tells_nothing():
    found = balance({"mrr": np.ones(6)}, np.arange(6) < 3)
    assert (found.traits[0].difference, found.p, found.suspect) == (None, None, False)


def test_one_trait_has_the_p_of_its_own_test():
    rng = np.random.default_rng(1)
    values, treated = rng.normal(0, 1, 60), np.arange(60) < 30
    gap = values[treated].mean() - values[~treated].mean()
    z2 = gap**2 / (values.var(ddof=1) * (2 / 30))
    # chi squared with one degree of freedom: the two tails of a normal deviate
    from statistics import NormalDist

    assert balance({"x": values}, treated).p == pytest.approx(2 * (1 - NormalDist().cdf(z2**0.5)))


def test_a_lot_is_seldom_suspected_and_a_choice_is():
    rng, p = np.random.default_rng(9), []
    for _ in range(1000):
        money = rng.lognormal(6, 1, 100)
        segment = rng.integers(0, 3, 100)
        columns = {"mrr": money, "tenure": money / 10 + rng.normal(0, 20, 100)}
        columns |= {f"segment {k}": (segment == k).astype(float) for k in range(3)}  # one too many on purpose
        p.append(balance(columns, rng.permutation(np.arange(100) < 50)).p)
    assert 0.03 <= np.mean(np.array(p) < 0.05) <= 0.07
    chosen = money > np.median(money)  # the play was tried on the big ones
    assert balance({"mrr": money}, chosen).suspect


def test_the_split_against_the_plan():
    assert as_planned(5, 5, 0.5) == 1
    assert as_planned(10, 0, 0.5) == pytest.approx(2 / 2**10)
    assert as_planned(0, 3, 0.5) == pytest.approx(2 / 2**3)
    assert as_planned(80, 20, 0.8) > 0.9


def test_shares_of_several_groups():
    def p(inside, of):
        return same_share(np.array(inside), np.array(of))

    assert p([10, 10], [10, 10]) is None
    assert p([5, 0], [10, 0]) is None
    assert p([50, 50], [100, 100]) == 1
    # 60 of 100 and 40 of 100: chi squared 8
    assert p([60, 40], [100, 100]) == pytest.approx(0.00468, abs=1e-5)
    # 10, 20 and 30 of 40 each: (100 + 0 + 100) / 10 = 20 at two degrees of freedom, e to the -10
    assert p([10, 20, 30], [40, 40, 40]) == pytest.approx(np.exp(-10))
