"""Every retention metric by start month: counted by hand."""

from __future__ import annotations

import pytest

from tests.world import World


@pytest.fixture(scope="module")
def world():
    """Of January 2024: one grows from 100 to 150, one leaves with 100, one was away for a year, is back with 50 and leaves.

    Of February 2025: one shrinks from 200 to 150. Of March 2026: one who comes, and is in nobody's retention.
    """
    world = World(now="2026-07-01")
    for name in ("grows", "leaves", "was away", "shrinks", "comes"):
        world.account(name)
    world.pays("grows", 100, "2024-01-10", "2026-03-12").pays("grows", 150, "2026-03-12", line="grown")
    world.pays("leaves", 100, "2024-01-31", "2026-03-10")
    world.pays("was away", 50, "2024-01-01", "2024-06-01").pays("was away", 50, "2025-06-01", "2026-03-20", line="back")
    world.pays("shrinks", 200, "2025-02-01", "2026-03-05").pays("shrinks", 150, "2026-03-05", line="less")
    world.pays("comes", 70, "2026-03-15")
    due = {"grows": ("2026-03-15", 1200, "renewed"), "leaves": ("2026-03-10", 1200, "churned"),
           "shrinks": ("2026-03-20", 2400, "reduced")}  # fmt: skip
    return world.add("contract", *(
        {"contract_id": name, "account_id": name, "started_at": "2025-03-01", "ended_at": day, "value": value,
         "outcome": outcome}
        for name, (day, value, outcome) in due.items()
    ))  # fmt: skip


#: Numerator and denominator by cohort: January 2024, February 2025.
COUNTED = {
    "customer_retention_rate": ((1, 3), (1, 1)),
    "customer_churn_rate": ((2, 3), (0, 1)),
    "net_revenue_retention": ((150, 250), (150, 200)),
    "gross_revenue_retention": ((100, 250), (150, 200)),
    "gross_revenue_churn_rate": ((150, 250), (50, 200)),
    "net_revenue_churn_rate": ((100, 250), (50, 200)),
    "renewal_rate": ((1, 2), (1, 1)),
    "renewal_rate_value": ((1200, 2400), (1800, 2400)),
}


@pytest.mark.parametrize("metric", COUNTED)
def test_a_cohort_is_who_became_a_customer_in_that_month_whatever_came_between(world, metric):
    found = world.ask(metric, "2026-03", by=("cohort",), window="period")
    assert {figure.slice["cohort"]: (figure.numerator, figure.denominator) for figure in found} == dict(
        zip(("2024-01", "2025-02"), COUNTED[metric], strict=True)
    )
    (whole,) = world.ask(metric, "2026-03", window="period")
    assert (whole.numerator, whole.denominator) == tuple(map(sum, zip(*COUNTED[metric], strict=True)))


def test_over_a_year_who_was_away_at_its_start_is_not_in_it(world):
    found = world.ask("net_revenue_retention", "2026-03", by=("cohort",))
    assert [(figure.slice["cohort"], figure.numerator, figure.denominator) for figure in found] == [
        ("2024-01", 150, 200), ("2025-02", 150, 200),
    ]  # fmt: skip
