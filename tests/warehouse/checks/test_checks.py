from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta
from pathlib import Path
from types import SimpleNamespace

import pytest

from tenure.core.accept import Severity
from tenure.warehouse.checks import CheckResult, all_checks, run_checks
from tenure.warehouse.tables import all_tables
from tenure.warehouse.versions import derive
from tests.warehouse.files import Workspace

TODAY = datetime(2025, 3, 1)


def found(workspace: Workspace, now: datetime = TODAY, **severities: Severity) -> dict[str, CheckResult]:
    filled = [name for name in all_tables() if workspace.rows(f"SELECT 1 FROM {name} LIMIT 1")]
    derive(workspace.store.con, "UTC", {*filled, "account", "exchange_rate"})
    settings = SimpleNamespace(currency="EUR", timezone="UTC", checks=severities)
    return {result.name: result for result in run_checks(workspace.store.con, settings, now)}  # type: ignore[arg-type]


def test_every_check_says_what_is_wrong_and_what_to_do() -> None:
    checks = all_checks()
    assert len(checks) >= 20
    for check in checks.values():
        assert check.meaning.endswith(".")
        assert check.fix
    assert {name for name, check in checks.items() if check.severity is Severity.BLOCKS} == {
        "contradictory_key",
        "overlap",
        "unknown_currency",
    }


def test_an_empty_warehouse_raises_no_alarm(workspace: Workspace) -> None:
    assert {name for name, result in found(workspace).items() if result.count} == set()


# table, lines, the check that must find it, how many rows
FAULTS = [
    ("account", ["account_id,name,tier", "A-1,One,gold", "A-1,One,silver"], "contradictory_key", 1),
    ("account", ["account_id,name,domain", "A-1,One,x.org", "A-2,Two,X.org "], "duplicate_account", 2),
    ("account", ["account_id,name", "A-1,Acme", "A-2,acme"], "duplicate_account", 2),
    ("account", ["account_id,name,parent_id", "A-1,One,A-7"], "orphan", 1),
    ("account", ["account_id,name", "A-1,One", "A-2,"], "refused_row", 1),
    ("payment", ["payment_id,invoice_id,amount,paid_at", "p,i,1,2025-01-01", "p,i,2,2025-01-01"], "duplicate_event", 1),
    ("payment", ["payment_id,invoice_id,amount,paid_at", "p,i,1,2026-01-01"], "future_time", 1),
    (
        "payment",
        ["payment_id,invoice_id,amount,paid_at,currency", "p,i,1,2025-01-01,USD", "q,i,1,2025-01-01,EUR"],
        "unknown_currency",
        1,
    ),
    (
        "subscription",
        ["subscription_id,account_id,amount,arr,started_at", "s,a,100,1200,2024-01-01", "t,a,100,1100,2024-01-01"],
        "arr_mismatch",
        1,
    ),
    (
        "subscription",
        ["subscription_id,account_id,amount,started_at,ended_at", "s,a,1,2024-01-01,2024-01-31", "t,a,1,2024-02-01,"],
        "one_day_gap",
        1,
    ),
    (
        "target",
        ["metric,slice,period_start,period_end,value", "mrr,,2024-01-01,2024-01-31,1", "mrr,,2024-02-01,2024-03-01,1"],
        "one_day_gap",
        1,
    ),
    (
        "subscription",
        ["subscription_id,account_id,amount,started_at,ended_at", "s,a,1,2024-01-01,2024-01-01"],
        "unordered_interval",
        1,
    ),
    (
        "subscription",
        ["subscription_id,account_id,amount,started_at,status", "s,a,1,2024-01-01,cancelled"],
        "flag_against_intervals",
        1,
    ),
    (
        "survey_answer",
        ["answer_id,survey,score,scale_min,scale_max", "a,nps,11,0,10", "b,nps,9,1,10", "c,nps,9,0,10"],
        "score_outside_scale",
        2,
    ),
    (
        "schedule",
        ["schedule_id,time_zone,weekday,opens,closes", "s,Europe/Berlin,0,9:00,17:00", "t,Europe/Nowhere,0,22:00,6:00"],
        "unknown_zone",
        1,
    ),
    ("person", ["person_id,account_id,email", "p,A-1,x@x.org", "q,A-2,X@x.org", "r,A-1,y@x.org"], "shared_email", 2),
]


@pytest.mark.parametrize(
    ("table", "lines", "check", "count"), FAULTS, ids=[f"{fault[2]}-{number}" for number, fault in enumerate(FAULTS)]
)
def test_a_planted_fault_is_found(
    workspace: Workspace, table: str, lines: Sequence[str], check: str, count: int
) -> None:
    workspace.load(table, lines)
    result = found(workspace)[check]
    assert (result.count, result.tables) == (count, (table,))
    assert result.rows[0]["file"] == "rows.csv"
    assert isinstance(result.rows[0]["line"], int)


def test_opening_hours_of_a_day_must_not_overlap(workspace: Workspace) -> None:
    workspace.load(
        "schedule",
        [
            "schedule_id,time_zone,weekday,opens,closes",
            "s,UTC,0,9:00,12:00",
            "s,UTC,0,12:00,17:00",
            "s,UTC,1,9:00,12:30",
            "s,UTC,1,12:00,17:00",
            "t,UTC,0,8:00,18:00",
            "t,UTC,4,22:00,06:00",
        ],
    )
    assert workspace.rows("SELECT count(*) FROM schedule") == [(6,)]  # over midnight is no end before the start
    assert found(workspace)["unordered_interval"].count == 0
    result = found(workspace)["overlap"]
    assert (result.count, result.holds) == (1, True)
    assert [(row["key"], row["line"]) for row in result.rows] == [("s / 1 / 12:00", 5)]


def test_rows_that_wait_for_a_column_are_found_until_it_comes(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name", "A-1,One"])
    workspace.load("account", ["account_id,tier", "A-1,gold", "A-2,silver"], now=datetime(2025, 4, 1))
    rows = found(workspace)["incomplete"].rows
    assert [(row["key"], row["line"]) for row in rows] == [("A-2", 3)]
    workspace.load("account", ["account_id,name", "A-2,Two"], now=datetime(2025, 5, 1))
    assert found(workspace)["incomplete"].count == 0


def test_use_after_the_account_left_is_found(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name", "a,One", "b,Two", "c,Three"])
    lines = [
        "s,a,1,2024-01-01,2024-06-01",
        "t,b,1,2024-01-01,2024-06-01",
        "u,b,1,2024-06-01,",
        "v,c,1,2024-01-01,2024-06-01",
    ]
    workspace.load("subscription", ["subscription_id,account_id,amount,started_at,ended_at", *lines])
    # c only lingers for the day that an inclusive end leaves in doubt.
    use = ["a,f,2024-06-03", "a,f,2024-02-01", "b,f,2024-07-01", "c,f,2024-06-02"]
    workspace.load("usage", ["account_id,feature,occurred_at", *use])
    assert [row["key"] for row in found(workspace)["use_after_churn"].rows] == ["a"]


def test_a_contradiction_is_settled_by_a_later_row(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name,tier", "A-1,One,gold", "A-1,One,silver"])
    workspace.load("account", ["account_id,name,tier", "A-1,One,bronze"], now=datetime(2025, 4, 1))
    assert found(workspace)["contradictory_key"].count == 0


def test_two_files_that_say_different_things_of_one_moment_contradict_each_other(workspace: Workspace) -> None:
    for tier in ("gold", "silver"):
        workspace.load("account", ["account_id,name,tier,known_at", f"A-1,One,{tier},2024-01-01"])
    result = found(workspace)["contradictory_key"]
    assert result.count == 1
    assert result.holds


def test_settings_change_what_a_check_does(workspace: Workspace) -> None:
    workspace.load(*FAULTS[0][:2])
    assert not found(workspace, contradictory_key=Severity.WARNS)["contradictory_key"].holds


def test_an_orphan_joins_when_its_parent_comes(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name,parent_id", "A-1,One,A-7"])
    workspace.load("account", ["account_id,name", "A-7,Seven"], now=datetime(2025, 4, 1))
    assert found(workspace)["orphan"].count == 0


def test_use_outside_its_subscription_is_found(workspace: Workspace) -> None:
    workspace.load(
        "subscription", ["subscription_id,account_id,amount,started_at,ended_at", "s,a,1,2024-02-01,2024-06-01"]
    )
    workspace.load(
        "usage",
        [
            "event_id,account_id,subscription_id,feature,occurred_at",
            "1,a,s,f,2024-01-31",
            "2,a,s,f,2024-03-01",
            "3,a,s,f,2024-06-02",
            "4,a,,f,2024-01-01",
        ],
    )
    results = found(workspace)
    assert results["use_before_start"].count == 2
    assert results["use_after_end"].count == 1


def test_billing_and_contracts_are_compared(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name", "a,One", "b,Two"])
    workspace.load(
        "subscription", ["subscription_id,account_id,amount,started_at", "s,a,100,2024-02-01", "t,b,100,2024-02-01"]
    )
    workspace.load(
        "contract",
        [
            "contract_id,account_id,started_at,ended_at,value",
            "c,a,2024-02-01,2026-01-01,1300",
            "d,b,2024-02-01,2026-01-01,1205",
        ],
    )
    result = found(workspace)["billing_against_crm"]
    assert [row["key"] for row in result.rows] == ["a"]


def usage_days(start: datetime, days: int, a_day: int) -> list[str]:
    return [f"a,f,{start + timedelta(days=day, minutes=minute)}" for day in range(days) for minute in range(a_day)]


def test_a_week_that_brings_half_is_found_and_a_usual_one_is_not(workspace: Workspace) -> None:
    monday = datetime(2025, 1, 6)
    rows = usage_days(monday, 42, 10)
    workspace.load("usage", ["account_id,feature,occurred_at", *rows])
    assert found(workspace, now=monday + timedelta(days=43))["volume"].count == 0
    workspace.load(
        "usage",
        ["account_id,feature,occurred_at", *usage_days(monday + timedelta(days=42), 7, 2)],
        now=datetime(2025, 3, 2),
    )
    assert found(workspace, now=monday + timedelta(days=50))["volume"].count == 1


def test_a_column_that_went_empty_is_found(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name,tier", *(f"A-{n},N{n},gold" for n in range(30))])
    workspace.load("account", ["account_id,name,tier", *(f"B-{n},M{n}," for n in range(30))], now=datetime(2025, 4, 1))
    assert [row["key"] for row in found(workspace)["null_share"].rows] == ["tier"]


def test_a_source_that_fell_silent_is_found(workspace: Workspace) -> None:
    for day in range(1, 8):
        workspace.load(
            "account", ["account_id,name", f"A-{day},N{day}"], now=datetime(2025, 1, day), name=f"export-{day}.csv"
        )
    assert found(workspace, now=datetime(2025, 1, 9))["stale"].count == 0
    assert found(workspace, now=datetime(2025, 1, 20))["stale"].count == 1


def test_ravenstack_contradicts_itself_as_its_readme_says(workspace: Workspace, shared_data: Path) -> None:
    folder = shared_data / "ravenstack"

    def put(table: str, columns: str, source: str) -> None:
        file = workspace.home / "made.csv"
        workspace.store.con.execute(f"COPY (SELECT {columns} FROM {source}) TO '{file}' (HEADER)")
        workspace.load(table, file.read_text(), name=f"{table}.csv")

    def csv(name: str) -> str:
        return f"read_csv('{folder / f'ravenstack_{name}.csv'}', all_varchar = true)"

    put("account", "account_id, account_name AS name, churn_flag", csv("accounts"))
    put(
        "subscription",
        "subscription_id, account_id, mrr_amount AS amount, arr_amount AS arr, is_trial, "
        "start_date AS started_at, end_date AS ended_at",
        csv("subscriptions"),
    )
    put(
        "usage",
        "usage_id AS event_id, account_id, subscription_id, usage_date AS occurred_at, "
        'feature_name AS feature, usage_count AS "count"',
        f"{csv('feature_usage')} u JOIN {csv('subscriptions')} s USING (subscription_id)",
    )
    results = found(workspace, now=datetime(2025, 1, 1))
    assert results["duplicate_event"].count == 21
    assert results["use_before_start"].count == 19_142
    assert results["use_after_end"].count == 290
    assert results["arr_mismatch"].count == 0
    # 110 accounts are flagged as churned; every one of the 500 pays at the end of 2024.
    assert results["flag_against_intervals"].count == 110
