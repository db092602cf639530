"""The list as a file: all rows of what is looked at, with its columns, as CSV or XLSX, and nothing that a spreadsheet runs."""

from __future__ import annotations

import io
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.web.book.columns import METRIC
from tenure.web.kit.table import Export
from tenure.web.kit.table import exported as as_csv

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from tenure.engine import Sight
    from tenure.web.book.looking import Looking

#: Always there, so that a file that was worked on can be loaded again.
_FIRST = ("account_id", "name")
_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_STEP_AT, _STEP = "next_step_at", "next_step"
#: As many accounts are asked about at once.
_AT_ONCE = 5_000
#: A sheet has no more rows.
_MOST = 1_048_575
#: How numbers are shown, by the columns' types.
_SHOWN = {"money": "#,##0.00", "share": "0.0%", "date": "yyyy-mm-dd", "time": "yyyy-mm-dd hh:mm"}


def exported(sight: Sight, at: Looking, format_: str) -> Export:
    """All accounts of what is looked at, with the chosen columns by their names, times in UTC."""
    columns = tuple(dict.fromkeys([*_FIRST, *at.of.columns]))
    if _STEP_AT in columns:
        columns = (*columns, _STEP)
    rows = list(sight.every("accounts", **at.question, order=(*at.of.order, "account_id")))
    for column, values in metrics_of(sight, at, rows).items():
        for row in rows:
            row[column] = values.get(row["account_id"])
    if _STEP in columns:
        _add_steps(sight, rows)
    name = "accounts"
    if format_ == "csv":
        return as_csv(name, columns, rows)
    every = rows[:_MOST]
    response = Export(sheet(columns, {each.name: each.type for each in at.columns.values()}, every), content_type=_XLSX)
    response.rows, response.columns = len(every), columns
    response.headers["Content-Disposition"] = f'attachment; filename="{name}-{datetime.now(UTC):%Y-%m-%d}.xlsx"'
    return response


def _add_steps(sight: Sight, rows: list[dict[str, Any]]) -> None:
    """What is to be done next, beside when that was noted."""
    ids = [row["account_id"] for row in rows if row[_STEP_AT]]
    texts = {
        each.account_id: each.text
        for start in range(0, len(ids), _AT_ONCE)
        for each in sight.next_steps(ids[start : start + _AT_ONCE])
    }
    for row in rows:
        row[_STEP] = texts.get(row["account_id"])


def metrics_of(sight: Sight, at: Looking, rows: Sequence[Mapping[str, Any]]) -> dict[str, dict[str, Decimal]]:
    """The values of the metrics among the columns, by column and account."""
    slugs = tuple(name.partition(":")[2] for name in at.of.columns if at.columns[name].type == METRIC)
    found: dict[str, dict[str, Decimal]] = {f"{METRIC}:{slug}": {} for slug in slugs}
    ids = [row["account_id"] for row in rows]
    for start in range(0, len(ids) if slugs else 0, _AT_ONCE):
        for one in sight.measured(slugs, ids[start : start + _AT_ONCE]):
            found[f"{METRIC}:{one.metric}"] |= one.values
    return found


def sheet(columns: Sequence[str], types: Mapping[str, str], rows: Iterable[Mapping[str, Any]]) -> bytes:
    """A workbook of one sheet. Texts are texts, whatever they begin with; numbers and times are numbers and times."""
    import xlsxwriter

    file = io.BytesIO()
    with xlsxwriter.Workbook(
        file, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False, "strings_to_numbers": False}
    ) as book:
        head = book.add_format({"bold": True, "bottom": 1})
        shown = {kind: book.add_format({"num_format": pattern}) for kind, pattern in _SHOWN.items()}
        page = book.add_worksheet("Accounts")
        page.freeze_panes(1, 2)
        page.set_column(0, len(columns) - 1, 16)
        for place, name in enumerate(columns):
            page.write_string(0, place, name, head)
        for line, row in enumerate(rows, start=1):
            for place, name in enumerate(columns):
                _write(page, line, place, row[name], shown.get(types.get(name, "")))
    return file.getvalue()


def _write(page: Any, line: int, place: int, value: Any, shown: Any) -> None:
    match value:
        case None:
            return
        case bool():
            page.write_boolean(line, place, value)
        case int() | float() | Decimal():
            page.write_number(line, place, float(value), shown)
        case datetime():
            page.write_datetime(line, place, value.astimezone(UTC).replace(tzinfo=None), shown)
        case date():
            page.write_datetime(line, place, datetime(value.year, value.month, value.day), shown)
        case _:
            page.write_string(line, place, str(value))
