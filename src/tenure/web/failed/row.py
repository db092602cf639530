"""One failed row as its page shows it, and what comes back from its form."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from tenure.engine.events import file_of
from tenure.engine.failing import DISCARDED, OPEN, UNREADABLE
from tenure.web.failed import words

if TYPE_CHECKING:
    from tenure.engine.failing import Failed
    from tenure.web.kit.shell import Text

#: From so many characters on, or with a line break, a cell is a field of several lines.
_LONG = 80


@dataclass(frozen=True)
class Cell:
    """A cell. ``field``: how its field in the form is called. ``wrong``: what is wrong with it, empty where nothing is."""

    field: str
    column: str
    text: str
    wrong: str
    long: bool


@dataclass(frozen=True)
class Row:
    """A failed row. ``cells``: what its form is filled with; ``raw``: the line, where it is no row. ``loose``: what is wrong that is in
    no cell. ``advice``: what helps. ``faults``: why it is refused as it is now filled in. ``by_map``: its load can be given another map.
    """

    id: str
    table: str
    source: str
    file: str
    line: int
    batch: int
    refused_at: datetime
    state: Text
    tone: str
    is_open: bool
    is_discarded: bool
    handled_by: str
    handled_because: str
    handled_at: datetime | None
    mended_by: int | None
    headline: Text
    advice: Text
    loose: tuple[str, ...]
    cells: tuple[Cell, ...]
    raw: str
    reason: str
    faults: tuple[str, ...]
    by_map: bool


def row_of(
    row: Failed,
    columns: Sequence[str] = (),
    changed: Mapping[str, str | None] | None = None,
    reason: str = "",
    faults: Sequence[str] = (),
) -> Row:
    """The page of a row. ``columns``: of the file, where the row does not tell; ``changed``: how it was filled in."""
    first = row.problems[0]
    wrong = {problem.column: problem.reason for problem in row.problems if problem.column in _columns(row, columns)}
    loose = [f"{p.column} {p.reason}".strip() for p in row.problems if p.column not in wrong]
    cells = {name: row.cells.get(name) for name in _columns(row, columns)} | dict(changed or {})
    return Row(
        row.id, row.table, row.source, row.file.rpartition("/")[2], row.line, row.batch, row.refused_at, words.STATES[row.state],
        words.TONES[row.state], row.state == OPEN, row.state == DISCARDED, row.handled_by, row.handled_because, row.handled_at,
        row.mended_by, words.reason(first.code, first.reason), words.advice(first.code, is_row=row.row is not None),
        tuple(loose), tuple(
            _cell(nth, name, _shown(text), wrong.get(name, ""))
            for nth, (name, text) in enumerate(cells.items())
        ), "" if row.cells else row.raw, reason, tuple(faults), not file_of(row.file),
    )  # fmt: skip


def _cell(nth: int, name: str, text: str, wrong: str) -> Cell:
    return Cell(f"cell-{nth}", name, text, wrong, len(text) > _LONG or "\n" in text)


def read_cells(row: Failed, columns: Sequence[str], given: Mapping[str, str]) -> dict[str, str | None]:
    """What the form says otherwise than the row. An empty field is an empty cell."""
    was = {name: row.cells.get(name) for name in _columns(row, columns)}
    found: dict[str, str | None] = {}
    for nth, (name, text) in enumerate(was.items()):
        said = given.get(f"cell-{nth}", _shown(text)).replace("\r\n", "\n")
        if said != _shown(text).replace("\r\n", "\n"):
            found[name] = said or None
    return found


def _columns(row: Failed, columns: Sequence[str]) -> list[str]:
    """The row's columns; of an event that could not be read itself, of a row too long to be kept whole those that are wrong."""
    if row.problems[0].code == UNREADABLE and row.problems[0].column in row.cells:
        return [row.problems[0].column]
    return list(row.cells) or list(columns) or [problem.column for problem in row.problems if problem.column]


def _shown(text: str | None) -> str:
    """A cell's text as the form has it: JSON in lines, so that it can be read."""
    if not text or text[0] not in "{[":
        return text or ""
    try:
        return json.dumps(json.loads(text), indent=2, ensure_ascii=False)
    except (ValueError, RecursionError):
        return text
