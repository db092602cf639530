"""Renewals on pages: what the engine says, within a scope; judged and ended in the row; and the growth pipeline."""

from __future__ import annotations

import csv
import io
import re
import secrets
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from zipfile import ZipFile

import pytest

from tenure.core.period import last_complete
from tenure.engine import Scope
from tenure.engine.verbs import renewal_accuracy
from tenure.engine.verbs.load import Load
from tenure.web.access.roles import Role
from tests.web.company import charts_of, keep_scores, text_of
from tests.web.test_growth import kept

pytestmark = pytest.mark.django_db
__all__ = ["kept"]
YEAR = "from=2026-01&to=2028-06"
ROW = re.compile(r'href="/renewals/([^"/]+)/">')


def undecided(company, **more):
    where = [("state", "one_of", ["open", "late"]), *(("owner", "equals", owner) for owner in more.values())]
    return company.rows("renewals", where=where, order=("due", "renewal_id"), limit=500).rows


def rows_of(text):
    """The ids of the list."""
    return ROW.findall(text)


def owner_of_most(company):
    rows = undecided(company)
    owners = [row["owner"] for row in rows]
    return max(set(owners), key=owners.count)


def test_the_list_is_the_engines_narrowed_and_taken_away_as_a_file(company, somebody, as_):
    client = as_(somebody(Role.VIEWER))
    wanted = [row["renewal_id"] for row in undecided(company)]
    assert len(wanted) > 20
    page = text_of(client, f"/renewals/?{YEAR}")
    assert rows_of(page) == wanted[:50]
    assert "/judge/" not in page, "who only reads judges nothing"
    dear = [row["renewal_id"] for row in sorted(undecided(company), key=lambda row: (-row["value"], row["renewal_id"]))]
    assert rows_of(text_of(client, f"/renewals/?{YEAR}&order=-value")) == dear[:50]
    told = csv.DictReader(io.StringIO(client.get(f"/renewals/?{YEAR}&state=all&format=csv").content.decode()))
    every = [row["renewal_id"] for row in told]
    assert len(every) > len(wanted)
    book = ZipFile(io.BytesIO(client.get(f"/renewals/?{YEAR}&format=xlsx").content))
    sheet = book.read("xl/worksheets/sheet1.xml").decode()
    assert sheet.count("<row ") == len(wanted) + 1
    assert "<f>" not in sheet
    name = undecided(company)[0]["name"]
    assert set(rows_of(text_of(client, f"/renewals/?{YEAR}&q={name}"))) <= set(wanted)
    none = text_of(client, "/renewals/?window=2019-Q1")
    assert "falls due then" in none
    later = min(row["due"] for row in undecided(company) if row["due"].year > 2018) + timedelta(
        hours=3
    )  # a local midnight
    link = f"/renewals/?window={later.year}-Q{(later.month + 2) // 3}"
    assert f'href="{link}"' in none
    assert rows_of(text_of(client, link)), "where the next one is"
    assert text_of(client, "/renewals/?window=nonsense&page=zzz&order=drop") is not None


def test_the_outlook_says_what_the_engine_says_and_a_csm_sees_the_own(company, somebody, as_):
    keep_scores(company)
    owner = owner_of_most(company)
    sight = company.seen_by(Scope((owner,)))
    found = sight.renewal_forecast(start="2026-01", end="2028-06")
    csm = as_(somebody(Role.CSM, csm_id=owner))
    page = text_of(csm, f"/renewals-outlook/?{YEAR}")
    assert f"{found.total.due.count} renewals" in page
    (chart, *_rest) = charts_of(csm, f"/renewals-outlook/?{YEAR}")
    assert chart["categories"] == ["Due", "Called", "Model"]
    sums = [sum(one["values"][place] for one in chart["series"]) for place in range(3)]
    assert sums == pytest.approx([float(found.total.due.value), float(found.total.called), float(found.total.expected)])
    listed = set(rows_of(text_of(csm, f"/renewals/?{YEAR}")))
    assert listed == {row["renewal_id"] for row in undecided(company, owner=owner)}
    foreign = next(row for row in undecided(company) if row["owner"] != owner)
    for part in ("", "row/", "judge/", "outcome/"):
        assert csm.get(f"/renewals/{foreign['renewal_id']}/{part}").status_code == 404
    assert csm.post(f"/renewals/{foreign['renewal_id']}/judge/", {"category": "commit"}).status_code == 404
    assert foreign["name"] not in text_of(csm, f"/renewals-forecast/?{YEAR}&by=owner")
    months = text_of(csm, "/renewals-outlook/")
    assert months.count('class="month"') in (0, 3)


def once(**given: str) -> dict[str, str]:
    """What a form of one's own sends."""
    return given | {"message_id": secrets.token_hex(16)}


def test_a_renewal_is_judged_ended_and_taken_back(company, somebody, as_):
    owner = owner_of_most(company)
    row = next(row for row in undecided(company, owner=owner) if not row["is_own"])
    client, url = as_(somebody(Role.CSM, csm_id=owner)), f"/renewals/{row['renewal_id']}/"
    assert client.post(f"{url}judge/", once(category="sure")).status_code == 422
    for part in ("", "judge/", "outcome/"):
        assert 'name="message_id" value="' in client.get(url + part).content.decode(), part
    told = once(category="at_risk", amount="123.45", reason="Asks <why>")
    assert client.post(f"{url}judge/", told).status_code == 302
    again = client.post(f"{url}judge/", told, follow=True).content.decode()
    assert "This form was sent before" in again
    where = [("renewal_id", "equals", row["renewal_id"]), ("by", "equals", owner)]
    assert company.rows("renewal_forecast", where=where).total == 1, "two clicks are one judgement"
    page = client.get(url).content.decode()
    assert "Asks &lt;why&gt;" in page
    assert "123.45" in page

    def now():
        return company.rows("renewals", where=[("renewal_id", "equals", row["renewal_id"])]).rows[0]

    assert (now()["category"], now()["judged_by"]) == ("at_risk", owner)
    htmx = {"HTTP_HX_REQUEST": "true"}
    form = client.get(f"{url}outcome/", **htmx).content.decode()
    assert form.startswith('<tr class="in-row" data-opened>')
    assert (
        client.post(f"{url}outcome/", once(outcome="lost"), **htmx)
        .content.decode()
        .startswith('<tr class="in-row" data-opened>')
    )
    assert now()["state"] in ("open", "late"), "a loss needs its reason"
    answer = client.post(f"{url}outcome/", once(outcome="lost", reason="price", controllable="yes"), **htmx)
    assert answer.headers["HX-Trigger"] == "renewaltold"
    assert answer.content.decode().lstrip().startswith("<tr id=")
    assert now()["state"] == "lost"
    assert "Price" in text_of(client, url)
    assert 'name="message_id" value="' in client.get(url).content.decode(), "it can be taken back"
    assert client.post(f"{url}judge/", once(category="commit")).status_code == 422
    assert client.post(f"{url}outcome/", once(outcome="open")).status_code == 302
    assert now()["state"] == row["state"]
    later = (datetime.now(UTC) + timedelta(days=40)).date()
    assert client.post(f"{url}outcome/", once(outcome="postponed", postponed_to="2020-01-01")).status_code == 422
    assert client.post(f"{url}outcome/", once(outcome="postponed", postponed_to=f"{later}")).status_code == 302
    assert now()["due"].date() == later


def test_past_quarters_are_told_as_they_were_known(company, somebody, as_, monkeypatch):
    monkeypatch.setattr(renewal_accuracy, "LEADS", (0,))  # each is a look at the whole company as it was
    monkeypatch.setattr(renewal_accuracy, "last_complete", lambda *given: last_complete(*given)[-1:])
    viewer = as_(somebody(Role.VIEWER))
    assert "are being worked out" in text_of(viewer, "/renewals-accuracy/")
    assert "Nothing can be compared yet" in text_of(viewer, "/renewals-accuracy/quarters/")


def test_the_pipeline_shows_what_is_open_and_opens_more(company, kept, somebody, as_):
    owner = owner_of_most(company)
    where = [("status", "equals", "open"), ("kind", "one_of", ["upsell", "cross_sell", "add_on"])]
    wanted = company.rows("opportunities", where=where, order=("expected_close", "opportunity_id"), limit=500).rows
    viewer = as_(somebody(Role.VIEWER))
    listed = csv.DictReader(io.StringIO(viewer.get("/pipeline/?format=csv").content.decode()))
    assert [row["opportunity_id"] for row in listed] == [row["opportunity_id"] for row in wanted]
    csm = as_(somebody(Role.CSM, csm_id=owner))
    page = text_of(csm, "/growth/")
    ready = re.findall(r'href="/pipeline/open/([^"]+)/"', page)
    busy = {row["account_id"] for row in wanted}
    assert ready
    assert not busy & set(ready)
    form = text_of(csm, f"/pipeline/open/{ready[0]}/")
    told = {
        "kind": "upsell", "amount": "500", "stage": "idea", "probability": "30", "expected_close": "2030-05-01",
        "message_id": re.search(r'name="message_id" value="(\w+)"', form)[1],
    }  # fmt: skip
    assert csm.post(f"/pipeline/open/{ready[0]}/", told | {"amount": "-1"}).status_code == 422
    assert "Grows within 90 days: 9.0%" in form
    for _ in range(2):  # sent twice, it is there once
        answer = csm.post(f"/pipeline/open/{ready[0]}/", told)
    assert "The opportunity is open." in text_of(csm, answer.url), "on the page of that opportunity"
    assert "idea" in text_of(csm, answer.url)
    made = company.rows("opportunities", where=[*where, ("stage", "equals", "idea")]).rows
    assert [(row["account_id"], row["amount"], row["sourced_by"], row["by_csm"]) for row in made] == [
        (ready[0], 500, owner, True)
    ]
    foreign = next(row for row in wanted if row["owner"] != owner)
    assert csm.get(f"/pipeline/open/{foreign['account_id']}/").status_code == 404
    assert csm.get(f"/opportunity/{foreign['opportunity_id']}/").status_code == 404
    assert csm.post(f"/opportunity/{foreign['opportunity_id']}/decide/", once(status="won")).status_code == 404


def test_a_row_tells_how_ready_the_customer_was_when_the_sale_was_opened(company, kept, somebody, as_):
    where = [("status", "equals", "open"), ("kind", "one_of", ["upsell", "cross_sell", "add_on"])]
    first, other = company.rows("opportunities", where=where, limit=2).rows
    opened = first["created_at"]
    lines = [
        f"{first['account_id']},growth_90,g1,{(opened + timedelta(hours=hours)).isoformat()},{score},,"
        for hours, score in ((-48, 3), (-2, 7), (2, 60))
    ]
    file = company.home / "score.csv"
    file.write_text("account_id,model,version,at,score,coverage,band\n" + "\n".join(lines) + "\n")
    company.call("load", Load((str(file),), "score"))
    viewer = as_(somebody(Role.VIEWER))
    exported = csv.DictReader(io.StringIO(viewer.get("/pipeline/?format=csv").content.decode()))
    told = {row["opportunity_id"]: row["ready_when_opened"] for row in exported}
    assert Decimal(told[first["opportunity_id"]]) == Decimal("0.07"), "the last before, not what was known later"
    assert told[other["opportunity_id"]] == ""
    page = text_of(viewer, f"/pipeline/?q={first['name']}")
    row = next(row for row in page.split("<tr>") if f"/opportunity/{first['opportunity_id']}/" in row)
    assert '<td class="number wide">7.0%</td>' in row
    assert "7.0% to grow within 90 days" in text_of(viewer, f"/opportunity/{first['opportunity_id']}/")
    assert "to grow within 90 days" not in text_of(viewer, f"/opportunity/{other['opportunity_id']}/")


def test_an_opportunity_is_changed_decided_and_opened_again(company, kept, somebody, as_):
    where = [
        ("status", "equals", "open"),
        ("owner", "empty", False),
        ("kind", "one_of", ["upsell", "cross_sell", "add_on"]),
    ]
    first = company.rows("opportunities", where=where, limit=1).rows[0]
    owner, name = first["owner"], first["opportunity_id"]
    csm, url = as_(somebody(Role.CSM, csm_id=owner)), f"/opportunity/{name}/"

    def now():
        return company.rows("opportunity", where=[("opportunity_id", "equals", name)]).rows[0]

    before = now()
    assert "Record the decision" in text_of(csm, url)
    told = once(stage="talks", amount="777.50", probability="35", expected_close="2030-01-31")
    for _ in range(2):  # sent twice, it is told once
        assert csm.post(f"{url}change/", told).status_code == 302
    changed = now()
    assert {column for column in before if before[column] != changed[column]} <= {
        "stage",
        "amount",
        "probability",
        "expected_close",
    }
    assert (changed["stage"], changed["amount"], changed["probability"]) == (
        "talks",
        Decimal("777.50"),
        Decimal("0.35"),
    )
    open_ = sum(one.count for one in company.growth_pipeline().stages)
    today = datetime.now(UTC).date()
    lost = {"status": "lost", "amount": "777.50", "closed_on": f"{today - timedelta(days=1)}"}
    assert "Say why" in csm.post(f"{url}decide/", once(**lost)).content.decode()
    assert (
        csm.post(f"{url}decide/", once(**lost | {"closed_on": "2031-01-01", "lost_reason": "price"})).status_code == 422
    )
    assert (
        csm.post(f"{url}decide/", once(**lost | {"closed_on": "2001-01-01", "lost_reason": "price"})).status_code == 422
    )
    form = once(**lost | {"lost_reason": "price"})
    for _ in range(2):
        assert csm.post(f"{url}decide/", form).status_code == 302
    assert (now()["status"], now()["lost_reason"]) == ("lost", "price")
    assert sum(one.count for one in company.growth_pipeline().stages) == open_ - 1
    assert f'href="{url}"' in text_of(csm, "/pipeline/?status=lost")
    assert f'href="{url}"' not in text_of(csm, "/pipeline/")
    assert csm.post(f"{url}change/", told).status_code == 404, "what is decided is opened again first"
    assert csm.post(f"{url}reopen/", once()).status_code == 302
    assert (now()["status"], now()["closed_at"], now()["lost_reason"]) == ("open", None, None)
    assert csm.post(f"{url}decide/", once(status="won", amount="900", closed_on=f"{today}")).status_code == 302
    assert (now()["status"], now()["amount"], now()["owner_id"]) == ("won", 900, before["owner_id"])
    viewer = as_(somebody(Role.VIEWER))
    assert "<form" not in text_of(viewer, url).partition("<main")[2].partition('class="card')[2]
    assert viewer.post(f"{url}reopen/", once()).status_code == 403
