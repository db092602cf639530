"""The audit log of the inbox: who loaded, recorded, closed, changed what, in a chain in the same file.

A message is noted in the transaction that says it is done, whoever marks it. What was asked for by whom is kept with the
message, so that it is known when a crash came in between.
"""

from __future__ import annotations

import json
import secrets
import sqlite3
from collections.abc import Iterable, Iterator, Mapping
from contextlib import AbstractContextManager
from datetime import datetime
from pathlib import Path
from typing import Any

from tenure.core import chainfiles
from tenure.core.acts import Act
from tenure.core.chain import BEGINNING, COLUMNS, By, Entry, Head, Note, digest, link

#: The chain's name.
CHAIN = "inbox"
#: What the log calls a message.
MESSAGE = "message"
SCHEMA = """
CREATE TABLE IF NOT EXISTS audit (
    seq INTEGER PRIMARY KEY,
    at TEXT NOT NULL,
    who TEXT NOT NULL,
    via TEXT NOT NULL,
    request TEXT NOT NULL,
    act TEXT NOT NULL,
    kind TEXT NOT NULL,
    id TEXT NOT NULL,
    detail TEXT NOT NULL,
    key TEXT NOT NULL,
    previous TEXT NOT NULL,
    hash TEXT NOT NULL
);
CREATE TRIGGER IF NOT EXISTS audit_no_update BEFORE UPDATE ON audit
    BEGIN SELECT RAISE(ABORT, 'entries of the audit log are only ever added'); END;
CREATE TRIGGER IF NOT EXISTS audit_no_delete BEFORE DELETE ON audit
    BEGIN SELECT RAISE(ABORT, 'entries of the audit log are only ever added'); END;
CREATE TABLE IF NOT EXISTS asked (
    seq INTEGER PRIMARY KEY,
    who TEXT NOT NULL,
    via TEXT NOT NULL,
    request TEXT NOT NULL,
    act TEXT NOT NULL,
    detail TEXT NOT NULL
);
"""
_ALL = f"SELECT {', '.join(COLUMNS)} FROM audit"
_OF_MESSAGE = "SELECT source, message_id, kind, payload, received_at FROM message"
_DONE = (
    "SELECT seq, source, message_id, kind, payload, received_at FROM message WHERE state = 'done' AND kind <> 'event'"
)


class Log:
    """The chain of an open inbox. ``by``: who asks for what is done now; ``at``: since when (UTC). All that writes is called
    within the transaction of what it notes.
    """

    def __init__(self, home: Path, con: sqlite3.Connection) -> None:
        self.by = By()
        self.at: datetime | None = None
        self._home = home
        self._con = con
        self._new: list[Entry] = []
        self._before: Head | None = None

    def has_to_begin(self) -> bool:
        """Whether there are messages from before the log."""
        sql = (
            "SELECT NOT EXISTS (SELECT 1 FROM audit)"
            " AND EXISTS (SELECT 1 FROM message WHERE state = 'done' AND kind <> 'event')"
        )
        return bool(self._con.execute(sql).fetchall()[0][0])

    def begin(self) -> None:
        """Chain the messages that were there before, as they are found."""
        if not self.has_to_begin():
            return
        rows = self._con.execute(
            "SELECT seq, received_at FROM message WHERE state = 'done' AND kind <> 'event' ORDER BY seq"
        ).fetchall()
        for seq, at in rows:
            self.append(Note(Act.FOUND, MESSAGE, str(seq), {"digest": self._digest(seq)}), By(), _time(at))

    def asked(self, number: int, act: Act, told: Mapping[str, Any]) -> None:
        """Keep with a message who asked for it, and what is to be noted when it is done."""
        by = self.by
        detail = json.dumps(dict(told), sort_keys=True)
        self._con.execute(
            "INSERT OR REPLACE INTO asked VALUES (?, ?, ?, ?, ?, ?)",
            [number, by.who, by.via, by.request, str(act), detail],
        )

    def done(self, number: int) -> None:
        """Note that a message is done. Events are not noted one by one: the files are that they are loaded as."""
        rows = self._con.execute(
            "SELECT m.received_at, m.kind, a.who, a.via, a.request, a.act, a.detail"
            " FROM message m LEFT JOIN asked a ON a.seq = m.seq WHERE m.seq = ?",
            [number],
        ).fetchall()
        for at, kind, who, via, request, act, detail in rows:
            if kind == "event":
                continue
            by = By(who or "", via or "", request or "")
            told = json.loads(detail or "{}") | {"digest": self._digest(number)}
            self.append(Note(act or Act.FOUND, MESSAGE, str(number), told), by, self.at or _time(at))

    def rewritten(self, number: int, act: Act) -> None:
        """Note that a message says something else now."""
        self.append(Note(act, MESSAGE, str(number), {"digest": self._digest(number)}))

    def append(self, note: Note, by: By | None = None, at: datetime | None = None) -> None:
        """Add an entry (by default: by who asks now, since then)."""
        moment = at or self.at
        assert moment is not None, "who notes something says when"
        if self._before is None:
            self._before = self.head()
        head = Head(self._new[-1].seq, self._new[-1].hash) if self._new else self._before
        entry = link(CHAIN, chainfiles.keys(self._home), head, note, by or self.by, moment)
        marks = ", ".join("?" for _ in COLUMNS)
        self._con.execute(f"INSERT INTO audit VALUES ({marks})", list(vars(entry).values()))
        self._new.append(entry)

    def settled(self, *, kept: bool) -> None:
        """The transaction is over: note the chain's end outside the file, where it grew."""
        new, before = self._new, self._before
        self._new, self._before = [], None
        if kept and new and before is not None:
            ring, head = chainfiles.keys(self._home), Head(new[-1].seq, new[-1].hash)
            chainfiles.note_head(self._home, CHAIN, ring, before, head, self._hash_of)

    def head(self) -> Head:
        """The chain's end."""
        rows = self._con.execute("SELECT seq, hash FROM audit ORDER BY seq DESC LIMIT 1").fetchall()
        return Head(*rows[0]) if rows else Head(0, BEGINNING)

    def rows(self, *, after: int = 0) -> Iterator[tuple[Any, ...]]:
        """The stored entries, in the order of their numbers."""
        yield from self._con.execute(f"{_ALL} WHERE seq > ? ORDER BY seq", [after])

    def _hash_of(self, number: int) -> str:
        rows = self._con.execute("SELECT hash FROM audit WHERE seq = ?", [number]).fetchall()
        return str(rows[0][0]) if rows else ""

    def _digest(self, number: int) -> str:
        """What stands for the content of a message: nobody learns it without the key."""
        ring = chainfiles.keys(self._home)
        secret = ring.of(ring.current)
        assert secret is not None, "the current key is known"
        return content_digest(secret, self._con.execute(f"{_OF_MESSAGE} WHERE seq = ?", [number]).fetchall()[0])


class Noted:
    """What of an inbox is about its log, and about the file as such."""

    epoch: str
    log: Log
    _con: sqlite3.Connection

    def _transaction(self) -> AbstractContextManager[sqlite3.Connection]:
        raise NotImplementedError

    def last(self) -> int:
        """The number of the last message, whatever became of it; 0 where there was none."""
        rows = self._con.execute("SELECT seq FROM sqlite_sequence WHERE name = 'message'").fetchall()
        return int(rows[0][0]) if rows else 0

    def new_epoch(self) -> str:
        """Rename this inbox, after it was restored from a backup: the warehouse then knows it is another one."""
        self.epoch = secrets.token_hex(8)
        with self._transaction() as con:
            con.execute("UPDATE about SET value = ? WHERE key = 'epoch'", [self.epoch])
        return self.epoch

    def note(self, note: Note) -> None:
        """Note in the audit log what was done without a message."""
        with self._transaction():
            self.log.append(note)

    def rewrite(self, number: int, payload: Mapping[str, Any], act: Act = Act.REWRITTEN) -> None:
        """Put another payload in the place of a message's, as when a person is erased; the audit log says that, not what it was."""
        with self._transaction() as con:
            text = json.dumps(payload, ensure_ascii=False, sort_keys=True)
            con.execute("UPDATE message SET payload = ? WHERE seq = ?", [text, number])
            self.log.rewritten(number, act)

    def settle(self, number: int, state: str, payload: Mapping[str, Any]) -> None:
        """Say what became of a message, in its place; that it is done is noted in the audit log."""
        with self._transaction() as con:
            text = json.dumps(payload, ensure_ascii=False, sort_keys=True)
            con.execute("UPDATE message SET state = ?, payload = ? WHERE seq = ?", [state, text, number])
            if state == "done":
                self.log.done(number)

    def rewrite_all(
        self, payloads: Mapping[int, str], source: str, message_id: str, payload: Mapping[str, Any], at: datetime,
        act: Act, told: Mapping[str, Any],
    ) -> None:  # fmt: skip
        """Put other payloads in the place of messages', by their numbers, and remember by whom and why in a message of its own, of
        which the audit log tells ``act`` and ``told``. What was dropped says nothing any more. All or nothing.
        """
        with self._transaction() as con:
            con.execute("UPDATE message SET payload = '{}' WHERE state = 'dropped'")
            for number, text in payloads.items():
                con.execute("UPDATE message SET payload = ? WHERE seq = ?", [text, number])
                self.log.rewritten(number, Act.REWRITTEN)
            text = json.dumps(payload, ensure_ascii=False, sort_keys=True)
            added = con.execute(
                "INSERT INTO message (source, message_id, kind, payload, received_at, state)"
                " VALUES (?, ?, 'erasure', ?, ?, 'done')",
                [source, message_id, text, at.isoformat()],
            )
            number = int(added.lastrowid or 0)
            self.log.asked(number, act, told)
            self.log.done(number)

    def payloads(self) -> list[str]:
        """What all messages say that are not dropped, events aside."""
        rows = self._con.execute(
            "SELECT payload FROM message WHERE state <> 'dropped' AND kind <> 'event' ORDER BY seq"
        )
        return [payload for (payload,) in rows.fetchall()]

    def compact(self) -> None:
        """Leave nothing in the file, nor in its log, of what was deleted or said before."""
        self._con.execute("VACUUM")
        self._con.execute("PRAGMA wal_checkpoint(TRUNCATE)")

    def say(self, key: str, value: str, notes: Iterable[Note], by: By) -> None:
        """Keep something under a key, and note in the audit log what it means, both or neither."""
        with self._transaction() as con:
            con.execute("INSERT OR REPLACE INTO about VALUES (?, ?)", [key, value])
            for note in notes:
                self.log.append(note, by)

    def about(self, key: str) -> str:
        """What was said under a key; empty where nothing was."""
        rows = self._con.execute("SELECT value FROM about WHERE key = ?", [key]).fetchall()
        return str(rows[0][0]) if rows else ""

    def faults(self, *, deep: bool) -> list[str]:
        """What SQLite finds wrong with the file itself; ``deep``: with its indexes too."""
        found = self._con.execute(f"PRAGMA {'integrity_check' if deep else 'quick_check'}").fetchall()
        return [str(text) for (text,) in found if text != "ok"]

    def messages_done(self) -> Iterator[tuple[int, tuple[Any, ...]]]:
        """Number and content (as ``content_digest`` takes it) of each message that is done, but for events."""
        for seq, *row in self._con.execute(f"{_DONE} ORDER BY seq"):
            yield seq, tuple(row)

    def kinds(self) -> list[str]:
        """The kinds of messages there are, but for events."""
        rows = self._con.execute("SELECT DISTINCT kind FROM message WHERE kind <> 'event' ORDER BY 1").fetchall()
        return [kind for (kind,) in rows]

    def waiting_with_sums(self) -> Iterator[tuple[int, str, int | None]]:
        """Number, text and sum of the events that wait."""
        yield from self._con.execute("SELECT seq, payload, sum FROM message WHERE state = 'pending' AND kind = 'event'")


def content_digest(secret: bytes, message: tuple[Any, ...]) -> str:
    """The digest of a message: its source, id, kind, payload and time, as they are stored."""
    return digest(secret, json.dumps(message, default=str))


def _time(text: str) -> datetime:
    return datetime.fromisoformat(text)


__all__ = ["CHAIN", "MESSAGE", "SCHEMA", "Log", "Noted", "content_digest"]
