"""Workbooks (XLSX) with native numbers and dates, and without live formulas."""

from __future__ import annotations

import io
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tenure.web.kit.table import Export

#: What a sheet's name may not hold, and how long it may be.
_FORBIDDEN, _LONGEST = str.maketrans(dict.fromkeys("[]:*?/\\'", " ")), 31
_TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


@dataclass(frozen=True)
class Sheet:
    """A sheet: its name, its columns and its rows; ``formats``: row by row, how its decimals are written (``0.0%``)."""

    name: str
    columns: Sequence[str]
    rows: Sequence[Sequence[Any]]
    formats: Sequence[str] = ()


def workbook(name: str, sheets: Sequence[Sheet]) -> Export:
    """The sheets as a file that is called by its name and the day. A text stays a text, whatever it begins with."""
    from xlsxwriter import Workbook

    file = io.BytesIO()
    quiet = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
    with Workbook(file, quiet) as book:
        known: dict[str, Any] = {}

        def written(pattern: str) -> Any:
            if pattern not in known:
                known[pattern] = book.add_format({"num_format": pattern} if pattern else {"bold": True})
            return known[pattern]

        taken: set[str] = set()
        for sheet in sheets or (Sheet("empty", (), ()),):
            place = book.add_worksheet(_named(sheet.name, taken))
            place.write_row(0, 0, sheet.columns, written(""))
            place.freeze_panes(1, 0)
            for row, values in enumerate(sheet.rows, 1):
                pattern = sheet.formats[row - 1] if sheet.formats else "General"
                for column, value in enumerate(values):
                    _write(place, row, column, value, pattern, written)
            place.autofit()
    response = Export(file.getvalue(), content_type=_TYPE)
    response.rows, response.columns = sum(len(sheet.rows) for sheet in sheets), sheets[0].columns if sheets else ()
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{datetime.now(UTC):%Y-%m-%d}.xlsx"'
    return response


def _write(place: Any, row: int, column: int, value: Any, pattern: str, written: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        place.write_boolean(row, column, value)
    elif isinstance(value, Decimal | float):
        place.write_number(row, column, float(value), written(pattern))
    elif isinstance(value, int):
        place.write_number(row, column, value)
    elif isinstance(value, datetime):
        place.write_datetime(row, column, value.replace(tzinfo=None), written("yyyy-mm-dd hh:mm"))
    elif isinstance(value, date):
        place.write_datetime(row, column, datetime(value.year, value.month, value.day), written("yyyy-mm-dd"))
    else:
        place.write_string(row, column, str(value))


def _named(name: str, taken: set[str]) -> str:
    """A name that a sheet may have and no other has."""
    plain = " ".join(name.translate(_FORBIDDEN).split())[:_LONGEST] or "Sheet"
    found, number = plain, 2
    while found.lower() in taken:
        found, number = f"{plain[: _LONGEST - 3]} {number}", number + 1
    taken.add(found.lower())
    return found
