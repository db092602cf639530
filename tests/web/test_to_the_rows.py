"""The way from a figure to the rows behind it, and what stands beside a figure."""

from __future__ import annotations

import html
import re
from dataclasses import replace
from decimal import Decimal

import pytest

from tenure.engine.catalogue import metric
from tenure.web.access.roles import Role
from tenure.web.kit import figure
from tests.web.company import last_of, text_of

SECTION = re.compile(r'<section class="card" id="rows">.*?</section>', re.DOTALL)


def cells(text):
    """The rows of the last table in a piece of a page: before it may stand a chart with its own."""
    body = re.findall(r"<tbody>(.*?)</tbody>", text, re.DOTALL)[-1]
    rows = [re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL) for row in re.findall(r"<tr>(.*?)</tr>", body)]
    return [[re.sub(r"</?a\b[^>]*>", "", cell) for cell in row] for row in rows]


def test_the_boards_churn_leads_to_the_rows_it_is_made_of(company, somebody, as_):
    client = as_(somebody(Role.EXECUTIVE))
    (last,) = last_of(company.show("customer_churn_rate", window="12m"))
    (card,) = (
        part
        for part in re.findall(r"<article.*?</article>", text_of(client, "/board/"), re.DOTALL)
        if "/metrics/customer_churn_rate/" in part
    )
    (link,) = re.findall(r'href="([^"]+)#rows"', card)
    assert link == f"/metrics/customer_churn_rate/?window=12m&at={last.period_start:%Y-%m}"
    section = SECTION.search(text_of(client, link))[0]
    headings = re.findall(r'<th scope="col"[^>]*>(.*?)</th>', section)
    rows = [dict(zip(headings, row, strict=True)) for row in cells(section)]
    sums = [sum(Decimal(row[name]) for row in rows) for name in ("Lost", "Base")]
    assert sums == [last.numerator, last.denominator]
    assert 0 < sums[0] < sums[1] == len(rows)
    assert f'<dt>Made of</dt><dd class="number">{sums[0]} / {sums[1]}</dd>' in section


@pytest.mark.parametrize("dimension", ["segment", "manager"])
def test_a_slice_leads_to_its_own_rows_and_no_others(company, somebody, as_, dimension):
    client = as_(somebody(Role.EXECUTIVE))
    sliced = last_of(company.show("mrr", by=[dimension]))
    month = f"{sliced[-1].period_start:%Y-%m}"
    links = re.findall(rf'href="([^"]+at={month}&only=[^"]+)#rows"', text_of(client, f"/metrics/mrr/?by={dimension}"))
    assert len(links) == len(sliced) > 2
    found = {}
    for link in links:
        section = SECTION.search(text_of(client, link))[0]
        value = html.unescape(re.search(rf"only={dimension}%3A(\w*[\w+-]*)", link)[1].replace("+", " "))
        found[value] = {row[0] for row in cells(section)}
    for each in sliced:
        value = each.slice[dimension]
        behind = company.explain("mrr", at=month, where=[(dimension, value or "")])
        assert found[value or ""] == {row["account"] for row in behind.rows if row["account"]}
    if dimension == "manager":
        assert found[""], "some have no manager"


def test_a_slice_by_what_does_not_exist_is_told_with_the_nearest(company, somebody, as_):
    page = text_of(as_(somebody(Role.VIEWER)), "/metrics/mrr/?at=2026-10&only=segmnt:SMB", 400)
    assert "segmnt" in page
    assert "segment" in re.search(r'role="alert">(.*?)</p>', page)[1].replace("segmnt", "")


@pytest.mark.parametrize(
    ("slug", "change", "tone"),
    [
        ("customer_churn_rate", "0.01", "bad"),
        ("customer_churn_rate", "-0.01", "good"),
        ("net_revenue_retention", "0.01", "good"),
        ("net_revenue_retention", "-0.01", "bad"),
        ("mrr_movements", "5", ""),
        ("touchpoint_frequency", "-5", ""),
    ],
)
def test_a_change_is_good_or_bad_as_the_metric_has_it(company, slug, change, tone):
    last = replace(company.show("customer_churn_rate")[-1], status="ok", extra={"change": Decimal(change)})
    card = figure.card("", metric(slug), [last], "EUR", {})
    assert card.change_tone == tone
    unclear = replace(last, extra={"change": Decimal(change), "different": False})
    assert figure.card("", metric(slug), [unclear], "EUR", {}).change_tone == ""


def test_what_is_not_counted_is_told_with_its_reason(company, somebody, as_):
    client = as_(somebody(Role.EXECUTIVE))
    told = 0
    for slug in ("net_promoter_score", "survey_response_rate", "customer_satisfaction", "renewal_rate"):
        (last,) = last_of(company.show(slug, window="12m"))
        page = text_of(client, f"/metrics/{slug}/?window=12m")
        assert ("Not counted" in page) == bool(last.excluded)
        for reason, count in last.excluded.items():
            assert f"{count:,} ({reason})" in page
            told += 1
    assert told, "none of them leaves anything out: the test shows nothing"


def test_a_product_leads_to_the_figures_it_is_made_of(company, somebody, as_):
    page = text_of(as_(somebody(Role.EXECUTIVE)), "/metrics/customer_lifetime_value/?at=2026-10")
    assert 'href="/metrics/customer_churn_rate/"' in page
    assert "No rows." not in page


@pytest.mark.parametrize("slug", ["ticket_volume", "feedback_volume", "survey_response_rate", "accounts_per_csm"])
def test_rows_in_which_something_is_empty_are_shown(company, somebody, as_, slug):
    page = text_of(as_(somebody(Role.EXECUTIVE)), f"/metrics/{slug}/?at=2026-10")
    assert cells(SECTION.search(page)[0])
