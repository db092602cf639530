"""What was fetched from a source: a file beside the workspace's others, ``sync/NAME.db``.

Every page that brought something is in the archive, whole and as it came; here stands which, in their order, and the state
from which its stream goes on, in one transaction with what the page changes. The objects, as the rows of the vendor's
tables that they come to, are the pages' sum and can be made anew from them (``renew``).
"""

from __future__ import annotations

import hashlib
import json
import sqlite3
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from types import TracebackType
from typing import Any, Self

import msgspec

from tenure.sources.api import Page, Source, State, Stream
from tenure.sources.fetching.texts import as_texts
from tenure.warehouse import archive
from tenure.warehouse.sqlite import opened, reporting

FOLDER = "sync"
_WHAT = "What was fetched"
PAGE_SUFFIX = ".jsonl"
WRITE = msgspec.json.Encoder(decimal_format="number", order="deterministic")
READ_EXACT: msgspec.json.Decoder[Any] = msgspec.json.Decoder(float_hook=Decimal)
_SCHEMA = """
CREATE TABLE IF NOT EXISTS page (
    seq INTEGER PRIMARY KEY AUTOINCREMENT, stream TEXT NOT NULL, archived TEXT NOT NULL, sha256 TEXT NOT NULL,
    objects INTEGER NOT NULL, gone TEXT NOT NULL, at TEXT NOT NULL
);
CREATE TABLE IF NOT EXISTS stream (
    name TEXT PRIMARY KEY, state TEXT NOT NULL DEFAULT '{}', passes INTEGER NOT NULL DEFAULT 0, trouble TEXT NOT NULL DEFAULT ''
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS object (
    stream TEXT NOT NULL, id TEXT NOT NULL, at TEXT NOT NULL, sha256 TEXT NOT NULL, PRIMARY KEY (stream, id)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS line (
    stream TEXT NOT NULL, id TEXT NOT NULL, nth INTEGER NOT NULL, kind TEXT NOT NULL, body TEXT NOT NULL,
    PRIMARY KEY (stream, id, nth)
) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS named (kind TEXT NOT NULL, name TEXT NOT NULL, PRIMARY KEY (kind, name)) WITHOUT ROWID;
CREATE TABLE IF NOT EXISTS about (key TEXT PRIMARY KEY, value TEXT NOT NULL) WITHOUT ROWID;
"""


@dataclass(frozen=True)
class Kept:
    """What became of a page: how many of its objects are new or changed."""

    objects: int
    changed: int


class Pulled:
    """The open file of one source. ``now`` in its methods: UTC."""

    def __init__(self, home: Path, path: Path, con: sqlite3.Connection) -> None:
        self.home = home
        self.path = path
        self._con = con
        self._named: set[tuple[str, str]] = set()

    @classmethod
    def open(cls, home: Path, name: str) -> Pulled:
        """The file of a source, made if there is none. Raises ``UnavailableError``, ``DataError`` when it is damaged."""
        path = home / FOLDER / f"{name}.db"
        with reporting(path, _WHAT):
            path.parent.mkdir(mode=0o700, exist_ok=True)
            con = opened(path, _SCHEMA)
        return cls(home, path, con)

    def close(self) -> None:
        """Let go of the file."""
        self._con.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def state(self, stream: str) -> State:
        """From where a stream goes on; ``{}`` before its first page."""
        rows = self._rows("SELECT state FROM stream WHERE name = ?", stream)
        return dict(json.loads(rows[0][0])) if rows else {}

    def keep(self, stream: Stream, page: Page, now: datetime) -> Kept:
        """Take a page: on disk, archived, and its stream at the page's state, when this returns; or nothing of it.

        A page of which nothing is new only moves the state: the overlap of two passes does not fill the archive.
        """
        bodies = {stream.key(found): WRITE.encode(found) for found in page.objects}
        hashes = {key: hashlib.sha256(body).hexdigest() for key, body in bodies.items()}
        known = self._hashes(stream.name, [*hashes, *page.gone])
        fresh = {key for key, sha256 in hashes.items() if known.get(key) != sha256}
        gone = [key for key in page.gone if key in known]
        taken = None
        if fresh or gone:
            taken = archive.store_bytes(self.home, b"".join(body + b"\n" for body in bodies.values()), PAGE_SUFFIX)
        with self._transaction() as con:
            if taken is not None:
                con.execute(
                    "INSERT INTO page (stream, archived, sha256, objects, gone, at) VALUES (?, ?, ?, ?, ?, ?)",
                    [stream.name, taken.path, taken.sha256, len(bodies), json.dumps(gone), now.isoformat()],
                )
                changed = [found for found in page.objects if stream.key(found) in fresh]
                self._put(stream, changed, hashes)
                self._drop(stream.name, gone)
            con.execute(
                "INSERT INTO stream (name, state) VALUES (?, ?) ON CONFLICT DO UPDATE SET state = excluded.state",
                [stream.name, json.dumps(page.state)],
            )
        return Kept(len(bodies), len(fresh) + len(gone))

    def passed(self, stream: str, trouble: str = "") -> None:
        """Say that a stream was gone through to its end; or why not, in a sentence."""
        with self._transaction() as con:
            con.execute("INSERT OR IGNORE INTO stream (name) VALUES (?)", [stream])
            done = 0 if trouble else 1
            con.execute("UPDATE stream SET passes = passes + ?, trouble = ? WHERE name = ?", [done, trouble, stream])

    def restart(self, stream: str) -> None:
        """Have a stream fetched from its beginning the next time. What is known of it stays."""
        with self._transaction() as con:
            con.execute("UPDATE stream SET state = '{}' WHERE name = ?", [stream])

    def passes(self) -> dict[str, int]:
        """How often each stream was gone through to its end."""
        return dict(self._rows("SELECT name, passes FROM stream"))

    def troubles(self) -> dict[str, str]:
        """Of the streams that were not gone through the last time, why."""
        return dict(self._rows("SELECT name, trouble FROM stream WHERE trouble <> '' ORDER BY name"))

    def pages(self) -> int:
        """The number of the last page that brought something; 0 before the first."""
        return int(self._rows("SELECT coalesce(max(seq), 0) FROM page")[0][0])

    def latest(self) -> str:
        """When the last page that brought something was kept (ISO 8601, UTC); "" before the first."""
        return str(self._rows("SELECT coalesce((SELECT at FROM page ORDER BY seq DESC LIMIT 1), '')")[0][0])

    def counts(self) -> dict[str, tuple[int, str]]:
        """By stream: how many objects there are, and the time of the latest ("" where none says)."""
        return {name: (n, at) for name, n, at in self._rows("SELECT stream, count(*), max(at) FROM object GROUP BY 1")}

    def archived(self) -> list[str]:
        """The paths of all pages in the archive, relative to the workspace."""
        return [path for (path,) in self._rows("SELECT DISTINCT archived FROM page ORDER BY 1")]

    def kinds(self) -> dict[str, list[str]]:
        """The vendor's tables of which there are rows, with the columns that any of them has."""
        found: dict[str, list[str]] = {}
        for kind, name in self._rows("SELECT kind, name FROM named ORDER BY kind, name"):
            found.setdefault(kind, []).append(name)
        return found

    def ids(self, stream: str) -> list[str]:
        """The ids of a stream's objects."""
        return [key for (key,) in self._rows("SELECT id FROM object WHERE stream = ? ORDER BY id", stream)]

    def lines(self, kind: str) -> Iterator[str]:
        """The rows of a table as JSON, in the order of their objects' times, whatever the order in which these came."""
        with reporting(self.path, _WHAT):
            yield from (
                body
                for (body,) in self._con.execute(
                    "SELECT body FROM line JOIN object USING (stream, id) WHERE kind = ? ORDER BY at, stream, id, nth",
                    [kind],
                )
            )

    def said(self, key: str) -> str:
        """Something remembered of the source; "" where nothing is."""
        rows = self._rows("SELECT value FROM about WHERE key = ?", key)
        return str(rows[0][0]) if rows else ""

    def say(self, **said: str) -> None:
        """Remember something of the source."""
        with self._transaction() as con:
            con.executemany("INSERT OR REPLACE INTO about VALUES (?, ?)", list(said.items()))

    def renew(self, source: Source) -> None:
        """Make objects and rows anew from the pages in the archive: after a change of what an object's rows are, or of a page.

        Raises ``DataError`` where a page is missing or was changed.
        """
        streams = {stream.name: stream for stream in source.streams}
        pages = self._rows("SELECT stream, archived, sha256, gone FROM page ORDER BY seq")
        with self._transaction() as con:
            for table in ("object", "line", "named"):
                con.execute(f"DELETE FROM {table}")
            self._named.clear()
            for name, archived, sha256, gone in pages:
                if name not in streams:
                    continue
                path = archive.verify(self.home, archived, sha256)
                objects = [READ_EXACT.decode(line) for line in path.read_bytes().splitlines() if line]
                hashes = {
                    streams[name].key(found): hashlib.sha256(WRITE.encode(found)).hexdigest() for found in objects
                }
                self._put(streams[name], objects, hashes)
                self._drop(name, json.loads(gone))

    def _put(self, stream: Stream, objects: Sequence[Mapping[str, Any]], hashes: Mapping[str, str]) -> None:
        for found in objects:
            key = stream.key(dict(found))
            self._con.execute(
                "INSERT OR REPLACE INTO object VALUES (?, ?, ?, ?)",
                [stream.name, key, stream.at(dict(found)) or "", hashes[key]],
            )
            self._con.execute("DELETE FROM line WHERE stream = ? AND id = ?", [stream.name, key])
            rows = [(kind, as_texts(row)) for kind, rows in stream.rows(dict(found)).items() for row in rows]
            self._con.executemany(
                "INSERT INTO line VALUES (?, ?, ?, ?, ?)",
                [(stream.name, key, nth, kind, WRITE.encode(row).decode()) for nth, (kind, row) in enumerate(rows)],
            )
            names = {(kind, name) for kind, row in rows for name in row} - self._named
            self._con.executemany("INSERT OR IGNORE INTO named VALUES (?, ?)", sorted(names))
            self._named |= names

    def _drop(self, stream: str, keys: Iterable[str]) -> None:
        for key in keys:
            for table in ("object", "line"):
                self._con.execute(f"DELETE FROM {table} WHERE stream = ? AND id = ?", [stream, key])

    def _hashes(self, stream: str, keys: Sequence[str]) -> dict[str, str]:
        found: dict[str, str] = {}
        for begin in range(0, len(keys), 500):
            some = keys[begin : begin + 500]
            marks = ", ".join("?" for _ in some)
            sql = f"SELECT id, sha256 FROM object WHERE stream = ? AND id IN ({marks})"
            found |= dict(self._rows(sql, stream, *some))
        return found

    def _rows(self, sql: str, *values: Any) -> list[Any]:
        with reporting(self.path, _WHAT):
            return self._con.execute(sql, values).fetchall()

    @contextmanager
    def _transaction(self) -> Iterator[sqlite3.Connection]:
        with reporting(self.path, _WHAT):
            self._con.execute("BEGIN IMMEDIATE")
            try:
                yield self._con
                self._con.execute("COMMIT")
            except BaseException:
                self._named.clear()
                if self._con.in_transaction:
                    with suppress(sqlite3.Error):
                        self._con.execute("ROLLBACK")
                raise
