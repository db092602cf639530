"""Companies whose truth is known, a few: ``bench/proof.py`` measures many. Bounds are what is promised and two standard errors."""

from __future__ import annotations

import pytest

from tests.scores.proof import owners, risks, slope, together


def test_intervals_of_effects_hold_the_truth_as_often_as_they_say():
    found = together(owners(seed) for seed in range(12))
    assert len(found.covered) > 150
    assert 0.90 < found.covered.mean() < 0.985


def test_where_all_csms_are_equal_hardly_anybody_is_said_to_differ():
    found = together(owners(seed, spread=0.0) for seed in range(12))
    assert (found.outside != "").mean() < 0.08
    assert (found.outside == "99.8").mean() < 0.02
    assert found.apart / found.pairs < 0.01


def test_risks_come_close_to_the_best_possible():
    found = [risks(seed, accounts=500) for seed in (1, 2)]
    for one in found:
        assert 0.6 < one.auc < one.best + 0.02
        assert one.best - one.auc < 0.1
    assert slope([one.told for one in found], [one.left for one in found]) == pytest.approx(1, abs=0.35)
