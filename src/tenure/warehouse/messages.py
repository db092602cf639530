"""What the inbox holds: messages as they are given to it, and as it gives them again."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from zlib import crc32

from tenure.core.acts import Act

#: The kind of the messages that arrived and are loaded in their turn (``warehouse.arrivals``), and of those that are events.
ARRIVAL, EVENT = "arrival", "event"


#: Of which origin the files are that are made of events, and SQL for the messages that are told: all but events, what came of
#: them, and arrivals.
OF_EVENTS = "events"
TOLD = (
    f"CASE WHEN kind IN ('{EVENT}', '{ARRIVAL}') THEN 0"
    f" ELSE coalesce(json_extract(payload, '$.origin'), '') <> '{OF_EVENTS}' END"
)
SCHEMA = f"""
CREATE TABLE IF NOT EXISTS message (
    seq INTEGER PRIMARY KEY AUTOINCREMENT,
    source TEXT NOT NULL,
    message_id TEXT NOT NULL,
    kind TEXT NOT NULL,
    payload TEXT NOT NULL,
    received_at TEXT NOT NULL,
    state TEXT NOT NULL DEFAULT 'pending' CHECK (state IN ('pending', 'done', 'dropped')),
    sum INTEGER,
    UNIQUE (source, message_id)
);
CREATE INDEX IF NOT EXISTS message_pending ON message (seq) WHERE state = 'pending';
CREATE INDEX IF NOT EXISTS message_told ON message (seq) WHERE state = 'done' AND {TOLD};
CREATE INDEX IF NOT EXISTS message_asked ON message (seq) WHERE state = 'pending' AND kind NOT IN ('event', 'arrival');
CREATE INDEX IF NOT EXISTS message_arrival ON message (seq) WHERE kind = 'arrival';
CREATE TABLE IF NOT EXISTS received (
    source TEXT NOT NULL,
    day TEXT NOT NULL,
    events INTEGER NOT NULL DEFAULT 0,
    again INTEGER NOT NULL DEFAULT 0,
    PRIMARY KEY (source, day)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS handed (
    first INTEGER PRIMARY KEY,
    last INTEGER NOT NULL,
    events INTEGER NOT NULL,
    twice INTEGER NOT NULL,
    merged INTEGER NOT NULL,
    read INTEGER NOT NULL
);
CREATE TABLE IF NOT EXISTS pruned (
    first INTEGER NOT NULL,
    source TEXT NOT NULL,
    events INTEGER NOT NULL,
    PRIMARY KEY (first, source)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT NOT NULL);
"""


@dataclass(frozen=True)
class Message:
    """Something to take in. ``payload`` is JSON-able; ``message_id`` is unique within its ``source``. ``act`` and ``told``: what
    the audit log says of it when it is done, with ids, counts and hashes alone.
    """

    source: str
    message_id: str
    kind: str
    payload: Mapping[str, Any]
    act: Act = Act.RECORDED
    told: Mapping[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Event:
    """An event of a ``source``. ``text``: as JSON; ``event_id`` is unique within the source."""

    source: str
    event_id: str
    text: str


@dataclass(frozen=True)
class Waiting:
    """An event that is not in the warehouse yet. ``received_at`` is in UTC."""

    seq: int
    source: str
    event_id: str
    text: str
    received_at: datetime


@dataclass(frozen=True)
class Record:
    """A message as the inbox has it. ``seq`` grows; ``received_at`` is in UTC."""

    seq: int
    source: str
    message_id: str
    kind: str
    payload: Mapping[str, Any]
    received_at: datetime
    state: str


def is_whole(text: str, kept: int | None) -> bool:
    """Whether an event's text has the sum that was ``kept`` with it; of earlier ones none was."""
    return kept is None or crc32(text.encode()) == kept
