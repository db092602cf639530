"""The two learners: known coefficients, exact sums, the same answer in any order, groups never on both sides."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn.linear_model import LogisticRegression

from tenure.core.features import Column, Features, Labels, Numbers
from tenure.scores import additive, linear
from tenure.scores.evaluate import Told, measures
from tenure.scores.folds import deal, in_order, label_keys, row_keys
from tenure.scores.learn import LEARNERS, Calibrated, Known, learn, level, platt
from tenure.scores.prepare import prepare
from tenure.scores.splits import by_time


def table(n: int, seed: int = 1) -> tuple[Features, np.ndarray]:
    """Logit: -1 + 0.8 x - 1.2 (plan is b), nothing else; a tenth of x is missing, and counts as 0."""
    rng = np.random.default_rng(seed)
    x, noise = rng.normal(size=n), rng.normal(size=n)
    plan = rng.integers(0, 3, n).astype(np.int32)
    gone = rng.random(n) < 0.1
    p = 1 / (1 + np.exp(-(-1 + 0.8 * np.where(gone, 0, x) - 1.2 * (plan == 1))))
    columns: dict[str, Column] = {
        "x": Numbers(np.where(gone, np.nan, x)),
        "noise": Numbers(noise),
        "plan": Labels(plan, ("a", "b", "c")),
    }
    return Features(columns, n), (rng.random(n) < p).astype(float)


def known(n: int, seed: int = 1) -> Known:
    features, outcome = table(n, seed)
    return Known(features, outcome, row_keys(features))


def test_known_coefficients_are_found():
    features, outcome = table(40_000)
    model = linear.fit(features, outcome, None, [1.0])[0]
    spans = dict(model.prepared.spans())
    x = model.coefficients[spans["x"]][0] / model.prepared.parts[0].scale
    a, b, c = model.coefficients[spans["plan"]]
    assert x == pytest.approx(0.8, abs=0.05)
    assert (b - a, c - a) == pytest.approx((-1.2, 0), abs=0.1)


def test_a_number_with_cuts_counts_stretch_by_stretch() -> None:
    """Whoever is in the middle stretch has e times the odds: nothing that is straight can say so."""
    rng = np.random.default_rng(5)
    days = rng.uniform(-60, 300, 40_000)
    days[::10] = np.nan
    middle = (days >= 0) & (days < 30)
    outcome = (rng.random(len(days)) < 1 / (1 + np.exp(2.0 - middle))).astype(float)
    features = Features({"days": Numbers(days, (0.0, 30.0))}, len(days))
    model = linear.fit(features, outcome, None, [1.0])[0]
    asked = Numbers(np.array([-10.0, 0.0, 29.9, 30.0, 200.0, np.nan]), (0.0, 30.0))
    before, first, last, then, far, unknown = model.score(Features({"days": asked}, 6))
    assert first == last
    assert then == far
    assert first - np.array([before, then, unknown]) == pytest.approx(1.0, abs=0.15)


def test_the_ridge_is_that_of_scikit_learn() -> None:
    features, outcome = table(600)
    model = linear.fit(features, outcome, None, [4.0])[0]
    x = prepare(features).matrix(features, np.arange(600))
    other = LogisticRegression(C=1 / 4, tol=1e-10, max_iter=1000).fit(x, outcome)
    assert model.coefficients == pytest.approx(other.coef_[0], abs=1e-5)
    assert model.score(features) == pytest.approx(other.decision_function(x), abs=1e-5)


def test_released_prisoners_as_cox_had_them(shared_data):
    data = np.genfromtxt(shared_data / "km_rossi/rossi.csv", delimiter=",", names=True)
    names = ("fin", "age", "race", "wexp", "mar", "paro", "prio")
    features = Features({name: Numbers(data[name].astype(float)) for name in names}, len(data))
    model = linear.fit(features, data["arrest"].astype(float), data["week"].astype(float), [1e-6])[0]
    found = [b / part.scale for b, part in zip(model.coefficients, model.prepared.parts, strict=True)]
    # Allison 1995, Cox's model; a constant hazard gives nearly the same coefficients
    assert found == pytest.approx([-0.379, -0.057, 0.314, -0.150, -0.434, -0.085, 0.091], abs=0.02)


def test_straight_and_bent_courses_are_told_by_the_learner_that_can() -> None:
    rng = np.random.default_rng(4)
    x = rng.uniform(-2, 2, 6000)
    outcome = (rng.random(6000) < np.where(np.abs(x) > 1, 0.6, 0.1)).astype(float)
    features = Features({"x": Numbers(x)}, 6000)
    straight, bent = (learn(name, Known(features, outcome, row_keys(features))) for name in LEARNERS)
    probe = Features({"x": Numbers(np.array([-1.5, 0.0, 1.5]))}, 3)
    assert 1 / (1 + np.exp(-bent.score(probe))) == pytest.approx([0.6, 0.1, 0.6], abs=0.06)
    assert straight.score(probe).std() < 0.2


@pytest.mark.parametrize("exposed", [False, True])
@pytest.mark.parametrize("name", LEARNERS)
def test_what_columns_add_adds_up_exactly(name, exposed) -> None:
    features, outcome = table(900)
    exposure = np.random.default_rng(3).uniform(0.5, 2, 900) if exposed else None
    model = Calibrated(learn(name, Known(features, outcome, row_keys(features), exposure=exposure)), 0.9, 0.2)
    fresh, _ = table(300, seed=9)
    unseen = Features({**fresh.columns, "plan": Labels(np.full(300, -1, dtype=np.int32), ("a", "b", "c"))}, 300)
    for rows in (features, fresh, unseen):
        added = model.contributions(rows)
        assert np.abs(model.base + sum(added.values()) - model.score(rows)).max() < 1e-9
    assert set(model.contributions(features)) == {"x", "noise", "plan"}
    for part in model.contributions(features).values():
        assert abs(part.mean()) < 1e-9, "0 on average over what was learned from"


@pytest.mark.parametrize("name", LEARNERS)
def test_a_constant_rate_over_any_exposure_is_that_rate(name) -> None:
    rng = np.random.default_rng(6)
    exposure = rng.uniform(0.1, 3, 4000)
    features = Features({"x": Numbers(rng.normal(size=4000))}, 4000)
    outcome = (rng.random(4000) < -np.expm1(-0.05 * exposure)).astype(float)
    model = learn(name, Known(features, outcome, row_keys(features), exposure=exposure))
    assert float(np.exp(model.score(features)).mean()) == pytest.approx(outcome.sum() / exposure.sum(), rel=0.05)


def test_one_row_out_of_scale_changes_little():
    features, outcome = table(1500)
    values = features.columns["x"].values.copy()
    values[int(np.flatnonzero(~np.isnan(values))[0])] = 1e12
    spoilt = Features({**features.columns, "x": Numbers(values)}, 1500)
    for name in LEARNERS:
        plain, odd = (
            learn(name, Known(rows, outcome, row_keys(features))).score(features) for rows in (features, spoilt)
        )
        assert np.corrcoef(plain, odd)[0, 1] > 0.98


def test_nothing_to_learn_from_gives_the_base_rate() -> None:
    outcome = np.repeat([1.0, 0.0], [30, 90])
    features = Features({"x": Numbers(np.full(120, 7.0))}, 120)
    for name in LEARNERS:
        score = learn(name, Known(features, outcome, row_keys(features))).score(features)
        assert 1 / (1 + np.exp(-score)) == pytest.approx(np.full(120, 0.25), abs=1e-6)


def test_scores_are_brought_to_scale_but_never_turned_around() -> None:
    rng = np.random.default_rng(8)
    score = rng.normal(size=20_000)
    outcome = (rng.random(20_000) < 1 / (1 + np.exp(-(0.5 * score - 1)))).astype(float)
    assert platt(score, outcome, None) == pytest.approx((0.5, -1), abs=0.06)
    few = platt(score[:60], outcome[:60], None), platt(score[:60], outcome[:60], None, steady=True)
    assert abs(few[1][0] - 1) < abs(few[0][0] - 1)
    assert platt(score, outcome, None, steady=True) == pytest.approx((0.5, -1), abs=0.07)
    slope, shift = platt(-score, outcome, None)
    assert slope == 1.0
    assert (1 / (1 + np.exp(score - shift))).mean() == pytest.approx(outcome.mean(), abs=1e-6)


# Folds


def test_noise_in_rows_that_are_alike_is_not_told() -> None:
    """Folds that are alike in what rows of one kind did would tell it."""
    rng = np.random.default_rng(12)
    aucs = []
    for _ in range(12):
        kind, outcome = rng.integers(0, 90, 3000), (rng.random(3000) < 0.5).astype(float)
        features = Features({"kind": Numbers(kind.astype(float))}, 3000)
        fold = deal(outcome, row_keys(features))
        rates = np.zeros(3000)
        for own in range(5):
            events, sizes = (np.bincount(kind[fold != own], w[fold != own], 90) for w in (outcome, np.ones(3000)))
            rates[fold == own] = (events / sizes)[kind[fold == own]]
        found = measures(Told(np.clip(rates, 0.01, 0.99), outcome)).auc.value
        aucs.append(found if found is not None else 1.0)
    assert np.mean(aucs) < 0.51


@settings(max_examples=25, deadline=None)
@given(seed=st.integers(0, 10_000), groups=st.integers(12, 60))
def test_folds_keep_groups_together_and_spread_events(seed, groups) -> None:
    rng = np.random.default_rng(seed)
    own = rng.integers(0, groups, 400).astype(np.int32)
    outcome = (rng.random(400) < 0.3).astype(float)
    keys = label_keys(Labels(own, tuple(f"g{number}" for number in range(groups))))
    fold = deal(outcome, keys, own)
    assert all(len(set(fold[own == group])) == 1 for group in set(own.tolist()))
    events = np.bincount(fold, outcome, 5)
    assert events.max() - events.min() <= np.bincount(own, outcome).max() * 2
    turned = rng.permutation(400)
    assert (deal(outcome[turned], keys[turned], own[turned]) == fold[turned]).all()


@settings(max_examples=3, deadline=None)
@given(seed=st.integers(0, 10_000))
def test_models_do_not_depend_on_the_order_of_rows(seed) -> None:
    features, outcome = table(250, seed)
    turned = np.random.default_rng(seed).permutation(250)
    probe, _ = table(50, seed + 1)
    for name in LEARNERS:
        scores = []
        for rows, own in ((features, outcome), (features.take(turned), outcome[turned])):
            keys = row_keys(rows)
            order = in_order(keys, own)
            scores.append(learn(name, Known(rows, own, keys).take(order)).score(probe))
        assert (scores[0] == scores[1]).all()


def test_a_row_has_the_same_key_wherever_it_stands() -> None:
    one = Features(
        {"a": Numbers(np.array([0.0, np.nan])), "b": Labels(np.array([1, 0], dtype=np.int32), ("u", "v"))}, 2
    )
    two = Features(
        {"b": Labels(np.array([2, 0], dtype=np.int32), ("u", "uu", "v")), "a": Numbers(np.array([-0.0, np.nan]))}, 2
    )
    assert (row_keys(one) == row_keys(two)).all()
    assert row_keys(one)[0] != row_keys(one)[1]


def test_by_time_nothing_learned_from_is_later_nor_of_the_group_that_is_told() -> None:
    rows = known(1200)
    rng = np.random.default_rng(5)
    moment = rng.integers(0, 12, 1200).astype(float)
    owners = rng.integers(0, 90, 1200).astype(np.int32)
    grouped = Known(rows.table, rows.outcome, label_keys(Labels(owners, tuple(map(str, range(90))))), owners)
    split = by_time(grouped, moment, fewest=20)
    tested = np.concatenate([own.test for own in split.rounds])
    assert sorted(tested.tolist()) == np.flatnonzero(moment >= 8).tolist(), "the latest third, each row once"
    for own in split.rounds:
        assert moment[own.train].max() < moment[own.calibrate].min()
        assert moment[own.calibrate].max() < moment[own.test].min()
        assert not set(owners[own.train]) & set(owners[own.test])
    plain = by_time(rows, moment, fewest=20).rounds
    assert [set(moment[part].tolist()) for part in (plain[0].train, plain[0].calibrate, plain[0].test)] == [
        {0, 1, 2, 3, 4, 5}, {6, 7}, {8, 9, 10, 11},
    ]  # fmt: skip


def test_the_trees_have_one_column_each() -> None:
    # an outcome that only two columns together tell: nobody who adds up can tell it
    rng = np.random.default_rng(7)
    one, two = rng.integers(0, 2, (2, 4000)).astype(float)
    outcome = (rng.random(4000) < np.where(one == two, 0.8, 0.2)).astype(float)
    features = Features({"one": Numbers(one), "two": Numbers(two)}, 4000)
    score = additive.fit(features, outcome, None, np.arange(4000) % 4 == 0).score(features)
    assert np.ptp(score) < 0.3


@pytest.mark.parametrize("exposed", [False, True])
def test_the_latest_rows_move_the_level_as_far_as_they_tell(exposed):
    """Twice as many events as expected: of many rows that is believed, of a few hardly, of none not at all."""

    def moved(rows: int) -> float:
        scores = np.full(rows, -4.0)
        outcome = (np.arange(rows) % 1000 < 2000 * np.exp(-4.0) / (1 if exposed else 1 + np.exp(-4.0))).astype(float)
        latest = Known(
            Features({}, rows), outcome, np.arange(rows).astype(np.uint64), None, np.ones(rows) if exposed else None
        )
        return level(scores, latest, 0.0)

    assert moved(1_000_000) == pytest.approx(np.log(2), abs=0.03)
    # 18.3 were expected, as many more came, and the prior tells as much as a hundred: one step of Newton's method
    assert moved(1_000) == pytest.approx(18.3 / (18.3 + 100), abs=0.02)
    assert moved(0) == 0.0


def test_a_slope_is_believed_as_far_as_rows_tell():
    """Scores that are twice as far apart as they should be: of many rows the slope is a half, of a few what is expected."""
    rng = np.random.default_rng(3)
    scores = rng.normal(0, 2, 40_000)
    outcome = (rng.random(40_000) < 1 / (1 + np.exp(-scores / 2))).astype(float)
    assert platt(scores, outcome, None, steady=True)[0] == pytest.approx(0.5, abs=0.05)
    assert platt(scores[:20], outcome[:20], None, steady=True)[0] == pytest.approx(0.9, abs=0.05)
    assert platt(scores, outcome, None)[0] == pytest.approx(0.5, abs=0.03)
