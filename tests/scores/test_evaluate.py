"""Measures of probabilities: against scikit-learn, published and hand-worked values, and how often intervals hold."""

from __future__ import annotations

import numpy as np
import pytest
from sklearn import metrics

from tenure.scores.evaluate import Curve, Told, calibration, event_rate_auc, measures, population_stability

RNG = np.random.default_rng(11)


def drawn(n: int, seed: int, ties: int = 0) -> Told:
    rng = np.random.default_rng(seed)
    p = rng.beta(1, 3, n)
    y = (rng.random(n) < p).astype(float)
    return Told(np.round(p * ties) / ties * 0.98 + 0.01 if ties else p, y)


@pytest.mark.parametrize("ties", [0, 7])
def test_values_are_those_of_scikit_learn(ties) -> None:
    told = drawn(800, 3, ties)
    found = measures(told)
    assert found.auc.value == pytest.approx(metrics.roc_auc_score(told.outcome, told.predicted))
    assert found.pr_auc.value == pytest.approx(metrics.average_precision_score(told.outcome, told.predicted))
    assert found.brier.value == pytest.approx(metrics.brier_score_loss(told.outcome, told.predicted))
    assert found.log_loss.value == pytest.approx(metrics.log_loss(told.outcome, told.predicted))


def test_the_auc_and_its_interval_by_hand() -> None:
    # events .9 .6 .6, others .7 .6 .2: above, per event: 3, 1.5, 1.5 of 3 others -> AUC 6/9
    told = Told(np.array([0.9, 0.6, 0.6, 0.7, 0.6, 0.2]), np.array([1.0, 1, 1, 0, 0, 0]))
    # placements of events 1, .5, .5 (variance 1/12), of others 1/3, 2/3, 1 (variance 1/9); each over 3
    half = 1.959964 * (1 / 36 + 1 / 27) ** 0.5
    found = measures(told).auc
    assert found.value == pytest.approx(2 / 3)
    assert found.low == pytest.approx(2 / 3 - half, abs=1e-6)
    assert found.high == 1.0


def test_the_lift_counts_a_part_of_the_tie_at_the_edge() -> None:
    # the top tenth are 2 of 20: the one at .9 (an event) and one of the four at .8, two of which are events
    predicted = np.array([0.9] + [0.8] * 4 + [0.1] * 15)
    outcome = np.array([1.0, 1, 1, 0, 0] + [1] + [0] * 14)
    assert measures(Told(predicted, outcome)).lift.value == pytest.approx((1.5 / 2) / (4 / 20))


def test_hard_labels_are_refused():
    told = drawn(400, 5)
    labels = (told.predicted > 0.3).astype(float)
    corner = metrics.roc_auc_score(told.outcome, labels)
    assert corner < measures(told).auc.value - 0.05, "the trap: a curve with one corner"
    with pytest.raises(ValueError, match="labels"):
        Told(labels, told.outcome)


def test_the_order_of_rows_changes_nothing() -> None:
    told = drawn(300, 8, ties=9)
    turned = RNG.permutation(300)
    again = Told(told.predicted[turned], told.outcome[turned])
    for name in ("auc", "pr_auc", "lift"):
        one, two = getattr(measures(told), name), getattr(measures(again), name)
        assert (one.value, one.low, one.high) == pytest.approx((two.value, two.low, two.high))


@pytest.mark.parametrize("name", ["auc", "pr_auc", "brier", "lift"])
def test_intervals_hold_about_as_often_as_they_say(name) -> None:
    truth = getattr(measures(drawn(400_000, 1)), name).value
    held = 0
    for seed in range(200):
        found = getattr(measures(drawn(300, seed + 100)), name)
        held += found.low <= truth <= found.high
    assert held >= 180, held  # of 200: an interval that is right falls below this once in some hundreds of cases


def test_rows_of_one_group_are_no_evidence_of_their_own():
    told = drawn(120, 4)
    alone = measures(Told(told.predicted, told.outcome, groups=np.arange(120, dtype=np.int32))).auc
    each = 10
    copied = Told(np.repeat(told.predicted, each), np.repeat(told.outcome, each))
    grouped = measures(
        Told(copied.predicted, copied.outcome, groups=np.repeat(np.arange(120), each).astype(np.int32))
    ).auc
    assert (grouped.low, grouped.high) == pytest.approx((alone.low, alone.high))
    delong = measures(told).auc
    assert grouped.high - grouped.low == pytest.approx(delong.high - delong.low, rel=0.15)
    naive = measures(copied).auc
    assert naive.high - naive.low < 0.4 * (grouped.high - grouped.low)


def test_a_rate_counts_who_had_no_event_for_as_long_as_she_was_watched() -> None:
    # one event at the middle rate; 3 units without one below it, 1 above, its own unit counts half
    told = Told(np.array([0.2, 0.1, 0.3]), np.array([1.0, 0, 0]), np.array([1.0, 3, 1]))
    assert Curve(told).values(None)["auc"] == pytest.approx((3 + 0.5) / 5)
    parts = calibration(Told(np.full(4, 0.5), np.array([1.0, 0, 0, 1]), np.array([1.0, 1, 2, 4])))
    assert [(own.predicted, own.observed, own.events) for own in parts] == [(0.5, 2 / 8, 2)]


def test_calibration_keeps_alike_predictions_together() -> None:
    predicted = np.array([0.1] * 50 + [0.4] * 45 + [0.7] * 5)
    outcome = np.array([1.0] * 6 + [0] * 44 + [1] * 20 + [0] * 25 + [1] * 4 + [0])
    found = calibration(Told(predicted, outcome))
    assert [(own.n, own.events) for own in found] == [(50, 6), (45, 20), (5, 4)]
    assert (found[0].low, found[0].high) == pytest.approx((0.0562, 0.2380), abs=5e-5)  # Wilson, 6 of 50


def test_drift_by_hand():
    # halves below and above; afterwards 30 and 70 of 100: with half a row more in each bin
    before, after = np.repeat([1.0, 2.0], 50), np.repeat([1.0, 2.0], [30, 70])
    p, q = 50.5 / 101, np.array([30.5, 70.5]) / 101
    assert population_stability(before, after) == pytest.approx(float(((q - p) * np.log(q / p)).sum()))
    assert population_stability(before, before) == 0
    assert population_stability(before, np.full(100, np.nan)) > 1
    assert population_stability(before, np.empty(0)) is None


def test_a_column_alone_tells_as_much_as_its_rates() -> None:
    bins, outcome = np.array([0, 0, 1, 1, 2, 2]), np.array([1.0, 0, 0, 0, 1, 1])
    # rates .5, 0, 1: the order is 2, 0, 1; events 1 1 | 1, others | 1 | 2
    assert event_rate_auc(bins, outcome) == pytest.approx(metrics.roc_auc_score(outcome, [0.5, 0.5, 0, 0, 1, 1]))
