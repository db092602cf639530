"""The hazard: probabilities that fit together, and factors that multiply to them."""

from __future__ import annotations

from datetime import date

import numpy as np
import pytest

from tenure.core.features import Features, Numbers
from tenure.scores.learn import learn
from tenure.scores.risk.hazard import AHEAD, STEP, STEPS, cumulated, factors, probability, stacked, usual
from tenure.scores.risk.outcome import NEVER
from tenure.scores.risk.panel import Origin, panel
from tests.scores.risk.made import FIRST, TODAY, company, customer

COLUMNS = ("use", "months_as_customer", "days_to_renewal")


@pytest.fixture(scope="module")
def rows():
    origins, spells = company(accounts=300, months=12)
    return panel(origins, spells, 90, TODAY)


@pytest.fixture(scope="module", params=["logistic", "boosted"])
def model(request, rows):
    return learn(request.param, stacked(rows, COLUMNS).known)


def table(n=40, due=None):
    days = np.full(n, np.nan) if due is None else np.linspace(0, due, n)
    return Features(
        {
            "use": Numbers(np.linspace(0, 1, n)), "months_as_customer": Numbers(np.linspace(1, 40, n)),
            "days_to_renewal": Numbers(days),
        },
        n,
    )  # fmt: skip


def test_customers_are_rows_for_as_long_as_they_are_watched():
    part = Origin(FIRST, [customer(each) for each in ("stays", "leaves")], {"use": np.array([0.5, 0.2])})
    since = date(2023, 1, 1)
    spells = {"stays": [(since, NEVER)], "leaves": [(since, date(2024, 2, 10))]}  # the 40th day
    found = stacked(panel([part], spells, 90, date(2024, 3, 11)), ("use",))  # the 70th day
    assert STEPS == 3
    told = sorted(
        zip(found.rows.tolist(), found.known.table.columns[AHEAD].values.tolist(),
            found.known.outcome.tolist(), found.known.exposure.tolist(), strict=True)
    )  # fmt: skip
    assert told == [(0, 0, 0, 30), (0, 1, 0, 30), (0, 2, 0, 10), (1, 0, 0, 30), (1, 1, 1, 10)]


def test_a_longer_time_never_has_a_smaller_probability(model):
    risks = np.array([probability(model, table(due=200), days) for days in (1, 30, 31, 60, 90, 180, 194)])
    assert (np.diff(risks, axis=0) >= 0).all()
    assert ((risks > 0) & (risks < 1)).all()


def test_a_horizon_of_each_is_that_of_all(model):
    own = np.arange(40) * 5
    of_each = probability(model, table(), own.astype(float))
    assert of_each == pytest.approx(
        [probability(model, table(), int(days))[n] if days else 0 for n, days in enumerate(own)]
    )


def test_factors_multiply_exactly_to_the_hazard(model):
    for what in (table(), table(due=300)):
        product = np.full(what.rows, usual(model, 90))
        for factor in factors(model, what, 90).values():
            product = product * factor
        assert product == pytest.approx(cumulated(model, what, 90), rel=1e-9)


def test_a_constant_hazard_is_found():
    # 2 % a month whatever is known: 1 - exp(-0.06) within 90 days
    origins, spells = company(accounts=2_000, months=8, tells=False)
    found = learn("logistic", stacked(panel(origins, spells, 90, TODAY), ("use",)).known)
    what = Features({"use": Numbers(np.array([0.1, 0.5, 0.9]))}, 3)
    assert probability(found, what, 3 * STEP) == pytest.approx(np.full(3, 1 - np.exp(-0.06)), rel=0.15)


def test_what_use_does_is_found(model):
    low, high = cumulated(model, Features({**table(2).columns, "use": Numbers(np.array([0.1, 0.9]))}, 2), 90)
    assert 2 < low / high < 2 * np.exp(3.5 * 0.8)  # it is 16 times; held back, since there are few leavers


def test_of_very_many_months_a_part_stands_for_all(rows, monkeypatch):
    whole = stacked(rows, COLUMNS).known
    monkeypatch.setattr("tenure.scores.risk.hazard._PLENTY", 3_000)
    monkeypatch.setattr("tenure.scores.risk.hazard._PLENTY_EACH", 1)
    part = stacked(rows, COLUMNS).known
    assert whole.table.rows > 2 * part.table.rows > 5_000
    assert part.outcome.sum() == whole.outcome.sum()  # all who left are there
    assert part.exposure.sum() == pytest.approx(whole.exposure.sum(), rel=0.03)
    told = table()
    full, thin = (probability(learn("logistic", known), told, 90) for known in (whole, part))
    assert np.abs(np.log(thin / full)).max() < 0.15
