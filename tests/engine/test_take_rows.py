"""Rows that programs send: good ones go in, bad ones wait with a reason, each sending once, whatever is killed where."""

from __future__ import annotations

import shutil
from datetime import datetime
from typing import Any

import duckdb
import pytest

from tenure.core.chain import By
from tenure.core.errors import DataError, TenureError, UnavailableError, UsageError
from tenure.engine import arrivals
from tenure.engine.arrivals import send
from tenure.engine.desk import Desk
from tenure.engine.verbs.rebuild import opened_again
from tenure.engine.verbs.take_rows import TakeRows, take_rows
from tenure.warehouse import rebuild as again
from tenure.warehouse import versions
from tenure.warehouse.inbox import ARRIVAL, state_of, waits
from tests.engine.conftest import new_home

ADA = By("user:1", "key:3", "r1")
ACME = {"account_id": "a1", "name": "Acme", "tier": "gold"}
TIERS = "SELECT account_id, name, tier FROM account_version WHERE known_to > TIMESTAMP '2100-01-01' ORDER BY 1"


@pytest.fixture(scope="module")
def empty(tmp_path_factory):
    return new_home(tmp_path_factory.mktemp("rows") / "home")


@pytest.fixture
def home(empty, tmp_path):
    return shutil.copytree(empty, tmp_path / "home")


class Later:
    """A clock that goes on by a second whenever it is asked."""

    def __init__(self) -> None:
        self.seconds = 0

    def __call__(self) -> datetime:
        self.seconds += 1
        return datetime(2026, 11, 27, 9, self.seconds // 60, self.seconds % 60)


@pytest.fixture
def desk(home):
    with Desk(home, clock=Later()) as opened:
        yield opened


def sent(desk: Desk, table: str, *rows: Any, **more: Any) -> arrivals.Arrival:
    """What became of rows."""
    arrival = send(desk.home, table, rows, by=ADA, **more)
    take_rows(desk, TakeRows())
    return arrivals.found(desk.home, arrival)


def counts(arrival: arrivals.Arrival) -> tuple[int, ...]:
    found = arrival.outcome
    assert found is not None
    return found.read, found.loaded, found.superseded, found.unchanged, found.rejected


def stored(desk: Desk, sql: str = TIERS) -> list[tuple[Any, ...]]:
    versions.derive(desk.store.con, "Europe/Berlin")
    return desk.store.rows(sql)


def test_good_rows_go_in_and_each_bad_one_waits_with_its_number_and_reason(desk):
    use = {"account_id": "a1", "feature": "x", "occurred_at": "2026-11-01T10:00:00Z"}
    rows = [{**use, "event_id": f"e{n}"} for n in range(100)]
    rows[16] |= {"occurred_at": "yesterday"}
    rows[17] |= {"count": 1.5}
    rows[40] = "17"
    found = sent(desk, "usage", *rows)
    assert counts(found) == (100, 97, 0, 0, 3)
    assert [(one.row, one.column) for one in found.outcome.refused] == [(17, "occurred_at"), (18, "count"), (41, "")]
    assert desk.store.rows("SELECT count(*) FROM usage") == [(97,)]
    failed = desk.store.rows("SELECT line, column_name, value, raw FROM failed_row ORDER BY line")
    assert [row[:3] for row in failed] == [(17, "occurred_at", "yesterday"), (18, "count", "1.5"), (41, "", "")]
    assert '"e16"' in failed[0][3]
    noted = [row for row in desk.inbox.log.rows() if row[2] == "user:1"]
    assert {(row[3], row[5]) for row in noted} == {("key:3", "loaded"), ("key:3", "recorded")}, "whoever loads them"


def test_what_a_row_does_not_name_keeps_its_value_and_null_empties_it(desk):
    sent(desk, "account", ACME, {"account_id": "a2", "name": "Birch", "tier": "gold"})
    found = sent(
        desk,
        "account",
        {"account_id": "a1", "name": "Acme Inc"},
        {"account_id": "a2", "tier": None},
        {"account_id": "a3"},
    )
    assert stored(desk) == [("a1", "Acme Inc", "gold"), ("a2", "Birch", None)], "of a3 the name is not known yet"
    assert counts(found) == (3, 1, 2, 0, 0)


def test_a_key_names_rows_for_ever_and_without_one_the_same_rows_change_nothing(desk):
    first = sent(desk, "account", ACME, key="k1")
    assert sent(desk, "account", dict(reversed(ACME.items())), key="k1") == first
    with pytest.raises(UsageError) as reused:
        send(desk.home, "account", [ACME | {"tier": "silver"}], by=ADA, key="k1")
    assert reused.value.code == "key_reused"
    assert counts(sent(desk, "account", ACME)) == (1, 0, 0, 1, 0)
    assert counts(sent(desk, "account", ACME | {"tier": "silver"}, key="k2")) == (1, 0, 1, 0, 0)
    assert counts(sent(desk, "account", ACME)) == (1, 0, 1, 0, 0), "it may go back to what it was"
    assert stored(desk) == [("a1", "Acme", "gold")]
    assert desk.store.rows("SELECT count(*) FROM batch WHERE retracted_by IS NOT NULL") == [(0,)]
    other = arrivals.found(desk.home, send(desk.home, "account", [ACME], by=By("user:2"), key="k1"))
    assert other.seq != first.seq, "another's keys are another's"


@pytest.mark.parametrize("at", ["load_all", "arrivals.settle"])
def test_a_crash_anywhere_loses_and_doubles_nothing(desk, monkeypatch, at):
    rows = [
        {"account_id": "a1", "feature": "x", "occurred_at": "2026-11-01"},
        {"account_id": "a1", "feature": "y", "occurred_at": "-"},
    ]
    arrival = send(desk.home, "usage", rows, by=ADA, key="k")

    def crash(*_args: Any, **_more: Any) -> None:
        raise KeyboardInterrupt

    with monkeypatch.context() as broken:
        broken.setattr(f"tenure.engine.verbs.take_rows.{at}", crash)
        with pytest.raises(KeyboardInterrupt):
            take_rows(desk, TakeRows())
    assert waits(desk.home, ARRIVAL)
    assert send(desk.home, "usage", rows, by=ADA, key="k") == arrival, "the client's retry"
    with Desk(desk.home, clock=desk.clock) as again:
        desk.close()
        assert take_rows(again, TakeRows()).arrivals == 1
        found = arrivals.found(desk.home, arrival)
        assert counts(found) == (2, 1, 0, 0, 1)
        assert [(one.row, one.column) for one in found.outcome.refused] == [(2, "occurred_at")]
        assert again.store.rows(
            "SELECT count(*), (SELECT count(*) FROM batch), (SELECT count(*) FROM failed_row) FROM usage"
        ) == [(1, 1, 1)]
    assert not waits(desk.home, ARRIVAL)


def test_strict_rows_are_stored_all_or_none(desk):
    good, bad = ACME, {"account_id": "a2", "name": "Birch", "created_at": "soon"}
    found = sent(desk, "account", good, bad, strict=True, key="k")
    assert (found.state, [(one.row, one.column) for one in found.outcome.refused]) == (
        arrivals.REFUSED,
        [(2, "created_at")],
    )
    assert desk.store.rows("SELECT (SELECT count(*) FROM account), (SELECT count(*) FROM failed_row)") == [(0, 0)]
    assert sent(desk, "account", good, strict=True, key="k").state == arrivals.DONE, "the key is free again"


def test_a_column_that_is_needed_is_a_reason_for_each_row(desk):
    found = sent(desk, "account", {"name": "Acme"}, {"name": "Birch"})
    assert counts(found) == (2, 0, 0, 0, 2)
    assert {(one.row, one.column) for one in found.outcome.refused} == {(1, "account_id"), (2, "account_id")}


def test_nothing_about_dates_and_numbers_is_guessed(desk):
    line = {"subscription_id": "s", "account_id": "a1", "started_at": "2026-01-01", "amount": "12345678901234.1234"}
    odd = [{"amount": "1,234"}, {"amount": "1.234,5"}, {"started_at": "01/02/2026"}, {"started_at": "1700000000"}]
    found = sent(desk, "subscription", line, *({**line, "subscription_id": f"s{n}"} | one for n, one in enumerate(odd)))
    assert counts(found) == (5, 1, 0, 0, 4)
    assert str(desk.store.value("SELECT amount FROM subscription")).rstrip("0") == "12345678901234.1234"


def test_what_cannot_be_loaded_at_all_is_set_aside_and_what_the_disk_refuses_waits(desk, monkeypatch):
    faults = [
        duckdb.ParserException("odd"),
        DataError("Damaged.", code="damaged"),
        UnavailableError("Full.", code="no_space"),
    ]
    arrival = send(desk.home, "account", [ACME], by=ADA)
    for fault in reversed(faults):

        def broken(*_args: Any, fault: Exception = fault) -> None:
            raise fault

        with monkeypatch.context() as patch:
            patch.setattr("tenure.engine.verbs.take_rows.load_all", broken)
            if fault is faults[0]:
                take_rows(desk, TakeRows())
                break
            with pytest.raises(TenureError):
                take_rows(desk, TakeRows())
            assert waits(desk.home, ARRIVAL)
    found = arrivals.found(desk.home, arrival)
    assert (found.state, found.outcome.error["code"], found.said["rows"]) == (arrivals.REFUSED, "unreadable", [ACME])


@pytest.mark.parametrize(
    ("table", "rows", "code"),
    [
        ("acount", [ACME], "unknown_table"),
        ("account", [], "no_rows"),
        ("account", [ACME] * 10_001, "too_many_rows"),
        ("account", [{"account_id": "a", f"c{n}": 1} for n in range(17)], "uneven_rows"),
        ("account", [{"account_id": "a"} | {f"c{n}": 1 for n in range(500)}], "too_many_columns"),
    ],
)
def test_what_makes_no_sense_is_refused_before_it_is_taken(home, table, rows, code):
    with pytest.raises(UsageError) as wrong:
        send(home, table, rows, by=ADA)
    assert wrong.value.code == code
    assert arrivals.arrived(home) == []


def test_what_waits_keeps_nobody_from_the_figures_and_the_warehouse_made_anew_is_equal(desk):
    sent(desk, "account", ACME)
    before = state_of(desk.home)
    send(desk.home, "account", [ACME | {"tier": "silver"}], by=ADA)
    assert state_of(desk.home) == before
    take_rows(desk, TakeRows())
    sent(desk, "account", {"account_id": "a1", "name": "Acme"}, {"account_id": "", "tier": "gold"})
    sent(desk, "account", ACME)
    sqls = (
        TIERS,
        "SELECT * FROM account ORDER BY ALL",
        "SELECT * EXCLUDE (known_at) FROM batch ORDER BY batch",
        "SELECT * FROM failed_row ORDER BY ALL",
    )
    rows = [stored(desk, sql) for sql in sqls]
    desk.let_go_of_store()
    again.rebuild(desk.home, desk.inbox, lambda record, path: [opened_again(desk.home, record, path)])
    assert [stored(desk, sql) for sql in sqls] == rows
    assert rows[0] == [("a1", "Acme", "gold")]
    assert [one.state for one in arrivals.arrived(desk.home, of=arrivals.ROWS)] == ["done"] * 4
