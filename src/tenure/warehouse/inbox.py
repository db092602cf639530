"""The inbox: what came in, in order, on disk before anybody is told that it was taken.

One SQLite file with one row a message. A message is a file for a table, rows recorded through the engine, or an event
sent over HTTP. ``UNIQUE (source, message_id)`` makes taking exactly once, for ever. The warehouse stores ``(epoch, seq)``
with the rows, so that after a crash each pending message is known to be in it or not.

States: ``pending`` (taken, not yet in the warehouse), ``done``, ``dropped`` (as if it had not begun). Events wait until
so many of them as are there are handed on as one file (``engine.verbs.take_in``), and keep nothing but their names then;
how many were received, and how many of those again, is counted by source and day in the same transaction.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import astuple, dataclass, field
from datetime import date, datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zlib import crc32

from tenure.core.acts import Act
from tenure.warehouse.audit import SCHEMA, Log, Noted
from tenure.warehouse.sqlite import reporting
from tenure.warehouse.witness import Witness

FILE = "inbox.db"

_SCHEMA = """
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


#: The kind of the messages that are events, and what stands before their source, so that it is no other message's.
EVENT = "event"
_OF_EVENTS = f"{EVENT}:"
#: What an event reads that the disk has damaged: it is no event, and waits among the failed rows.
_SPOILT = json.dumps("This event is not what was received: it was damaged on the disk.")


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
class Received:
    """How many events of a source came in on a day (UTC), and how many of them had come before."""

    source: str
    day: date
    events: int
    again: int


@dataclass(frozen=True)
class Handed:
    """Events that were handed on at once, from the number ``first`` to ``last``. ``twice``: how many tell of two things, of a person
    and a company; ``merged``: how often a later one tells the same thing again; ``read``: the rows that the warehouse read.
    """

    first: int
    last: int
    events: int
    twice: int
    merged: int
    read: int

    @property
    def aside(self) -> int:
        """How many say nothing that is kept, or what the map of events leaves out."""
        return self.events + self.twice - self.merged - self.read


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


class Inbox(Noted):
    """An open inbox. ``epoch`` names this very file: it differs after an inbox was made anew or restored. ``log``: the audit log
    of what is done with it.
    """

    def __init__(self, path: Path, con: sqlite3.Connection, epoch: str) -> None:
        self.path = path
        self.epoch = epoch
        self.log = Log(path.parent, con)
        self._con = con
        self._witness = Witness(path.parent)

    @classmethod
    def open(cls, home: Path, *, file: str = FILE) -> Inbox:
        """The inbox of the workspace ``home``, made if there is none.

        Raises ``UnavailableError`` when it is locked or the disk is full, ``DataError`` when it is damaged.
        """
        path = home / file
        with reporting(path):
            con = sqlite3.connect(path, timeout=10, isolation_level=None, check_same_thread=False)
            con.execute("PRAGMA journal_mode = WAL")
            con.execute("PRAGMA synchronous = FULL")
            con.executescript(_SCHEMA + SCHEMA)
            if not con.execute("SELECT 1 FROM pragma_table_info('message') WHERE name = 'sum'").fetchall():
                con.execute("ALTER TABLE message ADD COLUMN sum INTEGER")
            con.execute("INSERT OR IGNORE INTO about VALUES ('epoch', ?)", [secrets.token_hex(8)])
            epoch = con.execute("SELECT value FROM about WHERE key = 'epoch'").fetchall()[0][0]
            inbox = cls(path, con, epoch)
            if inbox.log.has_to_begin():
                with inbox._transaction():
                    inbox.log.begin()
        return inbox

    def close(self) -> None:
        """Let go of the file."""
        self._con.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def add(self, messages: Sequence[Message], received_at: datetime) -> list[int]:
        """Take messages, on disk when this returns, all or none. Gives their sequence numbers.

        A message known already keeps its number, and is not taken again; one that was dropped gets a new number.
        """
        numbers = []
        with self._transaction() as con:
            for message in messages:
                con.execute(
                    "DELETE FROM message WHERE source = ? AND message_id = ? AND state = 'dropped'",
                    [message.source, message.message_id],
                )
                done = con.execute(
                    "INSERT OR IGNORE INTO message (source, message_id, kind, payload, received_at) "
                    "VALUES (?, ?, ?, ?, ?)",
                    [
                        message.source,
                        message.message_id,
                        message.kind,
                        json.dumps(message.payload, ensure_ascii=False, sort_keys=True),
                        received_at.isoformat(),
                    ],
                )
                numbers.append(
                    con.execute(
                        "SELECT seq FROM message WHERE source = ? AND message_id = ?",
                        [message.source, message.message_id],
                    ).fetchall()[0][0]
                )
                if done.rowcount == 1:
                    self.log.asked(numbers[-1], message.act, message.told)
        self._noted()
        return numbers

    def take(self, events: Sequence[Event], received_at: datetime) -> int:
        """Take events, on disk when this returns, all or none. Those that came before are not taken again; gives how many."""
        counts: dict[str, list[int]] = {}
        at, day = received_at.isoformat(), received_at.date().isoformat()
        with self._transaction() as con:
            for event in events:
                done = con.execute(
                    "INSERT OR IGNORE INTO message (source, message_id, kind, payload, received_at, sum)"
                    " VALUES (?, ?, ?, ?, ?, ?)",
                    [_OF_EVENTS + event.source, event.event_id, EVENT, event.text, at, crc32(event.text.encode())],
                )
                count = counts.setdefault(event.source, [0, 0])
                count[0] += 1
                count[1] += done.rowcount < 1
            con.executemany(
                "INSERT INTO received VALUES (?, ?, ?, ?) ON CONFLICT DO UPDATE SET events = events + excluded.events,"
                " again = again + excluded.again",
                [(source, day, *count) for source, count in counts.items()],
            )
        self._noted()
        return sum(again for _, again in counts.values())

    def waiting(self, limit: int, *, upto: int = 0) -> list[Waiting]:
        """Events that are not in the warehouse yet, in the order they came. ``upto``: none beyond this number (0: any)."""
        with reporting(self.path):
            rows = self._con.execute(
                "SELECT seq, source, message_id, payload, received_at, sum FROM message INDEXED BY message_pending"
                f" WHERE state = 'pending' AND kind = '{EVENT}' AND (seq <= ? OR ? = 0) ORDER BY seq LIMIT ?",
                [upto, upto, limit],
            ).fetchall()
        return [
            Waiting(
                seq,
                source.removeprefix(_OF_EVENTS),
                event_id,
                text if is_whole(text, kept) else _SPOILT,
                datetime.fromisoformat(at),
            )
            for seq, source, event_id, text, at, kept in rows
        ]

    def cut(self) -> int:
        """The number up to which events are being handed on; 0 while none are."""
        return self._number("cut")

    def begun(self) -> int:
        """The number of the first event that is being handed on, or was last."""
        return self._number("begun")

    def begin(self, first: int, upto: int) -> None:
        """Say that events between two numbers are being handed on: a crash later it is the same ones."""
        with self._transaction() as con:
            con.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", [("begun", str(first)), ("cut", str(upto))])

    def _number(self, key: str) -> int:
        return int(self.about(key) or 0)

    def handed_on(self, upto: int, counts: Handed) -> None:
        """Say that all events up to a number are in the warehouse, and in a file of the archive: of each its name is kept."""
        with self._transaction() as con:
            con.execute("INSERT OR REPLACE INTO handed VALUES (?, ?, ?, ?, ?, ?)", list(astuple(counts)))
            con.execute(
                "UPDATE message SET state = 'done', payload = '{}'"
                f" WHERE state = 'pending' AND kind = '{EVENT}' AND seq <= ?",
                [upto],
            )
            con.execute("DELETE FROM about WHERE key = 'cut'")

    def handed(self) -> list[Handed]:
        """What was handed on, in order."""
        with reporting(self.path):
            rows = self._con.execute("SELECT * FROM handed ORDER BY first").fetchall()
        return [Handed(*row) for row in rows]

    def received(self) -> list[Received]:
        """How many events came in, by source and day."""
        with reporting(self.path):
            rows = self._con.execute("SELECT source, day, events, again FROM received ORDER BY day, source").fetchall()
        return [Received(source, date.fromisoformat(day), events, again) for source, day, events, again in rows]

    def mark(self, numbers: Iterable[int], state: str) -> None:
        """Set the state of messages: ``done``, which is noted in the audit log, or ``dropped``."""
        with self._transaction() as con:
            for number in numbers:
                changed = con.execute(
                    "UPDATE message SET state = ? WHERE seq = ? AND state <> ?", [state, number, state]
                )
                if changed.rowcount == 1 and state == "done":
                    self.log.done(number)

    def records(
        self, *, state: str | None = None, kind: str | Sequence[str] | None = None, after: int = 0, limit: int = -1
    ) -> list[Record]:
        """Messages in the order they came, of a kind or several, beyond the number ``after``; ``limit`` -1 means all."""
        wanted = ["seq > ?"]
        more: list[Any] = [after]
        for column, value in (("state", state), ("kind", kind)):
            if value is not None:
                values = [value] if isinstance(value, str) else list(value)
                wanted.append(f"{column} IN ({', '.join('?' for _ in values)})")
                more += values
        with reporting(self.path):
            rows = self._con.execute(
                "SELECT seq, source, message_id, kind, payload, received_at, state FROM message "
                f"WHERE {' AND '.join(wanted)} ORDER BY seq LIMIT ?",
                [*more, limit],
            ).fetchall()
        return [
            Record(seq, source, message_id, kind_, json.loads(payload), datetime.fromisoformat(received), state_)
            for seq, source, message_id, kind_, payload, received, state_ in rows
        ]

    def counts(self) -> dict[str, int]:
        """How many messages are in which state, events among them; states of none are left out."""
        with reporting(self.path):
            return dict(
                self._con.execute("SELECT state, count(*) FROM message GROUP BY state ORDER BY state").fetchall()
            )

    def names(self, kinds: Sequence[str], state: str = "done") -> list[tuple[int, str, str, str]]:
        """Number, kind, source and message id of the messages of some kinds, without what they hold, in order."""
        marks = ", ".join("?" for _ in kinds)
        sql = f"SELECT seq, kind, source, message_id FROM message WHERE state = ? AND kind IN ({marks}) ORDER BY seq"
        with reporting(self.path):
            return self._con.execute(sql, [state, *kinds]).fetchall()

    def noted(self) -> int:
        """The largest number of which a witness says that it was there."""
        return self._witness.last(self.epoch)

    def _noted(self) -> None:
        self._witness.note(self.epoch, self.last())

    def events(self) -> dict[str, tuple[int, int]]:
        """By source, how many events there are, and how many of them wait."""
        of = len(_OF_EVENTS) + 1
        with reporting(self.path):
            there = self._con.execute(
                f"SELECT substr(source, {of}), count(*) FROM message WHERE source >= '{_OF_EVENTS}' "
                f"AND source < '{EVENT};' GROUP BY source"
            ).fetchall()
            waiting = dict(
                self._con.execute(
                    f"SELECT substr(source, {of}), count(*) FROM message INDEXED BY message_pending "
                    f"WHERE state = 'pending' AND kind = '{EVENT}' GROUP BY source"
                ).fetchall()
            )
        return {source: (count, waiting.get(source, 0)) for source, count in there}

    def between(self, first: int, last: int) -> int:
        """How many events from a number to another were handed on."""
        sql = f"SELECT count(*) FROM message WHERE seq BETWEEN ? AND ? AND kind = '{EVENT}' AND state = 'done'"
        with reporting(self.path):
            return int(self._con.execute(sql, [first, last]).fetchall()[0][0])

    def find(self, source: str, message_id: str) -> Record | None:
        """The message of that name, in whatever state; None where there is none."""
        with reporting(self.path):
            rows = self._con.execute(
                "SELECT seq FROM message WHERE source = ? AND message_id = ?", [source, message_id]
            ).fetchall()
        return self.records(after=rows[0][0] - 1, limit=1)[0] if rows else None

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with reporting(self.path):
            self._con.execute("BEGIN IMMEDIATE")
            try:
                yield self._con
                self._con.execute("COMMIT")
            except BaseException:
                if self._con.in_transaction:
                    self._con.execute("ROLLBACK")
                self.log.settled(kept=False)
                raise
        self.log.settled(kept=True)


def state_of(home: Path) -> str:
    """What an inbox has handed on, as a word that changes whenever more was: its epoch and its last message done.

    Ends in ``+`` while messages wait that somebody waits for, which are all but events. Empty where there is no inbox.
    """
    path = home / FILE
    if not path.exists():
        return ""
    with reporting(path), _only_read(path) as con:
        rows = con.execute(
            "SELECT (SELECT value FROM about WHERE key = 'epoch'),"
            " (SELECT seq FROM message WHERE state = 'done' ORDER BY seq DESC LIMIT 1),"
            f" EXISTS (SELECT 1 FROM message WHERE state = 'pending' AND kind <> '{EVENT}')"
        ).fetchall()
    epoch, last, waiting = rows[0]
    return f"{epoch}:{last or 0}{'+' if waiting else ''}"


def waits(home: Path) -> bool:
    """Whether events wait in the inbox of a workspace, from a look at it."""
    path = home / FILE
    if not path.exists():
        return False
    with reporting(path), _only_read(path) as con:
        sql = f"SELECT EXISTS (SELECT 1 FROM message WHERE state = 'pending' AND kind = '{EVENT}')"
        return bool(con.execute(sql).fetchall()[0][0])


def is_whole(text: str, kept: int | None) -> bool:
    """Whether an event's text has the sum that was ``kept`` with it; of earlier ones none was."""
    return kept is None or crc32(text.encode()) == kept


@contextmanager
def _only_read(path: Path) -> Iterator[sqlite3.Connection]:
    con = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", timeout=10, uri=True)
    try:
        yield con
    finally:
        con.close()
