"""Failed rows as they stand: which there are, what is wrong with each, and what became of it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError
from tenure.figures.listing import Column, Source, label, where_of
from tenure.figures.scope import Scope
from tenure.warehouse.load.handled import DISCARDED, OPEN, REPLAYED
from tenure.warehouse.refused import LISTED, PROBLEMS
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

__all__ = ["DISCARDED", "OPEN", "REPLAYED"]

STATES = (OPEN, REPLAYED, DISCARDED)
#: The code of an event, or a line, that could not be read.
UNREADABLE = "unreadable"
#: The list's columns: name, type, whether they tell of natural persons, and meaning.
_COLUMNS = (
    ("id", "text", False, "What it is called: the same for ever, also when the warehouse is made anew."),
    ("table_name", "text", False, "The table that it was for."),
    ("source", "text", False, "The system that it came from."),
    ("file", "text", False, "The file that it stands in."),
    ("line", "integer", False, "The line of the file."),
    ("batch", "integer", False, "The load that refused it."),
    ("refused_at", "time", False, "When it was refused."),
    ("code", "text", False, "The reason as a word."),
    ("column_name", "text", False, "The file's column in which it is wrong."),
    ("reason", "text", False, "The reason."),
    ("state", "text", False, "Open, replayed or discarded."),
    ("handled_by", "text", False, "Who had it replayed or discarded it."),
    ("handled_because", "text", False, "Why."),
    ("handled_at", "time", False, "When that was."),
    ("mended_by", "integer", False, "The load that brought it again."),
    ("value", "text", True, "What stands in the column."),
    ("problems", "json", True, "All that is wrong with it."),
    ("raw", "json", True, "The row as it stands in the file, or the line that is no row."),
    ("row", "integer", False, "Its number in the file, from 0."),
    ("message_id", "text", False, "The load's message in the inbox."),
)


@dataclass(frozen=True)
class Problem:
    """What is wrong with a cell of a row. ``column``: of the file; empty where the line is no row at all."""

    column: str
    value: str | None
    reason: str
    code: str


@dataclass(frozen=True)
class Failed:
    """A row that was refused. ``line``: of ``file``; ``row``: its number there, from 0, None for a line that is no row.
    ``refused_at`` (UTC) by the load ``batch``, whose message is ``message_id``. ``raw``: as it stands in the file, a JSON object of
    texts unless it is no row or too long. ``state``: open, replayed or discarded, ``handled_by`` whom, ``handled_because``
    of what and ``handled_at`` (UTC); ``mended_by``: the load that brought it again.
    """

    id: str
    table: str
    source: str
    file: str
    line: int
    row: int | None
    batch: int
    message_id: str
    refused_at: datetime
    problems: tuple[Problem, ...]
    raw: str
    state: str
    handled_by: str
    handled_because: str
    handled_at: datetime | None
    mended_by: int | None

    @property
    def cells(self) -> dict[str, str | None]:
        """The row's texts by the file's column; empty where it is no row or was too long to be kept whole."""
        try:
            found = json.loads(self.raw) if self.raw and self.row is not None else {}
        except ValueError:
            return {}
        return {name: None if text is None else str(text) for name, text in found.items()}


def source_of(zone: str) -> Source:
    """Failed rows as a list."""
    columns = tuple(Column(name, label(name), kind, "", meaning, own) for name, kind, own, meaning in _COLUMNS)
    return Source("failed", LISTED, columns, ("id",), zone)


def only_whole(scope: Scope) -> None:
    """Raise ``UsageError`` through a narrow scope: a row that was refused belongs to no account yet."""
    if scope.narrow:
        raise UsageError(
            "Failed rows belong to no account.", code="out_of_scope", fix="Ask somebody who sees everything."
        )


def failed_of(row: dict[str, Any]) -> Failed:
    """A row of the list as what it is."""
    problems = tuple(
        Problem(p["column_name"] or "", p["value"], p["reason"], p["code"]) for p in json.loads(row["problems"])
    )
    return Failed(
        row["id"], row["table_name"], row["source"], row["file"], row["line"], row["row"], row["batch"], row["message_id"],
        row["refused_at"], problems, row["raw"] or "", row["state"], row["handled_by"] or "", row["handled_because"] or "",
        row["handled_at"], row["mended_by"],
    )  # fmt: skip


def failed_rows(desk: Desk, ids: Sequence[str], *, missing: bool = False) -> list[Failed]:
    """These failed rows, in order of their loads and lines. Raises ``UsageError`` where there is no such one, unless some may be
    ``missing``.
    """
    names = [column[0] for column in _COLUMNS]
    listed = ", ".join(map(literal, ids)) or "NULL"
    sql = f"SELECT {', '.join(names)} FROM ({LISTED}) WHERE id IN ({listed}) ORDER BY batch, line, row"
    found = [failed_of(dict(zip(names, row, strict=True))) for row in desk.store.rows(sql)]
    unknown = set(ids) - {one.id for one in found}
    if unknown and not missing:
        raise UsageError(f"There is no failed row {min(unknown)!r}.", code="not_found", fix="List them: tenure failed")
    return found


def by_load(rows: Sequence[Failed]) -> Iterator[tuple[str, list[Failed]]]:
    """Rows by the load that refused them, the newest first."""
    loads: dict[str, list[Failed]] = {}
    for row in sorted(rows, key=lambda one: (-one.batch, one.line, one.row or 0)):
        loads.setdefault(row.message_id, []).append(row)
    yield from loads.items()


def chosen(desk: Desk, ids: Sequence[str], conditions: Sequence[tuple[str, str, Any]]) -> list[Failed]:
    """The failed rows of these ids, or without any those that fit the conditions, none of which means none.

    Raises ``UsageError`` where there is no such one.
    """
    if ids or not conditions:
        return failed_rows(desk, ids)
    where = where_of(source_of(desk.settings.timezone), conditions)
    return failed_rows(desk, [row[0] for row in desk.store.rows(f"SELECT id FROM ({LISTED}) AS listed{where}")])


def needs_reason(by: str, reason: str) -> None:
    """Raise ``UsageError`` where nobody says who does something, or why."""
    if not by.strip() or not reason.strip():
        raise UsageError(
            "What is done about failed rows is on record: it needs a name and a reason.", code="no_reason",
            fix="Say who does it (--by) and why (--reason).",
        )  # fmt: skip


def states_by_load(desk: Desk) -> dict[int, dict[str, int]]:
    """How many rows of each load are in which state: of a file that was loaded twice a row counts in both loads."""
    found: dict[int, dict[str, int]] = {}
    sql = (
        f"SELECT p.batch, coalesce(s.state, 'open'), count(*) FROM (SELECT DISTINCT id, batch FROM ({PROBLEMS})) p "
        f"LEFT JOIN (SELECT id, state FROM ({LISTED})) s ON s.id = p.id GROUP BY ALL"
    )
    for batch, state, count in desk.store.rows(sql):
        found.setdefault(batch, {})[state] = count
    return found
