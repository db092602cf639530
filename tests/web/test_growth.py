"""Who may grow or pay less, on pages: in order, by pages, narrowed, exported, and beside the reasons of an account's risk."""

from __future__ import annotations

import csv
import io
import re
from collections import defaultdict
from dataclasses import replace
from datetime import UTC, datetime
from decimal import Decimal

import pytest

from tenure.engine import reports
from tenure.engine.reports import Report
from tenure.engine.scored import Scored
from tenure.engine.verbs.risk import AccountRisk, CauseKnown, Measure, Reason, RiskFound
from tenure.web.access.roles import Role
from tenure.web.kit.table import ON_A_PAGE
from tests.web.company import text_of

LISTED = re.compile(r'<th scope="row"><a href="/accounts/([^"]+)/">')
NOW = datetime.now(UTC)
CAUSES = {"voluntary": Decimal("0.06"), "non_payment": Decimal("0.03")}


@pytest.fixture
def kept(monkeypatch):
    """Risks of whoever may be seen as they would be kept: the largest grow most; few customers are too few to learn from."""

    def kept_risk(self, account="", *, of="churn", among=None, offset=0, limit=0):
        where = [("is_customer", "equals", True)]
        rows = self.rows("accounts", where=where, order=("-arr", "account_id"), limit=500).rows
        rows = [row for row in rows if account in ("", row["account_id"])]
        rows = [row for row in rows if among is None or row["account_id"] in among]
        told = [risk_of(row, of) for row in rows]
        some = tuple(told[offset : offset + limit if limit else None])
        whole = sum(one.at_risk for one in told)
        found = RiskFound(
            NOW.date(), NOW, "EUR", len(told), sum(one.arr for one in told), some, Measure(float(whole), 0.0, 2 * float(whole)),
            Decimal("0.04"), 64, Measure(0.7, 0.6, 0.8), of, typical=None if of == "churn" else Measure(0.1, 0.08, 0.13),
            causes=(CauseKnown("voluntary", 40, Decimal("0.6"), "own"), CauseKnown("non_payment", 24, Decimal("0.4"), "pooled"))
            if of == "churn" else (),
        )  # fmt: skip
        return Report(NOW, found)

    monkeypatch.setattr(Scored, "kept_risk", kept_risk)


def risk_of(row, of):
    risk = {"30": Decimal("0.03"), "90": Decimal("0.09"), "180": Decimal("0.2")}
    at_risk = round(row["arr"] * Decimal("0.009"), 2)
    return AccountRisk(
        row["account_id"], row["name"], row["owner"], row["owner_name"], row["segment"], None, row["arr"], risk, None, at_risk,
        (Reason("use", Decimal("0.9"), Decimal(2)),), CAUSES if of == "churn" else {}, at_risk / 2, at_risk * 2,
    )  # fmt: skip


def books_of(company):
    """The customers by who owns them now."""
    found = defaultdict(set)
    for row in company.rows("accounts", where=[("is_customer", "equals", True)], limit=500).rows:
        found[row["owner"]].add(row["account_id"])
    return found


def of_all(company):
    found = company.rows("accounts", where=[("is_customer", "equals", True)], limit=500).rows
    return [row["account_id"] for row in sorted(found, key=lambda row: (-row["arr"], row["account_id"]))]


@pytest.mark.parametrize("url", ["/growth/", "/risk/contraction/"])
def test_a_list_is_told_page_by_page_narrowed_and_as_a_file(url, company, kept, somebody, as_, monkeypatch):
    monkeypatch.setattr("tenure.web.risk.pages.changes.ON_A_PAGE", 20)
    assert ON_A_PAGE != 20
    client, expected = as_(somebody(Role.VIEWER)), of_all(company)
    assert LISTED.findall(text_of(client, url)) == expected[:20]
    assert LISTED.findall(text_of(client, f"{url}?page=2")) == expected[20:40]
    exported = csv.DictReader(io.StringIO(client.get(f"{url}?format=csv").content.decode()))
    rows = {row["account_id"]: row for row in exported}
    assert list(rows) == expected
    one = rows[expected[0]]
    assert Decimal(one["expected"]) == round(Decimal(one["arr"]) * Decimal("0.009"), 2)
    assert one["within_90"] == "0.09"
    owner, names = max(books_of(company).items(), key=lambda pair: len(pair[1]))
    page = text_of(client, f"{url}?owner={owner}")
    assert len(LISTED.findall(page)) == min(len(names), 20)
    part = client.get(f"{url}?q=zzzz", headers={"HX-Request": "true"}).content.decode()
    assert "No customer that you may see fits" in part
    assert "<html" not in part


def test_a_csm_is_told_of_nobody_elses_customers(company, kept, somebody, as_):
    books = books_of(company)
    csm = max(books, key=lambda name: len(books[name]))
    client, other = as_(somebody(Role.CSM, csm_id=csm)), next(name for name in books if name != csm)
    for url in ("/growth/", "/risk/contraction/"):
        rows = list(csv.DictReader(io.StringIO(client.get(f"{url}?format=csv").content.decode())))
        assert {row["owner"] for row in rows} == {csm}
        assert len(rows) == len(books[csm])
        assert set(LISTED.findall(text_of(client, url))) <= books[csm]
        assert not LISTED.findall(text_of(client, f"{url}?owner={other}"))


def test_an_account_tells_of_what_it_may_leave_and_what_else_may_come(company, kept, somebody, as_):
    client = as_(somebody(Role.VIEWER))
    page = text_of(client, f"/accounts/{of_all(company)[0]}/risk/")
    assert page.index("by choice") < page.index("non-payment"), "the likelier first"
    assert re.search(r"<dt>by choice</dt><dd[^>]*>6.0%</dd>", page)
    for told in ('href="/growth/">Grows</a>', 'href="/risk/contraction/">Pays less</a>', "9.0%", "a year expected"):
        assert told in page, told


def test_from_who_is_ready_one_click_leads_to_the_sale_or_opens_one(company, kept, somebody, as_):
    sold = "upsell", "cross_sell", "add_on"
    where = [("status", "equals", "open"), ("kind", "one_of", list(sold))]
    busy = {row["account_id"]: row for row in company.rows("opportunities", where=where, limit=500).rows}
    books = books_of(company)
    csm = max(books, key=lambda name: min(len(books[name] & busy.keys()), len(books[name] - busy.keys())))
    mine, own = books[csm] & busy.keys(), books[csm]
    assert mine
    assert own - busy.keys()
    client = as_(somebody(Role.CSM, csm_id=csm))
    page = text_of(client, "/growth/")
    shown = set(LISTED.findall(page))
    ids = set(re.findall(r'href="/opportunity/([^"]+)/"', page))
    told = company.rows("opportunities", where=[*where, ("opportunity_id", "one_of", sorted(ids))], limit=500).rows
    assert {row["account_id"] for row in told} == shown & busy.keys(), "each leads to its own sale"
    assert set(re.findall(r'href="/pipeline/open/([^"]+)/"', page)) == shown - busy.keys()
    assert set(LISTED.findall(text_of(client, "/growth/?sale=open"))) == mine
    assert set(LISTED.findall(text_of(client, "/growth/?sale=none"))) == own - busy.keys()
    assert "/pipeline/open/" not in text_of(as_(somebody(Role.VIEWER)), "/growth/"), "who only reads opens none"
    assert "/opportunity/" not in text_of(client, "/risk/contraction/")


def test_growth_is_one_place_with_two_pages(company, kept, somebody, as_):
    client = as_(somebody(Role.VIEWER))
    for url, here, mark in (("/growth/", "/growth/", "page"), ("/pipeline/", "/pipeline/", "true")):
        page = text_of(client, url)
        side, tabs = page.partition("<main")[0], re.search(r'<nav class="tabs".*?</nav>', page, re.DOTALL)[0]
        assert 'href="/pipeline/"' not in side, "one entry of the navigation"
        assert re.search(rf'href="/growth/" aria-current="{mark}"', side)
        assert re.findall(r'href="([^"]+)"', tabs) == ["/growth/", "/pipeline/"]
        assert re.findall(r'href="([^"]+)" aria-current="page"', tabs) == [here]


def test_it_says_what_its_order_is_worth(company, kept, somebody, as_, monkeypatch):
    client, usual = as_(somebody(Role.VIEWER)), Scored.kept_risk
    assert "stood higher here 70 times in 100" in text_of(client, "/growth/")
    assert "hardly better than chance" not in text_of(client, "/growth/")

    def by_lot(*args, **more):
        report = usual(*args, **more)
        return replace(report, found=replace(report.found, auc=Measure(0.56, 0.49, 0.63)))

    monkeypatch.setattr(Scored, "kept_risk", by_lot)
    assert "hardly better than chance" in text_of(client, "/growth/")


def test_without_anything_learned_it_says_why(company, somebody, as_):
    client = as_(somebody(Role.VIEWER))
    assert "Nothing of it was made yet." in text_of(client, "/growth/")
    reports.keep(company.home, "risk_growth", Report(NOW, None, "5 customers grew, of 20.", "Wait."))
    assert "5 customers grew, of 20." in text_of(client, "/growth/")
