"""What is told through the engine is a fact like those of files: stored once, whole or not at all, and replayed."""

from __future__ import annotations

from datetime import date, datetime, timedelta, timezone
from decimal import Decimal
from typing import Any

import pytest

from tenure.core.errors import DataError, TenureError, UsageError
from tenure.engine import Scope
from tenure.engine.verbs.rebuild import Rebuild
from tenure.engine.verbs.record import Recorded
from tenure.warehouse.inbox import Inbox
from tenure.warehouse.load import recorded
from tenure.warehouse.store import Store
from tests.engine.conftest import Bench, loaded
from tests.engine.test_sight import ACCOUNTS, LINES, OWNERS

OCTOBER: dict[str, Any] = {"start": "2026-10", "end": "2026-10"}
LINE = {"subscription_id": "n1", "account_id": "acme", "amount": Decimal("12.50"), "started_at": date(2026, 10, 5)}
CALL = {"touchpoint_id": "t1", "account_id": "acme", "channel": "call", "occurred_at": "2026-11-20 10:00"}
TICKETS = "ticket_id,account_id,created_at\nx1,acme,2026-11-01\nx2,birch,2026-11-01\n"


@pytest.fixture
def told(bench: Bench) -> Bench:
    """Three accounts: Ada's, Ben's and nobody's."""
    return loaded(bench, {"account": ACCOUNTS, "subscription": LINES, "assignment": OWNERS})


def record(bench: Bench, table: str, *rows: dict[str, Any], message: str = "m1", owners: Any = None) -> Recorded:
    sight = bench.workspace().seen_by(Scope(owners))
    return sight.record(table, rows, by="ada@example.com", message_id=message)


def stored(bench: Bench, sql: str) -> list[tuple[Any, ...]]:
    for workspace in bench.opened:
        workspace.close()
    with Store.open(bench.home) as store:
        return store.rows(sql)


def test_it_is_stored_as_a_files_row_is_and_shown_at_once(told: Bench) -> None:
    assert told.workspace().show("mrr", **OCTOBER)[0].value == 157
    done = record(told, "subscription", LINE)
    assert (done.rows, done.loaded, done.superseded, done.unchanged) == (1, 1, 0, 0)
    assert told.workspace().show("mrr", **OCTOBER)[0].value == Decimal("169.5")
    ((batch, source, file, archived),) = stored(
        told, "SELECT batch, source, file, archived FROM batch ORDER BY batch DESC LIMIT 1"
    )
    assert (batch, source, file, archived) == (done.batch, "tenure", "tenure", "")
    assert stored(told, "SELECT amount, started_at FROM subscription WHERE subscription_id = 'n1'") == [
        (Decimal("12.5"), datetime(2026, 10, 4, 22))  # the day begins in Berlin
    ]
    with Inbox.open(told.home) as inbox:
        message = inbox.find("record", "m1")
    assert message
    assert (message.state, message.kind, message.payload["by"]) == ("done", "rows", "ada@example.com")


def test_every_plain_value_is_taken(told: Bench) -> None:
    at = datetime(2026, 11, 20, 12, tzinfo=timezone(timedelta(hours=2)))
    more = {"occurred_at": at, "minutes": 30, "sentiment": 0.1, "is_automated": False, "person_ids": ["p1", "p 2"],
            "text": "it's \"fine\";\nü", "csm_id": None}  # fmt: skip
    record(told, "touchpoint", CALL | more)
    assert stored(told, "SELECT occurred_at, minutes, sentiment, is_automated, person_ids, text, csm_id, direction FROM touchpoint") == [
        (datetime(2026, 11, 20, 10), 30, Decimal("0.1"), False, '["p1", "p 2"]', "it's \"fine\";\nü", None, "both")
    ]  # fmt: skip


def test_the_same_message_again_is_answered_as_before_and_stores_nothing(told: Bench) -> None:
    first = record(told, "touchpoint", CALL)
    told.now += timedelta(hours=1)
    again = record(told, "touchpoint", dict(reversed(CALL.items())))
    assert again == first
    assert stored(told, "SELECT count(*) FROM touchpoint") == [(1,)]
    with pytest.raises(UsageError) as reused:
        record(told, "touchpoint", CALL | {"channel": "email"})
    assert reused.value.code == "message_reused"


def test_a_state_goes_back_and_forth_and_an_absent_column_keeps_its_value(told: Bench) -> None:
    """The same rows in another message are another thing that happened, not a file loaded again."""
    tiers = []
    for number, tier in enumerate(("gold", "silver", "gold")):
        told.now += timedelta(seconds=1)
        record(
            told,
            "account",
            {"account_id": "acme", "name": "Acme", "tier": tier, "custom:care": "x"},
            message=f"m{number}",
        )
        (figure,) = told.workspace().show("mrr", **OCTOBER, by=["tier"], where=[("segment", "SMB"), ("care", "x")])
        tiers.append(figure.slice["tier"])
    assert tiers == ["gold", "silver", "gold"]


def test_refused_rows_are_named_and_nothing_is_stored(told: Bench) -> None:
    with pytest.raises(DataError) as refused:
        record(
            told, "touchpoint", CALL | {"quality": 5}, CALL | {"touchpoint_id": "t2", "channel": "pigeon", "quality": 9}
        )
    error = refused.value
    assert (error.code, error.where) == ("refused", "touchpoint:2:channel")
    for word in ("row 2", "channel 'pigeon' is none of email", "quality '9' is more than 5"):
        assert word in error.message
    assert "tenure tables touchpoint" in error.fix
    assert stored(told, "SELECT count(*) FROM touchpoint") == [(0,)]
    assert record(told, "touchpoint", CALL).loaded == 1, "the message's id is free again"


@pytest.mark.parametrize(
    ("table", "rows", "code"),
    [
        ("touchpont", [CALL], "unknown_table"),
        ("touchpoint", [], "no_rows"),
        ("touchpoint", [CALL | {"chanel": "x"}], "unknown_column"),
        ("touchpoint", [CALL, CALL | {"minutes": 5}], "uneven_rows"),
        ("touchpoint", [CALL | {"occurred_at": datetime(2026, 1, 1)}], "bad_value"),
        ("touchpoint", [CALL | {"minutes": float("nan")}], "bad_value"),
        ("touchpoint", [CALL | {"text": object()}], "bad_value"),
        ("account", [{"account_id": "new"}], "missing_column"),
    ],
)
def test_what_makes_no_sense_is_an_error(told: Bench, table: str, rows: list[dict[str, Any]], code: str) -> None:
    with pytest.raises(UsageError) as wrong:
        record(told, table, *rows)
    assert wrong.value.code == code
    with Inbox.open(told.home) as inbox:
        assert inbox.find("record", "m1") is None


# Through a scope


def test_rows_about_accounts_out_of_sight_are_refused_as_if_there_were_none(told: Bench) -> None:
    told.load("ticket", TICKETS)
    said = {}
    for name in ("birch", "nowhere"):
        with pytest.raises(UsageError) as refused:
            record(told, "touchpoint", CALL | {"account_id": name}, owners=("ada",))
        said[name] = refused.value.as_dict()
    assert said["birch"]["code"] == "not_found"
    assert said["birch"] == {key: text.replace("nowhere", "birch") for key, text in said["nowhere"].items()}
    assert record(told, "touchpoint", CALL, owners=("ada",)).loaded == 1
    comment = {"comment_id": "c", "author_role": "agent", "is_public": True, "at": "2026-11-02"}
    assert record(told, "ticket_comment", comment | {"ticket_id": "x1"}, owners=("ada",), message="m2").loaded == 1
    for table, row in (
        ("ticket_comment", comment | {"ticket_id": "x2"}),
        ("ticket_comment", comment | {"ticket_id": "x3"}),
        ("account", {"account_id": "acme", "name": "Acme", "merged_into": "birch"}),
        ("account", {"account_id": "new", "name": "New"}),
        ("subscription", LINE | {"subscription_id": "s2"}),  # which is Birch's, and would move to Acme
        ("subscription", LINE | {"subscription_id": " s2\t"}),
        ("subscription", LINE | {"account_id": None}),
    ):
        with pytest.raises(UsageError) as refused:
            record(told, table, row, owners=("ada",), message="m3")
        assert refused.value.code == "not_found", (table, row)
    with pytest.raises(UsageError) as refused:
        record(told, "csm", {"csm_id": "ada", "name": "Ada"}, owners=("ada",), message="m3")
    assert refused.value.code == "out_of_scope"
    assert told.workspace().show("mrr", **OCTOBER)[0].value == 157


# Crashes


def test_killed_before_the_warehouse_it_is_as_if_it_had_not_begun(told: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(recorded, "apply", _killed)
        killed.setattr(recorded, "forget", lambda *_: None)
        with pytest.raises(KeyboardInterrupt):
            record(told, "touchpoint", CALL)
    assert _state(told) == "pending"
    assert told.workspace().show("mrr", **OCTOBER)[0].value == 157
    assert _state(told) == "dropped"
    assert record(told, "touchpoint", CALL).loaded == 1
    assert _state(told) == "done"


def test_killed_after_the_warehouse_it_is_done(told: Bench, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as killed:
        killed.setattr(Inbox, "mark", _killed)
        with pytest.raises(KeyboardInterrupt):
            record(told, "touchpoint", CALL)
    assert _state(told) == "pending"
    again = record(told, "touchpoint", CALL)
    assert (again.loaded, _state(told)) == (1, "done")
    assert stored(told, "SELECT count(*) FROM touchpoint") == [(1,)]


def _killed(*_: Any, **__: Any) -> None:
    raise KeyboardInterrupt


def _state(bench: Bench) -> str:
    with Inbox.open(bench.home) as inbox:
        message = inbox.find("record", "m1")
    assert message
    return message.state


def test_rebuild_replays_it_in_its_order_among_the_files(told: Bench) -> None:
    told.now += timedelta(seconds=1)
    record(told, "account", {"account_id": "acme", "name": "Acme", "segment": "MID"})
    record(told, "touchpoint", CALL, message="m2")
    with pytest.raises(TenureError):
        record(told, "touchpoint", CALL | {"channel": "?"}, message="m3")
    told.load("account", "account_id,name,segment\nbirch,Birch,MID\n")
    told.now += timedelta(seconds=1)
    record(told, "account", {"account_id": "birch", "name": "Birch", "segment": "ENT"}, message="m4")
    shown = told.workspace().show("mrr", **OCTOBER, by=["segment"]).to_json()
    tables = ("account", "touchpoint", "batch")
    before = [stored(told, f"SELECT * FROM {table} ORDER BY ALL") for table in tables]
    rebuilt = told.workspace().call("rebuild", Rebuild())
    assert len(rebuilt.reports) == 4, "one for each file"
    assert told.workspace().show("mrr", **OCTOBER, by=["segment"]).to_json() == shown
    assert [stored(told, f"SELECT * FROM {table} ORDER BY ALL") for table in tables] == before
    assert record(told, "touchpoint", CALL, message="m2").loaded == 1, "and still knows its messages"
