"""Delimited text (CSV, TSV and their like), read by DuckDB; the header and the delimiter from its first lines."""

from __future__ import annotations

import csv
import io
import itertools
import json
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path

import duckdb
import numpy as np

from tenure.core.errors import DataError
from tenure.sources.files.mapping import Entry
from tenure.sources.files.opened import Opened, column_names
from tenure.sources.files.records import RAW_LENGTH, Dialect, mend
from tenure.sources.files.scan import Scan
from tenure.warehouse.incoming import AfterRead, Lines, Refused
from tenure.warehouse.store import literal

_SAMPLE = 1 << 18
_SAMPLE_ROWS = 200
_DELIMITERS = (",", ";", "\t", "|")
_LONGEST = 64 << 20
_USUAL_LONGEST = 2_000_000  # DuckDB's own
_REASONS = {
    "INVALID ENCODING": ("holds a damaged character: it is not valid UTF-8", "bad_encoding"),
    "UNQUOTED VALUE": ("has a quote that is not closed, or text beside a quoted value", "unclosed_quote"),
    "LINE SIZE OVER MAXIMUM": ("is too long", "too_long"),
}
_numbers = itertools.count(1)


@dataclass(frozen=True)
class Head:
    """What the first lines say. ``skip``: the lines before the first data row; ``header``: the names as written.

    ``several_lines``: the header stands on more than one line.
    """

    delimiter: str
    quote: str
    skip: int
    header: tuple[str, ...]
    several_lines: bool
    sample: tuple[tuple[str, ...], ...]


def open_delimited(path: Path, found: Scan, scratch: Path, name: str, entry: Entry) -> Opened:
    """The rows of a file in UTF-8. ``found``: what its bytes are; ``scratch``: a folder for a mended copy.

    ``name`` stands for the file in messages.

    Raises ``DataError`` where the header or the delimiter cannot be made out.
    """
    head = read_head(path, name, entry)
    names = column_names(head.header, name)
    file = _File(path, scratch / "mended.csv", name, head, names, found)
    broken = found.nuls or not found.is_utf8 or not found.one_kind_of_newline or head.several_lines
    if broken or (len(names) == 1 and found.blank_at_end):
        return file.mended()
    return file.opened()


def read_head(path: Path, name: str, entry: Entry) -> Head:
    """Make out delimiter and header from the first lines."""
    lines = _first_lines(path)
    skip, delimiter = entry.skip, entry.delimiter
    quote = '"' if entry.quote is None else entry.quote
    if not skip and lines[:1] and lines[0].lower().startswith("sep=") and len(lines[0].rstrip("\r\n")) == 5:
        delimiter, skip = delimiter or lines[0][4], 1  # a note that Excel leaves for itself
    while skip < len(lines) and not lines[skip].strip():
        skip += 1
    if skip >= len(lines):
        raise DataError(
            f"Nothing is left after skip = {entry.skip}." if entry.skip else "The file is empty.",
            code="empty_file",
            where=name,
            fix="Export it again.",
        )
    delimiter = delimiter or _delimiter(lines[skip:], quote, name)
    rows = _rows(lines[skip:], delimiter, quote)
    if entry.header:
        return Head(delimiter, quote, skip, entry.header, False, tuple(rows))
    header = next(rows)
    header_lines = 1 + sum(cell.count("\n") for cell in header)
    sample = tuple(rows)
    while len(header) > 1 and not header[-1].strip() and all(not any(row[len(header) - 1 :]) for row in sample):
        header = header[:-1]  # lines that end in a delimiter
    names = tuple(cell.strip() for cell in header)
    return Head(delimiter, quote, skip + header_lines, names, header_lines > 1, sample)


def _first_lines(path: Path) -> list[str]:
    with path.open("rb") as file:
        block = file.read(_SAMPLE)
    lines = list(io.StringIO(block.decode("utf-8-sig", errors="replace"), newline=""))
    if len(block) == _SAMPLE and len(lines) > 1:
        lines.pop()  # cut off in the middle
    return lines


def _rows(lines: Sequence[str], delimiter: str, quote: str) -> Iterator[tuple[str, ...]]:
    """The first records, split; tolerant, since it only serves to look at them."""
    if quote:
        reader = csv.reader(lines, delimiter=delimiter, quotechar=quote)
    else:
        reader = csv.reader(lines, delimiter=delimiter, quoting=csv.QUOTE_NONE)
    csv.field_size_limit(_SAMPLE)
    try:
        for row in itertools.islice(reader, _SAMPLE_ROWS):
            if row:
                yield tuple(row)
    except csv.Error:  # a NUL, or a field beyond the limit: what was seen must do
        return


def _delimiter(lines: Sequence[str], quote: str, name: str) -> str:
    """The delimiter that splits the header, and the rows below it alike."""
    shares: dict[str, float] = {}
    for delimiter in _DELIMITERS:
        counts = [len(row) for row in _rows(lines, delimiter, quote)]
        if counts and counts[0] > 1:
            shares[delimiter] = sum(count == counts[0] for count in counts) / len(counts)
    if not shares:
        return ","  # one column
    best = max(shares.values())
    likely = [delimiter for delimiter, share in shares.items() if share == best]
    if len(likely) > 1:
        shown = " and ".join(repr(delimiter) for delimiter in likely)
        raise DataError(
            f"The values may be separated by {shown}: both split the header and the rows alike.",
            code="ambiguous_delimiter",
            where=f"{name}:1",
            fix=f"Say which in a map: delimiter = {json.dumps(likely[0])}",
        )
    return likely[0]


@dataclass(frozen=True)
class _File:
    """One file on the way: ``path`` is what is read, in UTF-8; ``copy`` where a mended copy would stand."""

    path: Path
    copy: Path
    name: str
    head: Head
    names: tuple[str, ...]
    scan: Scan

    def opened(self) -> Opened:
        """The file read as it is. Whether that was right is known when its rows are counted."""
        rejects = f"refused_{next(_numbers)}"
        longest = max(_USUAL_LONGEST, min(_LONGEST, self.scan.longest))
        return Opened(
            relation=self.relation(self.path, self.head.skip, longest, rejects),
            names=self.names,
            written=self.head.header,
            sample=self.sample(),
            after_read=lambda con: self.after_read(con, rejects),
            recount=lambda con, rows: self.recount(con, rows, rejects),
        )

    def mended(self) -> Opened:
        """The file's readable records, in a copy."""
        dialect = Dialect(self.head.delimiter, self.head.quote, len(self.names), _LONGEST)
        mended = mend(self.path, self.copy, dialect, self.head.skip)
        longest = max(_USUAL_LONGEST, min(_LONGEST, mended.longest + 1))
        after = AfterRead(mended.refused, mended.lines)

        def recount(_con: duckdb.DuckDBPyConnection, rows: int) -> None:
            if rows != mended.rows:
                raise DataError(
                    f"{mended.rows:,} rows were found, but {rows:,} could be read.",
                    code="unreadable",
                    where=self.name,
                    fix="Export the file again, as CSV in UTF-8 or as Parquet.",
                )

        return Opened(
            relation=self.relation(self.copy, 0, longest, None),
            names=self.names,
            written=self.head.header,
            sample=self.sample(),
            after_read=lambda _con: after,
            recount=recount,
        )

    def relation(self, path: Path, skip: int, longest: int, rejects: str | None) -> str:
        columns = ", ".join(f"{literal(name)}: 'VARCHAR'" for name in self.names)
        quote = literal(self.head.quote)
        options = [
            literal(str(path)),
            "auto_detect = false",
            "header = false",
            f"skip = {skip}",
            "nullstr = ''",
            f"delim = {literal(self.head.delimiter)}",
            f"quote = {quote}",
            f"escape = {quote}",
            "comment = ''",
            f"max_line_size = {longest}",
            f"columns = {{{columns}}}",
        ]
        if path == self.copy:
            options.append(r"new_line = '\n'")  # else a carriage return inside a value is taken for one
        if rejects:
            options.append(f"store_rejects = true, rejects_table = '{rejects}', rejects_scan = '{rejects}_scan'")
        return f"read_csv({', '.join(options)})"

    def sample(self) -> dict[str, list[str]]:
        return {
            name: [row[place] for row in self.head.sample if place < len(row)] for place, name in enumerate(self.names)
        }

    def recount(self, con: duckdb.DuckDBPyConnection, rows: int, rejects: str) -> Opened | None:
        """The mended file, where lines and rows do not add up: fields of several lines, or rows swallowed by one."""
        refused = len(self.rejected(con, rejects))
        held = self.scan.lines - self.scan.blank_at_end - self.head.skip
        return None if rows + refused == max(0, held) else self.mended()

    def rejected(self, con: duckdb.DuckDBPyConnection, rejects: str) -> list[tuple[int, str, str, str]]:
        """Where the refused lines begin (bytes from 0), with error, message and text, of the latest reading."""
        if not con.execute("SELECT 1 FROM duckdb_tables() WHERE table_name = ?", [rejects]).fetchall():
            return []  # DuckDB makes the table for the first line it refuses
        return con.execute(
            f"SELECT line_byte_position - 1, any_value(CAST(error_type AS VARCHAR)), any_value(error_message), "
            f"any_value(csv_line[:{RAW_LENGTH}]) FROM {rejects} "
            f"WHERE scan_id = (SELECT max(scan_id) FROM {rejects}) GROUP BY 1 ORDER BY 1"
        ).fetchall()

    def after_read(self, con: duckdb.DuckDBPyConnection, rejects: str) -> AfterRead:
        rejected = self.rejected(con, rejects)
        numbers = _lines_at(self.path, [row[0] for row in rejected])
        first = self.head.skip + 1
        refused = tuple(
            Refused(line, "", "", *self.reason(error, message), text.strip("\r\n"))
            for line, (_, error, message, text) in zip(numbers, rejected, strict=True)
        )
        rows, lines = [0], [first]
        for count, line in enumerate(numbers, 1):
            row = line + 1 - first - count
            if row == rows[-1]:
                lines[-1] = line + 1
            else:
                rows.append(row)
                lines.append(line + 1)
        return AfterRead(refused, Lines(rows, lines))

    def reason(self, error: str, message: str) -> tuple[str, str]:
        found = re.search(r"Found: (\d+)", message)
        if error in ("MISSING COLUMNS", "TOO MANY COLUMNS") and found:
            return f"has {found[1]} values where the header has {len(self.names)} columns", "ragged"
        return _REASONS.get(error, (f"cannot be read: {message}", "unreadable"))


def _lines_at(path: Path, positions: Sequence[int]) -> list[int]:
    """The 1-based lines that begin at these ascending byte positions (or at the end of line before: DuckDB's CR LF)."""
    found: list[int] = []
    if not positions:
        return found
    before = start = 0
    with path.open("rb") as file:
        while len(found) < len(positions) and (block := file.read(_SAMPLE)):
            ends = np.flatnonzero(np.frombuffer(block, dtype=np.uint8) == 10) + start
            while len(found) < len(positions) and positions[len(found)] < start + len(block):
                found.append(before + int(np.searchsorted(ends, positions[len(found)], side="right")) + 1)
            before += len(ends)
            start += len(block)
    return found
