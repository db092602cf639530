"""A file with some of its cells exchanged, and everything else as it was: for what must be found in it no more.

It stays a file of its kind, with the same columns and rows in the same places, so that it is read as before by the same map.
"""

from __future__ import annotations

import datetime as dt
import gzip
import json
import re
import shutil
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import duckdb

from tenure.sources.files import encoding
from tenure.sources.files.delimited import Head, read_head
from tenure.sources.files.json_lines import exact_json, is_one_a_line
from tenure.sources.files.json_split import split
from tenure.sources.files.mapping import Entry
from tenure.sources.files.opened import column_names
from tenure.sources.files.parquet import as_text
from tenure.sources.files.scan import scan
from tenure.sources.files.unpack import Form, form, unzipped
from tenure.warehouse.incoming import Lines
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal

#: What stands in a line that could not be read as a row, and still cannot.
EMPTIED = "erased"


@dataclass(frozen=True)
class Exchange:
    """``cells``: by row of the relation (from 0) and column, the new text. ``lines``: where the rows stand. ``emptied``: lines of
    which nothing is left. ``everywhere``: what becomes of any other text.
    """

    cells: Mapping[int, Mapping[str, str]]
    lines: Lines
    emptied: frozenset[int]
    everywhere: Callable[[str], str]

    def by_line(self) -> dict[int, Mapping[str, str]]:
        """The new texts by the line on which their row begins."""
        rows = list(self.cells)
        return dict(zip(self.lines.of(rows), (self.cells[row] for row in rows), strict=True))


def plain(path: Path, scratch: Path, name: str) -> Path:
    """The file, or for JSON that is not one object a line a copy that is: its rows can be told apart by their lines then."""
    opened = unzipped(path, scratch, name)
    if not _is_text(opened) or form(opened, name) is not Form.JSON or is_one_a_line(opened):
        return path
    split(opened, scratch / "values.jsonl")
    return scratch / "values.jsonl"


def exchanged(path: Path, target: Path, scratch: Path, name: str, entry: Entry, what: Exchange) -> None:
    """Write the file anew to ``target``. ``scratch``: an empty folder for copies; ``name``: the file's, as it was given."""
    opened = unzipped(path, scratch, name)
    out = target if opened == path else scratch / "again"
    if not _is_text(opened):
        kind = form(opened, name)
        (_parquet if kind is Form.PARQUET else _workbook)(opened, out, entry, what)
    else:
        _text(opened, out, scratch, name, entry, what)
    if out != target:
        with out.open("rb") as source, gzip.open(target, "wb") as packed:
            shutil.copyfileobj(source, packed)


def _is_text(path: Path) -> bool:
    with path.open("rb") as file:
        return not file.read(4).startswith((b"PAR1", b"PK"))


def _text(path: Path, out: Path, scratch: Path, name: str, entry: Entry, what: Exchange) -> None:
    with path.open("rb") as file:
        wide = encoding.by_first_bytes(file.read(4096))
    told = entry.encoding if entry.encoding not in ("utf-8", "utf-8-sig") else None
    written_in = told or (wide if wide != "utf-8-sig" else None)
    if written_in is None and not scan(path).is_utf8 and not encoding.is_mostly_utf8(path):
        reading: str | None = encoding.old_encoding(
            path, name
        )  # it is written in UTF-8 then, which nobody has to guess
    else:
        reading = written_in
    if reading is not None:
        encoding.transcode(path, scratch / "utf8", reading, name)
        path = scratch / "utf8"
    lines = _json if form(path, name) is Form.JSON else _delimited
    with (
        path.open(encoding="utf-8", errors="surrogateescape", newline="") as source,
        out.open("w", encoding=written_in or "utf-8", errors="surrogateescape", newline="") as target,
    ):
        target.writelines(lines(source, path, name, entry, what))


def _delimited(source: Iterable[str], path: Path, name: str, entry: Entry, what: Exchange) -> Iterator[str]:
    head = read_head(path, name, entry)
    names = column_names(head.header, name)
    wanted = what.by_line()
    numbered = enumerate(source, 1)
    for number, line in numbered:
        if number in what.emptied:
            yield EMPTIED + line[len(line.rstrip("\r\n")) :]
        elif number not in wanted:
            yield what.everywhere(line)
        else:
            record = line
            while head.quote and record.count(head.quote) % 2:
                record += next(numbered, (0, head.quote))[1]
            yield what.everywhere(_with_cells(record, head, names, wanted[number]))


def _with_cells(record: str, head: Head, names: tuple[str, ...], cells: Mapping[str, str]) -> str:
    spans = list(_spans(record, head))
    parts, before = [], 0
    for (start, end), column in zip(spans, names, strict=False):
        if column in cells:
            parts += [record[before:start], _written(cells[column], head)]
            before = end
    return "".join(parts) + record[before:]


def _spans(record: str, head: Head) -> Iterator[tuple[int, int]]:
    """Where the cells of a record begin and end."""
    length, start = len(record.rstrip("\r\n")), 0
    while True:
        at = start
        opening = re.compile(" *" + re.escape(head.quote)).match(record, start) if head.quote else None
        if opening:
            at = opening.end()
            while (at := record.find(head.quote, at)) >= 0 and record.startswith(head.quote, at + 1):
                at += 2
        end = record.find(head.delimiter, max(at, start), length)
        yield start, end if end >= 0 else length
        if end < 0:
            return
        start = end + len(head.delimiter)


def _written(text: str, head: Head) -> str:
    special = {head.delimiter, head.quote, "\n", "\r"} - {""}
    if head.quote and any(sign in text for sign in special):
        return head.quote + text.replace(head.quote, head.quote * 2) + head.quote
    return text


def _json(source: Iterable[str], _path: Path, name: str, _entry: Entry, what: Exchange) -> Iterator[str]:
    wanted = what.by_line()
    for number, line in enumerate(source, 1):
        if number in what.emptied:
            yield f"{EMPTIED}\n"
        elif number not in wanted:
            yield what.everywhere(line)
        else:
            said: dict[str, Any] = json.loads(exact_json(line.removeprefix("\ufeff")))
            for key, column in zip(said, column_names(list(said), name), strict=True):
                if column in wanted[number]:
                    said[key] = wanted[number][column]
            yield what.everywhere(json.dumps(said, ensure_ascii=False) + "\n")


def _parquet(path: Path, out: Path, _entry: Entry, what: Exchange) -> None:
    source = f"read_parquet({literal(str(path))}, binary_as_string = true)"
    with duckdb.connect() as con:
        found = con.execute(f"DESCRIBE SELECT * FROM {source}").fetchall()
        written = [str(row[0]) for row in found]
        con.create_function("everywhere", what.everywhere, ["VARCHAR"], "VARCHAR")
        con.execute("CREATE TABLE cell (row BIGINT, name VARCHAR, new VARCHAR)")
        if what.cells:
            con.executemany("INSERT INTO cell VALUES (?, ?, ?)", [
                (row, name, text) for row, cells in what.cells.items() for name, text in cells.items()
            ])  # fmt: skip
        changed = {name for cells in what.cells.values() for name in cells}
        columns, joins = [], []
        for number, (column, name, kind) in enumerate(
            zip(written, column_names(written, path.name), (str(row[1]) for row in found), strict=True)
        ):
            text = f"r.{quoted(column)}"
            if name in changed:
                joins.append(
                    f'LEFT JOIN cell c{number} ON c{number}.row = r."row:" AND c{number}.name = {literal(name)}'
                )
                text = f"coalesce(c{number}.new, {as_text(text, kind)})"
            if name in changed or kind == "VARCHAR":
                text = f"everywhere({text})"
            columns.append(f"{text} AS {quoted(column)}")
        con.execute(
            f'COPY (SELECT {", ".join(columns)} FROM (SELECT *, row_number() OVER () - 1 AS "row:" FROM {source}) r '
            f'{" ".join(joins)} ORDER BY r."row:") TO {literal(str(out))} (FORMAT parquet)'
        )


def _workbook(path: Path, out: Path, entry: Entry, what: Exchange) -> None:
    """All sheets, their cells as the texts that they are read as; the formats of cells are not kept."""
    import python_calamine as calamine
    import xlsxwriter

    from tenure.sources.files.workbook import cell_text, header_of

    wanted = what.by_line()
    with (
        calamine.load_workbook(str(path)) as book,
        xlsxwriter.Workbook(str(out), {"strings_to_formulas": False}) as made,
    ):
        made.set_properties({"created": dt.datetime(2000, 1, 1)})
        for name in book.sheet_names:
            sheet = made.add_worksheet(name)
            rows = book.get_sheet_by_name(name).to_python(skip_empty_area=False)
            mine = len(book.sheet_names) == 1 or entry.sheet == name
            names = header_of(rows, entry) if mine else ()
            for line, row in enumerate(rows, 1):
                cells = wanted.get(line, {}) if mine else {}
                for place, cell in enumerate(row):
                    new = cells.get(names[place]) if place < len(names) else None
                    text = new if new is not None else cell_text(cell)
                    if text is not None:
                        sheet.write_string(line - 1, place, what.everywhere(text))
