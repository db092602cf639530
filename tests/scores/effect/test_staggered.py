"""Staggered difference in differences, against hand calculations, a published value and simulated companies."""

from __future__ import annotations

import csv
from pathlib import Path

import numpy as np
import pytest

from tenure.core.differences import difference_in_differences
from tenure.scores.effect.staggered import NEVER, Panel, changed, staggered

DONATIONS = Path("/work/shared/data/did_organ_donations/organ_donations.csv")


def panel(values, begins, den=None, customer=None):
    """A panel of amounts: a row an account; everybody is a customer throughout."""
    num = np.asarray(values, dtype=float)
    den = np.ones_like(num) if den is None else np.asarray(den, dtype=float)
    customer = np.ones(num.shape, dtype=bool) if customer is None else customer
    return Panel(num, den, customer, np.asarray(begins, dtype=np.int64))


def test_one_cohort_by_hand():
    # treated: 10, 10 then 16, 16 and 20, 20 then 24, 24; others 8 then 9 and 12 then 13: (20 - 15) - (11 - 10)
    found = staggered(
        panel([[10, 10, 16, 16], [20, 20, 24, 24], [8, 8, 9, 9], [12, 12, 13, 13]], [2, 2, NEVER, NEVER]), 2, 2
    )
    assert found.effect == 4
    assert found.means == (15, 20, 10, 11)
    # changes: 6 and 4 of the treated, a variance of 2 / 2; 1 and 1 of the others, taken to vary as much
    assert found.se == pytest.approx(2**0.5)
    assert [(step.month, step.effect) for step in found.steps] == [(-2, 0), (-1, 0), (0, 4), (1, 4)]
    assert (found.treated, found.others, found.cohorts, found.passed_over) == (2, 2, 1, 0)
    assert found.alike_before is None, "nothing moved before: there is nothing to test by"


def test_two_cohorts_by_hand_with_those_not_yet_treated_beside_the_first():
    values = [
        [10, 10, 15, 15, 15, 15],  # begins in 2: rises by 5 at once
        [10, 10, 10, 10, 40, 40],  # begins in 4: rises by 30
        [10, 10, 11, 11, 11, 11],  # never: rises by 1 in month 2
    ]
    found = staggered(panel(values, [2, 4, NEVER]), 2, 2)
    # cohort 2: 5 - (0 + 1) / 2; cohort 4: 30 - 0, beside the third only, as the first is treated already
    assert found.effect == pytest.approx((4.5 + 30) / 2)
    assert (found.treated, found.others, found.cohorts) == (2, 2, 2)


def test_shares_are_ratios_of_sums():
    num = [[1, 3], [0, 2], [2, 2], [1, 4]]
    den = [[4, 4], [2, 6], [4, 2], [6, 8]]
    found = staggered(panel(num, [1, 1, NEVER, NEVER], den), 1, 1)
    assert found.means == pytest.approx((1 / 6, 5 / 10, 3 / 10, 6 / 10))
    assert found.effect == pytest.approx((5 / 10 - 1 / 6) - (6 / 10 - 3 / 10))


def test_only_customers_of_the_months_before_are_compared():
    here = np.ones((5, 4), dtype=bool)
    here[1, 0] = here[4, 1] = False
    found = staggered(panel(np.ones((5, 4)), [2, 2, 3, NEVER, NEVER], customer=here), 2, 2)
    assert (found.treated, found.others, found.passed_over) == (1, 1, 2), "of the third the window is not over"


def test_nobody_beside_them_is_no_effect():
    assert staggered(panel(np.ones((3, 4)), [2, 2, 2]), 2, 2) is None


@pytest.mark.skipif(not DONATIONS.exists(), reason="the published data is not here")
def test_organ_donations():
    rows = list(csv.DictReader(DONATIONS.read_text(encoding="utf-8").splitlines()))
    states = sorted({row["State"] for row in rows})
    values = np.zeros((len(states), 6))
    for row in rows:
        values[states.index(row["State"]), int(row["Quarter_Num"]) - 1] = float(row["Rate"])
    found = staggered(panel(values, [3 if state == "California" else NEVER for state in states]), 3, 3)
    assert found.effect == pytest.approx(-0.022459, abs=5e-7)  # two-way fixed effects, as published
    assert found.interval.low is None, "of one state no error can be told"


def test_many_accounts_have_the_error_of_the_two_by_two_regression():
    rng = np.random.default_rng(3)
    values = rng.normal(0, 1, (400, 2)) + rng.normal(0, 2, (400, 1))
    begins = np.where(np.arange(400) < 150, 1, NEVER)
    found = staggered(panel(values, begins), 1, 1)
    treated = np.repeat(begins == 1, 2)
    usual = difference_in_differences(values.ravel(), treated, np.tile([0, 1], 400), np.repeat(np.arange(400), 2))
    assert found.effect == pytest.approx(usual.effect)
    assert found.se == pytest.approx(usual.se, rel=0.01)


# Simulated companies


def company(rng, *, accounts=120, months=14, growing=0.0, drift=0.0):
    """Accounts of their own level, months of their own, noise that lasts; every second one is treated some day."""
    noise = rng.normal(0, 1, (accounts, months))
    noise[:, 1:] += 0.5 * noise[:, :-1]
    values = rng.normal(0, 3, (accounts, 1)) + rng.normal(0, 1, (1, months)) + noise
    begins = np.where(np.arange(accounts) % 2 == 0, rng.integers(3, 12, accounts), NEVER)
    since = np.maximum(np.arange(months) - begins[:, None] + 1, 0.0)
    since[begins == NEVER] = 0
    values += growing * since + drift * np.arange(months) * (begins[:, None] != NEVER)
    return panel(values, begins)


def many(times=300, **more):
    rng = np.random.default_rng(11)
    return [staggered(company(rng, **more), 3, 3) for _ in range(times)]


def test_intervals_hold_the_truth_and_no_effect_gives_few_alarms():
    found = many(growing=1.0)
    inside = np.mean([each.interval.covers(2.0) for each in found])  # 1, 2, 3 in the first three months
    assert 0.92 <= inside <= 0.98
    assert np.mean([each.effect for each in found]) == pytest.approx(2.0, abs=0.03)
    none = many()
    alarms = np.mean([not each.interval.covers(0.0) for each in none])
    assert 0.02 <= alarms <= 0.08
    suspected = np.mean([each.alike_before < 0.05 for each in none])
    assert 0.02 <= suspected <= 0.08


def test_growing_effects_are_told_month_by_month_where_two_way_fixed_effects_are_wrong():
    rng = np.random.default_rng(5)
    one = company(rng, accounts=2000, growing=1.0)
    found = staggered(one, 3, 3)
    later = [step.effect for step in found.steps if step.month >= 0]
    assert later == pytest.approx([1, 2, 3], abs=0.15)
    # all are treated some day: those treated yesterday, whose effect still grows, stand for those not treated
    all_treated = one.begins != NEVER
    y, begins = one.num[all_treated], one.begins[all_treated]
    d = (np.arange(y.shape[1]) >= begins[:, None]).astype(float)
    fixed = float((_within(d) * _within(y)).sum() / (_within(d) ** 2).sum())
    truth = float(np.maximum(np.arange(y.shape[1]) - begins[:, None] + 1, 0).sum() / d.sum())
    assert fixed < truth / 2, "the regression that everybody runs misses more than half of it"


def _within(x):
    return x - x.mean(0) - x.mean(1, keepdims=True) + x.mean()


def test_those_who_drifted_apart_before_are_found_out():
    found = many(100, drift=0.5)
    assert np.mean([each.alike_before < 0.05 for each in found]) > 0.9
    assert np.mean([each.effect > 0.5 for each in found]) > 0.9, "the drift looks like an effect of 1.5"


def test_cohorts_of_one_account_do_not_make_it_look_sure():
    rng, inside = np.random.default_rng(7), []
    for _ in range(300):
        values = rng.normal(0, 1, (70, 16))
        begins = np.concatenate([np.arange(3, 13), np.full(60, NEVER)])
        inside.append(staggered(panel(values, begins), 3, 3).interval.covers(0.0))
    assert 0.91 <= np.mean(inside) <= 0.98


def test_money_kept_of_very_different_accounts_gives_few_alarms():
    rng, alarms = np.random.default_rng(19), []
    for _ in range(300):
        money = rng.lognormal(6, 1, (200, 1)) * np.ones((1, 13))
        left = rng.integers(0, 60, 200)  # one in sixty a month leaves
        money[np.arange(13) >= np.where(left < 4, 99, left)[:, None]] = 0  # but nobody in the first months
        money *= np.cumprod(np.where(rng.random((200, 13)) < 0.05, rng.normal(1.1, 0.1, (200, 13)), 1), axis=1)
        begins = np.where(np.arange(200) < 40, rng.integers(3, 9, 200), NEVER)
        kept = Panel(money[:, 1:], money[:, :-1], money[:, 1:] > 0, begins)
        alarms.append(staggered(kept, 3, 3).interval.covers(0.0) is False)
    assert np.mean(alarms) <= 0.08


def test_few_treated_of_whom_none_is_lost_do_not_look_sure():
    rng, alarms = np.random.default_rng(13), []
    for _ in range(300):
        lost = (rng.random((315, 1)) < 0.04) * np.array([0, 0, 0, 1.0])  # all in one month after
        found = staggered(panel(lost, np.where(np.arange(315) < 15, 3, NEVER)), 3, 1)
        alarms.append(found.interval.covers(0.0) is False)
    assert np.mean(alarms) <= 0.08


def test_before_and_after_alone():
    before, after, gap, interval, accounts = changed(panel([[10, 14], [20, 28]], [1, 1]), 1, 1)
    assert (before, after, gap, accounts) == (15, 21, 6, 2)
    # changes 4 and 8: a standard error of 2 at one degree of freedom, 12.706
    assert interval.low == pytest.approx(6 - 25.412, abs=1e-3)
    assert changed(panel([[1, 1]], [NEVER]), 1, 1) is None
