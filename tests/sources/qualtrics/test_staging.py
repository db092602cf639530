"""Qualtrics' tables, as connectors export them, through the front door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tenure.engine.verbs.load import Loaded
from tenure.engine.workspace import Workspace
from tests.sources.vendor_files import counts, load_from, made, rows_of, written

NOW = datetime(2026, 7, 15, 12)
TELLS = "not loaded, since who is missing among them would tell."
FOLDER: dict[str, str] = {
    "survey.csv": (
        "id,survey_name,option_anonymize_response\nS1,Relationship,false\nS2,Whisper,true\nS3,Desk,\nS4,Lunch,false\n"
    ),
    "question.csv": (
        "id,survey_id,question_type,selector,data_export_tag,question_text\nQ1,S1,MC,NPS,Q1,How likely?\n"
        "Q2,S1,TE,SL,Q2,Why?\nQ1,S2,MC,NPS,Q1,How likely?\nQ5,S3,MC,SAVR,CSAT_desk,How was it?\n"
        "Q6,S3,MC,SAVR,Q6,How satisfied were you?\nQ7,S3,Slider,HSLIDER,CES,How easy was it?\n"
    ),
    "question_option.csv": "survey_id,question_id,key,recode_value\n"
    + "".join(f"S3,Q5,{key},{key}\n" for key in range(1, 6))
    + "".join(f"S3,Q6,{key},{key}\n" for key in range(1, 6)),
    "directory_contact.csv": (
        "directory_id,id,ext_ref,first_name,last_name,email,creation_date,last_modified\n"
        "P,C1,user-1,Rita,Requester,rita@acme.example,2026-01-01 00:00:00,2026-01-01\n"
        "P,C2,,Sol,,sol@acme.example,2026-01-01 00:00:00,2026-01-01\n"
    ),
    "core_contact.csv": "id,external_data_reference,first_name,last_name\nM1,user-9,Max,\n",
    "distribution.csv": (
        "id,parent_distribution_id,request_type,survey_link_survey_id\nD1,,Invite,S1\nD2,D1,Reminder,S1\n"
        "D3,,TestEmail,S1\nD4,,Invite,S2\nD5,,Pigeon,S1\nD6,,GeneratedInvite,S4\n"
    ),
    # Rita answers the reminder, Sol does not, a third one's mail comes back.
    "distribution_contact.csv": (
        "contact_id,distribution_id,sent_at,status,response_id\nC1,D1,2026-06-01 09:00:00,Success,\n"
        "C2,D1,2026-06-01 09:00:00,Opened,\nC3,D1,2026-06-01 09:00:00,HardBounce,\n"
        "C1,D2,2026-06-08 09:00:00,SurveyFinished,R1\nC9,D3,2026-06-01 09:00:00,Success,\n"
        "C1,D4,2026-06-01 09:00:00,SurveyFinished,\nC1,D6,2026-06-01 09:00:00,Lifted,\nC1,DX,2026-06-01 09:00:00,Success,\n"
    ),
    "survey_response.csv": (
        "id,survey_id,status,finished,distribution_channel,external_reference,end_date,recorded_date\n"
        "R1,S1,0,1,email,,2026-06-09 09:00:00,2026-06-09 09:00:01\n"
        "R2,S1,0,0,anonymous,boss,2026-06-10 09:00:00,2026-06-17 09:00:00\n"
        "R3,S1,1,1,preview,,2026-06-10 09:00:00,2026-06-10 09:00:00\n"
        "R4,S2,IP Address,1,email,boss,2026-06-10 09:00:00,2026-06-10 09:00:00\n"
        "R5,S3,0,1,email,user-7,2026-06-11 09:00:00,2026-06-11 09:00:00\n"
        "R6,S3,0,1,email,,2026-06-11 09:00:00,2026-06-11 09:00:00\n"
        "R7,S1,99,1,email,,2026-06-11 09:00:00,2026-06-11 09:00:00\n"
        "R10,S1,0,1,anonymous,,2026-06-12 09:00:00,\nR11,S1,0,1,anonymous,,2026-06-12 09:00:00,\n"
        "R12,S1,4,1,anonymous,,,2026-06-12 09:00:00\n"
    ),
    "question_response.csv": (
        "response_id,question_id,sub_question_key,value\nR1,Q1,,10\nR1,Q2,,Fast\nR2,Q1,,6\nR3,Q1,,0\nR4,Q1,,2\nR5,Q5,,4\n"
        "R5,Q6,,1\nR6,Q6,,1\nR7,Q1,,0\nR99,Q1,,0\n"
        "R10,Q1,,9\nR11,Q1,,10\nR12,Q1,,8\n"
    ),
    "survey_embedded_data.csv": (
        "response_id,key,import_id,value\nR5,Account_ID,Account_ID,crm-1\nR4,account_id,account_id,crm-1\nR5,mood,mood,fine\n"
    ),
    "user.csv": "id\n1\n",
    "wishes.csv": "id\n1\n",
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Loaded, Path]]:
    folder = written(tmp_path_factory.mktemp("qualtrics"), FOLDER)
    home = tmp_path_factory.mktemp("work") / "home"
    ws = made(home, NOW)
    yield ws, load_from(ws, "qualtrics", folder), folder
    ws.close()


def test_every_row_is_taken_or_said_to_be_none(loaded: tuple[Workspace, Loaded, Path]) -> None:
    _, report, _ = loaded
    assert counts(report) == {
        ("directory_contact.csv", "person"): (2, 2, 0),
        ("core_contact.csv", "person"): (1, 1, 0),
        ("answers from survey_response.csv", "survey_answer"): (9, 9, 0),
    }
    assert (report.unknown, report.aside) == (("wishes.csv",), ("user.csv",))
    none = "that is known to be NPS, csat or ces"
    assert list(report.remarks) == [
        "question: Q5 of S3 is taken for csat on 1-5, by its export tag; a high value is held for the good one.",
        "survey_response: the kind of response '99' (1) is not known: not loaded.",
        "distribution: the kind of distribution 'Pigeon' (1) is not known: not loaded.",
        "distribution_contact: the status 'Lifted' (1) is not known: taken for not delivered.",
        "survey_response: previews, tests and spam: 1; these are no answers: not loaded.",
        f"survey_response: without an answer to a question {none}: 1; not loaded.",
        "question_response: answers of responses that are in no file: 1; what survey they are of is not known: not loaded.",
        "question_response: answers to other questions: 3; not loaded.",
        "distribution_contact: of distributions that are in no file: 1; what they ask is not known: not loaded.",
        "distribution_contact: sent to try it: 1; these ask nobody: not loaded.",
        "distribution_contact: invitations to surveys that ask nothing known to be NPS, csat or ces: 1; not loaded.",
        "distribution_contact: invitations to surveys whose answers are made anonymous: 1; " + TELLS,
    ]


def test_one_row_an_invitation_and_what_is_anonymous_stays_so(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    assert rows_of(ws, "person", "person_id", "name") == [
        ("C2", "Sol"),
        ("user-1", "Rita Requester"),
        ("user-9", "Max"),
    ]
    first = datetime(2026, 6, 1, 9, tzinfo=UTC)
    told = rows_of(ws, "survey_answer", "survey", "score", "person_id", "sent_at", "delivered_at", "is_anonymous")
    assert told == [
        ("csat Desk", Decimal(4), "user-7", None, None, False),
        (
            "nps Relationship",
            Decimal(10),
            "user-1",
            first,
            first,
            False,
        ),  # invited on the first, reminded on the eighth
        *[("nps Relationship", Decimal(score), None, None, None, True) for score in (10, 6, 8, 9)],  # by anonymous link
        ("nps Relationship", None, "C2", first, first, False),
        ("nps Relationship", None, "C3", first, None, False),
        ("nps Whisper", Decimal(2), None, None, None, True),  # a survey that makes its answers anonymous
    ]
    assert rows_of(ws, "survey_answer", "survey", "account_id") == [
        ("csat Desk", "crm-1"), *[("nps Relationship", None)] * 7, ("nps Whisper", None),
    ]  # fmt: skip


def test_figures(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    (satisfied,) = ws.show("customer_satisfaction", start="2026-06", end="2026-06")
    assert (satisfied.numerator, satisfied.denominator) == (Decimal(1), Decimal(1))  # 4 of 1-5
    (score,) = ws.show("net_promoter_score", start="2026-06", end="2026-06")
    assert (score.numerator, score.denominator) == (Decimal(3 - 2), Decimal(6))  # 10, 10, 9; 6, 2; and an 8
    assert score.extra["response_rate"] == Decimal("0.5")  # of two that arrived
    by = {
        f.slice["survey"]: f.status
        for f in ws.show("net_promoter_score", start="2026-06", end="2026-06", by=["survey"])
    }
    assert by["nps Whisper"] == "suppressed"  # one alone


def test_once_more_changes_nothing_and_a_late_answer_joins_its_invitation(
    loaded: tuple[Workspace, Loaded, Path], tmp_path: Path
) -> None:
    ws, first, folder = loaded
    again = load_from(ws, "qualtrics", folder)
    assert [(r.table, r.read, r.rejected, r.loaded) for r in again.reports] == [
        (r.table, r.read, r.rejected, 0) for r in first.reports
    ]
    late = {
        "distribution_contact.csv": ("Opened,\n", "SurveyFinished,R8\n"),
        "survey_response.csv": ("R7,S1,99", "R8,S1,0"),
        "question_response.csv": ("R7,Q1,,0", "R8,Q1,,9"),
    }
    for name, text in FOLDER.items():
        (tmp_path / name).write_text(text.replace(*late.get(name, ("", ""))), encoding="utf-8")
    load_from(ws, "qualtrics", tmp_path, history=False)
    told = rows_of(ws, "survey_answer", "survey", "score", "person_id")
    assert ("nps Relationship", Decimal(9), "C2") in told
    assert len(told) == 9


def test_the_seeds(tmp_path: Path, shared_data: Path) -> None:
    """No question of them is an NPS question or tagged as one: six contacts, and everything else is said not to be loaded."""
    ws = made(tmp_path / "home", NOW, "USD")
    report = load_from(ws, "qualtrics", shared_data / "dbt_qualtrics_seeds")
    assert {(Path(r.file).name, r.table): (r.read, r.loaded) for r in report.reports} == {
        ("directory_contact.csv", "person"): (5, 5),
        ("core_contact.csv", "person"): (1, 1),
        ("answers from survey_response.csv", "survey_answer"): (0, 0),
    }
    assert [remark.partition(";")[0] for remark in report.remarks] == [
        "survey_response: without an answer to a question that is known to be NPS, csat or ces: 5",
        "question_response: answers of responses that are in no file: 5",
        "distribution_contact: of distributions that are in no file: 4",
        "distribution_contact: invitations to surveys that ask nothing known to be NPS, csat or ces: 1",
    ]
    ws.close()
