"""The pages of checks, of billing against the CRM, and of audits: what they say is what the engine says."""

from __future__ import annotations

from pathlib import Path

import pytest

from tenure.engine import checked
from tenure.engine.verbs.failed import FailedRows
from tenure.engine.verbs.load import Load
from tenure.web.access.roles import Role
from tests.web.company import text_of

pytestmark = pytest.mark.django_db
GUIDES = Path(__file__).parents[2] / "docs/how-to/troubleshoot.md"


def test_checks_are_kept_shown_with_their_rows_and_lead_on(company, administrator, as_) -> None:
    client = as_(administrator)
    assert "Nothing was checked yet" in text_of(client, "/checks/")
    file = company.home / "tickets.csv"
    rows = "".join(f"x{n:03},ghost-{n},2026-01-01,<b>{n}</b>\n" for n in range(60))
    known = company.rows("accounts", limit=1).rows[0]["account_id"]
    rows += f"z1,{known},2026-01-03,c\nz1,{known},2026-01-03,d\nz2,{known},no day,e\n"
    file.write_text("ticket_id,account_id,created_at,subject\n" + rows + "y,ghost,2026-01-02,a\ny,ghost,2026-01-02,b\n")
    company.call("load", Load((str(file),), "ticket"))
    assert client.post("/checks/now/").status_code == 302
    page = text_of(client, "/checks/")
    (kept,) = checked.rounds(company.home)
    orphan, contradictory = kept.of("orphan"), kept.of("contradictory_key")
    assert orphan is not None
    assert orphan.count == 61
    assert all(f'href="/checks/of/{seen.name}/"' in page for seen in kept.found)
    assert contradictory is not None
    held = contradictory.metrics
    assert f"{len(held)} metrics are held" in page
    assert 'href="/metrics/agent_wait_time/"' in page
    one = text_of(client, "/checks/of/orphan/")
    assert one.count("is no known account") == 50
    assert "is no known account" in text_of(client, "/checks/of/orphan/?page=2")
    assert text_of(client, "/checks/of/orphan/?q=ghost-17").count("is no known account") == 1
    exported = client.get("/checks/of/orphan/?format=csv").content.decode().splitlines()
    assert exported[0] == "table_name,key,what,file,line,batch"
    assert len(exported) == 62
    assert client.get("/checks/of/nothing/").status_code == 404
    assert f'href="/accounts/{known}/"' in text_of(client, "/checks/of/contradictory_key/?q=z1")
    (failed,) = company.call("failed", FailedRows()).rows
    assert f'href="/failed-rows/row/{failed.id}/"' in text_of(client, "/checks/of/refused_row/")
    listed = client.get("/api/checks").json()
    told = {one["name"]: one for one in listed["data"]}
    assert (told["orphan"]["count"], told["orphan"]["severity"], told["garbled_text"]["since"]) == (61, "informs", None)
    some = client.get("/api/checks/orphan?limit=5&offset=59&order=key").json()["data"]
    assert (some["total"], [row["key"] for row in some["rows"]]) == (61, ["x059", "y"])
    went = client.get("/api/checks/orphan/history").json()["data"]
    assert ([one["count"] for one in went["rounds"]], went["since"]) == ([61], told["orphan"]["since"])
    assert client.get("/api/checks/nothing/history").status_code == 404
    guide = text_of(client, "/troubleshooting/")
    anchors = {check.guide for check in checked.known(company.settings()).values()}
    for anchor in anchors:
        assert f'id="{anchor}"' in guide, anchor
        assert f'<a id="{anchor}"></a>' in GUIDES.read_text(), anchor


def test_a_check_that_holds_figures_is_made_a_warning_on_its_page(small_company, administrator, as_) -> None:
    client = as_(administrator)
    file = small_company.home / "tickets.csv"
    file.write_text("ticket_id,account_id,created_at,subject\nz1,acme,2026-01-03,c\nz1,acme,2026-01-03,d\n")
    small_company.call("load", Load((str(file),), "ticket"))
    client.post("/checks/now/")
    page = text_of(client, "/checks/of/contradictory_key/")
    assert "Until then these have no value" in page
    over = page.partition('name="over" value="')[2].partition('"')[0]
    where = "/checks/of/contradictory_key/severity/"
    assert client.post(where, {"severity": "silences", "over": over}).status_code == 404
    assert client.post(where, {"severity": "warns", "over": over}).status_code == 302
    page = text_of(client, "/checks/of/contradictory_key/")
    assert "Until then these have no value" not in page
    assert '<option value="warns" selected>' in page
    assert small_company.settings().checks == {"contradictory_key": "warns"}
    client.post(where, {"severity": "blocks", "over": over})
    assert small_company.settings().checks == {"contradictory_key": "warns"}, "somebody else said so meanwhile"


def test_billing_stands_beside_what_was_signed(company, somebody, as_) -> None:
    finance = as_(somebody(Role.FINANCE))
    found = company.billing(everything=True)
    page = text_of(finance, "/reconciliation/?all=1")
    assert f"{found.agree} of {found.accounts} accounts agree" in page
    assert all(f'href="/accounts/{line.account_id}/"' in page for line in found.lines[:50])
    exported = finance.get("/reconciliation/?all=1&format=csv").content.decode().splitlines()
    assert len(exported) == len(found.lines) + 1
    assert finance.get("/checks/").status_code == 403


def test_an_audit_is_signed_once_and_then_only_read(company, administrator, as_) -> None:
    client = as_(administrator)
    assert client.post("/audits/", {"every": "quarter", "due_days": "300", "samples": "5"}).status_code == 422
    assert client.post("/audits/", {"every": "quarter", "due_days": "15", "samples": "5"}).status_code == 302
    assert "every quarter" in text_of(client, "/audits/")
    late = client.post("/audits/", {"every": "month", "due_days": "1", "samples": "1", "over": "x"})
    assert "Look at what is in force now" in late.content.decode()
    over = text_of(client, "/audits/").partition('name="over" value="')[2].partition('"')[0]
    client.post("/audits/", {"every": "month", "due_days": "10", "samples": "10", "over": over})
    # What the tests load is loaded today: no period of it is over yet, but one before can be looked at.
    assert "The first audit can be made" in text_of(client, "/audits/")
    page = text_of(client, "/audits/2026-01/")
    assert "to be signed until" in page
    assert client.post("/audits/2026-01/", {"note": ""}).status_code == 422
    assert client.post("/audits/2026-01/", {"note": "Looked at <all>."}).status_code == 302
    page = client.get("/audits/2026-01/").content.decode()
    assert "Looked at &lt;all&gt;." in page
    assert "Sign the audit" not in page
    assert client.post("/audits/2026-01/", {"note": "Again"}).status_code == 422
    assert client.get("/audits/2999-01/").status_code == 404
    assert client.get("/audits/what/").status_code == 404
