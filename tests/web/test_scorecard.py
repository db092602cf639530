"""Pages of scorecards: the person and those who lead her see them, and may say something; nobody else does, and who looks is noted."""

from __future__ import annotations

import json
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection

from tenure import keeper
from tenure.core.period import add_months
from tenure.engine.scorecards.rules import FILE
from tenure.web.access.events import Kind
from tenure.web.access.models import AuditEntry
from tenure.web.access.roles import Role
from tenure.web.scorecard import sent
from tenure.web.scorecard.models import Comment
from tenure.web.scorecard.pages.card import ScorecardPart
from tenure.web.scorecard.shown import Blended, Cell, Row, Table
from tests.web.company import put_into, text_of
from tests.web.small import made_in

pytestmark = pytest.mark.django_db
TODAY = datetime.now(UTC).date()
THIS = TODAY.replace(day=1)
LEFT, HANDED = add_months(THIS, -2), add_months(THIS, -4)
WINDOW = f"{add_months(THIS, -12):%Y-%m}:{add_months(THIS, -1):%Y-%m}"
RULES = """
[groups.retention]
name = "Retention"
measures = ["gross_revenue_retention owner_months", "touchpoint_coverage"]

[groups.health]
name = "Health"
beside = true
measures = ["customer_health_score"]
"""
MORE = {
    "csm": "csm_id,name,manager_id,team\nhead,Hedda,,Lead\nmona,Mona,head,North\ncora,Cora,mona,North\ncarl,Carl,mona,North\nsue,Sue,head,South\n",
    "account": "account_id,name,segment\ndorn,Dornbau,SMB\nelm,Elmwerk,SMB\n",
    "subscription": (
        "subscription_id,account_id,amount,started_at,ended_at\n"
        f"s4,dorn,4321,2024-01-01,{LEFT + timedelta(days=9)}\ns5,elm,777,2024-01-01,\n"
    ),
    "assignment": f"account_id,csm_id,valid_from\ndorn,cora,2024-01-01\ndorn,carl,{HANDED}\nelm,sue,2024-01-01\n",
}
PAGES = ("/scorecard/", "/scorecard/part/retention/", "/scorecard/part/book/", "/scorecard/part/hints/",
         "/scorecard/rows/gross_revenue_retention-owner_months/")  # fmt: skip


@pytest.fixture(scope="module")
def line_home(tmp_path_factory):
    home = made_in(tmp_path_factory.mktemp("scorecards"), MORE)
    (home / FILE).write_text(RULES)
    keeper.open(home).scorecard("cora")
    return home


@pytest.fixture
def company(line_home, home):
    return put_into(home, line_home)


@pytest.fixture
def cast(company, somebody):
    """Hedda leads Mona, who leads Cora and Carl; and one who has every role that sees all accounts, but leads nobody."""
    return {
        "hedda": somebody(Role.EXECUTIVE, csm_id="head", name="Hedda", email="hedda@example.com"),
        "mona": somebody(Role.MANAGER, csm_id="mona", name="Mona", email="mona@example.com"),
        "cora": somebody(Role.CSM, csm_id="cora", name="Cora", email="cora@example.com"),
        "carl": somebody(Role.CSM, csm_id="carl", name="Carl", email="carl@example.com"),
        "sue": somebody(Role.CSM, csm_id="sue", name="Sue", email="sue@example.com"),
        "boss": somebody(Role.ADMINISTRATOR, Role.OPERATIONS, Role.EXECUTIVE, name="Bo", email="bo@example.com"),
        "viewer": somebody(Role.VIEWER, Role.FINANCE, csm_id="mona", name="Vi", email="vi@example.com"),
    }


def test_everybody_sees_her_own_those_above_see_it_and_nobody_else_whatever_the_role(cast, as_):
    clients = {name: as_(user) for name, user in cast.items()}
    sees = {"cora": {"hedda", "mona", "cora"}, "mona": {"hedda", "mona"}, "sue": {"hedda", "sue"}}
    asked = [(f"{page}?who=csm:cora", "cora", ("mona", "carl", "boss", "viewer")) for page in PAGES]
    asked += [(f"/scorecard/?who=csm:{person}", person, ("hedda", "mona", "cora", "sue")) for person in sees]
    asked += [
        (f"/scorecard/?who=csm:cora&format={file}", "cora", ("mona", "carl", "boss", "viewer"))
        for file in ("csv", "xlsx")
    ]
    asked += [("/api/scorecard?person=cora&part=retention", "cora", ("mona", "carl", "boss", "viewer"))]
    asked += [("/scorecard/?who=team:North", "mona", ("hedda", "mona", "cora", "boss"))]
    for url, person, names in asked:
        for name in names:
            status = clients[name].get(url).status_code
            assert status == (403 if name == "viewer" else 200 if name in sees[person] else 404), (url, name)
    assert "You have no scorecard of your own" in text_of(clients["boss"], "/scorecard/")
    for wrong in ("who=cora", "who=team:South", "window=2026-01:2026-05", "window=2999-01"):
        assert clients["mona"].get(f"/scorecard/?{wrong}").status_code == 404, wrong
    assert clients["mona"].get("/scorecard/?window=soon").status_code == 400
    assert clients["mona"].get("/scorecard/part/nothing/").status_code == 404
    assert clients["mona"].get("/scorecard/rows/mrr/").status_code == 404


def test_her_page_tells_of_her_accounts_while_they_were_hers_and_names_none_out_of_sight(cast, as_):
    """Dornbau paid 4,321, was handed to Carl and left under him: his loss."""
    cora, mona = as_(cast["cora"]), as_(cast["mona"])
    page = text_of(cora, "/scorecard/")
    for told in (
        "My results",
        "Retention",
        "What these figures can say",
        "Adjusted:",
        "No ranking:",
        "by dated ownership",
    ):
        assert told in page, told
    lines = text_of(cora, "/scorecard/part/retention/")
    assert "100.0%" in lines
    assert "4.4%" in text_of(mona, "/scorecard/part/retention/?who=csm:carl")
    assert "What the team came to is not shown" in lines
    assert "What the team came to is not shown" not in text_of(mona, "/scorecard/part/retention/?who=csm:cora")
    assert "nothing is concluded from it" in text_of(cora, "/scorecard/part/health/")
    hers = [
        text_of(cora, f"/scorecard/{part}")
        for part in ("part/book/", "part/moved/", "rows/gross_revenue_retention-owner_months/")
    ]
    assert not any("Dornbau" in text or "Elmwerk" in text for text in hers)
    assert "an account out of your sight" in hers[0]
    assert "€4.3K" in hers[0]
    assert "4,321" in hers[2]
    assert "not named" in hers[2]
    assert "Dornbau" in text_of(mona, "/scorecard/part/book/?who=csm:cora")


def test_every_number_leads_to_its_rows_which_are_those_of_the_number(cast, as_, company):
    mona = as_(cast["mona"])
    part = text_of(mona, f"/scorecard/part/retention/?who=csm:carl&window={WINDOW}")
    assert (
        f"/scorecard/rows/gross_revenue_retention-owner_months/?who=csm%3Acarl&window={WINDOW.replace(':', '%3A')}"
        in part
    )
    rows = text_of(mona, f"/scorecard/rows/gross_revenue_retention-owner_months/?who=csm:carl&window={WINDOW}")
    assert "Gross revenue retention: 4.4%" in rows
    assert "Dornbau" in rows
    found = company.scorecard_rows("gross_revenue_retention-owner_months", "carl")
    assert found.figure is not None
    assert {row["account"] for row in found.behind.rows} == {"Cedar", "Dornbau"}


def test_that_somebody_looks_at_another_s_is_noted_once_and_never_of_her_own(cast, as_):
    def noted():
        kept = AuditEntry.objects.filter(act=Kind.SCORECARD_READ).order_by("seq")
        return [(one.who, one.kind, one.object_id) for one in kept]

    as_(cast["cora"]).get("/scorecard/")
    for more in ("", "&format=csv"):
        assert as_(cast["cora"]).get(f"/scorecard/?who=csm:carl{more}").status_code == 404
    assert noted() == []
    mona = as_(cast["mona"])
    for page in PAGES:
        mona.get(f"{page}?who=csm:cora")
    mona.get("/scorecard/part/book/?who=team:North")
    as_(cast["hedda"]).get("/api/scorecard?person=cora&part=book")
    who = {name: f"user:{cast[name].pk}" for name in cast}
    assert noted() == [(who["mona"], "csm", "cora"), (who["mona"], "team", "North"), (who["hedda"], "csm", "cora")]


def test_she_answers_and_what_she_said_stays(cast, as_):
    cora, mona = as_(cast["cora"]), as_(cast["mona"])
    said = {"text": "Two of them merged.", "message_id": "a" * 32}
    for _ in range(2):
        assert cora.post("/scorecard/comment/", said).status_code == 302
    assert mona.post("/scorecard/comment/?who=csm:cora", {"text": "x", "message_id": "b" * 32}).status_code == 404
    assert (
        as_(cast["carl"]).post("/scorecard/comment/?who=csm:cora", {"text": "x", "message_id": "c" * 32}).status_code
        == 404
    )
    assert cora.post("/scorecard/comment/", {"text": " ", "message_id": "d" * 32}).status_code == 422
    assert [(one.csm_id, one.text, one.by) for one in Comment.objects.all()] == [
        ("cora", "Two of them merged.", cast["cora"])
    ]
    for client, url in ((cora, "/scorecard/"), (mona, "/scorecard/?who=csm:cora")):
        assert "Two of them merged." in text_of(client, url)
    assert "Two of them merged." not in text_of(cora, f"/scorecard/?window={TODAY.year}"), "it is of another window"
    assert (
        mona.post("/scorecard/comment/?who=team:North", {"text": "Well done", "message_id": "e" * 32}).status_code
        == 302
    )
    assert "Well done" in text_of(mona, "/scorecard/?who=team:North")
    entries = AuditEntry.objects.filter(act=Kind.SCORECARD_ANSWERED).order_by("seq")
    assert [(one.kind, one.object_id, "merged" in one.detail) for one in entries] == [
        ("csm", "cora", False),
        ("team", "North", False),
    ]


def test_files_and_programs_get_the_lines_as_numbers(cast, as_):
    mona = as_(cast["mona"])
    text = mona.get("/scorecard/?who=csm:carl&format=csv").content.decode()
    head, first, *_ = text.splitlines()
    row = dict(zip(head.split(","), first.split(","), strict=False))
    assert (row["who"], row["measure"], round(float(row["value"]), 6), row["too_few"]) == (
        "carl",
        "gross_revenue_retention",
        0.044238,
        "true",
    )
    answer = json.loads(mona.get("/api/scorecard?person=carl&part=retention").content)["data"]
    assert (answer["person"], answer["name"]) == ("carl", "Carl")
    assert [line["metric"] for line in answer["groups"][0]["lines"]] == [
        "gross_revenue_retention",
        "touchpoint_coverage",
    ]


def test_rules_are_read_by_all_who_have_a_scorecard_and_changed_by_operations(cast, as_, company):
    cora, boss = as_(cast["cora"]), as_(cast["boss"])
    page = text_of(cora, "/scorecard/rules/")
    assert "70% of one's own results and 30% of the team's" in page
    assert "/scorecard/rules/edit/" not in page
    assert cora.get("/scorecard/rules/edit/").status_code == 403
    version = company.scorecard_rules().version
    bad = boss.post("/scorecard/rules/edit/", {"text": RULES + "[blend]\nindividual = 2\n", "over": version})
    assert bad.status_code == 422
    assert b"from 0 to 1" in bad.content
    good = boss.post("/scorecard/rules/edit/", {"text": RULES + "[blend]\nindividual = 0.5\n", "over": version})
    assert good.status_code == 302
    page = text_of(cora, "/scorecard/rules/")
    assert "50% of one's own results and 50% of the team's" in page
    assert "Bo" in page
    assert "Other rules are in force since" in text_of(cora, "/scorecard/")


def test_the_database_holds_a_comment_of_one_person_or_one_team(cast):
    given = {"start": TODAY, "end": TODAY, "by": cast["cora"], "text": "x"}
    with pytest.raises(Exception, match="comment_of_a_person_or_a_team"):
        Comment.objects.create(**given, csm_id="cora", team="North", key="1")
    assert connection.needs_rollback


def test_on_paper_there_is_no_column_in_which_nothing_stands():
    """No line has a target or an expectation: of seven columns five are left."""
    cells = {"targets": (), "change": Cell("+1", "by chance"), "expected": Cell(), "team": Cell("5"), "told": ""}
    rows = tuple(Row(name, "", "", False, Cell(name), "9", **cells) for name in ("one", "two"))
    table = Table("g", "G", False, rows, ("a note",), False, False, True)
    heads, laid, note = sent._laid(ScorecardPart("G", "", table=table))
    assert (heads, note) == (("Measure", "Value", "n", "Change", "Team"), "a note")
    assert laid == [("one", "one", "9", "+1 (by chance)", "5"), ("two", "two", "9", "+1 (by chance)", "5")]
    nothing = Blended("", "–", "–", "70%", "30%", (), (), "abc", nothing=True, over=True)
    assert sent._laid(ScorecardPart("G", "", blend=nothing)) == ((), [], "")
