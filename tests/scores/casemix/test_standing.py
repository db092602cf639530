"""Whole companies whose CSMs' true effects are known: who is flagged, and who is not."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

from tenure.core.confidence import Interval
from tenure.scores.casemix.expected import expected
from tenure.scores.casemix.standing import Months, standings
from tests.scores.casemix.companies import simulated


def judged(company, owners, share=None):
    months = company.months if share is None else replace(company.months, share=share)
    return standings(months, owners, counted=True, less_is_better=True)


def test_sums_limits_and_orientation_by_hand():
    # Ada's: ten account-months at 10 %, three lost. Ben's: one whole at 50 % and one shared half at 20 %, neither lost.
    group = np.array([0] * 10 + [1, 1])
    months = Months(
        group, np.arange(12), np.array([1.0] * 3 + [0.0] * 9), np.ones(12), np.array([1.0] * 11 + [0.5]),
        np.array([0.1] * 10 + [0.5, 0.2]),
    )  # fmt: skip
    ada, ben = standings(months, 2, counted=True, less_is_better=True).groups
    assert (ada.months, ada.observed, ada.expected, ada.ratio) == (10, 3, pytest.approx(1), pytest.approx(3))
    assert (ben.months, ben.observed, ben.expected, ben.ratio) == (1.5, 0, pytest.approx(0.6), 0)
    assert ada.inherited == pytest.approx((1 / 10) / (1.6 / 11.5))
    # P(K >= 3) of Bin(10, 0.1) is .0702, P(>= 4) is .0128 and P(4) .0112: 3 + (.0702 - .025) / .0574 = 3.788
    assert ada.limits[0].high == pytest.approx(3.788, abs=2e-3)
    assert (ada.outside, ada.rank) == ("", None)
    assert ada.better < 0.5 < ben.better
    gains = standings(months, 2, counted=True, less_is_better=False).groups
    assert gains[0].better == pytest.approx(1 - ada.better)


def test_outside_says_which_limits():
    ada = standings(
        Months(np.zeros(2, int), np.arange(2), np.ones(2), np.ones(2), np.ones(2), np.full(2, 0.5)), 1, counted=True,
        less_is_better=True,
    ).groups[0]  # fmt: skip
    inner, outer = Interval(0.5, 1.5), Interval(0.2, 2.5)
    said = [replace(ada, ratio=ratio, limits=(inner, outer)).outside for ratio in (1.0, 1.6, 0.1, None)]
    assert said == ["", "95", "99.8", ""]


def test_where_nobody_differs_at_most_one_in_twenty_is_flagged():
    rng, flagged, far, companies, owners = np.random.default_rng(11), 0, 0, 15, 20
    for _ in range(companies):
        company = simulated(rng, owners, portfolio=np.linspace(-1, 1, owners))
        found = judged(company, owners)
        flagged += sum(bool(each.outside) for each in found.groups)
        far += sum(each.outside == "99.8" for each in found.groups)
    assert 0.01 < flagged / (companies * owners) <= 0.05
    assert far / (companies * owners) <= 0.006


def test_learnt_expectations_flag_as_few_and_the_raw_rate_many():
    rng, owners = np.random.default_rng(12), 20
    fair, raw, total = 0, 0, 0
    for _ in range(4):
        company = simulated(rng, owners, portfolio=np.linspace(-1.5, 1.5, owners))
        months = company.months
        learnt = expected(company.known, months.outcome, months.weight, months.account, months.group)
        flat = np.full(len(months.outcome), months.outcome.mean())
        fair += sum(bool(each.outside) for each in judged(company, owners, learnt.share).groups)
        # without over-dispersion: as a league table of raw rates would
        raw += sum(each.ratio is not None and abs(each.observed - each.expected) > 1.96 * each.expected**0.5
                   for each in judged(company, owners, flat).groups)  # fmt: skip
        total += owners
    assert fair / total <= 0.075  # 5 % and two standard errors
    assert raw / total > 0.3


def test_an_average_csm_with_a_bad_portfolio_is_not_blamed():
    owners, unlucky, flagged, probabilities, inherited = 12, 3, 0, [], []
    for seed in range(5):
        company = simulated(np.random.default_rng(seed), owners, 40, portfolio=np.eye(owners)[unlucky] * 1.5)
        months = company.months
        learnt = expected(company.known, months.outcome, months.weight, months.account, months.group)
        mine = judged(company, owners, learnt.share).groups[unlucky]
        rate = months.outcome[months.group == unlucky].mean() / months.outcome.mean()
        assert rate > 1.6  # by the raw rate she is the worst
        truly = months.share[months.group == unlucky].mean() / months.share.mean()
        inherited.append(mine.inherited / truly)
        flagged += bool(mine.outside)
        probabilities.append(mine.better)
    assert np.mean(inherited) == pytest.approx(1, abs=0.15)  # it is what was handed over
    assert flagged <= 1
    assert 0.2 < np.mean(probabilities) < 0.8


def test_true_effects_are_found_and_shrunk_ratios_are_closer_to_them():
    owners = 16
    effect, portfolio = np.linspace(-0.8, 0.8, owners), np.resize([-0.8, 0.8], owners)
    raw, drawn_in, covered, better, right = 0.0, 0.0, 0, [], []
    for seed in range(10):
        company = simulated(np.random.default_rng(seed), owners, 40, effect=effect, portfolio=portfolio)
        months, average = company.months, company.months.share
        odds = average / (1 - average) * np.exp(effect[months.group])
        company_wide = average * months.outcome.sum() / average.sum()  # as much as was observed
        true = np.bincount(months.group, odds / (1 + odds)) / np.bincount(months.group, company_wide)
        found = judged(company, owners, company_wide)
        for each in found.groups:
            raw += (each.ratio - true[each.group]) ** 2
            drawn_in += (each.shrunk - true[each.group]) ** 2
            covered += each.interval.covers(true[each.group])
        better += [found.groups[0].better, 1 - found.groups[-1].better]
        right += [one < other for group in found.groups for one, other in ((group.group, b) for b in group.before)]
    assert drawn_in < 0.9 * raw
    assert covered / (10 * owners) > 0.92
    assert np.mean(better) > 0.93  # the best and the worst
    assert len(right) > 100
    assert np.mean(right) > 0.99  # hardly any pair is told apart the wrong way round


def test_amounts_stand_on_the_spread_of_whole_accounts():
    # 40 accounts of 100 a month, one in ten of which is lost whole; Ada's are as expected
    rng = np.random.default_rng(2)
    outcome = (rng.random(4000) < 0.01).astype(float)
    group, account = np.repeat([0, 1], 2000), np.repeat(np.arange(400), 10)
    months = Months(group, account, outcome, np.full(4000, 100.0), np.ones(4000), np.full(4000, outcome.mean()))
    amounts = standings(months, 2, counted=False, less_is_better=True)
    events = standings(replace(months, amount=np.ones(4000)), 2, counted=True, less_is_better=True)
    for money, count in zip(amounts.groups, events.groups, strict=True):
        assert money.observed == pytest.approx(100 * count.observed)
        assert money.ratio == pytest.approx(count.ratio)
        assert money.events == pytest.approx(count.events, rel=0.25)
        assert money.limits[0].high == pytest.approx(count.limits[0].high, abs=0.2)


def test_amounts_of_very_unequal_accounts_flag_as_few():
    rng, companies, owners = np.random.default_rng(1), 25, 20
    above, below, far = 0, 0, 0
    for _ in range(companies):
        months = simulated(rng, owners).months
        amount = np.exp(rng.normal(size=owners * 30))[
            months.account
        ]  # the largest of 600 is a hundred times the smallest
        share = months.share * (amount @ months.outcome) / (amount @ months.share)
        found = standings(replace(months, amount=amount, share=share), owners, counted=False, less_is_better=True)
        above += sum(bool(each.outside) and each.ratio > 1 for each in found.groups)
        below += sum(bool(each.outside) and each.ratio < 1 for each in found.groups)
        far += sum(each.outside == "99.8" for each in found.groups)
    assert above / (companies * owners) < 0.045
    assert below / (companies * owners) < 0.045
    assert far / (companies * owners) < 0.012
