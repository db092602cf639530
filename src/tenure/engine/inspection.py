"""What the files of a workspace tell of how it is, from a look at them: nothing is opened, locked or changed."""

from __future__ import annotations

import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tenure.engine.erasure.tombstones import FILE as ERASED
from tenure.warehouse import archive, bundle
from tenure.warehouse.inbox import EVENT, FILE

#: What only its owner may read: it opens this workspace, or others' doors.
_SECRET = ("*.key", "app.db*", ERASED, ".keeper/key")
#: What is only there while something is being made.
_UNFINISHED = (f"**/*{bundle.UNFINISHED}", "warehouse.rebuild.duckdb*", ".tenure-*", ".restoring", ".new")
#: Seconds after which what is being made is taken for left behind.
_OLD = 3600
_PARTS = ("warehouse.duckdb*", "inbox.db*", "app.db*", "archive", "published", "backups")


@dataclass(frozen=True)
class Waiting:
    """Events that wait in the inbox, and when the first of them came (UTC)."""

    events: int
    since: datetime


@dataclass(frozen=True)
class Inspection:
    """``sizes``: bytes by part. ``open_secrets``: that others may read. ``left_behind``: of what was cut short, with
    bytes. ``missing``: files of the archive that the inbox names. ``named_events``: of which the names are kept, so that each is
    taken once for ever.
    """

    sizes: dict[str, int]
    open_secrets: tuple[str, ...]
    left_behind: tuple[str, ...]
    left_behind_size: int
    missing: tuple[str, ...]
    named_events: int
    waiting: Waiting | None


def inspect(home: Path, now: datetime) -> Inspection:
    """Look. ``now``: UTC, of the clock that dates files. What cannot be read is left out."""
    left = [p for p in _left_behind(home) if now.timestamp() - p.stat().st_mtime > _OLD]
    missing, named, waiting = _of_inbox(home)
    return Inspection(
        {pattern.rstrip("*"): size for pattern in _PARTS if (size := sum(map(_size, home.glob(pattern))))},
        tuple(sorted(str(p.relative_to(home)) for s in _SECRET for p in home.glob(s) if p.stat().st_mode & 0o077)),
        tuple(str(p.relative_to(home)) if p.is_relative_to(home) else str(p) for p in left),
        sum(map(_size, left)),
        missing,
        named,
        waiting,
    )


def _left_behind(home: Path) -> Iterator[Path]:
    for pattern in _UNFINISHED:
        yield from home.glob(pattern)
    beside = home.resolve().parent / f".{home.resolve().name}.restoring"
    if beside.exists():
        yield beside


def _size(path: Path) -> int:
    if path.is_dir():
        return sum(each.stat().st_size for each in path.rglob("*") if each.is_file())
    return path.stat().st_size


def _of_inbox(home: Path) -> tuple[tuple[str, ...], int, Waiting | None]:
    """Which archived files are missing, how many events are known by name, and what waits."""
    path = home / FILE
    if not path.exists():
        return (), 0, None
    try:
        with closing(sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", uri=True, timeout=10)) as con:
            payloads = con.execute("SELECT payload FROM message WHERE state = 'done' AND kind <> ?", [EVENT]).fetchall()
            named = con.execute("SELECT count(*) FROM message WHERE kind = ?", [EVENT]).fetchall()[0][0]
            pending = f"FROM message INDEXED BY message_pending WHERE state = 'pending' AND kind = '{EVENT}'"
            count, first = con.execute(f"SELECT count(*), min(received_at) {pending}").fetchall()[0]
    except sqlite3.DatabaseError:  # whoever opens it says what is wrong
        return (), 0, None
    names = {file for (text,) in payloads for file, _ in archive.named_files(text) if file.startswith(archive.FOLDER)}
    missing = tuple(sorted(name for name in names if not (home / name).is_file()))
    waiting = Waiting(count, datetime.fromisoformat(first).replace(tzinfo=None)) if count else None
    return missing, named, waiting


__all__ = ["Inspection", "Waiting", "inspect"]
