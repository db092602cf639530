from __future__ import annotations

from datetime import UTC, datetime
from pathlib import Path

import pytest

from tenure.core.errors import DataError
from tenure.warehouse.inbox import FILE, Inbox, Message

NOW = datetime(2025, 1, 1, tzinfo=UTC)


def message(name: str, kind: str = "file") -> Message:
    return Message("load", name, kind, {"file": f"{name}.csv"})


def test_a_message_is_taken_once_for_ever(tmp_path: Path) -> None:
    with Inbox.open(tmp_path) as inbox:
        assert inbox.add([message("a"), message("b")], NOW) == [1, 2]
    with Inbox.open(tmp_path) as inbox:
        assert inbox.add([message("b"), message("c")], NOW)[0] == 2
        assert [record.message_id for record in inbox.records()] == ["a", "b", "c"]


def test_the_same_name_from_another_source_is_another_message(tmp_path: Path) -> None:
    with Inbox.open(tmp_path) as inbox:
        inbox.add([message("a"), Message("hook", "a", "event", {})], NOW)
        assert len(inbox.records()) == 2
        assert [record.source for record in inbox.records(kind="event")] == ["hook"]


def test_a_dropped_message_can_come_again_with_a_new_number(tmp_path: Path) -> None:
    with Inbox.open(tmp_path) as inbox:
        first = inbox.add([message("a")], NOW)
        inbox.mark(first, "dropped")
        assert inbox.add([message("a")], NOW)[0] > first[0]


def test_states_and_payload_are_kept(tmp_path: Path) -> None:
    with Inbox.open(tmp_path) as inbox:
        numbers = inbox.add([message("a"), message("b")], NOW)
        inbox.mark(numbers[:1], "done")
        assert [record.message_id for record in inbox.records(state="pending")] == ["b"]
        [record] = inbox.records(state="done")
        assert (record.payload, record.received_at) == ({"file": "a.csv"}, NOW)


def test_the_epoch_stays_and_a_restored_inbox_has_another(tmp_path: Path) -> None:
    with Inbox.open(tmp_path) as inbox:
        before = inbox.epoch
    with Inbox.open(tmp_path) as inbox:
        assert inbox.epoch == before
        assert inbox.new_epoch() != before


def test_a_damaged_inbox_is_named_as_such(tmp_path: Path) -> None:
    (tmp_path / FILE).write_bytes(b"no database at all" * 500)
    with pytest.raises(DataError, match="damaged"):
        Inbox.open(tmp_path)


def test_what_is_taken_survives_without_closing(tmp_path: Path) -> None:
    inbox = Inbox.open(tmp_path)
    inbox.add([message("a")], NOW)
    with Inbox.open(tmp_path) as other:
        assert len(other.records()) == 1
    inbox.close()
