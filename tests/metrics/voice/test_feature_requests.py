"""``feature_requests``: expected values are worked out by hand."""

from __future__ import annotations

import pytest

from tests.example import Example, Shown
from tests.metrics.voice.requests import request
from tests.world import ACME, ADA, BEN, BIRCH, World

EXAMPLE = Example(
    """Acme and Birch ask for the export: one idea, whoever asks for it. Cedar's wish belongs to no idea yet and is one of
    its own. The complaint asks for no feature. 1 + 1 = 2 ideas.""",
    {
        "request": """
        request_id,account_id,kind,idea_id,text,created_at
        r1,acme,feature,export,Export to a spreadsheet,2026-03-02
        r2,birch,feature,export,Can we get our figures out?,2026-03-10
        r3,cedar,feature,,Dark colours,2026-03-12
        r4,cedar,complaint,,Slow on Mondays,2026-03-16
        """
    },
    "2026-03",
    (Shown("2"),),
)

SLUG = "feature_requests"


def told():
    """Acme pays 100 a month, and 150 from 15 March; Birch 50 until 1 March; a prospect nothing."""
    world = World().account(ACME).account(BIRCH).account("prospect").pays(ACME, 100, "2025-01-01")
    world.pays(ACME, 150, "2026-03-15").pays(BIRCH, 50, "2025-01-01", "2026-03-01")
    return world.add(
        "request",
        request(ACME, "2026-03-02", idea_id="dark", theme="look"),
        request(ACME, "2026-03-20", idea_id="dark", theme="look"),
        request("prospect", "2026-03-03", idea_id="dark", theme="colours"),
        request(BIRCH, "2026-03-01", idea_id="export", feature_id="reports"),
        request(ACME, "2026-03-16", idea_id="export", feature_id="reports"),
        request(ACME, "2026-03-05"),
        request(ACME, "2026-03-05"),
        request(BIRCH, "2026-02-10", idea_id="dark"),
        request(ACME, "2026-03-05", kind="complaint", idea_id="slow"),
    )


def test_one_idea_counts_once_in_a_period_however_often_and_by_whom_it_is_asked_for():
    february, march = told().ask(SLUG, "2026-02", "2026-03")
    assert (february.value, february.n) == (1, 1)
    assert (march.value, march.n, march.unit) == (4, 3, "count")  # dark, export and two without an id
    assert (float(march.low), float(march.high)) == pytest.approx((1.0899, 10.2416), abs=1e-4)
    assert told().value(SLUG, "2026-03", window="3m") == 4


def test_an_idea_stands_where_it_was_asked_for_first():
    assert told().values(SLUG, "2026-03", by="idea") == {"dark": 1, "export": 1, None: 2}
    assert told().values(SLUG, "2026-03", by="feature") == {"reports": 1, None: 3}
    world = told().owns(ADA, ACME).owns(BEN, ACME, "2026-03-04").owns(BEN, BIRCH)
    assert world.values(SLUG, "2026-03", by="owner") == {ADA: 1, BEN: 3, None: 0}


def test_the_revenue_behind_an_idea_counts_each_account_once():
    """Acme stands behind the dark look and two more with 1,200 a year, behind the export with 1,800; Birch, whose last
    paid day was the one before, with 600.
    """
    found = {f.slice["idea"]: f for f in told().ask(SLUG, "2026-03", by=("idea",), variant=("arr_weighted",))}
    assert {idea: f.value for idea, f in found.items()} == {"dark": 1200, "export": 2400, None: 2400}
    assert found["dark"].excluded == {"no recurring revenue": 1}
    (whole,) = told().ask(SLUG, "2026-03", variant=("arr_weighted",))
    assert (whole.value, whole.unit, whole.low) == (6000, "money", None)


def test_revenue_is_converted_at_the_opening_or_left_out():
    world = World().account(ACME).account(BIRCH).pays(ACME, 100, "2025-01-01", currency="USD")
    world.pays(BIRCH, 100, "2025-01-01", currency="CHF")
    world.add("exchange_rate", {"currency": "USD", "date": "2026-01-01", "rate": "0.5"},
              {"currency": "USD", "date": "2026-03-02", "rate": "0.75"})  # fmt: skip
    world.add("request", request(ACME, idea_id="dark"), request(BIRCH, idea_id="dark"))
    (figure,) = world.ask(SLUG, "2026-03", variant=("arr_weighted",))
    assert (figure.value, figure.excluded) == (600, {"no exchange rate": 1})


def test_nothing_asked_for():
    assert World().add("request", request(ACME, kind="feedback")).value(SLUG, "2026-03") == 0
