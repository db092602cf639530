"""The back-test: it finds what is there, finds nothing where nothing is, and looks at nothing later."""

from __future__ import annotations

from dataclasses import replace
from datetime import timedelta

import numpy as np
import pytest

from tenure.core.errors import DataError
from tenure.core.features import Features, Numbers
from tenure.core.written import Written
from tenure.scores.evaluate import Told, auc_change
from tenure.scores.health.model import read
from tenure.scores.risk.backtest import Parts, by_band, judged, parted, warned
from tenure.scores.risk.compare import compared, health_told
from tenure.scores.risk.model import learned
from tests.scores.risk.made import TODAY, company

MODEL = """
definition = "Use."
[bands]
good = 70
fair = 40
[components.use]
metric = "active_usage_rate"
days = 28
curve = [[0, 0], [1, 100]]
weight = 1
"""


@pytest.fixture(scope="module")
def made():
    return company()


@pytest.fixture(scope="module")
def comparison(made):
    origins, spells = made
    return compared(origins[:-3], spells, 90, TODAY, read(Written("health.toml", MODEL)), frozenset())


def auc(of: Parts, columns=("use",), horizon=90):
    return judged(of, columns, horizon, ("logistic",)).measures.auc


def test_a_score_that_tells_is_found_and_calibrated(comparison):
    scores = {one.name: one.judged for one in comparison.scores}
    assert set(scores) == {"risk", "health", "contract"}
    for name in ("risk", "health"):
        assert scores[name].measures.auc.low > 0.6, name
    # Nobody's contract says anything: no better than chance.
    assert scores["contract"].measures.auc.low < 0.55
    told, came = np.array([(each.predicted, each.observed) for each in scores["risk"].calibration]).T
    assert came.mean() == pytest.approx(told.mean(), abs=0.04)
    assert np.corrcoef(told, came)[0, 1] > 0.8
    shares = {band.band: band.share for band in comparison.bands}
    assert shares["poor"] > shares["fair"] > shares["good"]


def test_weights_are_suggested_for_what_tells(comparison):
    (one,) = comparison.suggestions
    assert (one.component, one.suggested) == ("use", pytest.approx(100))


def test_nothing_is_found_where_nothing_is():
    origins, spells = company(tells=False, rate=0.03)
    found = auc(parted(origins[:-3], spells, 90, TODAY))
    assert found.low < 0.5 < found.high


def test_what_came_after_the_day_is_not_learned_from(made):
    """Whoever is learned from is cut off at the day from which on customers are told: to change what came later changes
    nothing of the models, and what is told of other customers stays the same."""
    origins, spells = made
    before = parted(origins[:-3], spells, 90, TODAY)
    day = before.tell.days.min()
    later = {
        account: [(since, end + timedelta(days=20) if day <= end.toordinal() < TODAY.toordinal() - 60 else end)]
        for account, ((since, end),) in spells.items()
    }
    assert later != spells
    after = parted(origins[:-3], later, 90, TODAY)
    assert list(before.learn.left) == list(after.learn.left)
    assert list(before.learn.watched) == list(after.learn.watched)


def test_a_column_written_afterwards_would_be_seen_at_once(made):
    """That the test above has teeth: with a column that knows the outcome nearly everything is told."""
    origins, spells = made
    of = parted(origins[:-3], spells, 90, TODAY)

    def leaking(panel):
        knows = Numbers(panel.left + np.random.default_rng(1).normal(0, 0.1, panel.rows))
        return replace(panel, features=Features({**panel.features.columns, "leak": knows}, panel.rows))

    leaky = replace(of, learn=leaking(of.learn), tell=leaking(of.tell), scale=leaking(of.scale) if of.scale else None)
    assert auc(leaky, ("leak",)).value > 0.95 > auc(of).value


def test_too_few_leavers_are_refused():
    origins, spells = company(accounts=60, rate=0.002)
    with pytest.raises(DataError, match="and at least 20 are needed"):
        parted(origins, spells, 90, TODAY)
    with pytest.raises(DataError, match="at least 6 are needed"):
        parted(origins[:3], spells, 90, TODAY)


def test_shares_by_band_have_wilsons_interval():
    (good, none) = by_band(["good"] * 10 + [None] * 2, np.array([1.0] + [0.0] * 11))
    assert (good.band, good.n, good.left, good.share) == ("good", 10, 1, 0.1)
    assert (good.low, good.high) == pytest.approx((0.0179, 0.4042), abs=1e-4)  # 1 of 10, as in any table
    assert (none.band, none.n) == ("no score", 2)


def test_warnings_are_counted_by_leaver(made):
    of = parted(made[0][:-3], made[1], 90, TODAY)
    everyone, nobody = np.ones(of.tell.rows, dtype=bool), np.zeros(of.tell.rows, dtype=bool)
    found = warned(of, everyone)
    assert (found.left, found.warned, found.missed) == (of.tell.leavers, of.tell.leavers, 0)
    assert 0 < found.lead <= 90
    assert (warned(of, nobody).warned, warned(of, nobody).lead, warned(of, nobody).missed) == (0, None, 1)


def test_the_model_in_force_learns_from_the_latest_too(made):
    origins, spells = made
    found = learned(origins, spells, 90, TODAY)
    last = origins[-1]
    risks = found.probability(last, 90)
    use = last.values["use"]
    assert risks[use < 0.2].mean() > 4 * risks[use > 0.8].mean()
    assert found.leavers > parted(origins[:-3], spells, 90, TODAY).learn.leavers
    product = np.full(len(risks), found.usual)
    for factor in found.factors(last).values():
        product = product * factor
    assert -np.expm1(-product) == pytest.approx(risks, rel=1e-9)


def test_another_model_is_held_against_the_same_customers(made, comparison):
    origins, spells = made[0][:-3], made[1]
    of = parted(origins, spells, 90, TODAY)
    before, same, blind = (
        health_told(of, origins, read(Written("health.toml", text)), frozenset(), 90)
        for text in (MODEL, MODEL.replace("weight = 1", "weight = 2"), MODEL.replace("[1, 100]", "[0.001, 100]"))
    )
    health = next(one for one in comparison.scores if one.name == "health")
    assert before.measures.auc == health.judged.measures.auc
    rows = [Told(one.predicted, of.tell.left, None, of.tell.accounts.codes) for one in (before, same, blind)]
    nothing, worse = (auc_change(rows[0], other) for other in rows[1:])
    assert (nothing.value, nothing.low, nothing.high) == (0, 0, 0)
    # A score that gives everybody 100 tells nothing: its AUC is a half, and what is lost is what the other one told.
    assert worse.value == pytest.approx(0.5 - before.measures.auc.value, abs=0.02)
    assert worse.high < 0
