"""Trials against published intervals, hand calculations and simulated lots."""

from __future__ import annotations

import numpy as np
import pytest

from tenure.scores.effect.trial import Outcome, contrast, detectable, kind_of


def arms(one, other):
    return np.arange(one + other) < one


def test_shares_as_newcombe_published_them():
    # Newcombe (1998), table II, example (a): 56/70 - 48/80, method 10: 0.0524 to 0.3339
    num = np.concatenate([np.arange(70) < 56, np.arange(80) < 48]).astype(float)
    found = contrast(Outcome(num, np.ones(150), "share"), arms(70, 80))
    assert (found.effect, found.low, found.high) == pytest.approx((0.2, 0.0524, 0.3339), abs=5e-5)
    assert (found.treated.accounts, found.held_out.accounts) == (70, 80)
    assert (found.treated.value, found.held_out.value) == (0.8, 0.6)


def test_who_is_in_no_base_is_assigned_but_not_counted():
    found = contrast(Outcome(np.array([1.0, 0, 0, 1]), np.array([1.0, 1, 0, 1]), "share"), arms(3, 1))
    assert (found.treated.assigned, found.treated.accounts, found.treated.value) == (3, 2, 0.5)


def test_means_by_hand():
    # 2, 4, 6 and 1, 1, 4: means 4 and 2, variances 4 and 3, each / 3; t of 3.92 degrees of freedom
    found = contrast(Outcome(np.array([2.0, 4, 6, 1, 1, 4]), np.ones(6), "mean"), arms(3, 3))
    assert found.effect == 2
    half = 2.7996 * (4 / 3 + 3 / 3) ** 0.5
    assert (found.low, found.high) == pytest.approx((2 - half, 2 + half), abs=2e-3)


def test_ratios_by_hand():
    # 9 of 10 and 18 of 30: 27/40; 10 of 10 and 10 of 10: all
    found = contrast(Outcome(np.array([9.0, 18, 10, 10]), np.array([10.0, 30, 10, 10]), "ratio"), arms(2, 2))
    assert found.effect == pytest.approx(27 / 40 - 1)
    # beyond the ratio: 9 - 6.75 and 18 - 20.25, over 20: +-0.1125, a variance of 0.0253125. The other arm does not vary and
    # is taken to vary as much; t of 2 degrees of freedom
    half = 4.302653 * (2 * 0.0253125 / 2) ** 0.5
    assert (found.low, found.high) == pytest.approx((-0.325 - half, -0.325 + half), abs=1e-6)


def test_where_nothing_varies_there_is_no_interval():
    found = contrast(Outcome(np.zeros(6), np.ones(6), "mean"), arms(3, 3))
    assert (found.effect, found.low, found.high) == (0, None, None)


def test_means_are_adjusted_by_what_was_before():
    rng = np.random.default_rng(31)
    inside, narrower = [], []
    for _ in range(500):
        treated = rng.permutation(arms(40, 40))
        before = rng.lognormal(5, 1, 80)
        after = before * 1.02 + 30 * treated + rng.normal(0, 40, 80)
        outcome = Outcome(after, np.ones(80), "mean")
        found, plain = contrast(outcome, treated, before), contrast(outcome, treated)
        assert found.plain == plain.effect
        inside.append(found.low <= 30 <= found.high)
        narrower.append((found.high - found.low) / (plain.high - plain.low))
    assert 0.92 <= np.mean(inside) <= 0.975
    assert max(narrower) < 0.5


def test_rare_losses_of_very_different_accounts_give_few_alarms():
    # the bootstraps of the arms, squared and added, would see an effect in a fifth of these; so would Welch's t of uneven arms
    for one, other in ((30, 30), (30, 270)):
        rng, alarms = np.random.default_rng(1), []
        for _ in range(300):
            den = rng.lognormal(6, 1, one + other)
            num = den * (rng.random(one + other) >= 0.05)
            found = contrast(Outcome(num, den, "ratio"), rng.permutation(arms(one, other)))
            alarms.append(found.low is not None and not found.low <= 0 <= found.high)
        assert np.mean(alarms) <= 0.06


def test_an_empty_arm_has_no_effect():
    found = contrast(Outcome(np.array([1.0, 0]), np.array([1.0, 0]), "ratio"), arms(1, 1))
    assert (found.effect, found.low, found.held_out.value) == (None, None, None)


def test_kinds():
    ones, zeros = np.ones(3), np.zeros(3)
    assert kind_of(zeros, ones, counted=True, total=False) == "share"
    assert kind_of(ones, ones * 2, counted=True, total=False) == "ratio", "several contracts of one account"
    assert kind_of(zeros, ones, counted=False, total=False) == "ratio"
    assert kind_of(ones, ones, counted=False, total=True) == "mean"


def simulated(kind, effect, times):
    """How often the interval holds the true effect, of so many lots."""
    rng, inside = np.random.default_rng(17), []
    for _ in range(times):
        treated = rng.permutation(arms(80, 70))
        if kind == "share":
            num, den = (rng.random(150) < np.where(treated, 0.2 + effect, 0.2)).astype(float), np.ones(150)
        elif kind == "mean":
            num, den = rng.poisson(np.where(treated, 4 + effect, 4)).astype(float), np.ones(150)
        else:  # money kept, of accounts of very different size
            den = rng.lognormal(5, 0.7, 150)
            num = den * np.clip(rng.normal(np.where(treated, 0.9 + effect, 0.9), 0.25), 0, None)
        found = contrast(Outcome(num, den, kind), treated)
        inside.append(found.low <= effect <= found.high)
    return np.mean(inside)


@pytest.mark.parametrize(("kind", "effect", "times"), [("share", 0.15, 1000), ("mean", 1.0, 1000), ("ratio", 0.1, 400)])
def test_intervals_hold_the_truth_and_no_effect_gives_few_alarms(kind, effect, times):
    assert 0.92 <= simulated(kind, effect, times) <= 0.975
    assert 0.92 <= simulated(kind, 0.0, times) <= 0.98


def test_what_would_have_been_seen_is_seen_four_times_of_five():
    rng = np.random.default_rng(23)
    treated = arms(400, 400)

    def one(effect):
        return contrast(Outcome(rng.normal(effect * treated, 1.0), np.ones(800), "mean"), treated)

    none = one(0.0)
    least = detectable(none.low, none.high)
    # (1.96 + 0.84) x root of 2/400, the textbook's
    assert least == pytest.approx(2.8 * (2 / 400) ** 0.5, rel=0.05)
    assert np.mean([one(least).low > 0 for _ in range(400)]) == pytest.approx(0.8, abs=0.06)
    assert detectable(None, 1.0) is None
