from __future__ import annotations

import json
from datetime import datetime
from decimal import Decimal

import pytest

from tenure.core.errors import DataError
from tenure.warehouse.load import Report, Terms, load
from tenure.warehouse.schema import columns_on_disk
from tenure.warehouse.versions import derive
from tests.warehouse.files import NOW, Workspace


def counts(report: Report) -> tuple[int, int, int, int, int]:
    assert report.read == report.loaded + report.unchanged + report.superseded + report.rejected
    return report.read, report.loaded, report.unchanged, report.superseded, report.rejected


ACCOUNTS = ["account_id,name,tier,seats", "A-1,One,gold,5", "A-2,Two,,6"]


def test_good_rows_go_in_and_bad_ones_are_kept_with_their_reasons(workspace: Workspace) -> None:
    report = workspace.load(
        "payment",
        [
            "payment_id,invoice_id,amount,kind,paid_at",
            "p1,i1,10.50,payment,2025-01-01T00:00:00Z",
            "p2,i1,ten,payment,2025-01-01T00:00:00Z",
            "p3,,-1,gift,1066-10-14",
            "p4,i2,3,Refund,2025-01-02T00:00:00Z",
        ],
    )
    assert counts(report) == (4, 2, 0, 0, 2)
    assert workspace.rows("SELECT payment_id, amount, kind, line FROM payment ORDER BY 1") == [
        ("p1", Decimal("10.5"), "payment", 2),
        ("p4", Decimal(3), "refund", 5),
    ]
    assert workspace.rows("SELECT file, line, column_name, value, code FROM failed_row ORDER BY ALL") == [
        ("rows.csv", 3, "amount", "ten", "not_a_money"),
        ("rows.csv", 4, "amount", "-1", "too_low"),
        ("rows.csv", 4, "invoice_id", None, "required"),
        ("rows.csv", 4, "kind", "gift", "not_a_choice"),
        ("rows.csv", 4, "paid_at", "1066-10-14", "impossible_time"),
    ]
    assert json.loads(str(workspace.rows("SELECT raw FROM failed_row WHERE line = 3")[0][0]))["amount"] == "ten"
    assert report.failed[0].line == 3
    assert "amount" in report.failed[0].reason


def test_the_same_file_again_changes_nothing(workspace: Workspace) -> None:
    assert counts(workspace.load("account", ACCOUNTS)) == (2, 2, 0, 0, 0)
    before = workspace.rows("SELECT * FROM account")
    again = workspace.load("account", ACCOUNTS, now=datetime(2026, 1, 1))
    assert counts(again) == (2, 0, 2, 0, 0)
    assert workspace.rows("SELECT * FROM account") == before
    assert len(workspace.rows("SELECT * FROM batch")) == 1


def test_equal_rows_of_another_file_are_unchanged_and_others_supersede(workspace: Workspace) -> None:
    workspace.load("account", ACCOUNTS)
    later = workspace.load("account", [*ACCOUNTS[:2], "A-2,Two,silver,6", "A-3,Three,,1"], now=datetime(2025, 4, 1))
    assert counts(later) == (3, 1, 1, 1, 0)
    assert workspace.rows("SELECT count(*) FROM account") == [(4,)]


def test_a_file_that_returns_to_an_earlier_state_is_loaded_again(workspace: Workspace) -> None:
    silver = ["account_id,name,tier", "A-1,One,silver", "A-2,Two,"]
    gold = ["account_id,name,tier", "A-1,One,gold", "A-2,Two,"]
    days = [datetime(2025, month, 1) for month in (3, 4, 5, 6)]
    assert counts(workspace.load("account", gold, now=days[0])) == (2, 2, 0, 0, 0)
    assert counts(workspace.load("account", silver, now=days[1])) == (2, 0, 1, 1, 0)
    assert counts(workspace.load("account", gold, now=days[2])) == (2, 0, 1, 1, 0)
    # Nothing came since, so it is not even read again.
    assert counts(workspace.load("account", gold, now=days[3])) == (2, 0, 2, 0, 0)
    derive(workspace.store.con, "UTC", ["account"])
    assert workspace.rows(
        "SELECT tier, known_from FROM account_version WHERE account_id = 'A-1' ORDER BY known_from"
    ) == [("gold", days[0]), ("silver", days[1]), ("gold", days[2])]
    assert workspace.rows("SELECT split_part(message_id, '.', 2), retracted_by FROM batch ORDER BY batch") == [
        ("", None),
        ("", None),
        ("1", None),
    ]


def test_files_of_other_tables_and_events_do_not_make_a_file_new(workspace: Workspace) -> None:
    payments = ["payment_id,invoice_id,amount,paid_at", "p1,i1,5,2025-01-01"]
    workspace.load("account", ACCOUNTS)
    workspace.load("payment", payments)
    workspace.load("payment", [*payments, "p2,i1,5,2025-01-01"], now=datetime(2025, 4, 1))
    workspace.load("account", ACCOUNTS, now=datetime(2025, 5, 1))
    workspace.load("payment", payments, now=datetime(2025, 5, 1))
    assert workspace.rows("SELECT count(*) FROM batch") == [(3,)]


def test_rows_with_their_own_moment_are_known_however_often_their_file_comes(workspace: Workspace) -> None:
    one = ["account_id,name,known_at", "A-1,One,2024-01-01"]
    two = ["account_id,name,known_at", "A-1,Uno,2024-02-01"]
    for month, lines in enumerate((one, two, one, two), start=3):
        workspace.load("account", lines, now=datetime(2025, month, 1))
    assert workspace.rows("SELECT name FROM account ORDER BY known_at") == [("One",), ("Uno",)]


def test_a_folder_that_is_loaded_whole_every_night_stays_as_it_is(workspace: Workspace) -> None:
    """Its files came in one order once; of several of one table none can be said to be how things are now."""
    kept = []
    for month, tier in enumerate(("gold", "silver", "bronze"), start=3):
        kept.append(workspace.delivery("account", ["account_id,name,tier", f"A-1,One,{tier}"], name=f"{tier}.csv"))
        load(workspace.store, workspace.inbox, kept, Terms(datetime(2025, month, 1), "UTC"))
    derive(workspace.store.con, "UTC", ["account"])
    assert workspace.rows("SELECT tier FROM account_version ORDER BY known_from") == [
        ("gold",),
        ("silver",),
        ("bronze",),
    ]


def test_a_change_of_a_custom_attribute_alone_supersedes(workspace: Workspace) -> None:
    workspace.load("account", ACCOUNTS)
    later = workspace.load("account", ["account_id,name,seats", "A-1,One,9", "A-2,Two,6"], now=datetime(2025, 4, 1))
    assert counts(later) == (2, 0, 1, 1, 0)


def test_an_earlier_content_that_comes_back_supersedes(workspace: Workspace) -> None:
    for month, tier in enumerate(("gold", "silver", "gold"), start=3):
        workspace.load(
            "account", ["account_id,name,tier", f"A-1,One,{tier}", f"B-{month},x,"], now=datetime(2025, month, 1)
        )
    derive(workspace.store.con, "UTC", ["account"])
    assert workspace.rows("SELECT tier FROM account_version WHERE account_id = 'A-1' ORDER BY known_from") == [
        ("gold",),
        ("silver",),
        ("gold",),
    ]


def test_of_two_rows_of_one_key_the_own_time_decides_then_the_content_never_the_order(workspace: Workspace) -> None:
    rows = ["p1,a@x.org,2025-01-02", "p1,b@x.org,2025-01-03", "p1,b@x.org,2025-01-03"]
    report = workspace.load("person", ["person_id,email,last_seen_at", *rows])
    assert counts(report) == (3, 1, 1, 1, 0)
    assert workspace.rows("SELECT email FROM person") == [("b@x.org",)]


def test_the_winner_does_not_depend_on_file_order(workspace: Workspace) -> None:
    rows = ["A-1,One,gold", "A-1,One,silver"]
    workspace.load("account", ["account_id,name,tier", *rows])
    workspace.load("account", ["account_id,name,tier", *(row.replace("A-1", "A-2") for row in reversed(rows))])
    winners = workspace.rows("SELECT tier FROM account")
    assert len(winners) == 2
    other = Workspace(workspace.home / "other")
    other.load("account", ["account_id,name,tier", *reversed(rows)])
    assert other.rows("SELECT tier FROM account") == workspace.rows("SELECT tier FROM account WHERE account_id = 'A-1'")
    other.close()


def test_an_event_without_an_id_gets_its_content_and_its_occurrence(workspace: Workspace) -> None:
    once = ["invoice_id,amount,paid_at", "i1,5,2025-01-01", "i1,5,2025-01-01", "i2,7,2025-01-01"]
    assert counts(workspace.load("payment", once)) == (3, 3, 0, 0, 0)
    ids = [str(row[0]) for row in workspace.rows("SELECT payment_id FROM payment ORDER BY invoice_id, payment_id")]
    assert [name.rpartition("-")[2] for name in ids] == ["1", "2", "1"]
    assert ids[0][:32] == ids[1][:32] != ids[2][:32]
    more = workspace.load("payment", [*once, "i1,5,2025-01-01"], now=datetime(2025, 4, 1))
    assert counts(more) == (4, 1, 3, 0, 0)


def test_an_event_with_a_known_id_and_other_content_is_kept_and_said(workspace: Workspace) -> None:
    workspace.load("payment", ["payment_id,invoice_id,amount,paid_at", "p1,i1,5,2025-01-01"])
    report = workspace.load(
        "payment",
        ["payment_id,invoice_id,amount,paid_at", "p1,i1,5,2025-01-01", "p1,i1,6,2025-01-01"],
        now=datetime(2025, 4, 1),
    )
    assert counts(report) == (2, 1, 1, 0, 0)
    assert "known with other content" in report.warnings[0]


def test_its_own_known_at_is_kept_and_only_exact_repeats_are_skipped(workspace: Workspace) -> None:
    rows = [
        "account_id,name,tier,known_at",
        "A-1,One,gold,2024-01-01",
        "A-1,One,gold,2024-02-01",
        "A-1,One,gold,2024-01-01",
    ]
    assert counts(workspace.load("account", rows)) == (3, 2, 1, 0, 0)
    again = [*rows[:2], "A-1,One,silver,2024-03-01"]
    assert counts(workspace.load("account", again)) == (2, 1, 1, 0, 0)
    assert workspace.rows("SELECT known_at FROM account ORDER BY 1") == [
        (datetime(2024, 1, 1),),
        (datetime(2024, 2, 1),),
        (datetime(2024, 3, 1),),
    ]


def test_another_map_retracts_what_the_file_brought_before(workspace: Workspace) -> None:
    workspace.load(
        "account",
        ["account_id,name,plan", "A-1,One,x"],
        map_hash="wrong",
        columns={"account_id": "account_id", "name": "plan"},
    )
    workspace.load("account", ["account_id,name,plan", "A-1,One,x"], map_hash="right", now=datetime(2025, 4, 1))
    assert workspace.rows("SELECT batch, retracted_by, retracted_at FROM batch ORDER BY 1") == [
        (1, 2, datetime(2025, 4, 1)),
        (2, None, None),
    ]
    derive(workspace.store.con, "UTC", ["account"])
    assert workspace.rows("SELECT name, known_from, known_to FROM account_version ORDER BY known_from") == [
        ("x", NOW, datetime(2025, 4, 1)),
        ("One", datetime(2025, 4, 1), datetime(9999, 12, 31)),
    ]


def test_going_back_to_the_first_map_loads_it_again(workspace: Workspace) -> None:
    lines = ["account_id,name,plan", "A-1,One,x"]
    for month, name in ((3, "first"), (4, "second"), (5, "first")):
        report = workspace.load("account", lines, map_hash=name, now=datetime(2025, month, 1))
        assert report.loaded == 1
    assert workspace.rows("SELECT batch FROM batch WHERE retracted_by IS NULL") == [(3,)]


def test_a_full_file_takes_back_what_it_lacks(workspace: Workspace) -> None:
    workspace.load("account", ACCOUNTS)
    report = workspace.load(
        "account", ["account_id,name,tier,seats", "A-1,One,gold,5", "A-3,,,"], mode="full", now=datetime(2025, 4, 1)
    )
    assert (report.retracted, report.rejected) == (1, 1)
    derive(workspace.store.con, "UTC")
    assert workspace.rows("SELECT account_id, known_to FROM account_version ORDER BY 1") == [
        ("A-1", datetime(9999, 12, 31)),
        ("A-2", datetime(2025, 4, 1)),
    ]


def test_a_full_file_without_a_good_row_takes_nothing_back(workspace: Workspace) -> None:
    workspace.load("account", ACCOUNTS)
    report = workspace.load("account", ["account_id,name", ",x"], mode="full", now=datetime(2025, 4, 1))
    assert report.retracted == 0
    assert workspace.rows("SELECT * FROM retraction") == []


def test_a_file_of_histories_takes_back_other_rows_of_what_it_names(workspace: Workspace) -> None:
    head = "subscription_id,account_id,amount,started_at"
    first = [head, "S-1,A,10,2025-01-01", "S-1,A,12,2025-02-01", "S-2,A,9,2025-01-01"]
    workspace.load("subscription", first)
    second = [head, "S-1,A,10,2025-01-01", "S-1,A,12,2025-03-01"]
    report = workspace.load("subscription", second, mode="histories", now=datetime(2025, 4, 1))
    assert (report.loaded, report.retracted) == (1, 1)
    derive(workspace.store.con, "UTC", ["subscription"])
    assert workspace.rows(
        "SELECT subscription_id, started_at::DATE::VARCHAR FROM subscription_version "
        "WHERE known_to > '2025-04-01' ORDER BY ALL"
    ) == [("S-1", "2025-01-01"), ("S-1", "2025-03-01"), ("S-2", "2025-01-01")]


def test_a_dry_run_reports_everything_and_writes_nothing(workspace: Workspace) -> None:
    report = workspace.load("account", [*ACCOUNTS, "A-3,,,"], dry_run=True)
    assert counts(report) == (3, 2, 0, 0, 1)
    assert report.failed[0].code == "required"
    for table in ("account", "batch", "failed_row"):
        assert workspace.rows(f"SELECT * FROM {table}") == []
    assert workspace.inbox.records() == []


def test_strict_stores_nothing_when_a_row_is_refused(workspace: Workspace) -> None:
    report = workspace.load("account", [*ACCOUNTS, "A-3,,,"], strict=True)
    assert (report.rejected, report.batch) == (1, None)
    assert workspace.rows("SELECT * FROM account") == []
    assert workspace.load("account", [*ACCOUNTS, "A-3,Three,,"], strict=True).loaded == 3


@pytest.mark.parametrize(
    ("table", "header"),
    [
        ("payment", "payment_id,amount,paid_at"),
        ("subscription", "subscription_id,account_id,amount"),
        ("account", "account_id,company"),
    ],
)
def test_a_file_without_a_column_that_is_needed_is_refused_whole(workspace: Workspace, table: str, header: str) -> None:
    with pytest.raises(DataError, match="no column for") as found:
        workspace.load(table, [header, ",".join("1" for _ in header.split(","))])
    assert found.value.where == "rows.csv"
    assert workspace.inbox.records(state="pending") == []


def test_one_of_several_columns_is_enough(workspace: Workspace) -> None:
    report = workspace.load(
        "subscription",
        [
            "subscription_id,account_id,amount,unit_amount,started_at,ended_at",
            "s1,a,10,,2025-01-01,",
            "s2,a,,2,2025-01-01,",
            "s3,a,,,2025-01-01,",
            "s4,a,1,,2025-01-02,2025-01-01",
            "s5,a,1,,2025-01-01,2025-01-01",
        ],
    )
    assert counts(report) == (5, 3, 0, 0, 2)
    assert [row.code for row in report.failed] == ["one_of", "ends_before_start"]


def test_rows_outside_where_are_not_this_load_s(workspace: Workspace) -> None:
    report = workspace.load(
        "account",
        ["account_id,name,kind", "A-1,One,customer", "A-2,,lead", "A-3,,customer"],
        where="\"kind\" = 'customer'",
    )
    assert counts(report) == (2, 1, 0, 0, 1)
    assert report.failed[0].line == 4


def test_lines_of_a_large_file_are_right(workspace: Workspace) -> None:
    rows = [f"A-{number},Name," for number in range(400_000)]
    rows[123_456] = "A-x,,"
    rows[399_999] = "A-y,,"
    report = workspace.load("account", ["account_id,name,tier", *rows])
    assert [row.line for row in report.failed] == [123_458, 400_001]
    assert workspace.rows("SELECT count(*) FROM account WHERE line <> substr(account_id, 3)::BIGINT + 2") == [(0,)]


def test_white_space_around_keys_means_nothing(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name", " A-1 ,One", "A-1,One"])
    assert workspace.rows("SELECT account_id FROM account") == [("A-1",)]


def test_a_default_stands_for_an_empty_cell(workspace: Workspace) -> None:
    workspace.load("payment", ["payment_id,invoice_id,amount,paid_at,kind", "p1,i1,5,2025-01-01,"])
    assert workspace.rows("SELECT kind FROM payment") == [("payment",)]


def test_only_what_a_file_brought_lies_on_disk_and_all_is_shown(workspace: Workspace) -> None:
    def on_disk() -> set[str]:
        return set(columns_on_disk(workspace.store.con, "account")) - {"batch", "line", "known_at", "valid_from"}

    workspace.load("account", ["account_id,name", "A-1,One"])
    assert on_disk() == {"account_id", "name"}
    workspace.load("account", ["account_id,name,tier", "A-2,Two,gold"], dry_run=True)
    assert on_disk() == {"account_id", "name"}, "what is not kept widens nothing"
    workspace.load("account", ["account_id,name,region,colour", "A-2,Two,EU,red"])
    assert on_disk() == {"account_id", "name", "region", "custom"}
    derive(workspace.store.con, "UTC", ["account"])
    for relation in ("account", "account_version"):
        assert workspace.rows(f"SELECT account_id, region, tier, custom IS NULL FROM {relation} ORDER BY 1") == [
            ("A-1", None, None, True),
            ("A-2", "EU", None, False),
        ]
        assert workspace.rows(f"SELECT typeof(created_at) FROM {relation} LIMIT 1") == [("TIMESTAMP",)]


def test_a_row_names_its_source_only_where_it_is_not_the_batch_s(workspace: Workspace) -> None:
    lines = ["account_id,name", "A-1,One"]
    workspace.load("account", lines)
    assert workspace.rows("SELECT source FROM batch") == [("files",)]
    assert not workspace.rows("SELECT 1 FROM duckdb_columns() WHERE table_name = 'account' AND column_name = 'source'")
    workspace.load("account", ["account_id,name,source,source_id", "A-2,Two,files,7", "A-3,Three,crm,8"], history=True)
    workspace.load("account", ["account_id,name", "A-1,Uno"], now=datetime(2025, 4, 1))
    derive(workspace.store.con, "UTC", ["account"])
    assert workspace.rows("SELECT account_id, source, source_id FROM account ORDER BY 1, 2, known_at") == [
        ("A-1", None, None),
        ("A-1", None, None),
        ("A-2", None, "7"),
        ("A-3", "crm", "8"),
    ]
    assert workspace.rows("SELECT name FROM account_version ORDER BY account_id, known_from") == [
        ("One",),
        ("Uno",),
        ("Two",),
        ("Three",),
    ]
