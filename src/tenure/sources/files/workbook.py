"""XLSX: one sheet, its first row that is not empty as header, cells as the texts a CSV export would have."""

from __future__ import annotations

import datetime as dt
import zipfile
import zlib
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import python_calamine as calamine

from tenure.core.errors import DataError, UsageError
from tenure.sources.files.mapping import Entry
from tenure.sources.files.opened import Opened, column_names, runs
from tenure.warehouse.incoming import AfterRead
from tenure.warehouse.store import literal

_BLOCK = 1 << 20
_MOST = 1 << 30
_FREELY = 50 << 20
_MOST_RATIO = 150  # sheets of equal rows reach 50


def open_workbook(path: Path, scratch: Path, name: str, entry: Entry) -> Opened:
    """The rows of one sheet. ``scratch``: a folder for a copy that DuckDB reads.

    Raises ``DataError`` for a damaged workbook, a bomb, or several sheets of which none was named; ``UsageError``
    for a sheet that is not there.
    """
    _unbombed(path, name)
    try:
        with calamine.load_workbook(str(path)) as book:
            sheet = _chosen(book.sheet_names, entry.sheet, name)
            rows = book.get_sheet_by_name(sheet).to_python(skip_empty_area=False)
    except (calamine.CalamineError, OSError, ValueError):
        raise _damaged(name) from None
    where = f"{name}#{sheet}"
    kept = _filled(rows, entry)
    if not kept:
        raise DataError("The sheet is empty.", code="empty_file", where=where)
    header = _header(kept, entry)
    names = column_names(header, where)
    target = scratch / "sheet.parquet"
    _write(target, names, [row for _, row in kept])
    after = AfterRead((), runs([line for line, _ in kept]))
    return Opened(
        relation=f"read_parquet({literal(str(target))})",
        names=names,
        written=tuple(header),
        typed=True,
        after_read=lambda _con: after,
    )


Rows = Sequence[Sequence[Any]]


def header_of(rows: Rows, entry: Entry) -> tuple[str, ...]:
    """The names of a sheet's columns, in their places; none where it is empty."""
    kept = _filled(rows, entry)
    return column_names(_header(kept, entry), "") if kept else ()


def _filled(rows: Rows, entry: Entry) -> list[tuple[int, Sequence[Any]]]:
    """The rows that are not empty, each with its line."""
    return [(line, row) for line, row in enumerate(rows, 1) if line > entry.skip and any(cell != "" for cell in row)]


def _header(kept: list[tuple[int, Sequence[Any]]], entry: Entry) -> list[str]:
    """What the header says, which is taken out of the rows; as wide as they are."""
    header = list(entry.header) or [cell_text(cell) or "" for cell in kept.pop(0)[1]]
    header, width = [cell.strip() for cell in header], _width(header, [row for _, row in kept])
    return (header + [""] * width)[:width]


def cell_text(cell: Any) -> str | None:
    """A cell's text: whole numbers without a point, others to the 15 digits that a spreadsheet shows; dates ISO."""
    if cell == "" or cell is None:
        return None
    if isinstance(cell, bool):
        return str(cell).lower()
    if isinstance(cell, float):
        return f"{cell:.0f}" if cell.is_integer() and abs(cell) < 1e15 else f"{cell:.15g}"
    if isinstance(cell, dt.datetime):
        return cell.date().isoformat() if cell.time() == dt.time() else cell.isoformat()
    if isinstance(cell, dt.date | dt.time):
        return cell.isoformat()
    return str(cell)


def _unbombed(path: Path, name: str) -> None:
    """Unzip every entry into nothing, counting: what an entry says of its own size may be a lie."""
    most = max(_FREELY, min(_MOST, path.stat().st_size * _MOST_RATIO))
    size = 0
    try:
        with zipfile.ZipFile(path) as archive:
            for entry in archive.infolist():
                if entry.file_size + size > most:
                    size = most + 1
                entry.file_size = _MOST  # else reading stops there
                with archive.open(entry) as file:
                    while size <= most and (block := file.read(_BLOCK)):
                        size += len(block)
                if size > most:
                    raise DataError(
                        f"The workbook unzips to more than {most >> 20:,} MB, far more than any sheet "
                        "would: it is not read.",
                        code="zip_bomb",
                        where=name,
                        fix="Export it as CSV in UTF-8.",
                    )
    except (zipfile.BadZipFile, OSError, EOFError, NotImplementedError, RuntimeError, zlib.error):
        raise _damaged(name) from None


def _damaged(name: str) -> DataError:
    return DataError(
        "The workbook is damaged, or protected by a password.",
        code="damaged_file",
        where=name,
        fix="Open it, and save it as .xlsx without a password, or as CSV in UTF-8.",
    )


def _chosen(sheets: Sequence[str], wanted: str | None, name: str) -> str:
    listed = ", ".join(sheets)
    if wanted is not None:
        if wanted not in sheets:
            raise UsageError(
                f"The workbook has no sheet {wanted!r}.",
                code="no_such_sheet",
                where=name,
                fix=f"Its sheets are: {listed}.",
            )
        return wanted
    if len(sheets) != 1:
        raise DataError(
            f"The workbook has {len(sheets)} sheets: {listed}.",
            code="several_sheets",
            where=name,
            fix=f'Name one: {name}#{sheets[0]}, or sheet = "{sheets[0]}" in a map.' if sheets else "",
        )
    return sheets[0]


def _width(header: Sequence[str], rows: Sequence[Sequence[Any]]) -> int:
    """How many columns there are, those at the right left out that have neither name nor value."""
    width = max((len(row) for row in rows), default=0)
    width = max(width, len(header))
    while width > len(header) or (width and not header[width - 1].strip()):
        if any(len(row) >= width and row[width - 1] != "" for row in rows):
            break
        width -= 1
    return width


def _write(target: Path, names: Sequence[str], rows: Sequence[Sequence[Any]]) -> None:
    columns = [
        pa.array([cell_text(row[place]) if place < len(row) else None for row in rows], pa.string())
        for place in range(len(names))
    ]
    pq.write_table(pa.table(columns, names=list(names)), target)
