"""What of several amounts will come: against hand calculations, and by how often what comes lies in the range."""

from __future__ import annotations

from itertools import product

import numpy as np
import pytest

from tenure.scores.risk.total import total


def test_two_amounts_by_hand():
    # 0: 0.1 x 0.5, 50: 0.1 x 0.5, 100: 0.9 x 0.5, 150: 0.9 x 0.5. Up to 0 lie 5 %, up to 100 lie 55 %.
    found = total(np.array([100.0, 50.0]), np.array([0.9, 0.5]), 0)
    assert (found.expected, found.low, found.high) == (pytest.approx(115), 0, 150)


def test_what_is_sure_has_no_range_and_nothing_is_nothing():
    assert total(np.array([10.0, 20.0]), np.array([1.0, 1.0]), 30).low == pytest.approx(30)
    assert total(np.zeros(0), np.zeros(0), 30) == total(np.zeros(2), np.array([0.5, 0.5]), 0)


def test_a_grid_says_what_all_combinations_say():
    rng = np.random.default_rng(3)
    amounts, chances = rng.lognormal(9, 1, 14), rng.uniform(0.5, 0.99, 14)
    masses = {}
    for comes in product((0, 1), repeat=14):
        told = np.array(comes)
        masses[float(told @ amounts)] = float(np.prod(np.where(told, chances, 1 - chances)))
    sums, upto = np.array(sorted(masses)), np.cumsum([masses[key] for key in sorted(masses)])
    ends = [sums[np.searchsorted(upto, share)] for share in (0.025, 0.975)]
    found = total(amounts, chances, 0)  # 14 are more than are combined one by one
    assert [found.low, found.high] == pytest.approx(ends, rel=0.01)


@pytest.mark.parametrize("count", [5, 80, 2_500])
@pytest.mark.parametrize("events", [0, 25])
def test_what_comes_lies_in_the_range_as_often_as_it_says(count, events):
    """Amounts as different as customers are; with ``events`` how high risks are is itself drawn."""
    rng, inside, runs = np.random.default_rng(7), 0, 1_000
    amounts, chances = rng.lognormal(9, 1, count), rng.uniform(0.6, 0.99, count)
    found, spread = total(amounts, chances, events), 1 / np.sqrt(events) if events else 0.0
    for _ in range(runs):
        factor = np.exp(spread * rng.normal() - spread**2 / 2)
        came = float(amounts @ (rng.uniform(size=count) < chances**factor))
        inside += found.low - 1e-6 * amounts.sum() <= came <= found.high + 1e-6 * amounts.sum()
    assert 0.935 * runs <= inside, "it holds at least 95 %, less what chance makes of 1,000 runs"
    assert count == 5 or inside <= 0.965 * runs, "of few amounts sums lie apart, so that more are held"


def test_no_more_comes_than_all_of_it():
    amounts = np.linspace(1_000.7, 9_999.1, 30)
    assert total(amounts, np.full(30, 0.999), 0).high <= amounts.sum()


def test_order_and_a_common_scale_change_nothing():
    rng = np.random.default_rng(5)
    amounts, chances = rng.lognormal(9, 1, 40), rng.uniform(0.6, 0.99, 40)
    order = rng.permutation(40)
    one, other = total(amounts, chances, 30), total(amounts[order], chances[order], 30)
    scaled = total(amounts * 1_000, chances, 30)
    for name in ("expected", "low", "high"):
        assert getattr(other, name) == pytest.approx(getattr(one, name), rel=2e-3)
        assert getattr(scaled, name) == pytest.approx(1_000 * getattr(one, name), rel=1e-9)
