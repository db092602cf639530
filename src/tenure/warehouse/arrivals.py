"""Arrivals: what came in to be loaded, is on disk, and waits for the loader: rows of a program, or files that were dropped.

An arrival is a message of the inbox. Its rows enter the warehouse as files like any other, each of which names the arrival
that it was made of; so after a crash it is known whether they are in. What became of an arrival is kept with it.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tenure.warehouse.inbox import ARRIVAL, Message

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.warehouse.inbox import Inbox
    from tenure.warehouse.load.report import Report

WAITS, DONE, REFUSED = "pending", "done", "dropped"
_COLUMNS = "seq, source, message_id, payload, received_at, state"


@dataclass(frozen=True)
class Refusal:
    """Why a row was refused. ``row``: its number, from 1. The value is not kept here: it stands in the failed row."""

    file: str
    row: int
    column: str
    reason: str
    code: str


@dataclass(frozen=True)
class Outcome:
    """What became of an arrival: counts of all its rows (as in ``Report``), what was refused (of many the first), and what is
    to be known of it. ``tables``: into which. ``error``: ``code, message, where, fix`` where nothing could be loaded at all.
    """

    tables: tuple[str, ...] = ()
    read: int = 0
    loaded: int = 0
    unchanged: int = 0
    superseded: int = 0
    rejected: int = 0
    refused: tuple[Refusal, ...] = ()
    notes: tuple[str, ...] = ()
    error: Mapping[str, str] = field(default_factory=dict)

    @property
    def all_rejected(self) -> bool:
        """Whether there were rows and every one was refused."""
        return self.read > 0 and self.rejected == self.read

    @classmethod
    def of(cls, reports: Sequence[Report], refused: Sequence[Refusal] = (), notes: Sequence[str] = ()) -> Outcome:
        """The sum of some reports."""
        counts = {
            name: sum(getattr(one, name) for one in reports)
            for name in ("read", "loaded", "unchanged", "superseded", "rejected")
        }
        warned = [warning for one in reports for warning in one.warnings]
        tables = tuple(dict.fromkeys(one.table for one in reports))
        return cls(tables, **counts, refused=tuple(refused), notes=tuple(dict.fromkeys([*warned, *notes])))


@dataclass(frozen=True)
class Arrival:
    """``name`` is unique within its ``source``. ``said``: what came, and from whom (``by``). ``outcome``: None while it waits."""

    seq: int
    source: str
    name: str
    state: str
    received_at: datetime
    said: Mapping[str, Any]
    outcome: Outcome | None


def take(inbox: Inbox, source: str, name: str, said: Mapping[str, Any], at: datetime) -> Arrival:
    """Take an arrival, on disk when this returns; the one of before where there was one that was not refused as a whole."""
    inbox.add([Message(source, name, ARRIVAL, {"said": said}, told={"source": source})], at)
    found = find(inbox, source, name)
    assert found is not None
    return found


def find(inbox: Inbox, source: str, name: str) -> Arrival | None:
    """The arrival of that name; None where there is none."""
    rows = inbox.ask(f"SELECT {_COLUMNS} FROM message WHERE source = ? AND message_id = ?", source, name)
    return _read(rows[0]) if rows else None


def waiting(inbox: Inbox, source: str) -> list[Arrival]:
    """The arrivals of a source that are not settled, in the order they came."""
    sql = f"SELECT {_COLUMNS} FROM message WHERE kind = '{ARRIVAL}' AND state = '{WAITS}' AND source = ? ORDER BY seq"
    return [_read(row) for row in inbox.ask(sql, source)]


def last(inbox: Inbox, limit: int, source: str = "") -> list[Arrival]:
    """The newest arrivals, the newest first; of a ``source``, if one is named."""
    sql = f"SELECT {_COLUMNS} FROM message WHERE kind = '{ARRIVAL}' AND ? IN ('', source) ORDER BY seq DESC LIMIT ?"
    return [_read(row) for row in inbox.ask(sql, source, limit)]


def origin(arrival: Arrival) -> str:
    """How the files that are made of an arrival name it."""
    return f"{ARRIVAL}:{arrival.seq}"


def brought(inbox: Inbox, arrival: Arrival) -> list[str]:
    """The ids of the messages of the files that were made of an arrival and are in the warehouse: of all of them, or none."""
    sql = (
        "SELECT message_id FROM message WHERE seq > ? AND kind = 'file' AND state = 'done'"
        " AND json_extract(payload, '$.origin') = ? ORDER BY seq"
    )
    return [row[0] for row in inbox.ask(sql, arrival.seq, origin(arrival))]


def settle(inbox: Inbox, arrival: Arrival, state: str, said: Mapping[str, Any], outcome: Outcome) -> None:
    """Say what became of an arrival. ``said``: what is kept of what came; its rows are in the archive."""
    inbox.settle(arrival.seq, state, {"said": said, "outcome": asdict(outcome)})


def _read(row: tuple[Any, ...]) -> Arrival:
    seq, source, name, payload, at, state = row
    held = json.loads(payload)
    return Arrival(seq, source, name, state, datetime.fromisoformat(at), held["said"], _outcome(held.get("outcome")))


def _outcome(held: dict[str, Any] | None) -> Outcome | None:
    if held is None:
        return None
    refused = tuple(Refusal(**one) for one in held["refused"])
    return Outcome(**held | {"tables": tuple(held["tables"]), "notes": tuple(held["notes"]), "refused": refused})
