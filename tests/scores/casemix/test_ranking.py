"""Who can be told apart, and who cannot."""

from __future__ import annotations

import numpy as np

from tenure.scores.casemix.ranking import months_needed, ranking
from tenure.scores.casemix.shrunk import belief


def ranked(observed, expected, **more):
    expected = np.array(expected, dtype=float)
    return ranking(belief(observed, expected, expected), expected, **{"less_is_better": True, **more})


def test_nobody_is_ranked_below_twenty_expected_events():
    assert ranked([0, 19], [9, 10.9]) is None
    assert ranked([0, 19], [9, 11]) is not None
    assert ranked([30], [40]) is None  # alone
    assert months_needed(13.2, 12) == 19  # 1.1 a month
    assert months_needed(0.0, 12) is None


def test_a_pair_needs_twenty_too():
    found = ranked([0, 14, 60], [4, 4, 60])
    assert (0, 1) not in found.apart  # 8 expected of both together
    assert (0, 1) in ranked([1, 35], [12, 12]).apart


def test_better_is_fewer_losses_or_more_gains():
    lost, won = ranked([5, 45], [25, 25]), ranked([5, 45], [25, 25], less_is_better=False)
    assert (lost.low, lost.high, lost.apart) == ((1, 2), (1, 2), ((0, 1),))
    assert (won.low, won.apart) == ((2, 1), ((1, 0),))


def test_where_nobody_differs_hardly_anybody_is_told_apart():
    rng, pairs, told = np.random.default_rng(4), 0, 0
    for _ in range(60):
        expected = rng.uniform(5, 25, 10)
        found = ranked(rng.poisson(expected), expected, draws=1000)
        told += len(found.apart)
        pairs += 45
        assert all(high - low >= 4 for low, high in zip(found.low, found.high, strict=True))
    assert told / pairs < 0.01


def test_ranks_hold_the_true_ones():
    rng, inside, companies = np.random.default_rng(5), 0, 60
    for _ in range(companies):
        true, expected = rng.gamma(4, 1 / 4, 8), rng.uniform(10, 40, 8)
        found = ranked(rng.poisson(true * expected), expected, draws=1000)
        place = 1 + true.argsort().argsort()
        inside += int(((np.array(found.low) <= place) & (place <= np.array(found.high))).sum())
        assert all(true[one] < true[other] or true[one] - true[other] < 0.3 for one, other in found.apart)
    assert inside / (8 * companies) > 0.93
