"""The board and the page of the team over a company that fits on a page, against figures worked out by hand."""

from __future__ import annotations

import csv
import html
import io
import json
import re
import zipfile
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path

import pytest
from python_calamine import CalamineWorkbook

from tenure import keeper
from tenure.core.errors import DataError
from tenure.core.period import add_months
from tenure.engine import Sight
from tenure.engine.restated import Line, Moved, Restatement
from tenure.engine.verbs.load import Load
from tenure.engine.verbs.run import Run
from tenure.web.access.roles import Role
from tests.engine.conftest import Bench, new_home
from tests.web.company import charts_of, put_into, text_of

THIS = datetime.now(UTC).date().replace(day=1)
LAST = add_months(THIS, -1)
TEN_DAYS_AGO = datetime.now(UTC).date() - timedelta(days=10)


def month(back: int) -> str:
    return f"{add_months(LAST, -back)}"


# Zoe leads Mona and Milo; Mona leads Cora, Milo leads Carl. Acme and Birch are Cora's (SMB), Cedar and Dogwood Carl's
# (Enterprise), Elder is nobody's. A year before the end of the last month Acme paid 100 a month, Birch 50, Cedar 200: 350.
# Since then Acme took 50 more, Birch left because of the price, Cedar gave up 20, and Dogwood came with 300: 630 now.
FILES = {
    "csm": "csm_id,name,manager_id\nzoe,Zoe,\nmona,Mona,zoe\nmilo,Milo,zoe\ncora,Cora,mona\ncarl,Carl,milo\n",
    "account": (
        "account_id,name,segment\nacme,Acme,SMB\nbirch,Birch,SMB\ncedar,Cedar,Enterprise\ndogwood,=Dogwood,Enterprise\n"
    ),
    "subscription": (
        "subscription_id,account_id,amount,started_at,ended_at\n"
        f"s1,acme,100,2020-01-01,\ns1,acme,150,{month(3)},\ns2,birch,50,2020-01-01,{month(2)}\n"
        f"s3,cedar,200,2020-01-01,\ns3,cedar,180,{month(5)},\ns4,dogwood,300,{month(1)},\n"
    ),
    "assignment": (
        "account_id,csm_id,valid_from\nacme,cora,2020-01-01\nbirch,cora,2020-01-01\ncedar,carl,2020-01-01\n"
        f"dogwood,carl,{month(1)}\n"
    ),
    "contract": (
        "contract_id,account_id,started_at,ended_at,value\n"
        f"k1,acme,{TEN_DAYS_AGO - timedelta(days=365)},{TEN_DAYS_AGO},1800\n"
    ),
    "churn": f"churn_id,account_id,at,kind,reason\nc1,birch,{month(2)},voluntary,price\n",
    "target": f"metric,slice,period_start,period_end,value\nnet_revenue_retention,,{LAST},{THIS},1.0\n",
    "absence": f"csm_id,from,to,kind\ncarl,{LAST},{add_months(THIS, 2)},sick\n",
}
EVERYTHING = {"opening": 4200, "New": 3600, "Expansion": 600, "Contraction": -240, "Churn": -600, "closing": 7560}


@pytest.fixture(scope="module")
def made(tmp_path_factory) -> Path:
    folder = tmp_path_factory.mktemp("board")
    home = new_home(folder / "home")
    workspace = Bench(home).workspace()
    for table, text in FILES.items():
        (folder / f"{table}.csv").write_text(text)
        workspace.call("load", Load((str(folder / f"{table}.csv"),), table, history=table != "target"))
    workspace.close()
    keeper.open(home).call("run", Run())
    return home


@pytest.fixture
def small(made, home):
    """The company, for one test."""
    put_into(home, made)
    return home


def bridges(client, url):
    """Of each bridge on a page, what it steps over, by name; the ends as ``opening`` and ``closing``."""
    found = []
    for chart in charts_of(client, url):
        if chart["kind"] == "waterfall":
            first, *steps, last = chart["steps"]
            ends = {"opening": first["amount"], "closing": last["amount"]}
            found.append({**{step["name"]: step["amount"] for step in steps}, **ends})
    return found


def filed(client, url):
    return list(csv.DictReader(io.StringIO(client.get(url).content.decode())))


def cells_of(page):
    """The rows of the last table of a page, as text."""
    body = re.findall(r"<tbody>(.*?)</tbody>", page, re.DOTALL)[-1]
    rows = [
        re.findall(r"<t[hd][^>]*>(.*?)</t[hd]>", row, re.DOTALL)
        for row in re.findall(r"<tr>(.*?)</tr>", body, re.DOTALL)
    ]
    return [[" ".join(re.sub(r"<[^>]+>", " ", cell).split()) for cell in row] for row in rows]


def test_the_bridge_adds_up_in_all_and_in_each_of_two_segments_side_by_side(small, somebody, as_):
    client = as_(somebody(Role.EXECUTIVE))
    assert bridges(client, "/board/") == [EVERYTHING]
    url = "/board/?by=segment&only=SMB&beside=Enterprise"
    smb = {"opening": 1800, "Expansion": 600, "Churn": -600, "closing": 1800}
    enterprise = {"opening": 2400, "New": 3600, "Contraction": -240, "closing": 5760}
    assert bridges(client, url) == [smb, enterprise]
    for each in (EVERYTHING, smb, enterprise):  # as above, so below
        steps = [amount for name, amount in each.items() if name not in ("opening", "closing")]
        assert each["opening"] + sum(steps) == each["closing"]
    page = text_of(client, url)
    assert [row[:3] for row in cells_of(page.partition("Side by side")[2].partition("</table>")[0] + "</tbody>")][:2] == [
        ["ARR", "€1.8K", "€5.8K"], ["Net revenue retention", "100.0% 0.0% – 150.0% rests on 2 only", "90.0% rests on 1 only"],
    ]  # fmt: skip


def test_periods_are_compared_as_the_address_says(small, somebody, as_):
    client = as_(somebody(Role.EXECUTIVE))

    def change(versus):
        card = re.search(r"<article.*?</article>", text_of(client, f"/board/?versus={versus}"), re.DOTALL)[0]
        return re.search(r'class="pill number [a-z]*">([^<]*)<', card)[1]

    assert change("before") == "±€0"
    assert change("year") == "+€3.4K"
    assert change(f"{add_months(LAST, -4):%Y-%m}") == "+€3.6K"  # 4,200 less the 240 that Cedar gave up before
    assert "compared with 12 months to" in text_of(client, "/board/")
    assert "compared with 12 months to" not in text_of(client, "/board/?over=quarter")
    quarter = client.get("/board/?over=quarter&at=2020-Q1")
    assert quarter.status_code == 200
    assert "Q1 2020" in html.unescape(quarter.content.decode())


def test_the_file_has_the_figures_worked_out_by_hand_and_no_formula(small, somebody, as_):
    client = as_(somebody(Role.EXECUTIVE))
    rows = filed(client, "/board/?format=csv")
    heads = {row["figure"]: row for row in rows if row["part"] == "heads"}
    assert Decimal(heads["net_revenue_retention"]["value"]) == pytest.approx(Decimal(330) / 350)
    assert Decimal(heads["gross_revenue_retention"]["value"]) == pytest.approx(Decimal(280) / 350)
    assert Decimal(heads["customer_churn_rate"]["value"]) == pytest.approx(Decimal(1) / 3)
    assert Decimal(heads["net_revenue_retention"]["target"]) == 1
    bridge = {row["of"]: Decimal(row["value"]) for row in rows if row["part"] == "bridge"}
    assert sum(list(bridge.values())[:-1]) == list(bridge.values())[-1] == 7560
    won = [row["of"] for row in rows if row["part"] == "wins"]
    assert won[:2] == ["'=Dogwood", "Acme"]
    lost = {row["of"]: row["note"] for row in rows if row["part"] == "wins" and row["value"].startswith("-")}
    assert lost == {"Birch": "Churn, Price", "Cedar": "Contraction, Price"}
    content = client.get("/board/?format=xlsx").content
    with zipfile.ZipFile(io.BytesIO(content)) as parts:
        sheets = [parts.read(name).decode() for name in parts.namelist() if "worksheets/" in name]
    assert not any("<f>" in sheet or "<f " in sheet for sheet in sheets)
    book = CalamineWorkbook.from_filelike(io.BytesIO(content))
    assert [row[4] for row in book.get_sheet_by_name("ARR bridge").to_python()][-1] == 7560
    assert "=Dogwood" in [row[1] for row in book.get_sheet_by_name("Biggest wins and losses").to_python()]


def test_who_answers_is_the_line_with_all_who_are_in_it(small, somebody, as_):
    part = text_of(as_(somebody(Role.EXECUTIVE)), "/board/part/lines/")
    found = cells_of(part)
    assert [(row[0], row[1], row[2], row[5]) for row in found] == [
        ("Zoe", "nobody", "€7.6K", "3"), ("Milo", "nobody", "€5.8K", "2"), ("Mona", "nobody", "€1.8K", "1"),
    ]  # fmt: skip
    assert [row[3].split()[0] for row in found] == ["94.3%", "90.0%", "100.0%"]
    assert '<h2><a href="/reporting-lines/">Who answers</a></h2>' in part
    assert part.count('<a href="/reporting-lines/of/mona/">') == 2, "her name, and who answers for her line"
    mona = as_(somebody(Role.MANAGER, csm_id="mona", email="mona@example.com"))
    assert [(row[0], row[2]) for row in cells_of(text_of(mona, "/board/part/lines/"))] == [("Mona", "€1.8K")]
    assert bridges(mona, "/board/")[0]["closing"] == 1800
    told = filed(mona, "/board/?format=csv")
    assert {"Cedar", "=Dogwood", "'=Dogwood"}.isdisjoint(row["of"] for row in told)


def test_who_answers_for_a_line_is_named_with_what_is_wrong(small, somebody, as_):
    """Mona answers for ARR of her line and Milo, who is outside of it, for NRR; nobody for GRR. Milo answers for all three of his."""
    rows = [("arr", "mona", "mona"), ("net_revenue_retention", "mona", "milo")]
    rows += [(metric, "milo", "milo") for metric in ("arr", "net_revenue_retention", "gross_revenue_retention")]
    told = [
        {"metric": metric, "line_id": line, "csm_id": who, "valid_from": "2026-01-01"} for metric, line, who in rows
    ]
    keeper.open(small).record("accountability", told, by="x", message_id="told")
    found = {row[0]: row[1] for row in cells_of(text_of(as_(somebody(Role.EXECUTIVE)), "/board/part/lines/"))}
    assert found == {
        "Zoe": "nobody", "Milo": "Milo",
        "Mona": "Mona: ARR · Milo (outside the line): Net revenue retention · nobody: Gross revenue retention",
    }  # fmt: skip


def test_the_team_is_told_by_line_and_needs_come_first(small, somebody, as_):
    executive = as_(somebody(Role.EXECUTIVE))
    page = text_of(executive, "/team/")
    rows = {row["id"]: row for row in filed(executive, "/team/?format=csv")}
    assert list(rows) == ["carl", "cora"], "who has a sign of need stands first"
    assert rows["carl"]["needs"] == "away, and nobody stands in"
    assert rows["cora"]["needs"] == "1 renewal is past its day"
    assert "sick" not in page
    signs = dict(re.findall(r'<ul class="needs"><li><a href="([^"]+)">([^<]+)</a></li>', page))
    assert set(signs.values()) == {"away, and nobody stands in", "1 renewal is past its day"}, "each leads on"
    (late,) = (link for link, words in signs.items() if "renewal" in words)
    assert "Acme" in text_of(executive, late), "to the renewal that is meant"
    assert "/scorecard/?who=" not in page, "who leads nobody is led to nobody's scorecard"
    assert (rows["carl"]["customers"], Decimal(rows["carl"]["arr"])) == ("2", 5760)
    assert Decimal(rows["cora"]["nrr"]) == 1
    assert Decimal(rows["cora"]["grr"]) == pytest.approx(Decimal(100) / 150)
    mona = as_(somebody(Role.MANAGER, csm_id="mona", email="mona@example.com"))
    assert [row["id"] for row in filed(mona, "/team/?format=csv")] == ["cora"]
    own = text_of(mona, "/team/?by=team")
    assert "Carl" not in own
    assert "/scorecard/?who=csm%3Acora" in own
    for role in (Role.CSM, Role.VIEWER, Role.FINANCE):
        assert as_(somebody(role, csm_id="cora")).get("/team/").status_code == 403


def test_what_was_reported_stands_beside_what_is_known_now(small, somebody, as_, monkeypatch):
    """The engine's restatements are tested where they are made: here, that the last closed month is told with their lines."""
    client = as_(somebody(Role.EXECUTIVE))
    closed, asked = f"{add_months(LAST, -1):%Y-%m}", []
    assert "frozen yet" in text_of(client, "/board/part/restatements/")

    def restatements(_self, metric, *, start, end, **_more):
        asked.append((metric, start))
        if start != closed:
            raise DataError("None of these periods is closed.", code="not_closed")
        sums = (Decimal(7560), Decimal(7680), Decimal(120)) if metric == "arr" else (Decimal(1), Decimal(1), Decimal(0))
        lines = (Line(("late_facts",), Decimal(120), 1, (Moved("acme", "Acme", Decimal(120)),)),)
        return (
            Restatement(
                metric, "", add_months(LAST, -1), LAST, "12m" if metric == "net_revenue_retention" else "period", {}, "money" if metric == "arr" else "share",
                datetime(2026, 1, 2, tzinfo=UTC), 1, *sums, "ok", lines if metric == "arr" else (),
            ),
        )  # fmt: skip

    monkeypatch.setattr(Sight, "restatements", restatements)
    page = text_of(client, "/board/part/restatements/?over=12m")
    found = cells_of(page)
    assert found[0][0].startswith("ARR ")
    assert found[0][1:] == ["€7,560.00", "€7,680.00", "+€120", ""]
    assert found[1] == ["Late facts", "", "", "+€120", "Acme"]
    names = ("Net revenue retention 12 months to", "Gross revenue retention", "Customer churn rate")
    assert len(found) == 5
    assert all(row[0].startswith(name) for row, name in zip(found[2:], names, strict=True))
    assert 'href="/accounts/acme/"' in page
    assert asked[:2] == [("arr", f"{LAST:%Y-%m}"), ("arr", closed)]


#: What a figure looks like in a cell.
FIGURE = re.compile(r"\d")
PARTS = "movements reasons forecast wins health cohorts segments lines restatements".split()


def shown(page):
    """Every figure of a page as (text, link): cells of tables that are numbers, and cards."""
    for cell in re.findall(r'<td class="number[^"]*">(.*?)</td>', page, re.DOTALL):
        value = re.sub(r"<small.*", "", cell, flags=re.DOTALL)
        text = " ".join(re.sub(r"<[^>]+>", " ", value).split())
        if FIGURE.search(text):
            yield text, (re.search(r'href="([^"]+)"', cell) or [None, None])[1]
    for card in re.findall(r"<article.*?</article>", page, re.DOTALL):
        text = re.search(r"<strong[^>]*>(.*?)</strong>", card)[1]
        if FIGURE.search(text):
            yield text, re.search(r'href="([^"]+#rows)"', card)[1]
    for table in re.findall(r'<details class="chart-table">.*?</details>', page, re.DOTALL):
        for cell in re.findall(r"<td>(.*?)</td>", table, re.DOTALL):
            text = re.sub(r"<[^>]+>", "", cell)
            if FIGURE.search(text) and text not in ("€0.00", "0"):
                yield text, (re.search(r'href="([^"]+)"', cell) or [None, None])[1]


def test_every_figure_of_both_pages_leads_to_accounts_within_two_clicks(small, somebody, as_):
    client = as_(somebody(Role.EXECUTIVE))
    pages = ["/board/", "/team/", *(f"/board/part/{name}/" for name in PARTS)]
    figures = [(url, text, link) for url in pages for text, link in shown(client.get(url).content.decode())]
    assert len(figures) > 60
    assert [each for each in figures if not each[2] and each[1] != "0"] == []
    kinds = {}
    for _url, text, link in figures:
        if link:
            address = html.unescape(link).partition("#")[0]
            kinds.setdefault(re.sub(r"=[^&]*", "", address), (text, address))
    clicks = {}
    for text, link in kinds.values():
        answer = client.get(link)
        page = answer.content.decode()
        assert answer.status_code == 200, (text, link)
        if 'id="rows"' in page:
            assert "No rows." not in page, (text, link)
            clicks[link] = 1
        else:  # a list of accounts or of renewals, or people: the next click is one of them
            clicks[link] = 2
        assert (
            re.search(r'href="/(accounts|renewals)/\w+/"|href="/accounts/\?owner=', page) or "/fair-comparison/" in link
        ), (
            text,
            link,
        )
    assert max(clicks.values()) <= 2
    assert sum(each == 1 for each in clicks.values()) > 5


def written(client, **given):
    """Annotate, as the form does; where it leads."""
    form = client.get("/annotations/write/").content.decode()
    token = re.search(r'name="message_id" value="(\w+)"', form)[1]
    row = {"text": "Prices up by 5 %", "day": month(1), "metric": "", "message_id": token, "next": "/board/", **given}
    return client.post("/annotations/write/", row)


def flags_of(client, url):
    found = re.findall(r'data-chart="([^"]+)"', client.get(url).content.decode())
    specs = [json.loads(html.unescape(text)) for text in found]
    return [[flag["text"] for flag in spec.get("flags", ())] for spec in specs if spec["kind"] in ("lines", "bars")]


def test_an_annotation_stands_on_everybodys_charts_of_its_metric(small, somebody, as_):
    ada = somebody(Role.EXECUTIVE, name="Ada Example")
    executive, csm = as_(ada), as_(somebody(Role.CSM, csm_id="cora"))
    assert written(executive)["Location"] == "/board/"
    assert written(executive, text="<b>Net</b>", metric="net_revenue_retention").status_code == 302
    assert flags_of(csm, "/board/") == [["<b>Net</b>", "Prices up by 5 %"]] or flags_of(csm, "/board/") == [
        ["Prices up by 5 %", "<b>Net</b>"]
    ]
    assert flags_of(csm, "/metrics/mrr/") == [["Prices up by 5 %"]]
    page = csm.get("/metrics/net_revenue_retention/").content.decode()
    assert "&lt;b&gt;Net&lt;/b&gt;" in page
    assert "<b>Net</b>" not in page
    assert "Ada Example" in page
    assert f'"{month(1)}' in json.dumps([str(row["day"]) for row in keeper.open(small).rows("annotation").rows])
    assert {row["by"] for row in keeper.open(small).rows("annotation").rows} == {f"user {ada.pk}"}
    assert flags_of(csm, f"/board/?at={add_months(LAST, -13):%Y-%m}") == [[]], "it is of another time"


def test_an_annotation_is_its_authors_and_can_be_taken_back(small, somebody, as_):
    author, other = (as_(somebody(Role.EXECUTIVE, email=f"{name}@example.com")) for name in ("one", "two"))
    tidy, viewer = as_(somebody(Role.OPERATIONS)), as_(somebody(Role.VIEWER))
    manager = as_(somebody(Role.MANAGER, csm_id="mona"))
    written(author)
    (name,) = [row["annotation_id"] for row in keeper.open(small).rows("annotation").rows]
    url = f"/annotations/{name}/"
    assert url in text_of(author, "/board/")
    assert url not in text_of(other, "/board/")
    changed = {
        "text": "Prices up by 6 %",
        "day": month(1),
        "metric": "",
        "message_id": "0" * 32,
        "next": "//evil.example",
    }
    for client, status in ((other, 404), (viewer, 403), (manager, 403)):
        assert client.get(url).status_code == client.post(url, changed).status_code == status
        assert client.post(f"{url}remove/").status_code == status
    assert author.post(url, changed)["Location"] == "/annotations/", "not to another host"
    assert flags_of(viewer, "/metrics/arr/") == [["Prices up by 6 %"]]
    assert tidy.post(f"{url}remove/").status_code == 302
    assert flags_of(viewer, "/metrics/arr/") == [[]]
    assert author.get(url).status_code == 404
    assert keeper.open(small).rows("annotation").total == 0
    assert written(author, day="").status_code == 422
