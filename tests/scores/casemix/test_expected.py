"""What was to be expected: learnt from others, and only what is worth learning."""

from __future__ import annotations

import numpy as np
import pytest

from tenure.scores.casemix.expected import Known, expected, tells
from tests.scores.casemix.companies import simulated


def nobodys(rows):
    """Account-months that one owner has."""
    return np.zeros(rows, int)


def test_chances_are_found_and_add_up():
    company = simulated(np.random.default_rng(1), 20, 60)
    months = company.months
    learnt = expected(company.known, months.outcome, months.weight, months.account, months.group)
    assert learnt.share.sum() == pytest.approx(months.outcome.sum())
    assert learnt.penalty > 0
    assert learnt.gain > 0.03
    true = np.log(months.share / (1 - months.share))
    found = np.log(learnt.share / (1 - learnt.share))
    assert np.corrcoef(true, found)[0, 1] > 0.97
    assert np.polyfit(true, found, 1)[0] == pytest.approx(1, abs=0.25)  # as steep as the truth


def test_what_foretells_nothing_is_not_learnt():
    rng = np.random.default_rng(3)
    outcome, account = (rng.random(3000) < 0.01).astype(float), np.repeat(np.arange(300), 10)
    noise = Known({f"x{at}": rng.normal(size=3000) for at in range(8)}, {"w": rng.choice(list("abcdef"), 3000)})
    learnt = expected(noise, outcome, np.ones(3000), account, nobodys(3000))
    assert learnt.gain < 0.01
    assert learnt.share.std() < 0.002
    few = expected(noise, (np.arange(3000) < 9).astype(float), np.ones(3000), account, nobodys(3000))
    assert (few.penalty, few.gain) == (0, 0)  # nine events teach nothing


def test_an_account_is_never_foretold_by_itself():
    # Every account has a feature of its own that tells its fate exactly; out of fold that is worth nothing.
    rng = np.random.default_rng(5)
    fate = rng.random(200) < 0.3
    account = np.repeat(np.arange(200), 12)
    names = np.array([f"account {at}" for at in account])
    outcome = fate[account].astype(float)
    learnt = expected(Known({}, {"name": names}), outcome, np.ones(len(account)), account,
                      nobodys(len(account)))  # fmt: skip
    assert learnt.share[outcome == 1].mean() == pytest.approx(learnt.share[outcome == 0].mean(), abs=0.03)


def test_unknown_numbers_and_rare_words_do_no_harm():
    rng = np.random.default_rng(6)
    unknown = np.where(rng.random(2000) < 0.4, np.nan, rng.normal(size=2000))
    chance = np.where(np.isnan(unknown), 0.2, 0.03)  # that it is unknown tells something
    outcome = (rng.random(2000) < chance).astype(float)
    words = np.array(["usual"] * 1998 + ["odd", ""])
    learnt = expected(Known({"x": unknown, "none": np.full(2000, np.nan)}, {"w": words}), outcome, np.ones(2000),
                      np.arange(2000), nobodys(2000))  # fmt: skip
    assert learnt.share[np.isnan(unknown)].mean() == pytest.approx(0.2, abs=0.03)
    assert learnt.share[~np.isnan(unknown)].mean() == pytest.approx(0.03, abs=0.015)


def test_amounts_weigh():
    # large accounts lose 1 %, small ones 10 %: of each 100 that are 101 / 200 of the amount expected
    amount = np.repeat([1.0, 99.0], 1000)
    outcome = np.where(np.arange(2000) % 100 < np.where(amount == 1, 10, 1), 1.0, 0.0)
    learnt = expected(Known({"size": amount}, {}), outcome, amount, np.arange(2000), nobodys(2000))
    assert (learnt.share * amount).sum() == pytest.approx((outcome * amount).sum())
    nothing = expected(Known({}, {}), np.zeros(50), np.ones(50), np.arange(50), nobodys(50))
    assert (nothing.share == 0).all()


def test_a_feature_that_is_as_good_as_the_group_is_seen():
    region = np.array(["north"] * 50 + ["south"] * 50)
    team, owner = np.repeat([0, 1], 50), np.arange(100) % 5
    assert tells(region, team, np.ones(100)) == 1
    assert tells(region, owner, np.ones(100)) == 0
    # 90 of 100 guesses are right, 50 without it
    assert tells(region, np.where(np.arange(100) % 10 == 0, 1 - team, team), np.ones(100)) == pytest.approx(0.8)


def test_what_one_csm_does_is_not_ascribed_to_her_region():
    # Four regions of three owners each, who have nine in ten of their accounts there: one is better, one as usual, one
    # worse; those of the first region are all worse besides.
    owners, rng = 12, np.random.default_rng(7)
    effect = np.tile([-0.8, 0.0, 0.8], 4) + np.repeat([0.8, 0, 0, 0], 3)
    company = simulated(rng, owners, 60, effect=effect)
    months, home = company.months, np.repeat(np.arange(4), 180)
    of_account = np.where(rng.random(owners * 60) < 0.9, home, rng.integers(0, 4, owners * 60))
    region = np.array(["north", "east", "south", "west"])[of_account[months.account]]
    known, found, inherited = Known({"risk": company.risk}, {"region": region}), {}, {}
    for held, owner in ((True, months.group), (False, nobodys(len(region)))):
        learnt = expected(known, months.outcome, months.weight, months.account, owner)
        sums = np.bincount(months.group, learnt.share)
        found[held] = np.corrcoef(np.log(np.bincount(months.group, months.outcome) / sums), effect)[0, 1]
        inherited[held] = sums[:3].sum() / (months.group < 3).sum() / learnt.share.mean()
    assert found[True] > found[False] + 0.02
    # the region is as risky as any: what its three owners have in common is ascribed to it in part
    assert 1 < inherited[True] < 1.3 < inherited[False]
