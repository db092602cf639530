"""Opening + movements = closing, to the cent, in every period and slice, whatever the company."""

from __future__ import annotations

import os
from collections import defaultdict
from decimal import Decimal

import pytest
from hypothesis import HealthCheck, Phase, given, settings

from tests.oracle.company import GROUNDS, companies, told

EXAMPLES = int(os.environ.get("TENURE_EXAMPLES", "4"))
SMALL = settings(
    max_examples=EXAMPLES,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
    phases=(Phase.generate,),
)
SLICES = ((), ("owner",), ("segment",), ("cohort",), ("is_customer",), ("product",), ("owner", "product"))
PERIODS = ("2025-12", "2026-04")


def sums(world, metric, by, **more):
    """The values by period and slice, kinds added up."""
    found = defaultdict(Decimal)
    for figure in world.ask(metric, *PERIODS, by=by, **more):
        found[figure.period_start, tuple(figure.slice[name] for name in by)] += figure.value or 0
    return found


def openings(world, by):
    """The level just before each opening, read with the dimensions at the opening instant.

    It is not the close before: a hand-over at the very opening stands between. The denominator of NRR is just that.
    """
    found = defaultdict(Decimal)
    for figure in world.ask("net_revenue_retention", *PERIODS, by=by, window="period"):
        found[figure.period_start, tuple(figure.slice[name] for name in by)] += figure.denominator
    return found


@pytest.mark.parametrize("ground", GROUNDS, ids=["plain", "lapses"])
@SMALL
@given(company=companies(credit=False))  # who is in credit is no customer and in no retention figure, but has MRR
def test_the_identity_holds_in_every_slice(ground, company):
    world = told(company, ground)
    for by in SLICES if ground == GROUNDS[0] else SLICES[-2:]:
        closing, moved, opening = sums(world, "mrr", by), sums(world, "mrr_movements", by), openings(world, by)
        for key in {*closing, *moved, *opening}:
            assert opening[key] + moved[key] == closing[key], (by, key)


@pytest.mark.parametrize("ground", GROUNDS, ids=["plain", "lapses"])
@SMALL
@given(company=companies(credit=True))
def test_the_identity_holds_in_total_with_credits_and_transfers_are_zero(ground, company):
    world = told(company, ground)
    closing = sums(world, "mrr", ())
    moved = sums(world, "mrr_movements", ())
    before = world.value("mrr", "2025-11")
    for start in sorted(period for period, _ in closing):
        assert before + moved[start, ()] == closing[start, ()]
        before = closing[start, ()]
    for by in (("owner",), ("segment",)):
        transfers = defaultdict(Decimal)
        for figure in world.ask("mrr_movements", *PERIODS, by=by):
            if figure.slice["kind"].startswith("transfer"):
                transfers[figure.period_start] += figure.value
        assert set(transfers.values()) <= {0}


@SMALL
@given(company=companies(credit=True))
def test_order_splitting_and_repetition_of_the_input_change_nothing(company):
    def figures(world):
        return [
            [(f.period_start, f.slice, f.value, f.n, f.numerator) for f in world.ask(metric, *PERIODS, by=by)]
            for metric, by in (("mrr_movements", ("owner",)), ("mrr", ("owner",)), ("net_revenue_retention", ()))
        ]

    plain = figures(told(company, GROUNDS[0]))
    assert figures(told(company, GROUNDS[0], split=3, backwards=True)) == plain
    twice = told(company, GROUNDS[0])
    for table, rows in company.items():
        if rows:
            twice.add(table, *rows)
    assert figures(twice) == plain
