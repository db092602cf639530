"""Health and risk on pages: kept scores in the list, on the account's page and on pages of their own, within a scope."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tenure.engine import Scope, reports
from tenure.engine.reports import Report
from tenure.engine.verbs.risk import Reason
from tenure.web.access.roles import Role
from tenure.web.kit.reasons import raising, reasons
from tests.web.company import BANDS, charts_of, keep_scores, owners, text_of

LINK = re.compile(r'href="/accounts/([^"/?]+)/"')
LISTED = re.compile(r'<th scope="row"><a href="/accounts/([^"]+)/">')


@pytest.fixture
def scored(company):
    """The company with kept scores. By id: health, risk in percent, and band."""
    return keep_scores(company)


@pytest.fixture
def busiest(company) -> str:
    books = owners(company)
    return max(books, key=lambda name: len(books[name]))


def own(company, csm: str) -> set[str]:
    return {row["account_id"] for row in company.seen_by(Scope((csm,))).rows("accounts", limit=1000).rows}


def test_the_list_of_accounts_shows_sorts_and_exports_scores(scored, company, busiest, somebody, as_):
    client = as_(somebody(Role.VIEWER))
    ordered = LISTED.findall(text_of(client, "/accounts/?order=-churn_risk_90"))
    assert ordered == sorted(scored, key=lambda id_: -scored[id_][1])[:50]
    poor = LISTED.findall(text_of(client, "/accounts/?health_band=poor&order=health"))
    assert poor == [id_ for id_ in sorted(scored) if scored[id_][2] == "poor"]
    mine = own(company, busiest)
    answer = as_(somebody(Role.CSM, csm_id=busiest)).get(
        "/accounts/?format=csv&cols=health,health_band,churn_risk_90,health_change_30"
    )
    rows = {row["account_id"]: row for row in csv.DictReader(io.StringIO(answer.content.decode()))}
    assert set(rows) == mine & set(scored)
    for id_, row in rows.items():
        score, risk, band = scored[id_]
        assert (Decimal(row["health"]), row["health_band"], Decimal(row["churn_risk_90"])) == (
            score,
            band,
            Decimal(risk) / 100,
        )
        assert Decimal(row["health_change_30"]) == score - 50


def test_the_health_page_adds_up_and_leads_to_accounts(scored, company, somebody, as_):
    client = as_(somebody(Role.EXECUTIVE))
    page = text_of(client, "/health/?days=30")
    assert f"{len(scored)} of {len(scored)} customers have a score" in page
    fell = sorted((id_ for id_ in scored if scored[id_][0] < 50), key=lambda id_: scored[id_][0])[:8]
    moved = page[page.index("Down most") : page.index("Up most")]
    assert LINK.findall(moved) == fell
    assert "−40.0" in moved
    spread, bands = charts_of(client, "/health/?days=30")[:2]
    tenths = defaultdict(int)
    for score, _risk, _band in scored.values():
        tenths[min(score // 10, 9)] += 1
    assert spread["counts"] == [tenths[at] for at in range(10)]
    assert {one["name"]: one["values"][-1] for one in bands["series"]} == {
        band: sum(each[2] == band for each in scored.values()) for band in BANDS
    }
    segments = defaultdict(list)
    for row in company.rows("accounts", where=[("is_customer", "equals", True)], limit=500).rows:
        segments[row["segment"]].append(scored[row["account_id"]][0])
    for name, health in segments.items():
        told = page[page.index(f'href="/accounts/?segment={name.replace(" ", "+")}">') :][:300]
        assert re.findall(r'<td class="number[^"]*">([\d.]+)</td>', told)[:2] == [
            str(len(health)), f"{sum(health) / len(health):.1f}",
        ]  # fmt: skip


def test_a_csm_meets_no_account_of_anybody_else(scored, company, busiest, somebody, as_):
    client = as_(somebody(Role.CSM, csm_id=busiest))
    mine = own(company, busiest)
    foreign = next(id_ for id_ in scored if id_ not in mine)
    for url in ("/health/", "/health/?days=30", "/risk/", "/accounts/?health_band=poor", f"/risk/?owner={busiest}"):
        met = set(LINK.findall(text_of(client, url)))
        assert met <= mine, url
    assert f"{len(mine & set(scored))} of {len(mine & set(scored))} customers" in text_of(client, "/health/")
    spread = charts_of(client, "/health/")[0]
    assert sum(spread["counts"]) == len(mine & set(scored))
    for part in ("health", "risk"):
        assert client.get(f"/accounts/{foreign}/{part}/").status_code == 404
        assert client.get(f"/accounts/{foreign}/{part}/", headers={"HX-Request": "true"}).status_code == 404
    exported = csv.DictReader(io.StringIO(client.get("/risk/?format=csv").content.decode()))
    assert {row["account_id"] for row in exported} == mine & set(scored)
    nobody = as_(somebody(Role.CSM, Role.VIEWER, csm_id="nobody", email="v@example.com"))
    assert nobody.get(f"/accounts/{foreign}/health/").status_code == 200, "a viewer sees all"


def test_the_risk_list_is_by_revenue_at_risk(scored, company, somebody, as_):
    client = as_(somebody(Role.VIEWER))
    arr = {row["account_id"]: row["arr"] for row in company.rows("accounts", limit=500).rows}
    at_risk = {id_: round(arr[id_] * scored[id_][1] / 100, 2) for id_ in scored}
    page = text_of(client, "/risk/")
    assert LISTED.findall(page) == sorted(scored, key=lambda id_: (-at_risk[id_], id_))[:50]
    rows = list(csv.DictReader(io.StringIO(client.get("/risk/?format=csv&risk_band=high").content.decode())))
    assert {row["account_id"]: Decimal(row["at_risk"]) for row in rows} == {
        id_: at_risk[id_] for id_ in scored if scored[id_][1] >= 20
    }
    total = sum(at_risk.values())
    told = re.search(r'<strong class="number">€([\d.]+)K</strong>', page)
    assert told, page
    assert abs(Decimal(told[1]) - total / 1000) <= Decimal("0.05")
    assert "No customer that you may see fits" in text_of(client, "/risk/?q=zzzz")


def test_an_accounts_page_tells_what_was_kept_and_explains_it(scored, company, somebody, as_):
    client = as_(somebody(Role.VIEWER))
    account = next(each.account_id for each in company.health().accounts if each.score is not None and each.before)
    score, risk, band = scored[account]
    change = f"{score - 50:+d}.0".replace("-", "−")
    page = text_of(client, f"/accounts/{account}/")
    for told in (f">{score}<", band, change, "75% of what the score is made of was known", "within 90 days", f"{risk}"):
        assert told in page, told
    url = f"/accounts/{account}/health/"
    assert f'hx-get="{url}?since=' in page
    made, moved = charts_of(client, url)
    *parts, whole = made["steps"]
    assert made["kind"] == "cascade"
    assert sum(step["amount"] for step in parts) == pytest.approx(whole["amount"], abs=0.01)
    assert whole["level"]
    (now,) = company.health(account).accounts
    *lines, together = moved["steps"]
    assert sum(step["amount"] for step in lines) == pytest.approx(together["amount"], abs=0.001)
    assert whole["amount"] - together["amount"] == pytest.approx(
        float(now.score - sum(line.change for line in now.why))
    )
    part = client.get(url, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in part
    assert "Why the health score is what it is" in part
    for asked, said in (
        ("at=2199-01-01", "can be"),
        ("since=yesterday", "is no date"),
        ("at=1999-01-01", "no customer"),
    ):
        assert said in text_of(client, f"{url}?{asked}"), asked


def test_empty_pages_say_what_brings_scores(company, somebody, as_):
    client = as_(somebody(Role.OPERATIONS))
    assert "made every night" in text_of(client, "/health/")
    assert "No risks were made yet." in text_of(client, "/risk/")
    reports.keep(company.home, "risk", Report(datetime.now(UTC), None, "5 customers left, of 20.", "Wait."))
    page = text_of(client, "/risk/")
    assert "5 customers left, of 20." in page
    account = company.rows("accounts", limit=1).rows[0]["account_id"]
    assert "made every night" in text_of(client, f"/accounts/{account}/")


def test_reasons_are_told_in_words_the_strongest_first():
    known = (
        Reason("days_to_renewal", Decimal(6), Decimal("12.04")), Reason("use", Decimal("0.61"), Decimal("0.5")),
        Reason("industry", "<Retail>", Decimal("1.3")), Reason("stickiness", None, Decimal("1.05")),
    )  # fmt: skip
    told = [(each.factor, each.words, each.tone) for each in reasons(known, "EUR", 9)]
    assert told == [
        ("12.0 ×", "the renewal is 6 days off", "bad"),
        ("0.50 ×", "61% of the seats were used in four weeks", "good"),
        ("1.3 ×", "Industry: <Retail>", "bad"),
    ]
    assert raising(known, "EUR") == "the renewal is 6 days off; Industry: <Retail>"
    assert raising(known[1:2], "EUR") == ""
