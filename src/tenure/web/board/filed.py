"""The board as a file: every figure with its period, interval, n and target; in a workbook a sheet a part."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from datetime import timedelta
from typing import Any

from tenure.web.board.asked import Chosen
from tenure.web.board.part import Part, Told
from tenure.web.board.side import Side
from tenure.web.kit.sheet import Sheet, workbook
from tenure.web.kit.table import Export, exported

COLUMNS = (
    "part", "side", "figure", "of", "first_day", "last_day", "value", "unit", "low", "high", "n", "before", "target", "note",
)  # fmt: skip
Parts = Sequence[tuple[Side, Part]]


def as_csv(_given: Chosen, parts: Parts, currency: str) -> Export:
    """One table of all figures."""
    rows = [_row(side, part, one, currency) for side, part in parts for one in part.told]
    return exported("board", COLUMNS, rows)


def as_workbook(given: Chosen, parts: Parts, currency: str) -> Export:
    """A sheet for each part, those of two sides one after the other."""
    sheets = []
    for side, part in parts:
        rows = [_row(side, part, one, currency) for one in part.told]
        title = f"{part.title} {side.title}" if given.beside and side.title else part.title
        if rows:
            sheets.append(Sheet(title, COLUMNS[2:], rows, _formats(rows)))
    return workbook(f"board-{given.at.label}", sheets)


def _row(side: Side, part: Part, one: Told, currency: str) -> dict[str, Any]:
    return {
        "part": part.name, "side": side.title, "figure": one.figure, "of": one.of, "first_day": one.start,
        "last_day": one.end - timedelta(days=1) if one.end else None, "value": one.value,
        "unit": currency if one.unit == "money" else one.unit, "low": one.low, "high": one.high, "n": one.n,
        "before": one.before, "target": one.target, "note": one.note,
    }  # fmt: skip


def _formats(rows: Sequence[dict[str, Any]]) -> list[str]:
    """How the numbers of each row are written: shares as percentages."""
    return [
        "0.0%" if row["unit"] == "share" else "#,##0.00" if row["unit"] not in ("count", "points") else "#,##0"
        for row in rows
    ]


FORMATS: dict[str, Callable[[Chosen, Parts, str], Export]] = {"csv": as_csv, "xlsx": as_workbook}
