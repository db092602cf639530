"""Lists as workbooks that a spreadsheet opens: numbers are numbers, times are times, and texts are never formulas."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tenure.web.kit.table import Export

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What a sheet can hold besides its headings.
MOST = 1_048_575
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}
#: What a sheet's name may not hold, and how long it may be.
_FORBIDDEN, _LONGEST = str.maketrans(dict.fromkeys("[]:*?/\\'", " ")), 31


@dataclass(frozen=True)
class Sheet:
    """A sheet of a workbook. How numbers are written (``0.0%``), where that is not as they are: ``patterns`` those of each row,
    ``shown`` those of a column.
    """

    name: str
    columns: Sequence[str]
    rows: Iterable[Mapping[str, Any]]
    patterns: Sequence[str] = ()
    shown: Mapping[str, str] = field(default_factory=dict)


def sheet(
    name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]], shown: Mapping[str, str] | None = None
) -> Export:
    """Rows as a file that is called by its name and the day. Times are in UTC, as a spreadsheet knows no zone."""
    return workbook(name, (Sheet(name, columns, rows, shown=shown or {}),))


def workbook(name: str, sheets: Sequence[Sheet]) -> Export:
    """Several sheets as one such file; of two with one name, the second is numbered."""
    import xlsxwriter

    file, count = io.BytesIO(), 0
    with xlsxwriter.Workbook(file, _PLAIN) as whole:
        formats: dict[str, Any] = {}

        def written(pattern: str) -> Any:
            if pattern not in formats:
                formats[pattern] = whole.add_format({"num_format": pattern} if pattern else {"bold": True})
            return formats[pattern]

        taken: set[str] = set()
        for one in sheets or (Sheet("empty", (), ()),):
            count += _fill(whole.add_worksheet(_named(one.name, taken)), one, written)
    response = Export(file.getvalue(), content_type=TYPE)
    response.rows, response.columns = count, sheets[0].columns if sheets else ()
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{datetime.now(UTC):%Y-%m-%d}.xlsx"'
    return response


def _fill(page: Any, one: Sheet, written: Any) -> int:
    """Write a sheet; how many rows there were."""
    page.freeze_panes(1, 0)
    for place, column in enumerate(one.columns):
        page.write_string(0, place, column, written(""))
    count = 0
    for count, row in enumerate(one.rows, start=1):
        if count > MOST:
            break
        for place, column in enumerate(one.columns):
            pattern = one.patterns[count - 1] if one.patterns else one.shown.get(column)
            _write(page, count, place, row.get(column), written(pattern) if pattern else None, written)
    page.autofilter(0, 0, max(count, 1), max(len(one.columns) - 1, 0))
    page.set_column(0, max(len(one.columns) - 1, 0), 16)
    return count


def _write(page: Any, line: int, place: int, value: Any, pattern: Any, written: Any) -> None:
    match value:
        case None:
            return
        case bool():
            page.write_boolean(line, place, value)
        case Decimal() | float():
            page.write_number(line, place, float(value), pattern)
        case int():
            page.write_number(line, place, value)
        case datetime():
            moment = value.astimezone(UTC).replace(tzinfo=None)
            page.write_datetime(line, place, moment, written("yyyy-mm-dd hh:mm"))
        case date():
            day = datetime(value.year, value.month, value.day, tzinfo=UTC).replace(tzinfo=None)
            page.write_datetime(line, place, day, written("yyyy-mm-dd"))
        case _:
            page.write_string(line, place, str(value))


def _named(name: str, taken: set[str]) -> str:
    """A name that a sheet may have and no other has."""
    plain = " ".join(name.translate(_FORBIDDEN).split())[:_LONGEST] or "Sheet"
    found, number = plain, 2
    while found.lower() in taken:
        found, number = f"{plain[: _LONGEST - 3]} {number}", number + 1
    taken.add(found.lower())
    return found
