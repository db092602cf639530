"""Causes apart: they add up, they are found, and what is too few is said to be."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from tenure.core.features import Features, Numbers
from tenure.scores.risk.backtest import judged, parted
from tenure.scores.risk.causes import UNKNOWN, Cause, apart, by_cause, causes_judged, leavers_by_cause, split
from tenure.scores.risk.hazard import incidences, probability, stacked
from tenure.scores.risk.model import learned
from tenure.scores.risk.outcome import CHURN, GROWTH, NEVER, Ends, Step, cut
from tenure.scores.risk.panel import Origin, panel
from tests.scores.risk.made import FIRST, TODAY, company, customer


def by_use(origins, spells, share=0.5, told=("voluntary", "non_payment")):
    """By what customers left: who used little by the first cause, the others by the second."""
    use = {}
    for part in origins:
        for one, value in zip(part.customers, part.values["use"], strict=True):
            use.setdefault(one.account_id, value)
    first, second = told
    ends = {
        (account, end): first if use.get(account, 0) < share else second
        for account, stretches in spells.items()
        for _, end in stretches
        if end != NEVER
    }
    return Ends(CHURN, ends)


def ends_of(of):
    """Who left when, of a panel."""
    gone = np.flatnonzero(of.left)
    return sorted({(of.accounts.levels[of.accounts.codes[row]], date.fromordinal(int(of.ends[row]))) for row in gone})


@pytest.fixture(scope="module")
def made():
    origins, spells = company()
    return origins, spells, by_use(origins, spells, 0.4)


def test_incidences_of_constant_rates_are_those_of_the_textbook():
    # 1 % and 3 % a month of thirty days: after 90 days 1 / 4 and 3 / 4 of 1 - exp(-0.12).
    table = Features({"use": Numbers(np.zeros(2))}, 2)
    found = incidences(lambda at: [np.full(at.rows, 0.01 / 30), np.full(at.rows, 0.03 / 30)], table, 90)
    whole = 1 - np.exp(-0.12)
    assert np.array(found) == pytest.approx(np.array([[whole / 4] * 2, [whole * 3 / 4] * 2]), rel=1e-12)


def test_incidences_of_rates_that_change_are_added_up_by_hand():
    """Month one: 10 % and none; month two: 10 % and 20 %. Of the second only who is left after the first can come to it."""

    def rates(at):
        later = at.columns["months_ahead"].values > 0
        return [np.full(at.rows, 0.1 / 30), np.where(later, 0.2 / 30, 0.0)]

    first, second = (each[0] for each in incidences(rates, Features({"use": Numbers(np.zeros(1))}, 1), 60))
    left = np.exp(-0.1)
    assert first == pytest.approx(1 - left + left * (1 - np.exp(-0.3)) / 3, rel=1e-12)
    assert second == pytest.approx(left * (1 - np.exp(-0.3)) * 2 / 3, rel=1e-12)


def test_causes_add_up_to_the_whole(made):
    origins, spells, ends = made
    found = learned(origins, spells, 90, TODAY, ends)
    here = origins[-1]
    assert {one.how for one in found.causes} == {"own"}
    assert sum(one.share for one in found.causes) == pytest.approx(1)
    parts = found.by_cause(here)
    assert sum(parts.values()) == pytest.approx(found.probability(here, 90), rel=1e-12)
    # Who uses little leaves by the first cause, if she does.
    little = here.values["use"] < 0.2
    assert (parts["voluntary"][little] > 3 * parts["non_payment"][little]).all()
    much = here.values["use"] > 0.8
    assert (parts["non_payment"][much] > 3 * parts["voluntary"][much]).all()


def test_the_back_test_tells_causes_apart(made):
    origins, spells, ends = made
    parts = parted(origins[:-3], spells, 90, TODAY, ends)
    whole = judged(parts, ("use",), 90, ("logistic",))
    one, other = causes_judged(parts, whole, ("use",), 90)
    assert {one.name, other.name} == {"voluntary", "non_payment"}
    assert one.expected + other.expected == pytest.approx(whole.predicted.sum(), rel=1e-9)
    assert one.came + other.came == parts.tell.left.sum()
    voluntary = one if one.name == "voluntary" else other
    assert voluntary.measures.auc.low > 0.7
    assert voluntary.expected == pytest.approx(voluntary.came, rel=0.35)


def test_where_few_left_by_a_cause_its_share_is_constant(made):
    origins, spells, _ = made
    whole = panel(origins, spells, 90, TODAY, Ends(CHURN, {}))
    gone = ends_of(whole)
    few = Ends(CHURN, {end: "merger" if n < 7 else "voluntary" for n, end in enumerate(gone)})
    causes = apart(panel(origins, spells, 90, TODAY, few), ("use",))
    assert [(one.name, one.leavers, one.how) for one in causes] == [
        ("voluntary", len(gone) - 7, "constant"), ("merger", 7, "constant"),
    ]  # fmt: skip
    table = Features({"use": Numbers(np.linspace(0, 1, 5))}, 5)
    assert split(causes, table)[1] == pytest.approx(np.full(5, 7 / len(gone)))


def test_few_of_several_causes_are_pooled(made):
    origins, spells, _ = made
    whole = panel(origins, spells, 90, TODAY, Ends(CHURN, {}))
    gone = ends_of(whole)
    kinds = {end: "merger" if n < 14 else "non_payment" if n < 26 else "voluntary" for n, end in enumerate(gone)}
    causes = {one.name: one for one in apart(panel(origins, spells, 90, TODAY, Ends(CHURN, kinds)), ("use",))}
    assert {name: one.how for name, one in causes.items()} == {
        "voluntary": "own", "merger": "pooled", "non_payment": "pooled",
    }  # fmt: skip
    table = Features({"use": Numbers(np.linspace(0, 1, 5)), "months_ahead": Numbers(np.zeros(5))}, 5)
    shares = dict(zip(causes, split(tuple(causes.values()), table), strict=True))
    assert sum(shares.values()) == pytest.approx(np.ones(5))
    assert shares["merger"] / shares["non_payment"] == pytest.approx(np.full(5, 14 / 12))


def test_causes_are_told_only_where_something_is_told_of_them(made):
    origins, spells, _ = made
    found = panel(origins, spells, 90, TODAY)
    assert set(leavers_by_cause(found)) == {UNKNOWN}
    assert apart(found, ("use",)) == ()


def test_causes_of_one_hazard_split_it_by_their_shares():
    class Flat:
        base = np.log(0.02 / 30)

        def score(self, table):
            return np.full(table.rows, self.base)

    causes = (Cause("voluntary", 30, 0.75), Cause("merger", 10, 0.25))
    table = Features({"use": Numbers(np.zeros(1))}, 1)
    parts = by_cause(Flat(), causes, table, 90)
    assert [each[0] for each in parts] == pytest.approx([0.75 * (1 - np.exp(-0.06)), 0.25 * (1 - np.exp(-0.06))])
    assert sum(parts) == pytest.approx(probability(Flat(), table, 90))


def test_what_is_no_outcome_only_ends_the_watch():
    """A customer who leaves on the 20th day is watched for 20 days, and has not grown."""
    since = date(2023, 1, 1)
    spells = {"grows": [(since, NEVER)], "leaves": [(since, FIRST + timedelta(days=20))]}
    steps = (
        Step("grows", FIRST + timedelta(days=40), 1_000_000, 200_000),
        Step("leaves", FIRST + timedelta(days=20), 1, 1),
    )
    own, ends = cut(spells, steps, GROWTH)
    part = Origin(FIRST, [customer(each) for each in spells], {"use": np.array([0.5, 0.2])})
    found = panel([part], own, 90, TODAY, ends)
    assert (list(found.left), list(found.watched)) == ([1, 0], [40, 20])
    rows = stacked(found, ("use",))
    assert list(zip(rows.rows, rows.known.outcome, rows.known.exposure, strict=True)) == [
        (0, 0, 30), (1, 0, 20), (0, 1, 10),
    ]  # fmt: skip
    later = panel(
        [Origin(FIRST + timedelta(days=40), part.customers[:1], {"use": np.array([0.5])})], own, 90, TODAY, ends
    )
    assert list(later.left) == [0], "what happens on the day is not told from the day"
