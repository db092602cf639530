"""Salesforce by its interface: what changed, what was deleted, tokens that run out, whatever happens on the way."""

from __future__ import annotations

import random
from collections.abc import Iterator
from contextlib import closing, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path

import pytest

from tenure.sources.fetching.session import LaterError
from tests.sources.salesforce.mock import CLIENT, Organisation
from tests.sources.vendor_files import made, plain_rows_of, stored_in
from tests.sources.vendor_server import Answer, Server, Time, add_source, fetch, served

NOW = datetime(2026, 7, 15, 12, tzinfo=UTC)
ANN, BO = "005000000000001AAA", "005000000000002AAA"
ACME, BIRCH, CEDAR = "001000000000001AAA", "001000000000002AAA", "001000000000003AAA"


@pytest.fixture
def organisation() -> Organisation:
    """Three accounts changed in one moment, two people of ours, a contact, a deal with a line, a call, a meeting."""
    found = Organisation(most=2)  # every list goes over pages, and a page ends within a moment
    at, made_at = "2026-06-01T00:00:00.000+0000", {"CreatedDate": "2026-01-10T09:00:00.000+0000"}
    for key, name, owner in ((ACME, "Acme", ANN), (BIRCH, "Birch", BO), (CEDAR, "Cedar", ANN)):
        found.put(
            "Account",
            key,
            at,
            Name=name,
            OwnerId=owner,
            Website=f"https://www.{name.lower()}.example",
            Plan__c="Gold",
            **made_at,
        )
    for key, name in ((ANN, "Ann Ames"), (BO, "Bo")):
        found.put("User", key, at, Name=name, Email=f"{name[:2].lower()}@us.example", IsActive=True, Department="CS")
    found.put(
        "Contact",
        "003000000000001AAA",
        at,
        AccountId=ACME,
        Name="Rita",
        Email="rita@acme.example",
        Title="CFO",
        **made_at,
    )
    found.put("Opportunity", "006000000000001AAA", at, AccountId=ACME, Amount=1200.5, CloseDate="2026-05-31", IsClosed=True, IsWon=True,
              StageName="Closed Won", Type="New Customer", OwnerId=ANN, Probability=100, **made_at)  # fmt: skip
    found.put("Product2", "01t000000000001AAA", at, Name="Desk", Family="Suite")
    found.put("OpportunityLineItem", "00k000000000001AAA", at, OpportunityId="006000000000001AAA", Product2Id="01t000000000001AAA",
              TotalPrice=1200.5, Quantity=1, UnitPrice=1200.5)  # fmt: skip
    found.put("Task", "00T000000000001AAA", at, AccountId=ACME, WhoId="003000000000001AAA", OwnerId=ANN, TaskSubtype="Call", Status="Completed",
              IsClosed=True, CompletedDateTime="2026-05-20T10:00:00.000+0000", CallType="Outbound", CallDurationInSeconds=600, **made_at)  # fmt: skip
    found.put("Event", "00U000000000001AAA", at, AccountId=BIRCH, OwnerId=BO, StartDateTime="2026-05-21T10:00:00.000+0000", DurationInMinutes=45,
              IsChild=False, IsAllDayEvent=False)  # fmt: skip
    return found


@pytest.fixture
def server(organisation: Organisation) -> Iterator[Server]:
    with served(organisation.answer) as found:
        yield found


def test_what_salesforce_tells_becomes_rows_and_a_change_changes_them(
    organisation: Organisation, server: Server, tmp_path: Path
) -> None:
    with closing(made(tmp_path / "home", NOW.replace(tzinfo=None))) as ws:
        name, time = (
            add_source(ws.home, server, "salesforce", CLIENT, options={"domain": "acme.my.salesforce.com"}),
            Time(NOW),
        )
        done = fetch(ws, name, time)
        assert (done.troubles, sum(report.rejected for report in done.reports)) == ({}, 0)
        assert plain_rows_of(ws, "account", "account_id", "name", "domain") == [
            (ACME, "Acme", "acme.example"), (BIRCH, "Birch", "birch.example"), (CEDAR, "Cedar", "cedar.example"),
        ]  # fmt: skip
        assert [row[:2] for row in plain_rows_of(ws, "assignment", "account_id", "csm_id")] == [
            (ACME, ANN), (BIRCH, BO), (CEDAR, ANN),
        ]  # fmt: skip
        assert plain_rows_of(ws, "opportunity", "account_id", "status", "amount", "closed_at") == [
            (ACME, "won", "1200.5", "2026-05-31 00:00")
        ]
        assert plain_rows_of(ws, "opportunity_line", "product_id", "amount") == [("01t000000000001AAA", "1200.5")]
        assert plain_rows_of(ws, "touchpoint", "account_id", "csm_id", "channel", "minutes", "occurred_at") == [
            (ACME, ANN, "call", "10", "2026-05-20 10:00"), (BIRCH, BO, "meeting", "45", "2026-05-21 10:00"),
        ]  # fmt: skip

        # a day later the token has run out, Acme has another plan, Birch another owner, and Cedar is in the waste bin
        organisation.given += 1
        organisation.put("Account", ACME, "2026-07-16T09:00:00.000+0000", Plan__c="Iron")
        organisation.put("Account", BIRCH, "2026-07-16T10:00:00.000+0000", OwnerId=ANN)
        organisation.put("Account", CEDAR, "2026-07-16T11:00:00.000+0000", IsDeleted=True)
        time.now = NOW + timedelta(days=1)
        fetch(ws, name, time)
        assert plain_rows_of(ws, "account", "account_id") == [(ACME,), (BIRCH,)]
        assert plain_rows_of(ws, "assignment", "account_id", "csm_id", "valid_from")[:3] == [
            (ACME, ANN, "2026-06-01 00:00"), (BIRCH, ANN, "2026-07-16 10:00"), (BIRCH, BO, "2026-06-01 00:00"),
        ]  # fmt: skip


@pytest.mark.parametrize("seed", [1, 2])
def test_whatever_happens_on_the_way_the_truth_comes_out(
    seed: int, organisation: Organisation, server: Server, tmp_path: Path
) -> None:
    chance = random.Random(seed)
    faults = [
        Answer(429, [{"errorCode": "REQUEST_LIMIT_EXCEEDED"}], {"retry-after": "1"}), Answer(503, b"<html>"), Answer(0),
        Answer(200, {"records": []}, cut=True), None, None, None, None,
    ]  # fmt: skip
    home = tmp_path / "home"
    with closing(made(home, NOW.replace(tzinfo=None))) as ws:
        name, time = (
            add_source(ws.home, server, "salesforce", CLIENT, options={"domain": "acme.my.salesforce.com"}),
            Time(NOW),
        )
        server.faults.extend(chance.choice(faults) for _ in range(100))
        for _ in range(40):
            time.now += timedelta(hours=1)
            with suppress(LaterError):
                done = fetch(ws, name, time)
                if not done.troubles and not server.faults:
                    break
    assert not server.faults
    assert {row[0] for row in stored_in(home, "account", "account_id", "name")} == {ACME, BIRCH, CEDAR}
    assert {row[0] for row in stored_in(home, "touchpoint", "touchpoint_id")} == {
        "00T000000000001AAA",
        "00U000000000001AAA",
    }
