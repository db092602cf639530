"""Salesforce's tables, as connectors and Salesforce itself export them, through the front door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import duckdb
import pytest

from tenure.engine.verbs.check import Check
from tenure.engine.verbs.load import Loaded
from tenure.engine.verbs.rebuild import Rebuild
from tenure.engine.workspace import Workspace
from tenure.sources.vendor import find
from tests.sources.vendor_files import counts, load_from, made, plain_rows_of, written

NOW = datetime(2026, 7, 15, 12)
#: Some files in the names of a connector, some in Salesforce's own.
FOLDER: dict[str, str] = {
    "sf_account_data.csv": (
        "id,name,website,parent_id,master_record_id,industry,type,owner_id,created_date,is_deleted,system_modstamp,plan_c,"
        "segment_c\n"
        "001A,Acme,https://www.acme.example/en,,,Tech,Customer,005A,2026-01-01 00:00:00,false,2026-06-16 04:00:00,Pro,mid\n"
        "001B,Birch,birch,001A,,,,005A,2026-01-01 00:00:00,false,2026-04-01 00:00:00,,\n"
        "001C,Acme again,,,001A,,,005A,2026-01-01 00:00:00,true,2026-03-01 00:00:00,,\n"
        "001D,Dust,,,,,,005A,2026-01-01 00:00:00,true,2026-06-20 00:00:00,,\n"
        "001E,Elm,,,,,,005A,2026-01-01 00:00:00,false,2026-02-01 00:00:00,,\n"
    ),
    # Acme was 005B's up to the middle of June, on a day of New York; Elm is in no later version, and so gone.
    "account_history.csv": (
        "id,name,industry,owner_id,plan_c,is_deleted,_fivetran_active,_fivetran_start,_fivetran_end\n"
        "001A,Acme,Retail,005B,Basic,false,false,2026-02-01 00:00:00,2026-06-16 03:59:59\n"
        "001A,Acme,Tech,005A,Pro,false,true,2026-06-16 04:00:00,9999-12-31 23:59:59\n"
        "001E,Elm,,005A,,false,false,2026-02-01 00:00:00,2026-06-25 00:00:00\n"
    ),
    "AccountTeamMember.csv": (
        "Id,AccountId,UserId,TeamMemberRole,CreatedDate,IsDeleted,SystemModstamp\n"
        "01M1,001A,005B,Executive Sponsor,2026-02-01T00:00:00.000Z,false,2026-02-01T00:00:00.000Z\n"
        "01M2,001B,005B,Executive Sponsor,2026-02-01T00:00:00.000Z,true,2026-03-01T00:00:00.000Z\n"
    ),
    "Contact.csv": (
        "Id,AccountId,FirstName,LastName,Email,Title,MasterRecordId,CreatedDate,IsDeleted,SystemModstamp\n"
        "003A,001A,Rita,Roe,rita@acme.example,Buyer,,2026-01-02T00:00:00.000Z,false,2026-01-02T00:00:00.000Z\n"
        "003B,001A,,Roe,r@acme.example,,003A,2026-01-02T00:00:00.000Z,true,2026-02-02T00:00:00.000Z\n"
        "003C,001Z,Zed,Zorn,,,,2026-01-02T00:00:00.000Z,false,2026-01-02T00:00:00.000Z\n"
    ),
    "User.csv": (
        "Id,Name,Email,ManagerId,Department,Title,UserRoleId,UserType,IsActive,LastModifiedDate\n"
        "005A,Ada,ada@us.example,005B,Success,Customer Success Manager,00E1,Standard,true,2026-01-01T00:00:00.000Z\n"
        "005B,Ben,ben@us.example,,Sales,Pipe Whisperer,,Standard,false,2026-01-01T00:00:00.000Z\n"
        "005C,Cleo,cleo@acme.example,,,,,PowerCustomerSuccess,true,2026-01-01T00:00:00.000Z\n"
    ),
    "UserRole.csv": "Id,Name\n00E1,EMEA Success\n",
    "opportunity.csv": (
        "id,account_id,type,amount,currency_iso_code,stage_name,probability,is_closed,is_won,close_date,created_date,owner_id,"
        "lead_source,loss_reason_c,is_deleted,system_modstamp\n"
        "006A,001A,Renewal,1000.50,EUR,Closed Won,100,true,true,2026-06-30 00:00:00,2026-05-01 00:00:00,005A,Web,,false,\n"
        "006B,001B,Existing Business,500,EUR,Closed Lost,0,true,false,2026-06-10 00:00:00,2026-05-01 00:00:00,005A,,Price,false,\n"
        "006C,001B,New Business,300,EUR,Proposal,60,false,false,2026-09-30 00:00:00,2026-06-01 00:00:00,005B,,,false,\n"
        "006D,001B,New Business,900,EUR,Proposal,60,false,false,2026-09-30 00:00:00,2026-06-01 00:00:00,005B,,,true,"
        "2026-06-15 00:00:00\n"
        "006E,001B,New Business,,EUR,Proposal,60,false,false,2026-09-30 00:00:00,2026-06-01 00:00:00,005B,,,false,\n"
    ),
    # What is open was 200 up to the 10th of June.
    "opportunity_history.csv": (
        "id,account_id,type,amount,currency_iso_code,stage_name,probability,is_closed,is_won,close_date,created_date,owner_id,"
        "is_deleted,_fivetran_active,_fivetran_start,_fivetran_end\n"
        "006C,001B,New Business,200,EUR,Discovery,20,false,false,2026-09-30 00:00:00,2026-06-01 00:00:00,005B,"
        "false,false,2026-06-01 00:00:01,2026-06-09 23:59:59\n"
        "006C,001B,New Business,300,EUR,Proposal,60,false,false,2026-09-30 00:00:00,2026-06-01 00:00:00,005B,"
        "false,true,2026-06-10 00:00:00,9999-12-31 23:59:59\n"
    ),
    "OpportunityLineItem.csv": (
        "Id,OpportunityId,Product2Id,TotalPrice,Quantity,UnitPrice,IsDeleted,SystemModstamp\n"
        "00k1,006A,01tA,600.25,1,600.25,false,2026-05-01T00:00:00.000Z\n"
        "00k2,006A,01tA,,2,100.125,false,2026-05-01T00:00:00.000Z\n"
        "00k3,006A,01tB,200,1,200,false,2026-05-01T00:00:00.000Z\n"
        "00k4,006A,01tC,75,1,75,true,2026-05-02T00:00:00.000Z\n"
    ),
    "Product2.csv": "Id,Name,Family,IsDeleted\n01tA,Core,Suite,false\n01tB,Extra,,false\n",
    "task.csv": (
        "id,account_id,what_id,who_id,owner_id,type,task_subtype,is_closed,is_recurrence,activity_date,completed_date_time,"
        "created_date,call_type,call_duration_in_seconds,call_disposition,subject,is_deleted,system_modstamp\n"
        "00T1,001A,,003A,005A,,Call,true,false,2026-06-01 00:00:00,2026-06-01 09:00:00,,Outbound,300,Reached,Hello,false,\n"
        "00T2,001A,,003A,005A,,Call,true,false,2026-06-02 00:00:00,2026-06-02 09:00:00,,Outbound,0,No answer,,false,\n"
        "00T3,,006A,003A,005A,,Email,true,false,2026-06-03 00:00:00,2026-06-03 09:00:00,,,,,Offer,false,\n"
        "00T4,001A,,003A,005A,,Email,true,false,2026-06-03 00:00:00,2026-06-03 11:00:00,,,,,Re: Offer,false,\n"
        "00T5,001A,,003A,005A,,ListEmail,true,false,2026-06-04 00:00:00,2026-06-04 09:00:00,,,,,News,false,\n"
        "00T6,001A,,003A,005A,Prep,Task,true,false,2026-06-04 00:00:00,2026-06-04 09:00:00,,,,,Prepare,false,\n"
        "00T7,001A,,003A,00G1,Meeting,Task,true,false,2026-06-05 00:00:00,,,,,,Visit,false,\n"
        "00T8,001A,,003A,005A,,Call,false,false,2026-08-05 00:00:00,,2026-06-05 00:00:00,,,,Plan,false,\n"
        "00T9,,,00Q1,005A,,Call,true,false,2026-06-06 00:00:00,2026-06-06 09:00:00,,Inbound,60,,Lead,false,\n"
        "00Ta,001A,,003A,005A,,Call,true,false,2026-06-07 00:00:00,2026-06-07 09:00:00,,Internal,60,,Us,false,\n"
        "00Tb,001A,,003A,005A,,Call,true,false,2026-06-08 00:00:00,2026-06-08 09:00:00,,Inbound,60,,Mistake,true,"
        "2026-06-09 00:00:00\n"
    ),
    "email_message.csv": (
        "id,activity_id,incoming,thread_identifier\n02s1,00T3,false,thread-1\n02s2,00T4,true,thread-1\n"
    ),
    "event.csv": (
        "id,account_id,who_id,owner_id,type,is_child,is_recurrence,start_date_time,duration_in_minutes,description,is_deleted\n"
        "00U1,001A,003A,005A,Meeting,false,false,2026-06-10 09:00:00,45,Review,false\n"
        "00U2,001A,003A,005B,Meeting,true,false,2026-06-10 09:00:00,45,Review,false\n"
        "00U3,001B,,005A,Demo,false,false,2026-06-11 09:00:00,30,,false\n"
    ),
    "EventRelation.csv": "EventId,RelationId,IsDeleted\n00U1,003Z,false\n00U1,005B,false\n",
    "lead.csv": "id\n00Q1\n",
    "wishes.csv": "id\n1\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Loaded, Path]]:
    folder = written(tmp_path_factory.mktemp("salesforce"), FOLDER)
    home = tmp_path_factory.mktemp("work") / "home"
    ws = made(home, NOW, "EUR", "America/New_York")
    yield ws, load_from(ws, "salesforce", folder), folder
    ws.close()


def test_every_row_is_taken_or_refused_with_its_reason(loaded: tuple[Workspace, Loaded, Path]) -> None:
    _, report, _ = loaded
    assert counts(report, read=True) == {
        ("User.csv", "csm"): (2, 2, 0),
        ("sf_account_data.csv", "account"): (5, 5, 0),
        ("account_history.csv", "account"): (3, 3, 0),
        ("deleted accounts from sf_account_data.csv", "retraction"): (2, 2, 0),
        ("owners from sf_account_data.csv", "assignment"): (6, 6, 0),
        ("AccountTeamMember.csv", "assignment"): (2, 2, 0),
        ("Contact.csv", "person"): (3, 3, 0),
        ("deleted contacts from Contact.csv", "retraction"): (1, 1, 0),
        ("Product2.csv", "product"): (2, 2, 0),
        ("opportunity.csv", "opportunity"): (5, 4, 1),
        ("opportunity_history.csv", "opportunity"): (2, 2, 0),
        ("deleted opportunities from opportunity.csv", "retraction"): (1, 1, 0),
        ("lines from OpportunityLineItem.csv", "opportunity_line"): (2, 2, 0),
        ("deleted lines from OpportunityLineItem.csv", "retraction"): (1, 1, 0),
        ("task.csv", "touchpoint"): (8, 7, 1),
        ("deleted tasks from task.csv", "retraction"): (1, 1, 0),
        ("event.csv", "touchpoint"): (2, 2, 0),
    }
    failed = [(Path(r.file).name, row.line, row.column, row.reason) for r in report.reports for row in r.failed]
    assert failed == [
        ("opportunity.csv", 6, "amount", "is required and empty"),
        ("task.csv", 10, "account_id", "is required and empty"),  # a call with a lead
    ]
    assert (report.unknown, report.aside) == (("wishes.csv",), ("lead.csv",))


def test_what_has_no_counterpart_is_said(loaded: tuple[Workspace, Loaded, Path]) -> None:
    _, report, _ = loaded
    assert list(report.remarks) == [
        "user: 'PowerCustomerSuccess' (1) are none of us, and left out.",
        "user: neither title nor role says what they do in Tenure's words: 'Pipe Whisperer' (1); they are loaded as csm.",
        "user: 1 not active; since when is not in the file, so they have no end.",
        (
            "account: 3 without a history of their owner, who holds from the last change on. Load what was before: tenure "
            "load assignment FILE."
        ),
        (
            "opportunity: no kind that Tenure knows is said by the type 'Existing Business' (1): new while an account has bought "
            "nothing (unless the type says existing), else upsell."
        ),
        "opportunity_line_item: 1 deleted; not counted.",
        "opportunity_line_item: 3 lines are told as 2: those of one product are added up.",
        "task: neither calls, mails nor meetings, and so no contacts, by type: 'Prep' (1).",
        "task: 1 not done yet: no contacts.",
        "task: 1 calls among ourselves: no contacts.",
        "task: of 1 mails no email_message says who wrote; they are taken to be ours.",
        "event: taken for meetings, as an event is one, by type: 'Demo' (1).",
        "event: 1 an invitee's copy of another: not counted.",
        "contact: 1 are of accounts that are in no file here.",
        "opportunity_line_item: 1 are of products that are in no file here.",
    ]


def test_accounts_have_their_past_and_their_owners(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    assert plain_rows_of(ws, "account", "account_id", "valid_from", "name", "domain", "parent_id", "merged_into", "segment") == [
        ("001A", "2026-02-01 00:00", "Acme", "acme.example", None, None, None),
        ("001A", "2026-06-16 04:00", "Acme", "acme.example", None, None, None),
        ("001A", None, "Acme", "acme.example", None, None, "mid"),
        ("001B", None, "Birch", None, "001A", None, None),
        ("001C", None, "Acme again", None, None, "001A", None),
    ]  # fmt: skip
    assert plain_rows_of(ws, "assignment", "account_id", "csm_id", "role", "valid_from", "valid_to") == [
        ("001A", "005A", "owner", "2026-06-16 04:00", None),
        ("001A", "005B", "Executive Sponsor", "2026-02-01 00:00", None),
        ("001A", "005B", "owner", "2026-02-01 00:00", None),
        ("001B", "005A", "owner", "2026-04-01 00:00", None),
        ("001B", "005B", "Executive Sponsor", "2026-02-01 00:00", "2026-03-01 00:00"),
        ("001C", "005A", "owner", "2026-03-01 00:00", None),
        ("001D", "005A", "owner", "2026-06-20 00:00", None),
        ("001E", "005A", "owner", "2026-02-01 00:00", None),
    ]
    assert plain_rows_of(ws, "csm", "csm_id", "manager_id", "team", "role") == [
        ("005A", "005B", "EMEA Success", "csm"), ("005B", None, "Sales", "csm"),
    ]  # fmt: skip
    assert plain_rows_of(ws, "person", "person_id", "account_id", "name") == [
        ("003A", "001A", "Rita Roe"), ("003C", "001Z", "Zed Zorn"),
    ]  # fmt: skip


def test_contacts_are_told_with_who_spoke(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    names = ("touchpoint_id", "account_id", "csm_id", "channel", "direction", "minutes", "is_automated", "thread_id")
    assert plain_rows_of(ws, "touchpoint", *names) == [
        ("00T1", "001A", "005A", "call", "both", "5", False, None),
        ("00T2", "001A", "005A", "call", "out", "0", False, None),  # nobody answered
        ("00T3", "001A", "005A", "email", "out", None, False, "thread-1"),  # by its opportunity
        ("00T4", "001A", "005A", "email", "in", None, False, "thread-1"),
        ("00T5", "001A", "005A", "email", "out", None, True, None),
        ("00T7", "001A", None, "meeting", "both", None, False, None),  # a queue's
        ("00U1", "001A", "005A", "meeting", "both", "45", None, None),
        ("00U3", "001B", "005A", "meeting", "both", "30", None, None),
    ]
    when = dict(plain_rows_of(ws, "touchpoint", "touchpoint_id", "occurred_at"))
    assert when["00T1"] == "2026-06-01 09:00"
    assert when["00T7"] == "2026-06-05 04:00"  # a day of New York
    people = dict(plain_rows_of(ws, "touchpoint", "touchpoint_id", "person_ids"))
    assert people["00U1"] == ["003A", "003Z"]


def test_figures_count_what_salesforce_tells(loaded: tuple[Workspace, Loaded, Path]) -> None:
    """Open at the end of June: 006C of 300 at 60 %. Decided in June: one won, one lost. 006D counts until it was deleted.

    Two-way contacts of June: the call that was answered, the thread in which both wrote, two meetings and a visit, with
    two accounts: Acme (and what was merged into it), which was Ben's and on the Basic plan for half of the month, and Birch.
    Elm and Dust are gone.
    """
    ws, _, _ = loaded
    asked: dict[str, Any] = {"start": "2026-06", "end": "2026-06"}
    (open_,) = ws.show("opportunity_pipeline", **asked)
    assert open_.value == Decimal(300)
    (weighted,) = ws.show("opportunity_pipeline", variant=("weighted",), **asked)
    assert weighted.value == Decimal(180)
    (won,) = ws.show("opportunity_win_rate", **asked)
    assert (won.numerator, won.denominator) == (Decimal(1), Decimal(2))
    kinds = {f.slice["kind"]: f.value for f in ws.show("opportunity_win_rate", by=["kind"], **asked)}
    assert kinds == {"renewal": Decimal(1), "upsell": Decimal(0)}
    (often,) = ws.show("touchpoint_frequency", **asked)
    assert (often.numerator, often.denominator) == (Decimal(5), Decimal(2))
    owners = {
        f.slice["owner"]: (f.numerator, f.denominator) for f in ws.show("touchpoint_frequency", by=["owner"], **asked)
    }
    assert owners == {"005B": (Decimal(4), Decimal("0.5")), "005A": (Decimal(1), Decimal("1.5"))}
    plans = {f.slice["plan_c"]: f.denominator for f in ws.show("touchpoint_frequency", by=["plan_c"], **asked)}
    assert plans == {"Basic": Decimal("0.5"), "Pro": Decimal("0.5"), None: Decimal(1)}


def test_what_was_known_then_is_told_by_the_history(loaded: tuple[Workspace, Loaded, Path]) -> None:
    """On the 5th of June 006C was worth 200; the stages of what has been decided since are not told by a file of the past."""
    ws, _, _ = loaded
    asked: dict[str, Any] = {"start": "2026-06", "end": "2026-06", "by": ["stage"], "as_of": "2026-06-05"}
    then = {f.slice["stage"]: f.value for f in ws.show("opportunity_pipeline", **asked)}
    assert then == {"Discovery": Decimal(200), "Proposal": Decimal(900), "unknown": Decimal("1500.50")}


def test_once_more_changes_nothing_and_the_archive_gives_it_again(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, first, folder = loaded
    again = load_from(ws, "salesforce", folder)
    assert [(r.table, r.read, r.rejected, r.loaded) for r in again.reports] == [
        (r.table, r.read, r.rejected, 0) for r in first.reports
    ]
    keys = (
        ("account", "account_id"),
        ("assignment", "valid_from"),
        ("opportunity", "stage"),
        ("touchpoint", "channel"),
    )
    before = [plain_rows_of(ws, *names) for names in keys]
    ws.call("rebuild", Rebuild())
    assert [plain_rows_of(ws, *names) for names in keys] == before


def test_names_are_the_same_however_a_connector_writes_them() -> None:
    vendor = find("salesforce")
    for name in ("OpportunityLineItem.csv", "sf_opportunity_line_item_data.csv", "OPPORTUNITYLINEITEM.parquet"):
        assert vendor.stream(Path(name)) == "opportunity_line_item"
    written = ["Id", "Product2Id", "systemmodstamp", "My_Own_Field__c", "IsDeleted", "ISDELETED"]
    assert vendor.written("opportunity_line_item", written) == {
        "id": "Id", "product_2_id": "Product2Id", "system_modstamp": "systemmodstamp", "my_own_field_c": "My_Own_Field__c",
        "is_deleted": "IsDeleted",
    }  # fmt: skip


def test_owners_of_salesforces_own_field_history(tmp_path: Path) -> None:
    """Its history of fields tells each change of owner twice, by name and by id; of the rest nothing is guessed."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "Account.csv").write_text(
        "Id,Name,OwnerId,SystemModstamp\n001A,Acme,005B,2026-05-01T00:00:00.000+0000\n", encoding="utf-8"
    )
    (folder / "AccountHistory.csv").write_text(
        "Id,AccountId,Field,OldValue,NewValue,CreatedDate\n"
        "1,001A,Owner,Ada,Ben,2026-03-01T00:00:00.000+0000\n1,001A,Owner,005A,005B,2026-03-01T00:00:00.000+0000\n"
        "2,001A,Industry,Tech,Retail,2026-03-02T00:00:00.000+0000\n",
        encoding="utf-8",
    )
    ws = made(tmp_path / "home", NOW)
    report = load_from(ws, "salesforce", folder, history=False)
    assert plain_rows_of(ws, "assignment", "csm_id", "valid_from") == [("005B", "2026-03-01 00:00")]
    assert list(report.remarks) == [
        "account_history: of changes of fields only the owner's are read; left out: 'Industry' (1).",
        "account_history: 1 changes of owner name no user's id: left out (the same change is told by id).",
        "account: 1 are owned by users that are in no file here.",
    ]
    ws.close()


def test_versions_may_lie_in_the_tables_themselves(tmp_path: Path) -> None:
    """A connector that keeps history may write every version into the one table: none contradicts another."""
    folder = tmp_path / "files"
    folder.mkdir()
    mode = "_fivetran_active,_fivetran_start,_fivetran_end"
    first = "false,2026-02-01 00:00:00,2026-05-31 23:59:59"
    second = "true,2026-06-01 00:00:00,9999-12-31 23:59:59"
    files = {
        "account": (
            f"id,name,owner_id,is_deleted,{mode}\n001A,Acme,005A,false,{first}\n001A,Acme Inc,005B,false,{second}\n"
            f"001B,Birch,005A,false,{first}\n001B,Birch,005A,true,{second}\n001C,Cedar,005A,false,{first}\n"
        ),
        "user": (
            f"id,name,department,{mode}\n005A,Ada,Sales,{first}\n005A,Ada,Success,{second}\n005B,Ben,Success,{second}\n"
        ),
        "opportunity": (
            f"id,account_id,amount,stage_name,is_closed,is_won,close_date,created_date,is_deleted,{mode}\n"
            f"006A,001A,200,Talks,false,false,2026-09-30,2026-02-01 00:00:00,false,{first}\n"
            f"006A,001A,300,Offer,false,false,2026-09-30,2026-02-01 00:00:00,false,{second}\n"
        ),
        "task": (
            f"id,account_id,owner_id,task_subtype,is_closed,completed_date_time,{mode}\n"
            f"00T1,001A,005A,Call,false,,{first}\n00T1,001A,005A,Call,true,2026-06-02 09:00:00,{second}\n"
        ),
    }  # fmt: skip
    for name, text in files.items():
        (folder / f"{name}.csv").write_text(text, encoding="utf-8")
    ws = made(tmp_path / "home", NOW)
    report = load_from(ws, "salesforce", folder)
    assert not [row for one in report.reports for row in one.failed]
    assert plain_rows_of(ws, "account", "account_id", "name", "valid_from") == [
        ("001A", "Acme Inc", "2026-06-01 00:00"), ("001A", "Acme", "2026-02-01 00:00"),
    ]  # fmt: skip
    assert plain_rows_of(ws, "retraction", "key", "at") == [("001B", "2026-06-01 00:00"), ("001C", "2026-05-31 23:59")]
    assert plain_rows_of(ws, "assignment", "account_id", "csm_id", "valid_from")[:2] == [
        ("001A", "005A", "2026-02-01 00:00"), ("001A", "005B", "2026-06-01 00:00"),
    ]  # fmt: skip
    assert plain_rows_of(ws, "csm", "csm_id", "team") == [("005A", "Success"), ("005B", "Success")]
    assert plain_rows_of(ws, "touchpoint", "touchpoint_id", "occurred_at") == [("00T1", "2026-06-02 09:00")]
    (now,) = ws.show("opportunity_pipeline", start="2026-06", end="2026-06")
    (then,) = ws.show("opportunity_pipeline", start="2026-05", end="2026-05", as_of="2026-05-31")
    assert (now.value, then.value) == (Decimal(300), Decimal(200))
    assert "contradictory_key" not in {found.name for found in ws.call("check", Check()) if found.count}
    ws.close()


def test_what_is_sold_is_told_by_what_was_bought_before(tmp_path: Path) -> None:
    """Without a word for it: a first sale up to the first that was won, more of the same after."""
    folder = tmp_path / "files"
    folder.mkdir()
    (folder / "Opportunity.csv").write_text(
        "Id,AccountId,Type,Amount,IsClosed,IsWon,CloseDate,CreatedDate\n"
        "1,A,,10,true,false,2026-01-20,2026-01-01T00:00:00Z\n2,A,,10,true,true,2026-02-20,2026-02-01T00:00:00Z\n"
        "3,A,Own word,10,false,false,2026-09-20,2026-03-01T00:00:00Z\n4,B,,10,false,false,2026-09-20,2026-03-01T00:00:00Z\n"
        "5,A,Renewal,10,false,false,2026-09-20,2026-03-01T00:00:00Z\n",
        encoding="utf-8",
    )
    ws = made(tmp_path / "home", NOW)
    load_from(ws, "salesforce", folder, history=False)
    assert plain_rows_of(ws, "opportunity", "opportunity_id", "kind") == [
        ("1", "new"), ("2", "new"), ("3", "upsell"), ("4", "new"), ("5", "renewal"),
    ]  # fmt: skip
    ws.close()


def test_the_seeds(tmp_path: Path, shared_data: Path) -> None:
    """All rows of the published fixtures are loaded, refused or said. All ten opportunities were deleted in April 2019 or
    later; before, with an amount and a probability that can be, one was open (210,000) and two were lost.
    """
    seeds = shared_data / "dbt_salesforce_seeds"
    ws = made(tmp_path / "home", NOW, "USD")
    report = load_from(ws, "salesforce", seeds)
    for one in report.reports:
        assert one.read == one.loaded + one.unchanged + one.superseded + one.rejected
    read = {Path(r.file).name: r.read for r in report.reports if r.file.startswith(str(seeds))}
    rows = {
        name: duckdb.execute(f"SELECT count(*) FROM read_csv('{seeds / name}', all_varchar = true)").fetchall()[0][0]
        for name in read
    }
    assert rows == read | {
        "sf_account_history_data.csv": 10,
        "sf_opportunity_history_data.csv": 10,
        "sf_task_data.csv": 10,
    }
    told = " ".join(report.remarks)
    for said in ("9 versions tell of a deletion", "10 versions tell of a deletion", "'X' (7), none (3)"):
        assert said in told
    refused = {(Path(r.file).name, row.line, row.column) for r in report.reports for row in r.failed}
    lacking = duckdb.execute(
        f"SELECT n + 1 FROM (SELECT row_number() OVER () AS n, * FROM read_csv('{seeds}/sf_opportunity_data.csv')) "
        "WHERE amount IS NULL"
    ).fetchall()  # fmt: skip
    assert refused == {("sf_opportunity_data.csv", line, "amount") for (line,) in lacking} | {
        ("sf_opportunity_data.csv", 2, "probability")  # of 1,000 %
    }
    asked: dict[str, Any] = {"start": "2018-12", "end": "2018-12", "as_of": "2019-03-31"}
    (open_,) = ws.show("opportunity_pipeline", **asked)
    assert open_.value == Decimal(210_000)
    (rate,) = ws.show("opportunity_win_rate", grain="quarter", start="2018-12", end="2018-12", as_of="2019-03-31")
    assert (rate.numerator, rate.denominator) == (Decimal(0), Decimal(2))
    (gone,) = ws.show("opportunity_pipeline", start="2018-12", end="2018-12")
    assert not gone.value
    # Ten events in November 2019, all of accounts that are in no file; two accounts were not deleted.
    (often,) = ws.show("touchpoint_frequency", start="2019-11", end="2019-11")
    assert (often.numerator, often.denominator) == (Decimal(10), Decimal(2))
    orphans = next(found for found in ws.call("check", Check()) if found.name == "orphan")
    assert orphans.count > 0
    ws.close()
