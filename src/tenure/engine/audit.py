"""The audit log as it is read: its entries, newest first, of whatever chain, and whether a chain holds.

The inbox's chain is read from its file without the keeper, as figures are; the web has a chain of its own in its database,
which it gives to the functions here.
"""

from __future__ import annotations

import json
import sqlite3
from collections.abc import Callable, Iterable, Mapping, Sequence
from contextlib import closing
from dataclasses import dataclass, replace
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

from tenure.core import chainfiles
from tenure.core.chain import BEGINNING, COLUMNS, Entry, Head, Verified, moment, verify
from tenure.core.errors import UnavailableError
from tenure.warehouse.audit import CHAIN, MESSAGE
from tenure.warehouse.inbox import FILE

__all__ = [
    "CHAIN",
    "MESSAGE",
    "Asked",
    "Entry",
    "Standing",
    "chosen",
    "condition",
    "entries",
    "messages",
    "standing",
    "verified",
]

#: How long what was verified is taken to hold; what came since is verified each time.
_HOLDS = timedelta(hours=1)
Rows = Callable[[int], Iterable[Sequence[Any]]]


@dataclass(frozen=True)
class Asked:
    """Which entries: of whom, of which act, about what (``kind:id``, or a kind), from a moment on and before one (UTC). What is
    empty does not matter.
    """

    who: str = ""
    act: str = ""
    about: str = ""
    start: datetime | None = None
    end: datetime | None = None


@dataclass(frozen=True)
class Standing:
    """Whether a chain holds: how many ``entries`` it has, up to when, and what is wrong with it. ``at``: when that was seen
    (UTC).
    """

    entries: int
    upto: str
    faults: tuple[str, ...]
    at: datetime


def condition(asked: Asked, mark: str) -> tuple[str, list[str]]:
    """SQL of what is asked for, and its values. ``mark``: what stands for a value."""
    kind, _, id_ = asked.about.partition(":")
    wanted = [
        ("who = ", asked.who), ("act = ", asked.act), ("kind = ", kind), ("id = ", id_),
        ("at >= ", moment(asked.start) if asked.start else ""), ("at < ", moment(asked.end) if asked.end else ""),
    ]  # fmt: skip
    told = [(sql + mark, value) for sql, value in wanted if value]
    return " AND ".join(sql for sql, _ in told) or "1 = 1", [value for _, value in told]


def entries(home: Path, asked: Asked, most: int) -> tuple[list[Entry], int]:
    """The newest entries of the inbox's chain that fit, at most so many, and how many fit."""
    sql, values = condition(asked, "?")
    with closing(_opened(home)) as con:
        total = con.execute(f"SELECT count(*) FROM audit WHERE {sql}", values).fetchall()[0][0]
        columns = ", ".join(COLUMNS)
        rows = con.execute(
            f"SELECT {columns} FROM audit WHERE {sql} ORDER BY at DESC, seq DESC LIMIT ?", [*values, most]
        )
        return [Entry(*row) for row in rows], total


def messages(home: Path, numbers: Iterable[str]) -> dict[str, str]:
    """What messages of the inbox are called, by number: a file's name, or the table that rows were told of."""
    wanted = [number for number in numbers if number.isdecimal()]
    marks = ", ".join("?" for _ in wanted)
    with closing(_opened(home)) as con:
        rows = con.execute(f"SELECT seq, payload FROM message WHERE seq IN ({marks})", wanted).fetchall()
    return {str(number): _called(payload) for number, payload in rows}


def verified(home: Path, now: datetime) -> Standing:
    """Whether the inbox's chain holds."""

    def rows(after: int) -> Iterable[Sequence[Any]]:
        with closing(_opened(home)) as con:
            yield from con.execute(f"SELECT {', '.join(COLUMNS)} FROM audit WHERE seq > ? ORDER BY seq", [after])

    return standing(home, CHAIN, rows, now)


def standing(home: Path, chain: str, rows: Rows, now: datetime) -> Standing:
    """Whether a chain holds whose stored ``rows`` after a number can be had. What was seen within the hour is not looked at
    again; all of it is by ``tenure verify``.
    """
    since, after, before = now, Head(0, BEGINNING), ""
    known = _seen.get((home, chain))
    if known is not None and now - known[1] < _HOLDS and _still_ends(rows, known[0].head):
        since, after, before = known[1], known[0].head, known[0].last
    ring = chainfiles.keys(home, make=False)
    noted = chainfiles.noted_head(home, chain, ring)
    heads = [noted] if noted is not None and noted.count > after.count else []
    found = verify(chain, ring, rows(after.count), heads, after)
    if not found.faults and found.head.count:
        _seen[home, chain] = (replace(found, last=found.last or before), since)
    return Standing(found.head.count, found.last or before, tuple(fault.message for fault in found.faults), now)


def _still_ends(rows: Rows, head: Head) -> bool:
    """Whether a chain still has the entry that was its last."""
    last = next(iter(rows(head.count - 1)), None)
    return last is not None and (last[0], last[-1]) == (head.count, head.hash)


#: What was seen of chains that held, and since when they were not looked at from the beginning.
_seen: dict[tuple[Path, str], tuple[Verified, datetime]] = {}


def chosen(home: Path, column: str) -> set[str]:
    """The values that the inbox's chain has in one of its columns ``who`` and ``act``."""
    assert column in ("who", "act")
    with closing(_opened(home)) as con:
        return {value for (value,) in con.execute(f"SELECT DISTINCT {column} FROM audit")}


def _called(payload: str) -> str:
    try:
        said: Mapping[str, Any] = json.loads(payload)
    except ValueError:
        return ""
    return Path(str(said.get("file") or said.get("period") or said.get("table") or "")).name


def _opened(home: Path) -> sqlite3.Connection:
    path = home / FILE
    try:
        con = sqlite3.connect(f"{path.resolve().as_uri()}?mode=ro", timeout=10, uri=True)
        con.execute("SELECT 1 FROM audit LIMIT 1").fetchall()
    except sqlite3.Error as error:
        raise UnavailableError(
            f"The audit log cannot be read: {error}.", code="no_log", where=str(path), fix="Run: tenure verify",
        ) from error  # fmt: skip
    return con
