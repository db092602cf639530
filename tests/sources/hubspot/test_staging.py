"""HubSpot's tables, as connectors export them, through the front door."""

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
#: In the names of two connectors: with ``property_``, and with ``properties_`` or none.
FOLDER: dict[str, str] = {
    "company_data.csv": (
        "id,is_deleted,_fivetran_synced,property_name,property_domain,property_createdate,property_industry,"
        "property_lifecyclestage,property_hubspot_owner_id,property_hubspot_owner_assigneddate,property_hs_merged_object_ids,"
        "property_plan,property_hs_score\n"
        "1,false,2026-06-01 00:00:00,Acme,acme.example,2026-01-01 0:00:00,Tech,customer,o1,2026-06-16 00:00:00,3;9,Pro,7\n"
        "2,false,2026-06-01 00:00:00,Birch,,2026-01-01 0:00:00,,lead,o1,,,,\n"
        "3,true,2026-03-01 00:00:00,Acme Old,,2026-01-01 0:00:00,,,,,,,\n"
        "4,true,2026-06-20 00:00:00,Dust,,2026-01-01 0:00:00,,,,,,,\n"
    ),
    "company_property_history.csv": (
        "company_id,name,value,timestamp,source\n1,hubspot_owner_id,o2,2026-02-01 00:00:00,CRM_UI\n"
        "1,hubspot_owner_id,o1,2026-06-16 00:00:00,CRM_UI\n1,industry,Tech,2026-02-01 00:00:00,CRM_UI\n"
        "2,hubspot_owner_id,o2,2026-02-01 00:00:00,CRM_UI\n2,hubspot_owner_id,,2026-03-01 00:00:00,CRM_UI\n"
    ),
    "contact.jsonl": (
        '{"id": "11", "properties_email": "rita@acme.example", "properties_firstname": "Rita", "properties_lastname": "Roe",'
        ' "properties_jobtitle": "Buyer", "properties_createdate": "2026-01-02T00:00:00.000Z", "archived": false,'
        ' "properties_associatedcompanyid": "1"}\n'
        '{"id": "12", "properties_email": "bo@birch.example", "properties_createdate": "2026-01-02T00:00:00.000Z"}\n'
        '{"id": "13", "properties_email": "r@acme.example", "properties_createdate": "2026-01-02T00:00:00.000Z"}\n'
    ),
    "contact_company.csv": "contact_id,company_id,type_id,_fivetran_deleted\n12,2,279,false\n12,1,279,false\n12,2,1,false\n12,1,1,true\n",
    "contact_merge_audit.csv": "canonical_vid,vid_to_merge,timestamp\n11,13,2026-02-02 00:00:00\n",
    "owner.csv": "owner_id,first_name,last_name,email,active_user_id\no1,Ada,Ames,ada@us.example,u1\no2,,,ben@us.example,\n",
    "users.csv": "id,primary_team_id\nu1,t1\n",
    "team.csv": "id,name\nt1,Success\n",
    "deal.csv": (
        "deal_id,is_deleted,_fivetran_synced,deal_pipeline_id,deal_pipeline_stage_id,owner_id,property_dealtype,property_amount,"
        "property_createdate,property_closedate,property_closed_lost_reason\n"
        "d1,false,2026-06-01 00:00:00,p,won,o1,newbusiness,1000.50,2026-05-01 08:00:00,2026-06-05 08:00:00,\n"
        "d2,false,2026-06-01 00:00:00,p,lost,o1,existingbusiness,500,2026-05-01 08:00:00,2026-06-06 08:00:00,Price\n"
        "d3,false,2026-06-01 00:00:00,p,talk,o2,renewal,300,2026-06-01 08:00:00,2026-09-30 08:00:00,\n"
        "d4,true,2026-06-15 00:00:00,p,talk,o2,renewal,900,2026-06-01 08:00:00,2026-09-30 08:00:00,\n"
        "d5,false,2026-06-15 00:00:00,p,talk,o2,renewal,70,2026-06-01 08:00:00,2026-09-30 08:00:00,\n"
        "d6,false,2026-06-15 00:00:00,p,talk,o2,renewal,80,2026-06-01 08:00:00,2026-09-30 08:00:00,\n"
        "d7,false,2026-06-15 00:00:00,p,melted,o2,renewal,80,2026-06-01 08:00:00,2026-09-30 08:00:00,\n"
    ),
    "deal_company.csv": (
        "deal_id,company_id,type_id\nd1,1,341\nd1,2,341\nd1,1,5\nd2,2,341\nd3,2,341\nd4,2,341\nd5,1,341\nd5,2,341\nd7,2,341\n"
    ),
    "deal_pipeline_stage.csv": (
        "stage_id,pipeline_id,label,closed_won,is_closed,probability\nwon,p,Closed won,true,true,1.0\n"
        "lost,p,Closed lost,false,true,0.0\ntalk,p,Talking,false,false,0.6\nmeet,p,Meeting,false,false,0.2\n"
    ),
    "deal_stage.csv": (
        "deal_id,value,date_entered,_fivetran_active\nd3,meet,2026-06-01 8:00:00,false\nd3,talk,2026-06-10 8:00:00,true\n"
    ),
    "product.csv": "id,property_name\npr1,Core\n",
    "line_item.csv": (
        "id,property_hs_product_id,property_amount,_fivetran_deleted\nl1,pr1,600.25,false\nl2,pr1,200,false\nl3,pr1,9,true\n"
    ),
    "line_item_deal.csv": "line_item_id,deal_id\nl1,d1\nl2,d1\nl3,d1\n",
    "merged_deal.csv": "deal_id,merged_deal_id,_fivetran_synced\nd1,d0,2026-06-01 00:00:00\n",
    "ticket.csv": (
        "id,is_deleted,_fivetran_synced,property_subject,property_createdate,property_closed_date,property_hs_pipeline_stage,"
        "property_hs_ticket_priority,property_source_type,property_hubspot_owner_id\n"
        "t1,false,2026-06-01,Help,2026-06-01 09:00:00,2026-06-03 09:00:00,4,HIGH,EMAIL,o1\n"
        "t2,false,2026-06-01,Help,2026-06-02 09:00:00,,1,MEDIUM,FORM,o1\n"
        "t3,true,2026-06-04,Spam,2026-06-02 09:00:00,,1,BLOCKER,FAX,o1\n"
    ),
    "ticket_company.csv": "ticket_id,company_id\nt1,1\nt2,2\nt3,2\n",
    "ticket_contact.csv": "ticket_id,contact_id\nt1,11\n",
    "ticket_pipeline_stage.csv": (
        "stage_id,pipeline_id,label,is_closed,ticket_state\n1,0,New,false,OPEN\n2,0,Waiting on contact,false,OPEN\n"
        "3,0,With the vendor,false,OPEN\n4,0,Closed,true,CLOSED\n"
    ),
    "ticket_property_history.csv": (
        "ticket_id,name,value,timestamp_instant\nt1,hs_pipeline_stage,1,2026-06-01 09:00:00\n"
        "t1,hs_pipeline_stage,2,2026-06-01 12:00:00\nt1,hs_pipeline_stage,3,2026-06-02 12:00:00\n"
        "t1,hs_pipeline_stage,4,2026-06-03 09:00:00\nt1,subject,Help,2026-06-01 09:00:00\n"
        "t2,hs_pipeline_stage,gone,2026-06-02 09:00:00\n"
    ),
    "engagement_call.csv": (
        "engagement_id,_fivetran_deleted,_fivetran_synced,property_hs_timestamp,property_hubspot_owner_id,"
        "property_hs_call_direction,property_hs_call_duration,property_hs_call_status\n"
        "e1,false,2026-06-01 00:00:00,2026-06-01 09:00:00,o1,OUTBOUND,300000,COMPLETED\n"
        "e2,false,2026-06-01 00:00:00,2026-06-02 09:00:00,o1,OUTBOUND,20000,NO_ANSWER\n"
        "e3,false,2026-06-01 00:00:00,2026-06-03 09:00:00,o1,OUTBOUND,,CANCELED\n"
        "e4,true,2026-06-05 00:00:00,2026-06-04 09:00:00,o1,INBOUND,60000,COMPLETED\n"
        "e5,false,2026-06-05 00:00:00,2026-06-04 09:00:00,o1,INBOUND,60000,COMPLETED\n"
    ),
    "engagement_email.csv": (
        "engagement_id,property_hs_timestamp,property_hubspot_owner_id,property_hs_email_direction,property_hs_email_status,"
        "property_hs_email_thread_id,property_hs_sequence_id\n"
        "m1,1780480800000,o1,EMAIL,SENT,th1,\nm2,2026-06-03 12:00:00,o1,INCOMING_EMAIL,SENT,th1,\n"
        "m3,2026-06-04 12:00:00,o1,EMAIL,SENT,,s1\nm4,2026-06-04 12:00:00,o1,EMAIL,BOUNCED,,\n"
        "m5,2026-06-05 12:00:00,o1,FORWARDED_EMAIL,,,\n"
    ),
    "engagement_meeting.csv": (
        "engagement_id,start_time,end_time,meeting_outcome,title\n"
        "g1,2026-06-10 9:00:00,2026-06-10 9:45:00,COMPLETED,Review\n"
        "g2,2026-06-11 9:00:00,2026-06-11 9:45:00,NO_SHOW,Demo\n"
    ),
    "engagement_communication.csv": "engagement_id,property_hs_timestamp\nc1,2026-06-12 09:00:00\n",
    "engagement.csv": "id,type,owner_id\ng1,MEETING,o2\n",
    "engagement_note.csv": "engagement_id,property_hs_note_body\nn1,Nice people\n",
    "engagement_company.csv": (
        "engagement_id,company_id\ne1,1\ne2,1\ne3,1\ne4,1\nm1,1\nm2,1\nm3,1\nm4,1\nm5,1\ng1,1\ng1,2\n"
    ),
    "engagement_contact.csv": "engagement_id,contact_id\ne1,11\ng1,12\nc1,11\n",
    "email_event_sent_data.csv": "id\n1\n",
    "wishes.csv": "id\n1\n",
}  # fmt: skip


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Loaded, Path]]:
    folder = written(tmp_path_factory.mktemp("hubspot"), FOLDER)
    home = tmp_path_factory.mktemp("work") / "home"
    ws = made(home, NOW)
    yield ws, load_from(ws, "hubspot", folder), folder
    ws.close()


def test_every_row_is_taken_or_refused_with_its_reason(loaded: tuple[Workspace, Loaded, Path]) -> None:
    _, report, _ = loaded
    assert counts(report, read=True) == {
        ("owner.csv", "csm"): (2, 2, 0),
        ("company_data.csv", "account"): (4, 4, 0),
        ("deleted companies from company_data.csv", "retraction"): (1, 1, 0),
        ("owners from company_data.csv", "assignment"): (4, 4, 0),
        ("contact.jsonl", "person"): (3, 3, 0),
        ("deleted contacts from contact.csv", "retraction"): (1, 1, 0),
        ("product.csv", "product"): (1, 1, 0),
        ("deal.csv", "opportunity"): (7, 4, 3),
        ("stages from deal_stage.csv", "opportunity"): (2, 2, 0),
        ("deleted deals from deal.csv", "retraction"): (2, 2, 0),
        ("lines from line_item.csv", "opportunity_line"): (1, 1, 0),
        ("ticket.csv", "ticket"): (3, 3, 0),
        ("deleted tickets from ticket.csv", "retraction"): (1, 1, 0),
        ("ticket stages from ticket_property_history.csv", "ticket_status"): (5, 4, 1),
        ("engagement_call.csv", "touchpoint"): (4, 3, 1),
        ("deleted calls from engagement_call.csv", "retraction"): (1, 1, 0),
        ("engagement_email.csv", "touchpoint"): (4, 4, 0),
        ("engagement_meeting.csv", "touchpoint"): (1, 1, 0),
        ("engagement_communication.csv", "touchpoint"): (1, 1, 0),
    }
    failed = [(Path(r.file).name, row.line, row.column) for r in report.reports for row in r.failed]
    assert failed == [
        ("deal.csv", 6, "account_id"),  # of two companies, none of them the primary one
        ("deal.csv", 7, "account_id"),
        ("deal.csv", 8, "status"),  # in a stage that no file knows
        ("ticket stages from ticket_property_history.csv", 6, "status"),
        ("engagement_call.csv", 6, "account_id"),
    ]
    assert (report.unknown, report.aside) == (("wishes.csv",), ("email_event_sent_data.csv",))


def test_what_has_no_counterpart_is_said(loaded: tuple[Workspace, Loaded, Path]) -> None:
    _, report, _ = loaded
    assert list(report.remarks) == [
        "owner: HubSpot does not say what people do; all are loaded as csm. Tell otherwise: tenure load csm FILE.",
        "company_property_history: 1 changes of other things than the owner are not read.",
        (
            "deal: no kind that Tenure knows is said by the type 'existingbusiness' (1): new while a company has bought nothing "
            "(unless the type says existing), else upsell."
        ),
        "deal_company: 1 deals have several companies and none is the primary one: refused.",
        "deal: no currency is told; amounts are taken to be in the workspace's.",
        "line_item: 1 deleted or without a product; not counted.",
        "ticket: the priority 'BLOCKER' (1) has no counterpart and is kept as it is.",
        "ticket: the channel 'FAX' (1) has no counterpart and is kept as it is.",
        "ticket_pipeline_stage: tickets in 'With the vendor' (1) are open, and who is waited for is not known: us.",
        "ticket_property_history: 1 changes of other things than the stage are not read.",
        "engagement_call: those that were no calls are no contacts: 'CANCELED' (1).",
        "engagement_email: those that did not arrive are no contacts: 'BOUNCED' (1).",
        "engagement_meeting: those that were not held are no contacts: 'NO_SHOW' (1).",
        "engagement_email: who wrote is not said by the direction 'FORWARDED_EMAIL' (1); they are taken to be ours.",
        "engagement_communication: who wrote is not said of 1 messages; they are taken to be ours.",
        "engagement_note: 1 notes are no contacts: what we noted or meant to do.",
        "merged_deal: 1 are of deals that are in no file here.",
    ]


def test_companies_have_their_merges_and_owners(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    assert plain_rows_of(ws, "account", "account_id", "name", "domain", "merged_into", "lifecycle", "created_at") == [
        ("1", "Acme", "acme.example", None, "customer", "2026-01-01 00:00"),
        ("2", "Birch", None, None, "lead", "2026-01-01 00:00"),
        ("3", "Acme Old", None, "1", None, "2026-01-01 00:00"),
    ]  # fmt: skip
    assert plain_rows_of(ws, "assignment", "account_id", "csm_id", "valid_from", "valid_to") == [
        ("1", "o1", "2026-06-16 00:00", None),
        ("1", "o2", "2026-02-01 00:00", None),
        ("2", "o1", "2026-06-01 00:00", None),
        ("2", "o2", "2026-02-01 00:00", "2026-03-01 00:00"),  # then nobody's for a while
    ]
    assert plain_rows_of(ws, "person", "person_id", "account_id", "name", "title") == [
        ("11", "1", "Rita Roe", "Buyer"), ("12", "2", None, None),
    ]  # fmt: skip
    assert plain_rows_of(ws, "csm", "csm_id", "name", "team") == [
        ("o1", "Ada Ames", "Success"),
        ("o2", "ben@us.example", None),
    ]


def test_contacts_are_told_with_who_spoke(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    names = ("touchpoint_id", "account_id", "csm_id", "channel", "direction", "minutes", "is_automated", "thread_id")
    assert plain_rows_of(ws, "touchpoint", *names) == [
        ("c1", "1", None, "chat", "out", None, None, None),  # by the person it was with
        ("e1", "1", "o1", "call", "both", "5", None, None),
        ("e2", "1", "o1", "call", "out", "0.3333", None, None),
        ("g1", "2", "o2", "meeting", "both", "45", None, None),  # of two companies, but with a person of Birch
        ("m1", "1", "o1", "email", "out", None, None, "th1"),
        ("m2", "1", "o1", "email", "in", None, None, "th1"),
        ("m3", "1", "o1", "email", "out", None, True, None),
        ("m5", "1", "o1", "email", "out", None, None, None),
    ]
    when = dict(plain_rows_of(ws, "touchpoint", "touchpoint_id", "occurred_at"))
    assert when["m1"] == "2026-06-03 10:00"  # milliseconds since 1970


def test_figures_count_what_hubspot_tells(loaded: tuple[Workspace, Loaded, Path]) -> None:
    """Open at the end of June: d3 of 300 at 60 %. Decided in June: one won, one lost.

    Two-way contacts: the call that was answered, the thread, the meeting; with Acme and Birch. Dust is gone. The ticket t1
    took from the 1st at 9 to the 3rd at 9, of which it waited for its requester from 12 to 12: t3 was deleted.
    """
    ws, _, _ = loaded
    asked: dict[str, Any] = {"start": "2026-06", "end": "2026-06"}
    (open_,) = ws.show("opportunity_pipeline", **asked)
    assert open_.value == Decimal(300)
    (weighted,) = ws.show("opportunity_pipeline", variant=("weighted",), **asked)
    assert weighted.value == Decimal(180)
    (won,) = ws.show("opportunity_win_rate", **asked)
    assert (won.numerator, won.denominator) == (Decimal(1), Decimal(2))
    assert [row for row in plain_rows_of(ws, "opportunity", "opportunity_id", "kind", "lost_reason") if row[1] != "renewal"] == [
        ("d1", "new", None), ("d2", "upsell", "Price"),
    ]  # fmt: skip
    then = {
        f.slice["stage"]: f.value for f in ws.show("opportunity_pipeline", by=["stage"], as_of="2026-06-04", **asked)
    }
    assert then["Meeting"] == Decimal(300)
    (often,) = ws.show("touchpoint_frequency", **asked)
    assert (often.numerator, often.denominator) == (Decimal(3), Decimal(2))
    plans = {f.slice["property_plan"] for f in ws.show("touchpoint_frequency", by=["property_plan"], **asked)}
    assert plans == {"Pro", None}
    (volume,) = ws.show("ticket_volume", **asked)
    assert volume.value == 2
    times = {f.slice["clock"]: f.value for f in ws.show("time_to_resolution", by=["clock"], **asked)}
    assert times["calendar"] == Decimal(48 * 60)
    (waited,) = ws.show("agent_wait_time", **asked)
    assert waited.value == Decimal(24 * 60)


def test_once_more_changes_nothing_and_the_archive_gives_it_again(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, first, folder = loaded
    again = load_from(ws, "hubspot", folder)
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
    vendor = find("hubspot")
    assert vendor.written("deal", ["deal_id", "property_amount", "owner_id", "property_custom", "_fivetran_deleted"]) == {
        "id": "deal_id", "amount": "property_amount", "hubspot_owner_id": "owner_id", "property_custom": "property_custom",
        "is_deleted": "_fivetran_deleted",
    }  # fmt: skip
    assert vendor.written("deal", ["id", "properties_amount", "archived"]) == {
        "id": "id", "amount": "properties_amount", "is_deleted": "archived",
    }  # fmt: skip


def test_the_seeds(tmp_path: Path, shared_data: Path) -> None:
    """All rows of the published fixtures are loaded, refused or said. Their deals have neither an amount nor a company,
    and their engagements no company that could be found: all of these are refused, line by line.
    """
    seeds = shared_data / "dbt_hubspot_seeds"
    ws = made(tmp_path / "home", NOW, "USD")
    report = load_from(ws, "hubspot", seeds)
    for one in report.reports:
        assert one.read == one.loaded + one.unchanged + one.superseded + one.rejected
    read = {Path(r.file).name: (r.read, r.rejected) for r in report.reports if r.file.startswith(str(seeds))}
    rows = {
        name: duckdb.execute(f"SELECT count(*) FROM read_csv('{seeds / name}', all_varchar = true)").fetchall()[0][0]
        for name in read
    }
    assert {name: count for name, (count, _) in read.items()} == rows
    assert {name: count for name, (_, count) in read.items() if count} == {
        "deal_data.csv": 44, "engagement_call_data.csv": 1, "engagement_email_data.csv": 1,
        "engagement_meeting_data.csv": 100, "engagement_communication_data.csv": 1,
    }  # fmt: skip
    merged = duckdb.execute(
        f"SELECT count(*) FROM (SELECT vid_to_merge FROM read_csv('{seeds}/contact_merge_audit_data.csv') UNION SELECT "
        f"unnest(string_split(property_hs_merged_object_ids, ';'))::BIGINT FROM read_csv('{seeds}/contact_data.csv'))"
    ).fetchall()[0][0]
    taken = {Path(r.file).name: r.loaded for r in report.reports if r.table == "retraction"}
    assert taken["deleted contacts from contact_data.csv"] == merged == 7
    assert len(plain_rows_of(ws, "person", "person_id")) == 22 - 3  # three of those that were merged are in the file
    (volume,) = ws.show("ticket_volume", start="2020-11", end="2020-11")
    opened = duckdb.execute(
        f"SELECT count(*) FROM read_csv('{seeds}/ticket_data.csv') WHERE property_createdate BETWEEN '2020-11-01' AND "
        "'2020-11-30 23:59:59'"
    ).fetchall()[0][0]
    assert volume.value == opened
    refused = next(found for found in ws.call("check", Check()) if found.name == "refused_row")
    assert refused.count == 147
    ws.close()
