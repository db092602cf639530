"""The score lab: one page that answers whether the scores work, to those who answer for them."""

from __future__ import annotations

from datetime import UTC, date, datetime

import pytest

from tenure.engine import reports
from tenure.engine.reports import Report
from tenure.engine.verbs.backtest import NAME, Mattered, ScoreTested
from tenure.engine.verbs.backtest import Tested as BackTested
from tenure.scores.evaluate import Bin, Measure
from tenure.scores.risk.backtest import Band, Warned
from tenure.scores.risk.compare import Suggestion
from tenure.web.access.roles import Role
from tests.web.company import text_of

pytestmark = pytest.mark.django_db
NOW = datetime(2026, 7, 1, tzinfo=UTC)
SEE = {Role.ADMINISTRATOR, Role.OPERATIONS, Role.EXECUTIVE, Role.MANAGER}


def score(name, auc, low, high, missed=0.25):
    measure = Measure(auc, low, high)
    bins = [Bin(0.01, 0.02, 0.005, 0.04, 200, 4), Bin(0.17, 0.19, 0.14, 0.25, 216, 41)]
    other = Measure(0.2, 0.1, 0.3)
    return ScoreTested(
        name, "boosted", measure, other, Measure(4.5, 3, 6), Measure(0.0376, 0.03, 0.04), bins, 0.4,
        Warned(37, 25, 61, missed), [Mattered("days_to_renewal", 0.6, None), Mattered("industry", 0.3, "<Retail>")],
    )  # fmt: skip


def held_against(health_low=0.69):
    scores = (
        score("risk", 0.85, 0.81, 0.89), score("health", 0.75, health_low, 0.81), score("contract", 0.8, 0.75, 0.85),
        score("old<tool>", 0.55, 0.45, 0.65),
    )  # fmt: skip
    bands = (Band("good", 1000, 20, 0.02, 0.01, 0.03), Band("poor", 50, 10, 0.2, 0.11, 0.33))
    return BackTested(
        90, NOW, 34, date(2023, 9, 1), date(2025, 8, 1), date(2026, 4, 1), 2163, (26, 37), 0.0425, 0.0412, scores, "v1",
        bands, (Suggestion("use", 20, 52),), Measure(0.78, 0.7, 0.84), ("Counted once a month.",),
    )  # fmt: skip


def test_it_says_whether_the_scores_work(home, somebody, as_):
    reports.keep(home, NAME, Report(NOW, held_against()))
    page = text_of(as_(somebody(Role.EXECUTIVE)), "/score-lab/")
    for told in (
        "Health score tells who leaves: AUC 0.75 (0.69 – 0.81).", "Churn risk tells more than the contract alone (0.80).",
        "25 of 37", "25%", "old<tool>", "<Retail> is worse", "Nothing is changed by itself.", "Counted once a month.",
        "Of customers whose health was poor, 20.0% left within 90 days.",
        "Of the tenth with the highest risk, 17.0% were told to leave, and 19.0% left.",
    ):  # fmt: skip
        assert told in page, told
    assert b"<tool>" not in as_(somebody(Role.OPERATIONS)).get("/score-lab/").content


def test_it_claims_nothing_that_was_not_shown(home, somebody, as_):
    reports.keep(home, NAME, Report(NOW, held_against(health_low=0.48)))
    page = text_of(as_(somebody(Role.OPERATIONS)), "/score-lab/")
    assert "Health score cannot be shown to tell who leaves" in page


def test_it_says_why_nothing_can_be_tested(home, somebody, as_):
    client = as_(somebody(Role.OPERATIONS))
    assert "Score now" in text_of(client, "/score-lab/")
    reports.keep(home, NAME, Report(NOW, None, "5 customers left, and at least 20 are needed.", "Wait."))
    page = text_of(client, "/score-lab/")
    assert "5 customers left, and at least 20 are needed." in page
    assert "Wait." in page


def test_it_is_for_those_who_answer_for_the_scores(home, somebody, as_):
    reports.keep(home, NAME, Report(NOW, held_against()))
    for role in Role:
        assert as_(somebody(role)).get("/score-lab/").status_code == (200 if role in SEE else 403), role
