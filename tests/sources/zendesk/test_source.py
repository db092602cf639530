"""Zendesk by its interface: a ticket's course out of its audits, and what changes later."""

from __future__ import annotations

import base64
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

from tests.sources.vendor_files import made, plain_rows_of
from tests.sources.vendor_server import Answer, Asked, Time, add_source, fetch, served

NOW = datetime(2026, 3, 10, 12, tzinfo=UTC)
TOKEN = base64.b64encode(b"ann@desk.example/token:s3cret").decode()


def _audit(at: str, by: int, *events: dict[str, Any], via: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"id": at, "author_id": by, "created_at": at, "events": list(events), "via": via or {"channel": "web"}}


def _field(name: str, value: Any, kind: str = "Change") -> dict[str, Any]:
    return {"id": 1, "type": kind, "field_name": name, "value": value}


def _comment(key: int, by: int, *, public: bool = True) -> dict[str, Any]:
    return {"id": key, "type": "Comment", "author_id": by, "public": public, "body": "Hello"}


class Desk:
    """An account with a customer, who wrote once, and an agent, who answered. ``most``: tickets on a page of the export."""

    def __init__(self) -> None:
        at = "2026-03-02T09:00:00Z"
        self.organizations = [{"id": 7, "name": "Acme", "external_id": "crm-7", "created_at": at, "updated_at": at}]
        self.users = [
            {"id": 1, "name": "Ann", "email": "ann@acme.example", "role": "end-user", "organization_id": 7, "created_at": at,
             "updated_at": at},
            {"id": 2, "name": "Cy", "email": "cy@desk.example", "role": "agent", "organization_id": None, "created_at": at,
             "updated_at": at},
        ]  # fmt: skip
        self.changes = [self.ticket(10, "solved"), self.ticket(11, "deleted"), self.ticket(12, "closed")]
        self.audits: dict[int, list[dict[str, Any]]] = {
            10: [
                _audit(at, 1, _field("status", "new", "Create"), _field("subject", "Help", "Create"), _comment(100, 1)),
                _audit("2026-03-02T10:00:00Z", 2, _field("status", "open"), _field("assignee_id", "2"), _comment(101, 2),
                       {"id": 3, "type": "ScheduleAssignment", "previous_schedule_id": None, "new_schedule_id": 5}),
                _audit("2026-03-03T10:00:00Z", 2, _field("status", "solved"), _comment(102, 2, public=False)),
                _audit("2026-03-03T11:00:00Z", -1, via={"channel": "web", "source": {"from": {"ticket_ids": [12]}, "rel": "merge"}}),
            ],
            12: [_audit(at, 1, _field("status", "new", "Create"), _comment(120, 1))],
        }  # fmt: skip
        self.most = 1

    def ticket(self, key: int, status: str, at: str = "2026-03-03T11:00:00Z") -> dict[str, Any]:
        return {"id": key, "organization_id": 7, "requester_id": 1, "assignee_id": 2, "priority": "high", "status": status,
                "type": None, "subject": "Help", "created_at": "2026-03-02T09:00:00Z", "updated_at": at,
                "via": {"channel": "email"}}  # fmt: skip

    def answer(self, asked: Asked) -> Any:
        if asked.headers.get("authorization") != f"Basic {TOKEN}":
            return Answer(401, {"error": "Couldn't authenticate you"})
        parts = asked.path.removeprefix("/api/v2/").removesuffix(".json").split("/")
        if parts[:2] == ["incremental", "tickets"]:
            at = int(asked.one("cursor", "0"))
            some = self.changes[at : at + self.most]
            upto = at + len(some)
            return {"tickets": some, "after_cursor": str(upto), "end_of_stream": upto >= len(self.changes)}
        if parts[:2] == ["incremental", "users"]:
            return {"users": [] if asked.one("cursor") else self.users, "after_cursor": "u", "end_of_stream": True}
        if parts == ["incremental", "organizations"]:
            found = self.organizations if asked.one("start_time") == "1" else []
            return {"organizations": found, "end_time": 1772442000, "count": len(found)}
        if parts[0] == "tickets":
            audits = self.audits.get(int(parts[1]))
            meta = {"meta": {"has_more": False}, "links": {"next": None}}
            return {"audits": audits, **meta} if audits is not None else Answer(404, {"error": "RecordNotFound"})
        if parts == ["satisfaction_ratings"]:
            rating = {"id": 50, "ticket_id": 10, "requester_id": 1, "assignee_id": 2, "score": "good", "comment": "Fine",
                      "created_at": "2026-03-03T12:00:00Z", "updated_at": "2026-03-04T12:00:00Z"}  # fmt: skip
            return {"satisfaction_ratings": [rating], "meta": {"has_more": False, "after_cursor": None}}
        if parts[-1] == "holidays":
            return {"holidays": [{"id": 1, "name": "Day off", "start_date": "2026-04-03", "end_date": "2026-04-03"}]}
        if parts == ["business_hours", "schedules"]:
            hours = [{"start_time": 1980, "end_time": 2460}]  # Monday, nine to five
            return {
                "schedules": [{"id": 5, "name": "Week", "time_zone": "London", "intervals": hours, "created_at": None}]
            }
        return Answer(403, {"error": "Forbidden"})  # no promises in this plan


def test_a_ticket_is_its_audits_and_only_what_changes_comes_again(tmp_path: Path) -> None:
    ws, desk, time = made(tmp_path / "home", NOW.replace(tzinfo=None)), Desk(), Time(NOW)
    options = {"subdomain": "acme", "email": "ann@desk.example"}
    with served(desk.answer) as server:
        name = add_source(ws.home, server, "zendesk", {"token": "s3cret"}, options=options)
        done = fetch(ws, name, time)
        assert (done.loaded, done.troubles, sum(report.rejected for report in done.reports)) == (True, {}, 0)
        statuses = [
            ("10", "new", "2026-03-02 09:00"), ("10", "open", "2026-03-02 10:00"), ("10", "solved", "2026-03-03 10:00"),
            ("12", "new", "2026-03-02 09:00"),
        ]  # fmt: skip
        assert plain_rows_of(ws, "ticket_status", "ticket_id", "status", "at") == statuses
        assert plain_rows_of(ws, "ticket", "ticket_id", "account_id", "schedule_id", "merged_into") == [
            ("10", "crm-7", "5", None), ("12", "crm-7", "5", "10"),
        ]  # fmt: skip
        assert plain_rows_of(ws, "ticket_comment", "comment_id", "author_role", "is_public") == [
            ("100", "requester", True), ("101", "agent", True), ("102", "agent", False), ("120", "requester", True),
        ]  # fmt: skip
        desk.changes.append(desk.ticket(10, "open", "2026-03-10T12:30:00Z"))
        desk.audits[10].append(_audit("2026-03-10T12:30:00Z", 1, _field("status", "open"), _comment(103, 1)))
        time.now += timedelta(hours=1)
        so_far = len(server.asked)
        again = fetch(ws, name, time)
        assert {report.table: report.read for report in again.reports} == {"ticket_status": 1, "ticket_comment": 1}
        assert len([one for one in server.asked[so_far:] if one.path.startswith("/api/v2/tickets/")]) == 1
    assert plain_rows_of(ws, "survey_answer", "answer_id", "score", "answered_at") == [("50", "1", "2026-03-04 12:00")]
