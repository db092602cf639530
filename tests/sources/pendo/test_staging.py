"""Pendo's tables, as connectors export them, through the front door."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

import pytest

from tenure.engine.verbs.check import Check
from tenure.engine.verbs.load import Loaded
from tenure.engine.workspace import Workspace
from tests.sources.vendor_files import counts, load_from, made, rows_of, written

NOW = datetime(2026, 7, 15, 12)
_USE = "account_id,visitor_id,remote_ip,timestamp,num_events,num_minutes"
FOLDER: dict[str, str] = {
    "account_history.csv": (
        "id,agent_name,first_visit,last_updated_at\ncrm-1,Acme,2026-01-01 00:00:00,2026-02-01 00:00:00\n"
        "crm-1,Acme Ltd,2026-01-01 00:00:00,2026-05-01 00:00:00\ncrm-2,,2026-01-01 00:00:00,2026-02-01 00:00:00\n"
    ),
    "visitor_history.csv": (
        "id,account_id,agent_full_name,first_visit,last_visit,last_updated_at\n"
        "rita,crm-1,Rita,2026-01-01 00:00:00,2026-06-03 11:00:00,2026-06-03 11:00:00\n"
        "sol,crm-2,Sol,2026-01-01 00:00:00,2026-06-04 11:00:00,2026-06-04 11:00:00\n"
        "_PENDO_T_x1,,,2026-01-01 00:00:00,2026-06-04 11:00:00,2026-06-04 11:00:00\n"
    ),
    "visitor_account_history.csv": (
        "account_id,visitor_id,visitor_last_updated_at\ncrm-2,rita,2026-01-01 00:00:00\ncrm-1,rita,2026-06-03 11:00:00\n"
        "crm-1,sol,2026-06-04 11:00:00\ncrm-2,sol,2026-06-04 11:00:00\ncrm-2,gone,2026-06-04 11:00:00\n"
    ),
    "feature_history.csv": (
        "id,name,is_core_event,last_updated_at\nf1,Exprt,true,2026-01-01 00:00:00\nf1,Export,true,2026-02-01 00:00:00\n"
        "f2,Close,false,2026-01-01 00:00:00\n"
    ),
    "pendo_page_history.csv": "id,name,last_updated_at\np1,Reports,2026-01-01 00:00:00\n",
    "track_type_history.csv": "id,name,last_updated_at\nt1,Synced,2026-01-01 00:00:00\n",
    # Two computers in one hour are two rows; the last row is of nobody's account, the one before of no number.
    "feature_event.csv": f"{_USE},feature_id\n"
    "crm-1,rita,192.0.2.1,2026-06-01 09:00:00,3,2,f1\ncrm-1,rita,192.0.2.2,2026-06-01 09:00:00,3,2,f1\n"
    "crm-1,sol,192.0.2.3,2026-06-02 09:00:00,1,1,f1\ncrm-1,rita,192.0.2.1,2026-06-03 09:00:00,1,1,f2\n"
    "crm-1,rita,192.0.2.1,2026-06-03 10:00:00,many,1,f2\n,_PENDO_T_x1,192.0.2.9,2026-06-03 11:00:00,1,1,f2\n",
    "page_event.csv": f"{_USE},page_id\ncrm-2,_PENDO_T_x1,192.0.2.9,2026-06-03 11:00:00,4,3,p1\n",
    "track_type_event.csv": (
        "account_id,visitor_id,time_stamp,num_events,num_minutes,track_type_id\ncrm-2,sol,2026-06-04 11:00:00,7,,t1\n"
    ),
    "event.csv": f"{_USE},page_id\ncrm-1,rita,192.0.2.1,2026-06-01 09:00:00,40,12,allevents\n",
    "poll.csv": (
        "id,attribute_type,attribute_follow_up,question\nn1,NPSRating,w1,How likely?\nw1,FreeForm,,Why?\n"
        "s1,NumberScale,,How satisfied?\n"
    ),
    "step_poll_history.csv": (
        "poll_id,step_id,step_last_updated_at\nn1,step-1,2026-01-01 00:00:00\nn1,step-1,2026-02-01 00:00:00\n"
    ),
    # Rita answers the second showing and is asked again; Sol closes it twice.
    "guide_event.csv": (
        "account_id,visitor_id,guide_id,guide_step_id,timestamp,type\n"
        "crm-1,rita,g1,step-1,2026-06-01 09:00:00,guideSeen\ncrm-1,rita,g1,step-1,2026-06-02 09:00:00,guideSeen\n"
        "crm-1,rita,g1,step-1,2026-06-20 09:00:00,guideSeen\ncrm-1,sol,g1,step-1,2026-06-03 09:00:00,guideSeen\n"
        "crm-1,sol,g1,step-1,2026-06-03 09:00:05,guideDismissed\ncrm-1,sol,g1,step-1,2026-06-04 09:00:00,guideSeen\n"
        "crm-1,sol,g2,step-9,2026-06-04 09:00:00,guideSeen\n"
    ),
    "poll_event.csv": (
        "account_id,visitor_id,guide_id,poll_id,timestamp,poll_response,type\n"
        "crm-1,rita,g1,n1,2026-06-02 09:01:00,9,ui:web:pollResponse\n"
        "crm-1,rita,g1,w1,2026-06-02 09:02:00,Fast,ui:web:pollResponse\n"
        "crm-2,_PENDO_T_x1,g1,n1,2026-06-05 09:00:00,3,ui:web:pollResponse\n"
        "crm-1,rita,g3,s1,2026-06-05 09:00:00,4,ui:web:pollResponse\n"
        "crm-1,rita,g4,lost,2026-06-05 09:00:00,4,ui:web:pollResponse\n"
    ),
    "group.csv": "id\n1\n",
    "wishes.csv": "id\n1\n",
}


@pytest.fixture(scope="module")
def loaded(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[Workspace, Loaded, Path]]:
    folder = written(tmp_path_factory.mktemp("pendo"), FOLDER)
    home = tmp_path_factory.mktemp("work") / "home"
    ws = made(home, NOW)
    yield ws, load_from(ws, "pendo", folder), folder
    ws.close()


def test_every_row_is_taken_or_refused_with_its_reason(loaded: tuple[Workspace, Loaded, Path]) -> None:
    _, report, _ = loaded
    assert counts(report) == {
        ("accounts from account_history.csv", "account"): (2, 2, 0),
        ("visitor_history.csv", "person"): (2, 2, 0),
        ("feature_history.csv", "feature"): (3, 3, 0),
        ("pendo_page_history.csv", "feature"): (1, 1, 0),
        ("track_type_history.csv", "feature"): (1, 1, 0),
        ("feature_uses from feature_event.csv", "usage"): (6, 4, 2),
        ("page_views from page_event.csv", "usage"): (1, 1, 0),
        ("tracked from track_type_event.csv", "usage"): (1, 1, 0),
        ("hours from event.csv", "usage"): (1, 1, 0),
        ("ratings from poll_event.csv", "survey_answer"): (4, 4, 0),
    }
    failed = [(row.line, row.column, row.value) for r in report.reports for row in r.failed]
    assert failed == [(6, "count", "many"), (7, "account_id", None)]  # the lines of feature_event.csv
    assert (report.unknown, report.aside) == (("wishes.csv",), ("group.csv",))
    assert list(report.remarks) == [
        "account_history: without a name: 1; an account is not known without one: not loaded.",
        "visitor_history: anonymous: 1; these are no people.",
        "visitor_account_history: visitors of several accounts: 1; they are given none, what they do its own.",
        "visitor_account_history: rows of visitors that are in no file: 1; not loaded.",
        "poll_event: answers to polls that are in no file: 1; what they ask is not known: not loaded.",
        "guide_event: what guides showed, and what was clicked there: 7; only the showing of NPS polls is read.",
        "poll_event: answers to polls of the type 'NumberScale': 1; it has no counterpart: not loaded.",
    ]


def test_the_latest_version_counts_and_nobody_is_guessed(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    assert rows_of(ws, "account", "account_id", "name") == [("crm-1", "Acme Ltd")]
    assert rows_of(ws, "person", "person_id", "account_id", "last_seen_at") == [
        ("rita", "crm-1", datetime(2026, 6, 3, 11, tzinfo=UTC)), ("sol", None, datetime(2026, 6, 4, 11, tzinfo=UTC)),
    ]  # fmt: skip
    assert rows_of(ws, "feature", "feature_id", "name", "is_key") == [
        ("f1", "Export", True), ("f2", "Close", False), ("p1", "Reports", None), ("t1", "Synced", None),
    ]  # fmt: skip


def test_what_counts_as_a_use(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    assert rows_of(ws, "usage", "account_id", "person_id", "feature", "count", "seconds") == [
        ("crm-1", "rita", "allevents", 1, Decimal(720)),  # an hour in which something was done, of 12 minutes
        ("crm-1", "rita", "f1", 3, Decimal(120)),
        ("crm-1", "rita", "f1", 3, Decimal(120)),
        ("crm-1", "rita", "f2", 1, Decimal(60)),
        ("crm-1", "sol", "f1", 1, Decimal(60)),
        ("crm-2", "sol", "t1", 7, None),
        ("crm-2", None, "p1", 4, Decimal(180)),  # the account's, though nobody's
    ]
    # Key actions are those of the core feature: Rita on one day of June, Sol on another.
    (sticky,) = ws.show("stickiness", start="2026-06", end="2026-06")
    assert (sticky.numerator, sticky.denominator) == (Decimal(2), Decimal(60))


def test_answers_to_nps_polls(loaded: tuple[Workspace, Loaded, Path]) -> None:
    ws, _, _ = loaded
    told = rows_of(ws, "survey_answer", "account_id", "person_id", "score", "text", "sent_at")
    assert sorted(told, key=lambda row: str(row[-1])) == [
        ("crm-1", "rita", Decimal(9), "Fast", datetime(2026, 6, 1, 9, tzinfo=UTC)),  # shown twice, answered once
        ("crm-1", "sol", None, None, datetime(2026, 6, 3, 9, tzinfo=UTC)),
        ("crm-1", "rita", None, None, datetime(2026, 6, 20, 9, tzinfo=UTC)),
        ("crm-2", None, Decimal(3), None, None),
    ]
    (score,) = ws.show("net_promoter_score", start="2026-06", end="2026-06")
    assert (score.value, score.n) == (Decimal(0), 2)  # a promoter, a detractor
    assert score.extra["response_rate"] == round(Decimal(1) / 3, 10)


def test_once_more_changes_nothing_and_an_hour_that_runs_waits(
    loaded: tuple[Workspace, Loaded, Path], tmp_path: Path
) -> None:
    ws, first, folder = loaded
    again = load_from(ws, "pendo", folder)
    assert [(r.table, r.read, r.rejected, r.loaded) for r in again.reports] == [
        (r.table, r.read, r.rejected, 0) for r in first.reports
    ]
    header = f"{_USE},feature_id,_fivetran_synced\n"
    for many, synced in ((2, "12:30:00"), (5, "13:30:00")):
        row = f"crm-1,rita,192.0.2.1,2026-06-30 12:00:00,{many},1,f2,2026-06-30 {synced}\n"
        (tmp_path / "feature_event.csv").write_text(header + row, encoding="utf-8")
        report = load_from(ws, "pendo", tmp_path, history=False)
        assert bool(report.remarks) == (many == 2)
    assert sorted(count for feature, count in rows_of(ws, "usage", "feature", "count") if feature == "f2") == [1, 5]


def test_the_seeds(tmp_path: Path, shared_data: Path) -> None:
    """Fifteen rows of use in fifteen hours, by people and of accounts that are in no file; answers to unknown polls.

    In April 2021: Billy, on three rows in two days (2, 1 and 1 clicks), and Kettle, 17 views of a page in an hour.
    """
    ws = made(tmp_path / "home", NOW, "USD")
    report = load_from(ws, "pendo", shared_data / "dbt_pendo_seeds")
    assert {(Path(r.file).name, r.table): (r.read, r.loaded) for r in report.reports} == {
        ("accounts from account_history.csv", "account"): (5, 5),
        ("visitor_history.csv", "person"): (5, 5),
        ("feature_history.csv", "feature"): (5, 5),
        ("page_history.csv", "feature"): (5, 5),
        ("feature_uses from feature_event.csv", "usage"): (5, 5),
        ("page_views from page_event.csv", "usage"): (5, 5),
        ("hours from event.csv", "usage"): (5, 5),
        ("ratings from poll_event.csv", "survey_answer"): (0, 0),
    }
    for said in (
        "visitor_account_history: rows of visitors that are in no file: 3;",
        "poll_event: answers to polls that are in no file: 3;",
        "guide_event: what guides showed, and what was clicked there: 5;",
    ):
        assert any(said in remark for remark in report.remarks), said
    (sticky,) = ws.show("stickiness", start="2021-04", end="2021-04")
    assert (sticky.numerator, sticky.denominator) == (Decimal(3), Decimal(60))  # 2 + 1 days of 2 people's 30
    orphans = next(found for found in ws.call("check", Check()) if found.name == "orphan")
    assert orphans.count > 0
    ws.close()
