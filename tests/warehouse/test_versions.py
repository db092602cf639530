from __future__ import annotations

import itertools
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from pathlib import Path
from random import Random

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tenure.warehouse.schema import numbered
from tenure.warehouse.spans import spans
from tenure.warehouse.tables import find
from tenure.warehouse.timeline import Timeline
from tenure.warehouse.versions import custom_keys, derive
from tests.warehouse.files import NOW, Workspace

FAR = datetime(9999, 12, 31)
APRIL, MAY, JUNE = datetime(2025, 4, 1), datetime(2025, 5, 1), datetime(2025, 6, 1)


def account_versions(workspace: Workspace, columns: str = "name, tier") -> list[tuple[object, ...]]:
    derive(workspace.store.con, "UTC", ["account"])
    return workspace.rows(
        f"SELECT {columns}, known_from, known_to FROM account_version ORDER BY account_id, known_from"
    )


def test_an_absent_column_keeps_its_value_and_an_empty_cell_clears_it(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name,tier", "A-1,One,gold"])
    workspace.load("account", ["account_id,name", "A-1,Uno"], now=APRIL)
    workspace.load("account", ["account_id,tier", "A-1,"], now=MAY)
    assert account_versions(workspace) == [
        ("One", "gold", NOW, APRIL),
        ("Uno", "gold", APRIL, MAY),
        ("Uno", None, MAY, FAR),
    ]


def test_custom_attributes_are_kept_one_by_one_and_are_columns_of_accounts(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name,seats", "A-1,One,5"])
    workspace.load("account", ["account_id,a/b~c", "A-1,x"], now=APRIL)
    assert custom_keys(workspace.store.con, "account") == ["a/b~c", "seats"]
    assert account_versions(workspace, '"custom:seats", "custom:a/b~c"') == [
        ("5", None, NOW, APRIL),
        ("5", "x", APRIL, FAR),
    ]


def test_equal_neighbours_collapse(workspace: Workspace) -> None:
    workspace.load(
        "account",
        [
            "account_id,name,known_at",
            "A-1,One,2024-01-01",
            "A-1,One,2024-02-01",
            "A-1,Two,2024-03-01",
            "A-1,One,2024-04-01",
        ],
    )
    assert [row[0] for row in account_versions(workspace)] == ["One", "Two", "One"]


def test_a_row_waits_for_its_required_columns(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name", "A-1,One"])
    workspace.load("account", ["account_id,tier", "A-2,gold"], now=APRIL)
    assert [row[0] for row in account_versions(workspace)] == ["One"]
    workspace.load("account", ["account_id,name", "A-2,Two"], now=MAY)
    assert account_versions(workspace)[1] == ("Two", "gold", MAY, FAR)


def test_a_row_taken_back_ends_and_may_come_again_afresh(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name,tier", "A-1,One,gold", "A-2,Two,"])
    workspace.load("retraction", ["table_name,key,at,reason", "account,A-1,2025-04-01,mistake"], now=APRIL)
    workspace.load("account", ["account_id,name", "A-1,Uno"], now=MAY)
    assert account_versions(workspace) == [
        ("One", "gold", NOW, APRIL),
        ("Uno", None, MAY, FAR),
        ("Two", None, NOW, FAR),
    ]


def test_a_key_of_several_columns_is_taken_back_by_its_list(workspace: Workspace) -> None:
    workspace.load(
        "subscription", ["subscription_id,account_id,amount,started_at", "s1,a,10,2024-01-01", "s1,a,12,2024-06-01"]
    )
    workspace.load(
        "retraction",
        ["table_name,key,at,reason", 'subscription,"[""s1"", ""2024-06-01T00:00:00Z""]",2025-04-01,mistake'],
        now=APRIL,
    )
    derive(workspace.store.con, "UTC")
    assert workspace.rows("SELECT monthly, known_to FROM subscription_version ORDER BY started_at") == [
        (100_000, FAR),
        (120_000, APRIL),
    ]


def test_all_rows_of_an_account_are_taken_back_though_one_file_had_no_dates(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name,tier", "A-1,One,gold"])
    workspace.load("account", ["account_id,valid_from,name", "A-1,2025-01-01,Uno"], now=APRIL)
    workspace.load("retraction", ["table_name,key,at,reason", "account,A-1,2025-05-01,closed"], now=MAY)
    assert account_versions(workspace, "valid_from") == [
        (None, NOW, MAY),
        (datetime(2025, 1, 1), APRIL, MAY),
    ]


def test_a_retracted_batch_ends_and_what_it_superseded_resumes(workspace: Workspace) -> None:
    workspace.load("account", ["account_id,name,tier", "A-1,One,gold", "A-2,Two,"])
    workspace.load("account", ["account_id,tier,name", "A-1,silver,One"], now=APRIL, map_hash="wrong")
    workspace.load(
        "account",
        ["account_id,tier,name", "A-1,silver,One"],
        now=MAY,
        map_hash="right",
        columns={"account_id": "account_id", "name": "name"},
    )
    assert account_versions(workspace)[:3] == [
        ("One", "gold", NOW, APRIL),
        ("One", "silver", APRIL, MAY),
        ("One", "gold", MAY, FAR),
    ]


def test_events_of_a_retracted_batch_end_with_it(workspace: Workspace) -> None:
    lines = ["payment_id,invoice_id,amount,paid_at", "p1,i1,5,2025-01-01"]
    workspace.load("payment", lines)
    workspace.load("payment", lines, map_hash="other", now=APRIL)
    derive(workspace.store.con, "UTC")
    assert workspace.rows("SELECT known_from, known_to FROM payment_version ORDER BY 1") == [(NOW, APRIL), (APRIL, FAR)]


def test_an_event_taken_back_ends(workspace: Workspace) -> None:
    workspace.load("payment", ["payment_id,invoice_id,amount,paid_at", "p1,i1,5,2025-01-01", "p2,i1,6,2025-01-01"])
    workspace.load("retraction", ["table_name,key,at,reason", "payment,p1,2025-04-01,erased"], now=APRIL)
    derive(workspace.store.con, "UTC")
    assert workspace.rows("SELECT payment_id, known_to FROM payment_version ORDER BY 1") == [("p1", APRIL), ("p2", FAR)]


def test_only_what_changed_is_derived_anew(workspace: Workspace) -> None:
    con = workspace.store.con
    workspace.load("account", ["account_id,name", "A-1,One"])
    assert "account" in derive(con, "UTC")
    assert derive(con, "UTC") == []
    workspace.load("account", ["account_id,name", "A-1,Uno"], now=APRIL)
    assert derive(con, "UTC") == ["account"]
    assert "subscription" in derive(con, "Europe/Berlin")


def test_derived_days_are_of_the_organisation_s_zone(workspace: Workspace) -> None:
    workspace.load("subscription", ["subscription_id,account_id,amount,started_at", "s1,a,10,2024-05-31T22:30:00Z"])
    derive(workspace.store.con, "Europe/Berlin", ["subscription"])
    assert str(workspace.rows("SELECT started_day FROM subscription_version")[0][0]) == "2024-06-01"


# Any order, split or repetition of rows with their own ids and known_at gives the same versions.

ROW = st.tuples(
    st.sampled_from(["A-1", "A-2"]),
    st.sampled_from(["One", "Two", "Three"]),
    st.sampled_from(["gold", "silver", ""]),
    st.integers(1, 4),
)
HEADER = "account_id,name,tier,known_at"


def line(row: tuple[str, str, str, int]) -> str:
    return f"{row[0]},{row[1]},{row[2]},2024-0{row[3]}-01"


@contextmanager
def fresh() -> Iterator[Workspace]:
    with tempfile.TemporaryDirectory() as folder:
        workspace = Workspace(Path(folder) / "home")
        yield workspace
        workspace.close()


def versions_of(files: Sequence[Sequence[str]]) -> list[tuple[object, ...]]:
    with fresh() as workspace:
        for number, lines in enumerate(files):
            if lines:
                workspace.load("account", [HEADER, *lines], now=NOW + timedelta(days=number), name=f"{number}.csv")
        return account_versions(workspace, "account_id, name, tier")


@settings(max_examples=6, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROW, min_size=1, max_size=7), st.randoms(use_true_random=False), st.integers(1, 3))
def test_order_split_and_repetition_change_nothing(rows, random, pieces) -> None:
    lines = [line(row) for row in rows]
    mixed = lines + random.sample(lines, random.randint(0, len(lines)))
    random.shuffle(mixed)
    files = [mixed[start::pieces] for start in range(pieces)]
    assert versions_of(files) == versions_of([lines])


@settings(max_examples=4, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(ROW, min_size=1, max_size=6))
def test_as_of_equals_a_warehouse_that_holds_only_what_was_known(rows) -> None:
    whole = versions_of([[line(row) for row in rows]])
    for month in sorted({row[3] for row in rows}):
        moment = datetime(2024, month, 1)
        then = versions_of([[line(row) for row in rows if row[3] <= month]])
        as_of = [row[:3] for row in whole if row[3] <= moment < row[4]]  # type: ignore[operator]
        assert as_of == [row[:3] for row in then if row[4] == FAR]


def test_the_short_way_comes_to_what_the_general_way_does() -> None:
    """40 keys with one to six rows: ties, equal neighbours, incomplete rows, keys taken back, files lacking a column."""
    random = Random(5)
    for lacking in (False, True):
        with fresh() as workspace:
            for number in range(3):
                lines = {
                    line((f"A-{random.randint(1, 40)}", random.choice(["One", "Two", ""]), tier, random.randint(1, 6)))
                    for tier in random.choices(["gold", "silver", ""], k=30)
                }
                workspace.load("account", [HEADER, *sorted(lines)], now=NOW + timedelta(days=number), name=f"{number}")
            if lacking:
                workspace.load("account", ["account_id,region,known_at", "A-1,EU,2024-03-05"], now=APRIL)
            workspace.load("retraction", ["table_name,key,at,reason", "account,A-7,2024-02-01,left"], now=MAY)
            con, account = workspace.store.con, find("account")
            short = spans(con, account, numbered(con, account))
            found = con.execute(f"FROM ({short}) ORDER BY ALL").fetchall()
            Timeline(con, account, "main.account").write("general")
            general = con.execute("FROM temp.general ORDER BY ALL").fetchall()
            assert found == general
            hard = con.execute("SELECT count(*) FROM temp.hard_key").fetchall()[0][0]
            assert 0 < hard < 40, "both ways were gone"


def test_versions_of_a_key_never_overlap_nor_leave_a_gap() -> None:
    found = versions_of(
        [
            [
                line(("A-1", name, tier, month))
                for name, tier, month in itertools.product(("One", "Two"), ("gold", ""), (1, 2, 3))
            ]
        ]
    )
    assert all(before[4] == after[3] for before, after in itertools.pairwise(found))
    assert found[-1][4] == FAR
