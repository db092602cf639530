from __future__ import annotations

from datetime import datetime

from tenure.warehouse.versions import derive
from tests.warehouse.files import Workspace

FAR = datetime(9999, 12, 31)


def test_an_end_is_known_from_the_notice_on(workspace: Workspace) -> None:
    report = workspace.load(
        "subscription",
        [
            "subscription_id,account_id,amount,started_at,ended_at,cancel_requested_at",
            "s1,a,10,2024-01-01,2024-12-01,2024-09-15",
            "s2,a,10,2024-02-01,2024-08-01,",
            "s3,a,10,2024-03-01,,",
        ],
        history=True,
    )
    assert (report.loaded, report.read) == (3, 3)
    derive(workspace.store.con, "UTC", ["subscription"])
    assert workspace.rows(
        "SELECT subscription_id, ended_at, known_from, known_to FROM subscription_version ORDER BY 1, 3"
    ) == [
        ("s1", None, datetime(2024, 1, 1), datetime(2024, 9, 15)),
        ("s1", datetime(2024, 12, 1), datetime(2024, 9, 15), FAR),
        ("s2", None, datetime(2024, 2, 1), datetime(2024, 8, 1)),
        ("s2", datetime(2024, 8, 1), datetime(2024, 8, 1), FAR),
        ("s3", None, datetime(2024, 3, 1), FAR),
    ]


def test_nothing_is_learned_after_the_moment_of_loading(workspace: Workspace) -> None:
    workspace.load(
        "subscription",
        ["subscription_id,account_id,amount,started_at,ended_at", "s1,a,10,2024-01-01,2030-01-01"],
        history=True,
        now=datetime(2025, 1, 1),
    )
    assert workspace.rows("SELECT max(known_at) FROM subscription") == [(datetime(2025, 1, 1),)]


def test_what_has_no_time_was_known_from_the_beginning(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name,valid_from", "A-1,One,", "A-2,Two,2024-05-01"], history=True)
    assert workspace.rows("SELECT account_id, known_at FROM account ORDER BY 1") == [
        ("A-1", datetime(1, 1, 1)),
        ("A-2", datetime(2024, 5, 1)),
    ]


def test_an_open_opportunity_was_open_until_it_was_closed(workspace: Workspace) -> None:
    workspace.load(
        "opportunity",
        ["opportunity_id,account_id,kind,status,amount,created_at,closed_at", "o1,a,new,won,10,2024-01-01,2024-03-01"],
        history=True,
    )
    derive(workspace.store.con, "UTC", ["opportunity"])
    assert workspace.rows("SELECT status, closed_at FROM opportunity_version ORDER BY known_from") == [
        ("open", None),
        ("won", datetime(2024, 3, 1)),
    ]


def test_loading_the_past_again_changes_nothing(workspace: Workspace) -> None:
    lines = ["subscription_id,account_id,amount,started_at,ended_at", "s1,a,10,2024-01-01,2024-12-01"]
    workspace.load("subscription", lines, history=True)
    report = workspace.load("subscription", [*lines, "s2,a,1,2024-01-01,"], history=True, now=datetime(2025, 5, 1))
    assert (report.loaded, report.unchanged) == (1, 1)
    assert workspace.rows("SELECT count(*) FROM subscription") == [(3,)]


def test_events_were_known_when_they_happened(workspace: Workspace) -> None:
    workspace.load("payment", ["payment_id,invoice_id,amount,paid_at", "p1,i1,5,2024-06-01"], history=True)
    assert workspace.rows("SELECT known_at FROM payment") == [(datetime(2024, 6, 1),)]
