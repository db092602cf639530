"""HubSpot by its interface: what changed, its past, its associations and what was deleted, whatever happens on the way."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from tenure.sources.fetching.session import LaterError
from tests.sources.hubspot.mock import TOKEN, Portal
from tests.sources.vendor_files import made, plain_rows_of, stored_in
from tests.sources.vendor_server import Answer, Server, Time, add_source, fetch, served

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
TABLES = {
    "account": ("account_id", "name", "domain", "custom:property_nps_owner"),
    "csm": ("csm_id", "name", "team"),
    "assignment": ("account_id", "csm_id", "valid_from"),
    "person": ("person_id", "account_id", "name"),
    "opportunity": ("opportunity_id", "account_id", "status", "stage", "amount"),
    "ticket": ("ticket_id", "account_id", "requester_id", "priority"),
    "ticket_status": ("ticket_id", "status", "at"),
    "touchpoint": ("touchpoint_id", "account_id", "csm_id", "channel", "minutes"),
}  # fmt: skip


def _portal(most: int = 100) -> Portal:
    """Two companies, of which one changed hands; three people, one of them at neither; a deal that was won; a ticket; a call."""
    found = Portal(most)
    found.owners = [
        {"id": "7", "email": "ann@us.example", "firstName": "Ann", "lastName": "Ames", "userId": 70, "archived": False,
         "updatedAt": "2026-01-01T00:00:00Z", "teams": [{"id": "1", "name": "North", "primary": True}]},
        {"id": "8", "email": "bo@us.example", "firstName": "Bo", "lastName": "", "userId": 80, "archived": False,
         "updatedAt": "2026-01-01T00:00:00Z"},
    ]  # fmt: skip
    stages = [("new", "Offer", "0.2", "false"), ("won", "Signed", "1.0", "true")]
    found.pipelines["deals"] = [{"id": "default", "label": "Sales", "updatedAt": "2026-01-01T00:00:00Z", "stages": [
        {"id": key, "label": label, "metadata": {"probability": chance, "isClosed": closed}} for key, label, chance, closed in stages
    ]}]  # fmt: skip
    found.pipelines["tickets"] = [{"id": "0", "label": "Support", "stages": [
        {"id": "1", "label": "New", "metadata": {"ticketState": "OPEN", "isClosed": "false"}},
        {"id": "4", "label": "Closed", "metadata": {"ticketState": "CLOSED", "isClosed": "true"}},
    ]}]  # fmt: skip
    made_at: dict[str, Any] = {"createdate": "2026-01-10T09:00:00Z"}
    found.put("companies", "9", "2026-06-01T00:00:00Z", {"hubspot_owner_id": [("8", "2026-03-01T00:00:00Z"), ("7", "2026-01-10T09:00:00Z")]},
              name="Acme", domain="acme.example", hubspot_owner_id="8", hubspot_owner_assigneddate="2026-03-01T00:00:00Z",
              nps_owner="Rita", **made_at)  # fmt: skip
    found.put("companies", "10", "2026-06-02T00:00:00Z", name="Birch", **made_at)
    for key, first in (("21", "Rita"), ("22", "Sol"), ("23", "Una")):
        found.put("contacts", key, "2026-06-01T00:00:00Z", firstname=first, **made_at)
    found.join("contacts", "21", "companies", "9", 1, 279)
    found.join("contacts", "22", "companies", "10", 1)
    found.put("deals", "31", "2026-06-05T00:00:00Z", {"dealstage": [("won", "2026-06-05T00:00:00Z"), ("new", "2026-05-01T00:00:00Z")]},
              amount="1200", dealstage="won", pipeline="default", dealtype="newbusiness", createdate="2026-05-01T00:00:00Z",
              closedate="2026-06-05T00:00:00Z", hs_is_closed="true", hs_is_closed_won="true")  # fmt: skip
    found.join("deals", "31", "companies", "9", 5, 341)
    found.put("tickets", "41", "2026-06-03T00:00:00Z",
              {"hs_pipeline_stage": [("4", "2026-06-03T00:00:00Z"), ("1", "2026-06-02T08:00:00Z")]}, subject="Broken",
              createdate="2026-06-02T08:00:00Z", hs_pipeline="0", hs_pipeline_stage="4", hs_ticket_priority="HIGH")  # fmt: skip
    found.join("tickets", "41", "companies", "9", 26)
    found.join("tickets", "41", "contacts", "21", 16)
    found.put("calls", "51", "2026-06-04T00:00:00Z", hs_timestamp="2026-06-04T10:00:00Z", hs_createdate="2026-06-04T10:00:00Z",
              hubspot_owner_id="8", hs_call_duration="900000", hs_call_status="COMPLETED", hs_call_direction="OUTBOUND")  # fmt: skip
    found.join("calls", "51", "companies", "9", 182)
    return found


@pytest.fixture
def portal() -> Portal:
    return _portal(most=2)  # every list goes over pages


@pytest.fixture
def server(portal: Portal) -> Iterator[Server]:
    with served(portal.answer) as found:
        yield found


def _known(ws: Any) -> dict[str, list[tuple[Any, ...]]]:
    return {table: plain_rows_of(ws, table, *columns) for table, columns in TABLES.items()}


def test_what_hubspot_tells_becomes_rows_and_a_change_changes_them(
    portal: Portal, server: Server, tmp_path: Path
) -> None:
    with closing(made(tmp_path / "home", NOW.replace(tzinfo=None))) as ws:
        name, time = add_source(ws.home, server, "hubspot", {"token": TOKEN}), Time(NOW)
        done = fetch(ws, name, time)
        assert (done.troubles, sum(report.rejected for report in done.reports)) == ({}, 0)
        known = _known(ws)
        assert known["account"] == [("10", "Birch", None, None), ("9", "Acme", "acme.example", "Rita")]
        assert known["csm"] == [("7", "Ann Ames", "North"), ("8", "Bo", None)]
        assert known["assignment"] == [("9", "7", "2026-01-10 09:00"), ("9", "8", "2026-03-01 00:00")]
        assert known["person"] == [("21", "9", "Rita"), ("22", "10", "Sol"), ("23", None, "Una")]
        assert known["opportunity"] == [("31", "9", "won", "Signed", "1200")]
        assert known["ticket"] == [("41", "9", "21", "high")]
        assert known["ticket_status"] == [("41", "new", "2026-06-02 08:00"), ("41", "solved", "2026-06-03 00:00")]
        assert known["touchpoint"] == [("51", "9", "8", "call", "15")]

        # a day later: a name changed, a contact went, and only what changed is asked for
        portal.put("companies", "10", "2026-07-16T10:00:00Z", name="Birch & Sons")
        portal.drop("contacts", "23", "2026-07-16T11:00:00Z")
        server.asked.clear()
        time.now = NOW + timedelta(days=1)
        fetch(ws, name, time)
        known = _known(ws)
        assert [row[1] for row in known["account"]] == ["Birch & Sons", "Acme"]
        assert [row[0] for row in known["person"]] == ["21", "22"]
        assert not [asked for asked in server.asked if b'"31"' in asked.body]


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_on_the_way_the_truth_comes_out(seed: int, server: Server, tmp_path: Path) -> None:
    chance = random.Random(seed)
    faults = [
        Answer(429, {"message": "You have reached your secondly limit."}, {"retry-after": "1"}), Answer(502, b"<html>"), Answer(0),
        Answer(200, {"results": []}, cut=True), None, None, None,
    ]  # fmt: skip
    home = tmp_path / "home"
    with closing(made(home, NOW.replace(tzinfo=None))) as ws:
        name, time = add_source(ws.home, server, "hubspot", {"token": TOKEN}), Time(NOW)
        server.faults.extend(chance.choice(faults) for _ in range(120))
        for _ in range(40):  # as a schedule goes on after a pass that failed
            time.now += timedelta(hours=1)
            with suppress(LaterError):
                done = fetch(ws, name, time)
                if not done.troubles and not server.faults:
                    break
    assert not server.faults
    assert sorted(set(stored_in(home, "account", "account_id", "name", "domain")), key=str) == [
        ("10", "Birch", None), ("9", "Acme", "acme.example"),
    ]  # fmt: skip
    assert stored_in(home, "touchpoint", "touchpoint_id") == [("51",)]
    assert ("31", "9") in stored_in(home, "opportunity", "opportunity_id", "account_id")
