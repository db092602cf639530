"""Intercom's tables, as connectors export them, through the front door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from tenure.engine.verbs.check import Check
from tenure.engine.verbs.load import Loaded
from tenure.engine.verbs.rebuild import Rebuild
from tenure.engine.workspace import Workspace
from tests.sources.vendor_files import counts, load_from, made, rows_of, written

NOW = datetime(2026, 7, 15, 12)
LISTED = "tenure check lists as orphans."
_CONVERSATION = (
    "id,created_at,updated_at,source_author_type,source_author_id,source_delivered_as,source_type,company_id,priority,"
    "first_contact_reply_created_at,assignee_id,assignee_type,state,waiting_since,conversation_rating_created_at,"
    "conversation_rating_value,_fivetran_active,_fivetran_end\n"
)
FOLDER: dict[str, str] = {
    "company_history.csv": (
        "id,company_id,name,updated_at,_fivetran_active,_fivetran_end\n"
        "c1,crm-1,Acme,2026-01-01 00:00:00,false,2026-05-01 00:00:00\n"
        "c1,crm-1,Acme Ltd,2026-05-01 00:00:00,true,9999-12-31 00:00:00\n"
        "c2,,Birch,2026-01-01 00:00:00,true,9999-12-31 00:00:00\n"
        "c3,crm-3,Cedar,2026-01-02 00:00:00,false,2026-03-01 00:00:00\n"
        "c4,crm-4,,2026-01-02 00:00:00,true,9999-12-31 00:00:00\n"
    ),
    "contact_history_data.csv": (
        "id,external_id,role,name,updated_at\nu1,ext-1,user,Rita,2026-01-01 00:00:00\n"
        "u2,ext-2,user,Sol,2026-01-01 00:00:00\nu3,made-up,lead,Lee,2026-01-01 00:00:00\n"
    ),
    "contact_company_history.csv": (
        "contact_id,company_id,contact_updated_at,_fivetran_active\nu1,c1,2026-01-01,true\nu1,c2,2025-01-01,false\n"
        "u2,c1,2026-01-01,true\nu2,c2,2026-01-01,true\nu9,c1,2026-01-01,true\n"
    ),
    "intercom_admin.csv": "id,name,email\n20,Ada,ada@us.example\n21,Operator,operator+abc@intercom.io\n22,Max,max@us.example\n",
    "team.csv": "id,name,_fivetran_deleted\n5,Desk,false\n6,Night,false\n",
    "team_admin.csv": "admin_id,team_id,_fivetran_deleted\n20,5,false\n20,6,true\n22,5,false\n22,6,false\n",
    "tag.csv": "id,name,_fivetran_deleted\nt1, Billing ,false\nt2,Bug,false\nt3,Oops,true\n",
    "conversation_tag_history.csv": (
        "conversation_id,tag_id,conversation_updated_at,_fivetran_active\n100,t2,2026-06-01,true\n100,t1,2026-06-01,true\n"
        "100,t3,2026-06-01,true\n103,t1,2026-06-01,true\n103,t2,2026-06-01,false\n"
    ),
    "conversation_contact_history.csv": (
        "conversation_id,contact_id,conversation_updated_at\n101,u2,2026-06-02\n104,u3,2026-06-04\n106,u1,2026-07-01\n"
    ),
    "conversation_history.csv": _CONVERSATION
    + "100,2026-06-01 10:00:00,2026-06-01 10:30:00,user,u1,customer_initiated,conversation,,priority,2026-06-01 10:00:00,"
    "20,admin,open,,,,false,2026-06-01 15:00:00\n"
    "100,2026-06-01 10:00:00,2026-06-01 15:00:00,user,u1,customer_initiated,conversation,,priority,2026-06-01 10:00:00,"
    "20,admin,closed,,2026-06-01 14:21:00,4,true,9999-12-31\n"
    "101,2026-06-02 09:00:00,2026-06-02 12:45:00,admin,20,admin_initiated,email,,not_priority,2026-06-02 12:00:00,"
    "5,team,open,,2026-06-02 13:00:00,,true,9999-12-31\n"
    "102,2026-06-02 09:00:00,2026-06-02 09:00:00,bot,,automated,push,,not_priority,,,,open,,,,true,9999-12-31\n"
    "103,2026-06-03 08:00:00,2026-06-03 08:00:00,user,u2,customer_initiated,whatsapp,c2,priority,2026-06-03 08:00:00,"
    ",,open,2026-06-03 08:00:00,,,false,2026-06-04 10:00:00\n"
    "103,2026-06-03 08:00:00,2026-06-04 10:00:00,user,u2,customer_initiated,whatsapp,c2,urgent,2026-06-03 08:00:00,"
    ",,closed,,,,true,9999-12-31\n"
    "104,2026-06-04 08:00:00,2026-06-04 09:00:00,lead,u3,customer_initiated,email,,not_priority,2026-06-04 08:00:00,"
    ",,closed,,,,true,9999-12-31\n"
    "105,2026-06-05 08:00:00,2026-06-05 08:00:00,user,u1,customer_initiated,email,,not_priority,2026-06-05 08:00:00,"
    ",,open,2026-06-05 08:00:00,,,false,2026-06-06 09:00:00\n"
    "106,2026-07-01 08:00:00,2026-07-01 08:00:00,lead,u4,customer_initiated,email,,not_priority,2026-07-01 08:00:00,"
    ",,open,2026-07-01 08:00:00,,,true,9999-12-31\n",
    "conversation_part_history.csv": (
        "id,conversation_id,part_type,author_type,author_id,created_at,updated_at,body,assigned_to_type,assigned_to_id\n"
        "1,100,comment,bot,b,2026-06-01 10:00:05,2026-06-01 10:00:05,Hello,,\n"
        "2,100,comment,admin,21,2026-06-01 10:00:10,2026-06-01 10:00:10,Hello,,\n"
        "3,100,note,admin,20,2026-06-01 10:05:00,2026-06-01 10:05:00,Hm,,\n"
        "4,100,assignment,bot,b,2026-06-01 10:10:00,2026-06-01 10:10:00,,admin,20\n"
        "5,100,comment,admin,20,2026-06-01 10:30:00,2026-06-01 10:30:00,Yes,,\n"
        "6,100,comment,user,u1,2026-06-01 11:00:00,2026-06-01 11:00:00,But,,\n"
        "7,100,snoozed,admin,20,2026-06-01 11:10:00,2026-06-01 11:10:00,,,\n"
        "8,100,timer_unsnooze,bot,b,2026-06-01 12:10:00,2026-06-01 12:10:00,,,\n"
        "9,100,close,admin,20,2026-06-01 12:30:00,2026-06-01 12:30:00,Done,,\n"
        "10,100,open,user,u1,2026-06-01 13:00:00,2026-06-01 13:00:00,Not so,,\n"
        "11,100,comment,admin,20,2026-06-01 13:20:00,2026-06-01 13:20:00,Now,,\n"
        "12,100,close,bot,b,2026-06-01 14:20:00,2026-06-01 14:20:00,,,\n"
        "13,100,conversation_rating_changed,user,u1,2026-06-01 14:50:00,2026-06-01 14:50:00,,,\n"
        "14,101,comment,bot,b,2026-06-02 09:30:00,2026-06-02 09:30:00,Still there?,,\n"
        "15,101,comment,user,u2,2026-06-02 12:00:00,2026-06-02 12:00:00,Yes?,,\n"
        "16,101,comment,admin,20,2026-06-02 12:45:00,2026-06-02 12:45:00,Good,,\n"
        "17,104,comment,admin,20,2026-06-04 08:10:00,2026-06-04 08:10:00,Sure,,\n"
        "18,104,comment,ghost,x,2026-06-04 08:20:00,2026-06-04 08:20:00,Boo,,\n"
        "19,104,participant_added,admin,20,2026-06-04 08:30:00,2026-06-04 08:30:00,,,\n"
        "20,104,teleported,admin,20,2026-06-04 08:40:00,2026-06-04 08:40:00,,,\n"
        "21,999,close,admin,20,2026-06-04 08:50:00,2026-06-04 08:50:00,,,\n"
    ),
    "article_history.csv": "id\n1\n",
    "wishes.csv": "id\n1\n",
}


def _rounded(minutes: Decimal | None) -> Decimal | None:
    return None if minutes is None else round(minutes, 4)


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Loaded, Path]]:
    folder = written(tmp_path_factory.mktemp("intercom"), FOLDER)
    home = tmp_path_factory.mktemp("work") / "home"
    ws = made(home, NOW)
    yield ws, load_from(ws, "intercom", folder), folder
    ws.close()


def test_every_row_is_taken_or_refused_with_its_reason(loaded: tuple[Workspace, Loaded, Path]) -> None:
    _, report, _ = loaded
    assert counts(report) == {
        ("company_history.csv", "account"): (4, 4, 0),
        ("gone_companies from company_history.csv", "retraction"): (1, 1, 0),
        ("contact_history_data.csv", "person"): (3, 3, 0),
        ("gone_people from contact_history_data.csv", "retraction"): (0, 0, 0),
        ("intercom_admin.csv", "csm"): (3, 3, 0),
        ("conversation_history.csv", "ticket"): (8, 8, 0),
        ("gone from conversation_history.csv", "retraction"): (1, 1, 0),
        ("statuses from conversation_history.csv", "ticket_status"): (18, 18, 0),
        ("conversation_part_history.csv", "ticket_assignee"): (1, 1, 0),
        ("conversation_part_history.csv", "ticket_comment"): (11, 10, 1),
        ("said from conversation_part_history.csv", "ticket_comment"): (2, 2, 0),
        ("conversation_history.csv", "survey_answer"): (2, 2, 0),
    }
    failed = [(row.line, row.value, row.reason) for r in report.reports for row in r.failed]
    assert failed == [(19, "ghost", "is none of requester, agent, bot")]
    assert (report.unknown, report.aside) == (("wishes.csv",), ("article_history.csv",))


def test_what_has_no_counterpart_or_no_owner_is_said(loaded: tuple[Workspace, Loaded, Path]) -> None:
    _, report, _ = loaded
    assert list(report.remarks) == [
        "conversation_history: the channel 'whatsapp' (1) has no counterpart and is kept as it is.",
        "conversation_history: the priority 'urgent' (1) has no counterpart: left empty.",
        "conversation_part_history: the part type 'teleported' (1) is not known: nothing is read of it.",
        "conversation_part_history: the author type 'ghost' (1) is not known: whether that was a reply, neither.",
        "company_history: without a name: 1; an account is not known without one: not loaded.",
        "conversation_part_history: nothing is read of participant_added (1).",
        "conversation_part_history: parts of conversations that are in no file: 1; what of them is loaded, " + LISTED,
        "contact_company_history: rows of contacts that are in no file: 1; not loaded.",
        "conversation_history: begun by us or by a machine, and no contact has said anything: 1; these are no tickets.",
        "contact_company_history: contacts of several companies: 1; they are given no account.",
        "conversation_history: tickets of contacts without a company: 1; whose they are is not known.",
        "conversation_history: tickets of contacts of several companies: 1; whose they are is not known.",
        "team_admin: admins in several teams: 1; they are given none.",
    ]


def test_the_latest_version_counts_and_whose_it_is_is_not_guessed(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    assert rows_of(ws, "account", "account_id", "name") == [("c2", "Birch"), ("crm-1", "Acme Ltd")]  # Cedar was deleted
    assert rows_of(ws, "person", "person_id", "account_id") == [("ext-1", "crm-1"), ("ext-2", None), ("u3", None)]
    assert rows_of(ws, "csm", "csm_id", "team") == [("20", "Desk"), ("21", None), ("22", None)]
    assert rows_of(ws, "ticket", "ticket_id", "account_id", "requester_id", "assignee_id", "priority", "category") == [
        ("100", "crm-1", "ext-1", "20", "high", "Billing, Bug"),
        ("101", None, "ext-2", None, None, None),  # Sol is of two companies, and a team has it
        ("103", "c2", "ext-2", None, None, "Billing"),  # the conversation says which
        ("104", None, "u3", None, None, None),
        ("106", "crm-1", "ext-1", None, None, None),  # begun as a lead, who is Rita now
    ]
    asked: dict[str, Any] = {"start": "2026-06", "end": "2026-06"}
    (then,) = ws.show("ticket_volume", as_of="2026-06-05", **asked)
    (now,) = ws.show("ticket_volume", **asked)
    assert [then.value, now.value] == [5, 4]  # 105 was deleted on the 6th
    first = {
        f.slice["priority"]: f.value for f in ws.show("ticket_volume", by=["priority"], as_of="2026-06-03", **asked)
    }
    assert first["high"] == 2  # 103 was marked until the 4th


def test_only_a_human_in_public_replies(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    roles = {
        key: (role, public)
        for key, role, public in rows_of(ws, "ticket_comment", "comment_id", "author_role", "is_public")
    }
    assert [roles[key] for key in ("1", "2", "3", "5", "9", "10")] == [
        ("bot", True), ("bot", True), ("agent", False), ("agent", True), ("agent", True), ("requester", True),
    ]  # fmt: skip
    assert "4" not in roles  # an assignment that says nothing
    (reply,) = ws.show("response_time", start="2026-06", end="2026-06")
    # 30 minutes (100), 45 since the contact first said anything (101), 10 (104); 103 was closed unanswered after 26 hours
    assert (reply.value, reply.n) == (Decimal(30), 4)


def test_who_waits_for_whom(loaded: tuple[Workspace, Loaded, Path]) -> None:
    """100: the contact waits 10:00-10:30, 11:00-12:30 (50 minutes of it snoozed: the last word is the contact's) and
    13:00-13:20, we 10:30-11:00 and 13:20-14:20. 101: we since 12:45. 103: the contact for 26 hours, by its versions. 104:
    10 minutes, then we, until its own state says that it is closed.
    """
    ws, _, _ = loaded
    asked: dict[str, Any] = {"start": "2026-06", "end": "2026-06", "variant": ("by_end",)}
    (contact,) = ws.show("requester_wait_time", **asked)
    (agent,) = ws.show("agent_wait_time", **asked)
    assert contact.extra["mean"] == Decimal(140 + 26 * 60 + 10) / 3
    assert agent.extra["mean"] == round(Decimal(90 + 0 + 50) / 3, 10)
    (reopened,) = ws.show("reopen_rate", start="2026-06", end="2026-06")
    assert (reopened.numerator, reopened.denominator) == (Decimal(1), Decimal(3))


def test_ratings(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    (rating,) = ws.show("customer_satisfaction", start="2026-06", end="2026-06")
    assert (rating.numerator, rating.denominator) == (Decimal(1), Decimal(1))  # 4 of 5
    assert rating.extra["response_rate"] == Decimal("0.5")  # asked for is not answered
    by = ws.show("customer_satisfaction", start="2026-06", end="2026-06", by=["agent"])
    assert [f.slice["agent"] for f in by if f.value == 1] == ["20"]


def test_once_more_changes_nothing_and_the_archive_gives_it_again(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, first, folder = loaded
    again = load_from(ws, "intercom", folder)
    assert [(r.table, r.read, r.rejected, r.loaded) for r in again.reports] == [
        (r.table, r.read, r.rejected, 0) for r in first.reports
    ]
    keys = (
        ("ticket", "account_id"),
        ("ticket_status", "at", "status"),
        ("survey_answer", "answered_at"),
        ("csm", "team"),
    )
    before = [rows_of(ws, *names) for names in keys]
    ws.call("rebuild", Rebuild())
    assert [rows_of(ws, *names) for names in keys] == before


def test_what_files_lack_stays_empty(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "conversation_history.csv").write_text(
        "id,updated_at,created_at,source_author_type,first_contact_reply_created_at,conversation_rating_created_at\n"
        "1,2026-06-01 09:00:00,2026-06-01 08:00:00,user,,\n"
    )
    (folder / "conversation_part_history.csv").write_text(
        "id,conversation_id,part_type,author_type,created_at,assigned_to_type,assigned_to_id\n"
        "1,1,close,admin,2026-06-01 08:30:00,,\n2,,comment,admin,2026-06-01 08:40:00,,\n"
    )
    ws = made(tmp_path / "home", NOW)
    report = load_from(ws, "intercom", folder, history=False)
    assert [(row.line, row.reason) for r in report.reports for row in r.failed] == [(3, "is required and empty")]
    assert rows_of(ws, "ticket", "ticket_id", "account_id", "requester_id", "channel") == [("1", None, None, None)]
    assert rows_of(ws, "ticket_status", "ticket_id", "status", "by") == [("1", "solved", None)]
    ws.close()


def test_without_parts_the_conversation_tells_of_its_first_reply(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "conversation_history.csv").write_text(
        "id,updated_at,created_at,source_author_type,first_contact_reply_created_at,conversation_rating_created_at,open,"
        "statistics_first_admin_reply_at\n"
        "1,2026-06-01T09:00:00Z,2026-06-01T10:00:00+02:00,user,,,false,2026-06-01T08:15:00Z\n"
    )
    ws = made(tmp_path / "home", NOW)
    load_from(ws, "intercom", folder)
    (reply,) = ws.show("response_time", start="2026-06", end="2026-06")
    (solved,) = ws.show("time_to_resolution", start="2026-06", end="2026-06")
    assert (reply.value, solved.value) == (Decimal(15), Decimal(60))
    ws.close()


def test_the_seeds(tmp_path: Path, shared_data: Path) -> None:
    """Two conversations in nine versions, of a contact that is in no file; nine parts of five others; no ratings.

    1372: asked on 4 November at 3:12:03, no more waiting at 11:41:22, waiting again since 7:35:44, closed on the 6th at
    13:55:01: 8:29:19 and 30:19:17 of the contact's time, 19:54:22 of ours. 1311: asked on 28 October at 23:59:37, no more
    waiting on the 29th at 12:38:27, closed on 2 November at 14:17:59.
    """
    ws = made(tmp_path / "home", NOW, "USD")
    report = load_from(ws, "intercom", shared_data / "dbt_intercom_seeds")
    assert {(Path(r.file).name, r.table): (r.read, r.loaded) for r in report.reports if r.read} == {
        ("company_history_data.csv", "account"): (9, 9),
        ("contact_history_data.csv", "person"): (9, 9),
        ("admin_data.csv", "csm"): (4, 4),
        ("conversation_history_data.csv", "ticket"): (9, 9),
        ("statuses from conversation_history_data.csv", "ticket_status"): (12, 12),
        ("conversation_part_history_data.csv", "ticket_comment"): (1, 1),
    }
    for said in (
        "parts of conversations that are in no file: 9;",
        "contact_company_history: rows of contacts that are in no file: 8;",
        "conversation_contact_history: rows of conversations that are in no file: 9;",
        "conversation_tag_history: rows of conversations that are in no file: 9;",
        "tickets of contacts without a company: 2;",
    ):
        assert any(said in remark for remark in report.remarks), said
    asked: dict[str, Any] = {"start": "2020-11", "end": "2020-11"}
    (contact,) = ws.show("requester_wait_time", **asked)
    (agent,) = ws.show("agent_wait_time", **asked)
    (solved,) = ws.show("time_to_resolution", **asked)
    assert _rounded(contact.value) == _rounded(Decimal(30559 + 109157) / 60)
    assert _rounded(agent.value) == _rounded(Decimal(71662) / 60)
    assert _rounded(solved.value) == _rounded(Decimal(2 * 86400 + 38578) / 60)
    (reply,) = ws.show("response_time", **asked)
    assert reply.value is None  # no reply is recorded
    orphans = next(found for found in ws.call("check", Check()) if found.name == "orphan")
    assert orphans.count > 0
    ws.close()
