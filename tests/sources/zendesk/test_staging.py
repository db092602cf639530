"""Zendesk's tables, as connectors export them, through the front door."""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow.csv
import pyarrow.parquet
import pytest

from tenure.core.errors import UsageError
from tenure.engine.verbs.check import Check
from tenure.engine.verbs.load import Loaded
from tenure.engine.verbs.rebuild import Rebuild
from tenure.engine.workspace import Workspace
from tenure.sources.vendor import find, vendors
from tenure.sources.zendesk.zones import IANA
from tests.sources.vendor_files import counts, load_from, made, rows_of, written

NOW = datetime(2026, 7, 15, 12)
FOLDER: dict[str, str] = {
    "organization.csv": "id,name,external_id,created_at\n1,Acme,crm-1,2025-01-01 00:00:00\n2,Birch,,2025-01-01 00:00:00\n",
    "USER_DATA.csv": (
        "id,role,organization_id,name,email\n10,end-user,1,Rita,rita@acme.example\n20,agent,,Ada,ada@us.example\n"
        "30,light,,Leo,leo@us.example\n"
    ),
    "zendesk_ticket.csv": (
        "id,organization_id,requester_id,assignee_id,via_channel,priority,status,created_at,updated_at,merged_ticket_ids\n"
        "100,1,10,20,voice,urgent,open,2026-06-05 15:00:00,2026-06-08 11:00:00,[102]\n"
        "101,2,10,20,sms,medium,deleted,2026-06-05 15:00:00,2026-06-06 09:00:00,[]\n"
        "102,1,10,20,web,low,closed,2026-06-05 16:00:00,2026-06-05 17:00:00,[]\n"
    ),
    "ticket_comment.csv": (
        "id,ticket_id,user_id,public,created\nc1,100,10,true,2026-06-05 15:00:00\nc2,100,-1,true,2026-06-05 15:00:01\n"
        "c3,100,20,false,2026-06-05 16:00:00\nc4,100,20,true,2026-06-08 10:00:00\nc5,100,30,true,2026-06-08 12:00:00\n"
    ),
    "ticket_field_history.csv": (
        "field_name,ticket_id,updated,value\nstatus,100,2026-06-05 15:00:00,new\n"
        "status,100,2026-06-08 10:00:00,on-hold\nstatus,100,2026-06-09 10:00:00,melted\n"
        "assignee_id,100,2026-06-05 15:00:00,20\nassignee_id,100,2026-06-05 16:00:00,\n"
    ),
    # Monday 9:00 to 17:00; Friday 22:00 to Saturday 6:00; Saturday 23:00 to Sunday 1:00, over the end of the week.
    "schedule.csv": (
        "id,start_time,end_time,time_zone,created_at\n7,1980,2460,London,2025-01-01\n"
        "7,8520,9000,London,2025-01-01\n7,10020,10140,London,2025-01-01\n8,0,60,Atlantis,2025-02-01\n"
    ),
    "schedule_holiday.csv": "id,schedule_id,name,start_date,end_date\n1,7,Bridge,2026-06-08,2026-06-09\n",
    "sla_policy_metric_history.csv": (
        "sla_policy_id,metric,priority,target,business_hours,sla_policy_updated_at\n"
        "1,first_reply_time,urgent,60,FALSE,2026-01-01 00:00:00\n1,pausable_update_time,urgent,60,TRUE,2026-01-01\n"
    ),
    "satisfaction_rating.csv": (
        "id,ticket_id,requester_id,assignee_id,score,created_at,updated_at\n"
        "r1,100,10,20,good,2026-06-09 00:00:00,2026-06-10 00:00:00\n"
        "r2,102,10,20,offered,2026-06-09 00:00:00,2026-06-09 00:00:00\n"
    ),
    "daylight_time.csv": (
        "time_zone,year,daylight_start_utc,daylight_end_utc\nLondon,2026,2026-03-29T01:00:00,2026-10-25T01:00:00\n"
        "London,2025,2025-02-01T01:00:00,2025-10-26T01:00:00\n"
    ),
    "time_zone.csv": "time_zone,standard_offset\nLondon,+01:00\n",
    "brand.csv": "id\n1\n",
    "wishes.csv": "id\n1\n",
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Loaded, Path]]:
    folder = written(tmp_path_factory.mktemp("zendesk"), FOLDER)
    home = tmp_path_factory.mktemp("work") / "home"
    ws = made(home, NOW, "EUR", "America/New_York")
    yield ws, load_from(ws, "zendesk", folder), folder
    ws.close()


def test_every_row_is_taken_or_refused_with_its_reason(loaded: tuple[Workspace, Loaded, Path]) -> None:
    _, report, _ = loaded
    assert counts(report) == {
        ("organization.csv", "account"): (2, 2, 0),
        ("USER_DATA.csv", "person"): (1, 1, 0),
        ("USER_DATA.csv", "csm"): (1, 1, 0),
        ("business_hours from schedule.csv", "schedule"): (6, 6, 0),
        ("days_off from schedule_holiday.csv", "holiday"): (2, 2, 0),
        ("promises from sla_policy_metric_history.csv", "sla_target"): (1, 1, 0),
        ("zendesk_ticket.csv", "ticket"): (3, 3, 0),
        ("zendesk_ticket.csv", "retraction"): (1, 1, 0),
        ("ticket_field_history.csv", "ticket_status"): (3, 2, 1),
        ("ticket_field_history.csv", "ticket_assignee"): (1, 1, 0),
        ("ticket_comment.csv", "ticket_comment"): (5, 4, 1),
        ("satisfaction_rating.csv", "survey_answer"): (2, 2, 0),
    }
    failed = [(row.line, row.value, row.reason) for r in report.reports for row in r.failed]
    assert failed == [
        (4, "melted", "is not among the values that the map knows: new, open, pending, hold, on-hold, solved, closed"),
        (6, "30", "is no id of users from USER_DATA.csv"),
    ]
    assert (report.unknown, report.aside) == (("wishes.csv",), ("brand.csv",))


def test_what_has_no_counterpart_is_said(loaded: tuple[Workspace, Loaded, Path]) -> None:
    _, report, _ = loaded
    assert list(report.remarks) == [
        "ticket: the priority 'medium' (1) has no counterpart and is kept as it is.",
        "ticket: the channel 'sms' (1) has no counterpart and is kept as it is.",
        "user: the role 'light' (1) is not known; these are neither people of accounts nor agents.",
        "sla_policy_metric_history: pausable_update_time (1) is nothing that Tenure measures: left out.",
        "schedule: 'Atlantis' is no time zone that Zendesk is known to have; it is taken for an IANA zone.",
        "time_zone: London is told to be +01:00 from UTC; Europe/London, which holds, is +00:00.",
        "daylight_time: London is told to change its clock on 2025-02-01; Europe/London, which holds, does not.",
    ]


def test_rows_are_reshaped(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    assert rows_of(ws, "account", "account_id", "name") == [("2", "Birch"), ("crm-1", "Acme")]
    assert rows_of(ws, "schedule", "schedule_id", "time_zone", "weekday", "opens", "closes") == [
        ("7", "Europe/London", 0, "09:00", "17:00"),
        ("7", "Europe/London", 4, "22:00", "24:00"),
        ("7", "Europe/London", 5, "00:00", "06:00"),
        ("7", "Europe/London", 5, "23:00", "24:00"),
        ("7", "Europe/London", 6, "00:00", "01:00"),
        ("8", "Atlantis", 6, "00:00", "01:00"),
    ]
    assert [str(day) for _, day in rows_of(ws, "holiday", "schedule_id", "date")] == ["2026-06-08", "2026-06-09"]
    assert rows_of(ws, "ticket", "ticket_id", "account_id", "channel", "merged_into", "schedule_id") == [
        ("100", "crm-1", "phone", None, "7"), ("102", "crm-1", "web", "100", "7"),  # 101 was deleted
    ]  # fmt: skip
    assert rows_of(ws, "ticket_comment", "comment_id", "author_role") == [
        ("c1", "requester"), ("c2", "bot"), ("c3", "agent"), ("c4", "agent"),
    ]  # fmt: skip


def test_figures_count_what_zendesk_tells(loaded: tuple[Workspace, Loaded, Path]) -> None:
    """The bot and the internal note are no replies: from Friday 15:00 to Monday 10:00 UTC are 67 hours, of which the
    schedule is open from 21:00 to 5:00, and from Saturday 22:00 to Sunday 0:00 UTC; Monday is a holiday.
    """
    ws, _, _ = loaded
    asked: dict[str, Any] = {"start": "2026-06", "end": "2026-06"}
    times = {f.slice["clock"]: f.value for f in ws.show("response_time", by=["clock"], **asked)}
    assert times == {"calendar": Decimal(67 * 60), "business": Decimal(10 * 60)}
    (volume,) = ws.show("ticket_volume", **asked)
    assert volume.value == 1  # one was deleted, one merged
    (rating,) = ws.show("customer_satisfaction", **asked)
    assert (rating.numerator, rating.denominator) == (Decimal(1), Decimal(1))  # what was only offered is no answer
    assert rating.extra["response_rate"] == Decimal("0.5")
    (kept,) = ws.show("sla_attainment", **asked)
    assert (kept.numerator, kept.denominator) == (Decimal(0), Decimal(1))  # an urgent one within the hour


def test_once_more_changes_nothing_and_the_archive_gives_it_again(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, first, folder = loaded
    again = load_from(ws, "zendesk", folder)
    assert [(r.table, r.read, r.rejected, r.loaded) for r in again.reports] == [
        (r.table, r.read, r.rejected, 0) for r in first.reports
    ]
    keys = (("ticket", "schedule_id"), ("schedule", "opens"), ("ticket_comment", "comment_id"))
    before = [rows_of(ws, *names) for names in keys]
    figure = ws.show("response_time", start="2026-06", end="2026-06").to_json()
    ws.call("rebuild", Rebuild())
    assert [rows_of(ws, *names) for names in keys] == before
    assert ws.show("response_time", start="2026-06", end="2026-06").to_json() == figure


def test_a_line_that_is_no_row_is_told_of_though_only_something_is_made_of_it(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "schedule.csv").write_text(
        "id,start_time,end_time,time_zone\n7,1980,2460,London\n7,3420,3900,London,surplus,more\n"
    )
    ws = made(tmp_path / "home", NOW)
    report = load_from(ws, "zendesk", folder, history=False)
    assert [(r.table, r.loaded) for r in report.reports] == [("schedule", 1)]
    (told,) = report.remarks
    assert told.startswith("schedule.csv:3: ")
    assert told.endswith("left out.")
    ws.close()


def test_any_form_will_do_and_what_a_file_lacks_stays_empty(tmp_path: Path) -> None:
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "t.csv").write_text(
        "id,requester_id,created_at,updated_at,status\n1,9,2026-01-05 00:00:00,2026-01-05 00:00:00,open\n"
    )
    pyarrow.parquet.write_table(pyarrow.csv.read_csv(folder / "t.csv"), folder / "ticket.parquet")
    (folder / "t.csv").unlink()
    comment = {"id": "c", "ticket_id": "1", "user_id": "-1", "public": True, "created": "2026-01-05T01:00:00Z"}
    (folder / "ticket_comment.jsonl").write_text(json.dumps(comment))
    ws = made(tmp_path / "home", NOW)
    report = load_from(ws, "zendesk", folder, history=False)
    assert [(r.table, r.loaded) for r in report.reports] == [("ticket", 1), ("retraction", 0)]
    assert report.remarks == ("ticket_comment is not loaded without user.",)  # who wrote it is not known
    assert rows_of(ws, "ticket", "ticket_id", "account_id", "schedule_id", "channel") == [("1", None, None, None)]
    ws.close()


@pytest.mark.parametrize(
    ("files", "code"),
    [(("notes.txt",), "nothing_to_load"), (("ticket.csv", "zendesk_ticket.csv"), "two_files"), ((), "nothing_to_load")],
)
def test_a_folder_that_is_none_of_the_vendors(tmp_path: Path, files: tuple[str, ...], code: str) -> None:
    ws = made(tmp_path / "home", NOW)
    (tmp_path / "files").mkdir()
    for name in files:
        (tmp_path / "files" / name).write_text("id\n1\n")
    with pytest.raises(UsageError) as refused:
        load_from(ws, "zendesk", tmp_path / "files", history=False)
    assert refused.value.code == code
    with pytest.raises(UsageError, match="called 'zendsk'"):
        load_from(ws, "zendsk", tmp_path / "files", history=False)
    ws.close()


def test_vendors_are_there_by_existing() -> None:
    assert "zendesk" in vendors()
    assert find("zendesk").name == "zendesk"
    assert all(ZoneInfo(zone) for zone in IANA.values())


def test_the_published_example(tmp_path: Path, shared_data: Path) -> None:
    """Ticket 11071 of the seeds: 111,895 minutes to its first solving, on hold for 28,800, pending for 40,320.

    Its history begins 425.15 minutes before it was created, which count as waiting. In business time, Monday to Friday
    from 8 to 20 in California: 533.4 minutes of the Friday and 55 days of 720.
    """
    ws = made(tmp_path / "home", NOW, "USD")
    report = load_from(ws, "zendesk", shared_data / "dbt_zendesk_seeds")
    for one in report.reports:
        assert one.read == one.loaded + one.unchanged + one.superseded + one.rejected
    assert {r.table: r.rejected for r in report.reports if r.rejected} == {"ticket_comment": 20}  # authors unknown
    asked: dict[str, Any] = {"start": "2020-08", "end": "2020-08"}
    times = {f.slice["clock"]: f.value for f in ws.show("time_to_resolution", by=["clock"], **asked)}
    assert times == {"calendar": Decimal("111894.85"), "business": Decimal("40133.4")}
    (requester,) = ws.show("requester_wait_time", **asked)
    (agent,) = ws.show("agent_wait_time", **asked)
    assert (requester.value, agent.value) == (Decimal(43_200 + 28_800), Decimal(40_320))
    orphans = next(found for found in ws.call("check", Check()) if found.name == "orphan")
    assert orphans.count > 0
    ws.close()
