"""Every money metric, and retention, against SQL written by hand: on random companies and on the simulated one."""

from __future__ import annotations

import os
from datetime import date
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tenure.sources.demo import simulate
from tests.oracle.company import GROUNDS, NOW, RATES, companies, told
from tests.oracle.hand import BY_OWNER, BY_SEGMENT, MOVEMENTS, QUESTIONS, Hand
from tests.oracle.world import standing

SMALL = settings(
    max_examples=int(os.environ.get("TENURE_EXAMPLES", "4")), derandomize=True, deadline=None, database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),
)  # fmt: skip
COUNTED = {"customer_retention_rate", "customer_churn_rate"}


def months(first, last):
    """The firsts of the months."""
    found = []
    while first <= last:
        found.append(first)
        first = date(first.year + first.month // 12, first.month % 12 + 1, 1)
    return found


def agree(world, hand, starts, window):
    """Ask both everything."""
    first, last = starts[0].strftime("%Y-%m"), starts[-1].strftime("%Y-%m")
    for question in QUESTIONS:
        metric, *variant = question.split()
        figures = world.ask(metric, first, last, variant=tuple(variant), window=window)
        parts = hand.parts(question)
        for figure in figures:
            num, den = parts.get(figure.period_start, (0, 0))
            scale_num = 1 if metric in COUNTED else 10000
            scale_den = 1 if metric in COUNTED or metric == "average_revenue_per_account" else 10000
            assert figure.numerator == Decimal(num or 0) / scale_num, (question, figure)
            if figure.denominator is not None:
                assert figure.denominator == Decimal(den or 0) / scale_den, (question, figure)
    moved = {(f.period_start, f.slice["kind"]): f.value for f in world.ask("mrr_movements", first, last, window=window)}
    assert {key: value for key, value in moved.items() if value} == hand.cells(MOVEMENTS)


def by_slices(world, hand, starts, window):
    """The close by what held just before it, the opening by what held at it."""
    first, last = starts[0].strftime("%Y-%m"), starts[-1].strftime("%Y-%m")

    def told_of(metric, by, part):
        figures = world.ask(metric, first, last, by=(by,), window=window)
        return {(f.period_start, f.slice[by]): getattr(f, part) for f in figures if getattr(f, part)}

    def segments(cells):
        return {(period, None if segment == "-" else segment): value for (period, segment), value in cells.items()}

    assert told_of("mrr", "segment", "value") == segments(
        hand.cells(BY_SEGMENT.format(before="<", at="closes", value="closing_now"))
    )
    assert told_of("net_revenue_retention", "segment", "denominator") == segments(
        hand.cells(BY_SEGMENT.format(before="<=", at="opens", value="opening"))
    )
    assert told_of("mrr", "owner", "value") == hand.cells(BY_OWNER.format(at="closes", tick=1, value="closing_now"))
    assert told_of("net_revenue_retention", "owner", "denominator") == hand.cells(
        BY_OWNER.format(at="opens", tick=0, value="opening")
    )


@SMALL
@given(company=companies(credit=False))
def test_random_companies(company):
    world = told(company, GROUNDS[0])
    rates = [{"currency": code, "date": day, "rate": rate} for code, steps in RATES.items() for day, rate in steps]
    starts = months(date(2025, 12, 1), date(2026, 4, 1))
    hand = Hand({**company, "exchange_rate": rates}, GROUNDS[0]["zone"], NOW).look(starts)
    agree(world, hand, starts, "period")
    by_slices(world, hand, starts, "period")


@pytest.mark.parametrize(("window", "back"), [("period", 1), ("12m", 12)])
def test_the_simulated_company(window, back):
    company = simulate(80, 16, today=date(2026, 4, 1), seed=11)
    world = standing(company, GROUNDS[0])
    tables = {
        name: company.tables[name].to_pylist() for name in ("account", "subscription", "assignment", "exchange_rate")
    }
    starts = months(date(2025, 10, 1), date(2026, 3, 1))
    hand = Hand(tables, company.zone, "2026-04-01").look(starts, back)
    agree(world, hand, starts, window)
    by_slices(world, hand, starts, window)
