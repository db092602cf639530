"""Intercom by its interface: conversations with their parts, people with their companies, whatever happens on the way."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tenure.sources.fetching.session import LaterError
from tests.sources.intercom.mock import TOKEN, Inbox
from tests.sources.vendor_files import made, plain_rows_of, stored_in
from tests.sources.vendor_server import Answer, Server, Time, add_source, fetch, served

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)


def second(text: str) -> int:
    return int(datetime.fromisoformat(f"{text}+00:00").timestamp())


def _part(key: str, kind: str, who: tuple[str, str], at: str, body: str | None = "<p>words</p>") -> dict[str, Any]:
    return {
        "id": key,
        "part_type": kind,
        "author": {"type": who[0], "id": who[1]},
        "created_at": second(at),
        "updated_at": second(at),
        "body": body,
    }


@pytest.fixture
def inbox() -> Inbox:
    """Rita asks, Ann answers and closes, and is rated; Sol works for two companies; a message of ours that nobody answered."""
    found = Inbox(most=2)
    found.lists["admins"] = {"admins": [{"id": "7", "name": "Ann", "email": "ann@us.example"}]}
    found.lists["teams"] = {"teams": [{"id": "70", "name": "North", "admin_ids": [7]}]}
    found.lists["tags"] = {"data": [{"id": "90", "name": "Billing"}]}
    for key, own in (("c1", "acme"), ("c2", "birch"), ("c3", "cedar")):
        found.put(
            "companies", key, second("2026-06-01"), company_id=own, name=own.title(), created_at=second("2026-01-01")
        )
    acme, birch = {"id": "c1"}, {"id": "c2"}
    found.put("contacts", "p1", second("2026-06-01"), external_id="rita", role="user", name="Rita", created_at=second("2026-01-02"),
              companies={"data": [acme], "has_more": False})  # fmt: skip
    found.put("contacts", "p2", second("2026-06-02"), external_id="sol", role="user", name="Sol", created_at=second("2026-01-02"),
              companies={"data": [acme], "has_more": True}, every=[acme, birch])  # fmt: skip
    parts = [
        _part("1", "comment", ("admin", "7"), "2026-06-03T09:10:00"),
        {
            **_part("2", "close", ("admin", "7"), "2026-06-03T10:00:00", None),
            "assigned_to": {"type": "admin", "id": "7"},
        },
    ]
    found.put(
        "conversations", "v1", second("2026-06-03T10:05:00"), created_at=second("2026-06-03T09:00:00"), state="closed", open=False,
        source={"type": "conversation", "subject": "", "author": {"type": "user", "id": "p1"}}, priority="priority",
        admin_assignee_id=7, contacts={"contacts": [{"id": "p1"}]}, tags={"tags": [{"id": "90"}]},
        statistics={"first_admin_reply_at": second("2026-06-03T09:10:00")},
        conversation_rating={"rating": 5, "remark": "Good", "created_at": second("2026-06-03T10:01:00"), "contact": {"id": "p1"}},
        conversation_parts={"conversation_parts": parts},
    )  # fmt: skip
    found.put("conversations", "v2", second("2026-06-04"), created_at=second("2026-06-04"), state="open", open=True,
              source={"type": "conversation", "author": {"type": "admin", "id": "7"}}, contacts={"contacts": [{"id": "p2"}]},
              conversation_parts={"conversation_parts": []})  # fmt: skip
    return found


@pytest.fixture
def server(inbox: Inbox) -> Iterator[Server]:
    with served(inbox.answer) as found:
        yield found


def test_what_intercom_tells_becomes_rows_and_a_change_changes_them(
    inbox: Inbox, server: Server, tmp_path: Path
) -> None:
    with closing(made(tmp_path / "home", NOW.replace(tzinfo=None))) as ws:
        name, time = add_source(ws.home, server, "intercom", {"token": TOKEN}), Time(NOW)
        done = fetch(ws, name, time)
        assert (done.troubles, sum(report.rejected for report in done.reports)) == ({}, 0)
        assert [row[0] for row in plain_rows_of(ws, "account", "account_id", "name")] == ["acme", "birch", "cedar"]
        assert plain_rows_of(ws, "csm", "csm_id", "team") == [("7", "North")]
        assert plain_rows_of(ws, "person", "person_id", "account_id") == [("rita", "acme"), ("sol", None)]
        assert plain_rows_of(
            ws, "ticket", "ticket_id", "account_id", "requester_id", "assignee_id", "priority", "category"
        ) == [("v1", "acme", "rita", "7", "high", "Billing")]
        assert plain_rows_of(ws, "ticket_comment", "author_role", "at") == [("agent", "2026-06-03 09:10")]
        assert plain_rows_of(ws, "ticket_status", "status", "at") == [
            ("pending", "2026-06-03 09:10"), ("solved", "2026-06-03 10:00"),
        ]  # fmt: skip
        assert plain_rows_of(ws, "survey_answer", "survey", "person_id", "score") == [("csat", "rita", "5")]

        # a day later Rita writes again; her conversation alone is asked for anew, but for those of the day before
        asks = _part("3", "comment", ("user", "p1"), "2026-07-16T08:00:00")
        parts = inbox.found["conversations"]["v1"]["conversation_parts"]["conversation_parts"]
        inbox.put("conversations", "v1", second("2026-07-16T08:00:00"), state="open", open=True, waiting_since=second("2026-07-16T08:00:00"),
                  conversation_parts={"conversation_parts": [*parts, asks]})  # fmt: skip
        time.now = NOW + timedelta(days=1)
        server.asked.clear()
        fetch(ws, name, time)
        assert [asked.path for asked in server.asked if asked.path.startswith("/conversations/v")] == [
            "/conversations/v1"
        ]
        assert plain_rows_of(ws, "ticket_status", "status", "at")[0] == ("open", "2026-07-16 08:00")


def test_whatever_happens_on_the_way_the_truth_comes_out(server: Server, tmp_path: Path) -> None:
    chance = random.Random(3)
    faults = [
        Answer(429, {"errors": []}, {"retry-after": "1"}), Answer(503, b"<html>"), Answer(0), Answer(200, {"data": []}, cut=True),
        None, None, None,
    ]  # fmt: skip
    home = tmp_path / "home"
    with closing(made(home, NOW.replace(tzinfo=None))) as ws:
        name, time = add_source(ws.home, server, "intercom", {"token": TOKEN}), Time(NOW)
        server.faults.extend(chance.choice(faults) for _ in range(60))
        for _ in range(40):
            time.now += timedelta(minutes=20)
            with suppress(LaterError):
                if not fetch(ws, name, time).troubles and not server.faults:
                    break
    assert not server.faults
    assert {row[0] for row in stored_in(home, "ticket", "ticket_id")} == {"v1"}
    assert {row[0] for row in stored_in(home, "person", "person_id")} == {"rita", "sol"}
