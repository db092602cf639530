"""Why a figure changed, and what it was meant to be, on a metric's page."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from tenure.engine.decompose import Against, Why
from tenure.web.access.roles import Role
from tenure.web.catalogue.decomposed import decomposed
from tests.core.test_mix import KEYHOLE, OPEN
from tests.engine.test_decompose import asked, customers
from tests.web.company import charts_of, owners, text_of
from tests.world import World


@pytest.fixture(scope="module")
def stones():
    """The kidney stones (see tests/core/test_mix.py) as customers who stay."""
    world = customers(customers(World(), 2025, KEYHOLE), 2026, OPEN)
    return asked(world, "customer_retention_rate", "segment", compare="year")


def test_it_warns_draws_and_tabulates(stones):
    shown = decomposed(stones, "EUR", {})
    assert shown.period == "Mar 2026 against Mar 2025"
    assert shown.misleads
    assert shown.warns == (
        "Segment: all rose, the total fell.", "The mix changed: large went from 22.9% to 75.1% of the base.",
    )  # fmt: skip
    assert "−4.6 pp: +5.4 pp by the slices' own change (rate), −9.9 pp by their weights (mix)" in shown.says
    drawn = json.loads(shown.chart.spec())
    assert drawn["categories"] == ["large", "small"]
    assert [[round(value, 2) for value in one["values"]] for one in drawn["series"]] == [[2.08, 3.28], [-4.92, -5.02]]
    assert shown.chart.table.rows[-1] == ("All", "82.6%", "78.0%", "", "", "+5.4 pp", "−9.9 pp", "−4.6 pp")


def test_without_a_reversal_or_a_split_it_says_less(stones):
    plain = decomposed(replace(stones, against=Against.NONE, mostly_mix=False), "EUR", {})
    assert (plain.misleads, plain.warns) == (False, ())
    for why in set(Why) - {Why.NONE}:
        none = decomposed(replace(stones, change=None, why=why, slices=()), "EUR", {})
        assert none.chart is None
        assert none.says


def test_the_page_splits_what_its_reader_sees(company, somebody, as_):
    url = "/metrics/gross_revenue_retention/?by=segment&compare=year"
    viewer = as_(somebody(Role.VIEWER))
    assert "Why it changed" in text_of(viewer, url)
    found = company.decompose("gross_revenue_retention", "segment", compare="year")
    (bars,) = (chart for chart in charts_of(viewer, url) if chart["kind"] == "bars")
    assert [sum(values) for values in zip(*(one["values"] for one in bars["series"]), strict=True)] == pytest.approx(
        [float(each.contribution * 100) for each in found.slices]
    )
    owner = max(owners(company).items(), key=lambda pair: len(pair[1]))[0]
    csm = as_(somebody(Role.CSM, csm_id=owner))
    (own,) = (chart for chart in charts_of(csm, url) if chart["kind"] == "bars")
    assert own["series"] != bars["series"]
    assert "Why it changed" not in text_of(viewer, "/metrics/gross_revenue_retention/")


def test_a_target_stands_on_the_card_and_is_a_dashed_line(company, somebody, as_):
    (*_, last) = company.show("net_revenue_retention")
    assert last.extra["target"]
    viewer = as_(somebody(Role.VIEWER))
    word = "missed by" if last.extra["to_target"] > 0 else "reached"
    told = f"Target {last.extra['target'] * 100:.1f}%, {word}"
    assert told in text_of(viewer, "/board/")
    assert told in text_of(viewer, "/metrics/net_revenue_retention/")
    (lines,) = charts_of(viewer, "/metrics/net_revenue_retention/")
    assert [(one["name"], one["dashed"]) for one in lines["series"]] == [
        ("Net revenue retention", False), ("Target", True),
    ]  # fmt: skip
    assert lines["series"][1]["values"][-1] == pytest.approx(float(last.extra["target"]))
    csm = as_(somebody(Role.CSM, csm_id=min(owners(company))))
    assert "Target" not in text_of(csm, "/metrics/net_revenue_retention/")
