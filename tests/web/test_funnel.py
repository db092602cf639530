"""Who differs by more than chance: in words, in the table and for the drawing."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tenure.core import config
from tenure.engine.catalogue import metric
from tenure.engine.result import Figure
from tenure.web.access.roles import Role
from tenure.web.catalogue.funnel import compared
from tests.web.company import charts_of, last_of, owners, text_of

CHURN = metric("customer_churn_rate")
SETTINGS = config.Settings("EUR", "UTC")
#: Lost, and owned at the start; the mean is 60 of 600, so 10 %. Of 100, chance alone gives 4 or fewer in 2.4 %, 5 or
#: fewer in 5.8 %, 20 or more in 0.2 %, and 21 or more in 0.08 % (binomial, to be looked up in any table).
BOOKS = {"ada": (21, 100), "ben": (4, 100), "cora": (5, 100), "dora": (1, 9), "eve": (0, 4), None: (29, 287)}


def sliced(books, by="owner"):
    empty = Figure(
        "customer_churn_rate", "", date(2026, 10, 1), date(2026, 11, 1), "12m", {}, None, None, None, 0, None, None,
        "share", datetime(2026, 11, 24, tzinfo=UTC),
    )  # fmt: skip
    return [
        replace(empty, slice={by: name}, value=Decimal(x) / n, numerator=Decimal(x), denominator=Decimal(n), n=n)
        for name, (x, n) in books.items()
    ]


def asked(books=BOOKS, entry=CHURN, options=(), by="owner"):
    return compared(entry, sliced(books, by), by, options, SETTINGS, {"ada": "Ada Vogel"})


def test_it_says_in_words_who_lies_where():
    found = asked()
    said = " ".join(found.says)
    assert "The mean of all that you see is 10.0%." in said
    assert "Outside the 99.8 % limits, where chance alone puts one in 500: Ada Vogel (21.0%, n 100, worse)." in said
    assert "Outside the 95 % limits only, where chance alone puts one in 20: ben (4.0%, n 100, better)." in said
    assert "The other 2 do not differ from the mean by more than chance." in said
    assert "One rests on fewer than 10" in said
    assert "One with fewer than 5 is not compared." in said
    assert found.chart.says == said


def test_the_table_and_the_drawing_say_the_same():
    chart = asked().chart
    ada, _ben, *_rest = rows = chart.table.rows
    assert [(row[0], row[-1]) for row in rows] == [
        ("Ada Vogel", "above the 99.8 % limits"), ("ben", "below the 95 % limits"), ("cora", "inside"),
        ("dora", "inside"),
    ]  # fmt: skip
    assert ada[1:3] == ("100", "21.0%")
    marks = {point["name"]: (point["mark"], point["small"]) for point in json.loads(chart.spec())["points"]}
    assert marks == {
        "Ada Vogel": ("bad", False), "ben": ("noted", False), "cora": ("", False), "dora": ("", True),
    }  # fmt: skip
    assert chart.mean == pytest.approx(0.1)


def test_whoever_is_outside_in_what_is_lost_is_so_in_what_is_kept():
    kept = asked({name: (n - x, n) for name, (x, n) in BOOKS.items()}, metric("customer_retention_rate")).chart
    assert [(point.name, point.mark) for point in kept.points] == [
        (point.name, point.mark) for point in asked().chart.points
    ]
    assert asked(entry=replace(CHURN, better="")).chart.points[0].mark == "outside"


def test_it_is_drawn_of_shares_of_counted_things_by_people_and_teams_only():
    assert asked(by="team").chart
    assert asked(by="segment") is None
    assert asked(options=["hazard"]) is None
    assert asked(options=["owner_months"]) is None
    assert asked(entry=metric("gross_revenue_retention")) is None


def test_where_there_are_too_few_it_says_so():
    found = asked({"ada": (3, 30), "ben": (2, 20)})
    assert found.chart is None
    assert "It needs three or more to compare, and you see 2." in found.says[0]
    assert asked({"ada": (3, 30), "ben": (2, 20), "cora": (1, 10)}).chart


def test_a_page_compares_whom_one_may_see(company, somebody, as_):
    url = "/metrics/customer_churn_rate/?by=owner&window=12m"
    names = {row["csm_id"]: row["name"] for row in company.rows("csm", columns=("csm_id", "name"), limit=1000).rows}
    figures = last_of(company.show("customer_churn_rate", by=["owner"], window="12m"))
    shown = {each.slice["owner"] for each in figures if each.value is not None and each.n >= 5} - {None}
    assert len(shown) > 2
    viewer = as_(somebody(Role.VIEWER))
    (plot,) = (chart for chart in charts_of(viewer, url) if chart["kind"] == "funnel")
    assert {point["name"] for point in plot["points"]} == {names.get(owner, owner) for owner in shown}
    (whole,) = last_of(company.show("customer_churn_rate", window="12m"))
    assert plot["mean"] == pytest.approx(float(whole.value))
    assert "Who differs by more than chance" in text_of(viewer, url)


def test_a_csm_is_told_why_there_is_no_funnel_plot(company, somebody, as_):
    owner = max(owners(company).items(), key=lambda pair: len(pair[1]))[0]
    csm, url = as_(somebody(Role.CSM, csm_id=owner)), "/metrics/customer_retention_rate/?by=owner&window=12m"
    assert "It needs three or more to compare" in text_of(csm, url)
    assert "funnel" not in [chart["kind"] for chart in charts_of(csm, url)]
