"""Lists as workbooks that a spreadsheet opens: numbers are numbers, times are times, and texts are never formulas."""

from __future__ import annotations

import io
from collections.abc import Iterable, Mapping, Sequence
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import Any

from tenure.web.kit.table import Export

TYPE = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
#: What a sheet can hold besides its headings.
MOST = 1_048_575
_PLAIN = {"strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False, "in_memory": True}


def sheet(name: str, columns: Sequence[str], rows: Iterable[Mapping[str, Any]]) -> Export:
    """Rows as a file that is called by its name and the day. Times are in UTC, as a spreadsheet knows no zone."""
    import xlsxwriter

    file, count = io.BytesIO(), 0
    with xlsxwriter.Workbook(file, _PLAIN) as book:
        page = book.add_worksheet(name[:31])
        head, day, moment = (book.add_format(how) for how in ({"bold": True}, {"num_format": "yyyy-mm-dd"},
                                                              {"num_format": "yyyy-mm-dd hh:mm"}))  # fmt: skip
        page.freeze_panes(1, 0)
        for place, column in enumerate(columns):
            page.write_string(0, place, column, head)
        for count, row in enumerate(rows, start=1):
            if count > MOST:
                break
            for place, column in enumerate(columns):
                _write(page, count, place, row.get(column), day, moment)
        page.autofilter(0, 0, max(count, 1), max(len(columns) - 1, 0))
        page.set_column(0, max(len(columns) - 1, 0), 16)
    response = Export(file.getvalue(), content_type=TYPE)
    response.rows, response.columns = count, columns
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{datetime.now(UTC):%Y-%m-%d}.xlsx"'
    return response


def _write(page: Any, line: int, place: int, value: Any, day: Any, moment: Any) -> None:
    match value:
        case None:
            return
        case bool():
            page.write_boolean(line, place, value)
        case int() | float() | Decimal():
            page.write_number(line, place, float(value))
        case datetime():
            page.write_datetime(line, place, value.astimezone(UTC).replace(tzinfo=None), moment)
        case date():
            page.write_datetime(
                line, place, datetime(value.year, value.month, value.day, tzinfo=UTC).replace(tzinfo=None), day
            )
        case _:
            page.write_string(line, place, str(value))
