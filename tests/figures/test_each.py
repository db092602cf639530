"""The values of single accounts, by hand: they are what figures are of one account alone."""

from __future__ import annotations

from datetime import date

import pytest

from tenure.core.errors import UsageError
from tenure.core.period import instant
from tenure.figures.each import days_before, each, question
from tenure.figures.reader import Moment
from tests.world import ACME, BIRCH, CEDAR, World

DAY = date(2026, 4, 1)


def values(world, metric, *, days=91, variant=(), known=None):
    spans = days_before(DAY, days, world.settings)
    at = instant(DAY, world.settings.timezone)
    moment = Moment(at, known or world.now)
    return {
        account: (one.value, one.n)
        for account, one in each(question(metric, variant, world.settings), world.reader(), spans, moment, world.settings)[0].items()
    }  # fmt: skip


def answer(number, account, score, at, **more):
    return {
        "answer_id": f"n{number}", "survey": "nps", "account_id": account, "score": score, "scale_min": 0, "scale_max": 10,
        "answered_at": at, "person_id": f"p{number}", **more,
    }  # fmt: skip


def told():
    world = World()
    for account, amount in ((ACME, 100), (BIRCH, 40), (CEDAR, 70)):
        world.account(account).pays(account, amount, "2025-01-01", "2026-03-15" if account == CEDAR else None)
    return world


def test_totals_ratios_and_money():
    world = told().pays(ACME, 20, "2026-02-01", line="more")
    assert values(world, "mrr") == {ACME: (120, 1), BIRCH: (40, 1)}
    assert values(world, "net_revenue_retention") == {ACME: (1.2, 1), BIRCH: (1, 1), CEDAR: (0, 1)}
    assert values(world, "customer_churn_rate") == {ACME: (0, 1), BIRCH: (0, 1), CEDAR: (1, 1)}
    assert values(world, "average_revenue_per_account") == {ACME: (120, 1), BIRCH: (40, 1)}


def test_points_and_whatever_lies_outside_the_days_counts_nothing():
    world = told().add(
        "survey_answer",
        answer(1, ACME, 10, "2026-03-31"), answer(2, ACME, 8, "2026-01-02"), answer(3, BIRCH, 3, "2026-03-01"),
        answer(4, BIRCH, 10, "2026-04-01"), answer(5, ACME, 0, "2025-12-01"),
    )  # fmt: skip
    assert values(world, "net_promoter_score") == {ACME: (50, 2), BIRCH: (-100, 1)}


def test_times_are_medians_of_the_account():
    world = told()
    for number, (account, end) in enumerate(((ACME, "12:00"), (ACME, "10:30"), (ACME, "11:00"), (BIRCH, None))):
        solved = f"2026-03-02 {end}" if end else None
        world.add(
            "ticket",
            {"ticket_id": f"t{number}", "account_id": account, "created_at": "2026-03-02 10:00", "solved_at": solved},
        )
    found = values(world, "time_to_resolution")
    assert found[ACME] == (60, 3)
    assert BIRCH not in found  # it still waits


def test_anonymous_answers_of_few_are_not_told():
    anonymous = [answer(n, ACME, 10, "2026-03-01", is_anonymous=True, person_id=None) for n in range(4)]
    assert values(told().add("survey_answer", *anonymous), "net_promoter_score") == {}
    anonymous.append(answer(9, ACME, 10, "2026-03-01", is_anonymous=True, person_id=None))
    assert values(told().add("survey_answer", *anonymous), "net_promoter_score") == {ACME: (100, 5)}


def test_what_was_learned_later_is_not_known():
    world = told().add("survey_answer", answer(1, ACME, 10, "2026-03-01"), known="2026-05-01")
    assert values(world, "net_promoter_score", known=instant(DAY, "UTC")) == {}
    assert values(world, "net_promoter_score") == {ACME: (100, 1)}


def test_a_product_is_that_of_its_factors():
    world = told()
    assert {account: value for account, (value, _n) in values(world, "arr").items()} == {ACME: 1200, BIRCH: 480}
    with pytest.raises(UsageError, match="no value of a single account"):
        values(world, "customer_lifetime_value")
