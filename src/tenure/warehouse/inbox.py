"""The inbox: what came in, in order, on disk before anybody is told that it was taken.

One SQLite file with one row a message. A message is a file for a table, rows recorded through the engine, an event sent
over HTTP, or what arrived to become a file (``warehouse.arrivals``). ``UNIQUE (source, message_id)`` makes taking exactly once, for ever. The warehouse stores ``(epoch, seq)``
with the rows, so that after a crash each pending message is known to be in it or not.

States: ``pending`` (taken, not yet in the warehouse), ``done``, ``dropped`` (as if it had not begun). Events wait until
so many of them as are there are handed on as one file (``engine.verbs.take_in``), and keep nothing but their names then;
how many were received, and how many of those again, is counted by source and day in the same transaction.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import astuple
from datetime import datetime
from pathlib import Path
from types import TracebackType
from typing import Any, Self
from zlib import crc32

from tenure.warehouse.audit import SCHEMA, Log, Noted
from tenure.warehouse.counted import Counted, Handed, Received
from tenure.warehouse.messages import ARRIVAL, EVENT, Event, Message, Record, Waiting, is_whole
from tenure.warehouse.messages import SCHEMA as MESSAGES
from tenure.warehouse.sqlite import only_read, opened, reporting
from tenure.warehouse.witness import Witness

__all__ = [
    "ARRIVAL", "EVENT", "FILE", "Event", "Handed", "Inbox", "Message", "Received", "Record", "Waiting", "is_whole",
    "state_of", "waits",
]  # fmt: skip

FILE = "inbox.db"

#: Of so many events it is kept what they say when they are in the warehouse.
LAST = 50
#: SQL for the messages that somebody waits for.
ASKED = f"kind NOT IN ('{EVENT}', '{ARRIVAL}')"
#: What stands before the source of events, so that it is no other message's.
_OF_EVENTS = f"{EVENT}:"
#: What an event reads that the disk has damaged: it is no event, and waits among the failed rows.
_SPOILT = json.dumps("This event is not what was received: it was damaged on the disk.")


class Inbox(Noted, Counted):
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
            con = opened(path, MESSAGES + SCHEMA, log=4000)  # to move it costs two flushes of all that changed
            if not con.execute("SELECT 1 FROM pragma_table_info('message') WHERE name = 'sum'").fetchall():
                con.execute("ALTER TABLE message ADD COLUMN sum INTEGER")
            con.execute("INSERT OR IGNORE INTO about VALUES ('epoch', ?)", [secrets.token_hex(8)])
            epoch = con.execute("SELECT value FROM about WHERE key = 'epoch'").fetchall()[0][0]
            inbox = cls(path, con, epoch)
            if inbox.log.has_to_begin():
                with inbox._transaction():
                    inbox.log.begin()
        return inbox

    @classmethod
    def to_read(cls, home: Path) -> Inbox:
        """The inbox of a workspace, for who reads it while another writes: whatever would write fails. Raises as ``open``."""
        path = home / FILE
        with reporting(path):
            where = f"{path.resolve().as_uri()}?mode=ro"
            con = sqlite3.connect(where, timeout=10, isolation_level=None, check_same_thread=False, uri=True)
            epoch = con.execute("SELECT value FROM about WHERE key = 'epoch'").fetchall()[0][0]
        return cls(path, con, epoch)

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
        by_source: dict[str, list[Event]] = {}
        for event in events:
            by_source.setdefault(event.source, []).append(event)
        counts: dict[str, tuple[int, int]] = {}
        at, day = received_at.isoformat(), received_at.date().isoformat()
        with self._transaction() as con:
            for source, own in by_source.items():  # in one statement: one by one costs as much again
                done = con.executemany(
                    "INSERT OR IGNORE INTO message (source, message_id, kind, payload, received_at, sum)"
                    f" VALUES ('{_OF_EVENTS}' || ?, ?, '{EVENT}', ?, ?, ?)",
                    [(source, one.event_id, one.text, at, crc32(one.text.encode())) for one in own],
                )
                counts[source] = (len(own), len(own) - done.rowcount)
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
        """Say that all events up to a number are in the warehouse, and in a file of the archive: of each its name is kept, and
        of the last few (``LAST``) what they say, so that a map of them can be tried.
        """
        before = self._number("kept")
        with self._transaction() as con:
            rows = con.execute(
                f"SELECT seq FROM message WHERE kind = '{EVENT}' AND seq BETWEEN ? AND ? ORDER BY seq DESC LIMIT 1 OFFSET ?",
                [before, upto, LAST - 1],
            ).fetchall()
            kept = rows[0][0] if rows else before
            con.execute("INSERT OR REPLACE INTO handed VALUES (?, ?, ?, ?, ?, ?)", list(astuple(counts)))
            con.execute(
                "UPDATE message SET state = 'done', payload = CASE WHEN seq < ? THEN '{}' ELSE payload END"
                f" WHERE state = 'pending' AND kind = '{EVENT}' AND seq <= ?",
                [kept, upto],
            )
            con.execute(
                f"UPDATE message SET payload = '{{}}' WHERE kind = '{EVENT}' AND seq >= ? AND seq < ? AND payload <> '{{}}'",
                [before, kept],
            )
            con.execute("INSERT OR REPLACE INTO about VALUES ('kept', ?)", [str(kept)])
            con.execute("DELETE FROM about WHERE key = 'cut'")

    def prune(self, before: datetime) -> int:
        """Forget the names of events that came before a moment (UTC) and are in the warehouse, which knows the ids of uses itself; gives
        how many. Those that were handed on together go together, so that all counts can still be held against each other.
        """
        done, most = self._number("pruned"), self._number("kept")
        ranges = self.ask(
            "SELECT first, last FROM handed WHERE first > ? AND last < ? ORDER BY first LIMIT 50", done, most
        )
        gone = 0
        for first, last in ranges:
            young = "SELECT 1 FROM message WHERE seq BETWEEN ? AND ? AND received_at >= ? LIMIT 1"
            if self.ask(young, first, last, before.isoformat()):
                break
            with self._transaction() as con:
                old = f"FROM message WHERE seq BETWEEN ? AND ? AND kind = '{EVENT}' AND state = 'done'"
                counts = con.execute(f"SELECT source, count(*) {old} GROUP BY source", [first, last]).fetchall()
                con.executemany(
                    "INSERT INTO pruned VALUES (?, ?, ?)",
                    [(first, source.removeprefix(_OF_EVENTS), count) for source, count in counts],
                )
                gone += con.execute(f"DELETE {old}", [first, last]).rowcount
                con.execute("INSERT OR REPLACE INTO about VALUES ('pruned', ?)", [str(first)])
        return gone

    def pruned(self) -> bool:
        """Whether the names of some events are forgotten."""
        return self._number("pruned") > 0

    def last_events(self) -> list[Waiting]:
        """The last events of which it is kept what they say, in the order they came, whether they wait or not."""
        rows = self.ask(
            f"SELECT seq, source, message_id, payload, received_at FROM message WHERE kind = '{EVENT}' AND payload <> '{{}}'"
            " AND seq >= ? ORDER BY seq DESC LIMIT ?",
            self._number("kept"), LAST,
        )  # fmt: skip
        return [
            Waiting(seq, source.removeprefix(_OF_EVENTS), event_id, text, datetime.fromisoformat(at))
            for seq, source, event_id, text, at in reversed(rows)
        ]

    def forget_said(self) -> None:
        """Keep of events that are in the warehouse no more than their names, and nothing of arrivals that were refused."""
        with self._transaction() as con:
            con.execute(
                f"UPDATE message SET payload = '{{}}' WHERE kind = '{EVENT}' AND state = 'done' AND payload <> '{{}}' AND seq >= ?",
                [self._number("kept")],
            )
            con.execute(f"DELETE FROM message WHERE kind = '{ARRIVAL}' AND state = 'dropped'")

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

    def _noted(self) -> None:
        self._witness.note(self.epoch, self.last())

    def find(self, source: str, message_id: str) -> Record | None:
        """The message of that name, in whatever state; None where there is none."""
        with reporting(self.path):
            rows = self._con.execute(
                "SELECT seq FROM message WHERE source = ? AND message_id = ?", [source, message_id]
            ).fetchall()
        return self.records(after=rows[0][0] - 1, limit=1)[0] if rows else None

    def ask(self, sql: str, *values: Any) -> list[tuple[Any, ...]]:
        """The rows of a query."""
        with reporting(self.path):
            return self._con.execute(sql, values).fetchall()

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

    Ends in ``+`` while messages wait that somebody waits for, which are all but events and arrivals. Empty where there is no inbox.
    """
    return stands(home, f"kind <> '{ARRIVAL}'")


def stands(home: Path, counts: str) -> str:
    """As ``state_of``, of the messages done that count (SQL)."""
    path = home / FILE
    if not path.exists():
        return ""
    with only_read(path) as con:
        rows = con.execute(
            "SELECT (SELECT value FROM about WHERE key = 'epoch'),"
            f" (SELECT seq FROM message WHERE state = 'done' AND {counts} ORDER BY seq DESC LIMIT 1),"
            f" EXISTS (SELECT 1 FROM message WHERE state = 'pending' AND {ASKED})"
        ).fetchall()
    epoch, last, waiting = rows[0]
    return f"{epoch}:{last or 0}{'+' if waiting else ''}"


def waits(home: Path, kind: str = EVENT) -> bool:
    """Whether events wait in the inbox of a workspace, or what ``kind`` names, from a look at it."""
    path = home / FILE
    if not path.exists():
        return False
    with only_read(path) as con:
        sql = "SELECT EXISTS (SELECT 1 FROM message WHERE state = 'pending' AND kind = ?)"
        return bool(con.execute(sql, [kind]).fetchall()[0][0])
