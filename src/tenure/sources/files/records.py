"""Record by record through a file whose lines and rows do not simply agree.

DuckDB reads a well-formed file faster than anything here; this is for the others: line ends of several kinds, blank
lines, quoted fields of several lines, NUL bytes, damaged characters, and the quote that was never closed and swallows
the good rows after it. It writes a mended copy that holds the readable records only, and remembers the lines.
"""

from __future__ import annotations

import re
from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

from tenure.warehouse.incoming import Lines, Refused

RAW_LENGTH = 2_000
_BLOCK = 1 << 20
_SWALLOWED = 3  # so many lines in one field that each look like a row of the file are rows


@dataclass(frozen=True)
class Dialect:
    """How a delimited file is written. ``columns``: the number of fields a record must have."""

    delimiter: str
    quote: str
    columns: int
    longest: int


@dataclass(frozen=True)
class Mended:
    """The outcome: ``rows`` readable records (``longest``: in bytes), where they stand, and the lines refused."""

    rows: int
    longest: int
    lines: Lines
    refused: tuple[Refused, ...]


def refused(line: int, raw: bytes, reason: str, code: str) -> Refused:
    """A refused line; ``raw`` is cut."""
    text = raw[:RAW_LENGTH].decode("utf-8", errors="replace").rstrip("\r\n")
    return Refused(line=line, column="", value="", reason=reason, code=code, raw=text)


def mend(source: Path, target: Path, dialect: Dialect, skip: int) -> Mended:
    """Copy the readable records of ``source`` to ``target``, each ended by LF, its header (if any) left out.

    ``skip``: the lines before the first data row. Raises ``OSError``.
    """
    with source.open("rb") as file, target.open("wb") as out:
        return _Mender(dialect, out).run(_Feed(file), skip)


class _Feed:
    """Lines with their numbers, from 1, of which some can be handed back."""

    def __init__(self, file: BinaryIO) -> None:
        self.lines = self._read(file)
        self.back: deque[tuple[int, bytes]] = deque()

    @staticmethod
    def _read(file: BinaryIO) -> Iterator[tuple[int, bytes]]:
        number, rest = 1, b""
        while block := file.read(_BLOCK):
            if block.endswith(b"\r"):  # half of CR LF, perhaps
                block += file.read(1)
            lines = (rest + block).splitlines(keepends=True)
            rest = b"" if lines[-1].endswith((b"\n", b"\r")) else lines.pop()
            for line in lines:
                yield number, line
                number += 1
        if rest:
            yield number, rest

    def next(self) -> tuple[int, bytes] | None:
        return self.back.popleft() if self.back else next(self.lines, None)

    def hand_back(self, lines: list[tuple[int, bytes]]) -> None:
        self.back.extendleft(reversed(lines))


class _Mender:
    def __init__(self, dialect: Dialect, out: BinaryIO) -> None:
        self.dialect = dialect
        self.out = out
        self.delimiter = dialect.delimiter.encode()
        self.quote = dialect.quote.encode()
        d, q = re.escape(self.delimiter), re.escape(self.quote)
        other = rb"[^" + q + rb"]*+"
        closing = other + rb"(?:" + q + q + other + rb")*+"
        self.opened = re.compile(rb" *" + q) if q else None
        self.to_close = re.compile(closing + q + rb" *(?=" + d + rb"|[\r\n]*\Z)") if q else None
        self.closes_somehow = re.compile(closing + q) if q else None
        self.whole = self._whole(d, q, closing, dialect.columns) if q else None
        self.rows = self.longest = 0
        self.run_rows: list[int] = []
        self.run_lines: list[int] = []
        self.refused: list[Refused] = []

    @staticmethod
    def _whole(delimiter: bytes, quote: bytes, closing: bytes, columns: int) -> re.Pattern[bytes]:
        """A line that is a well-formed record by itself: most are, and this tells it fastest."""
        field = rb"(?: *+" + quote + closing + quote + rb" *+|(?! *" + quote + rb")[^" + delimiter + rb"\r\n]*+)"
        more = rb"(?:" + delimiter + field + rb"){" + str(columns - 1).encode() + rb"}"
        return re.compile(field + more + rb"[\r\n]*")

    def run(self, feed: _Feed, skip: int) -> Mended:
        for _ in range(skip):
            feed.next()
        while (item := feed.next()) is not None:
            if item[1].strip(b"\r\n"):
                self.record(item, feed)
        self.refused.sort(key=lambda row: row.line)
        return Mended(
            self.rows, self.longest, Lines(self.run_rows or [0], self.run_lines or [skip + 1]), tuple(self.refused)
        )

    def record(self, first: tuple[int, bytes], feed: _Feed) -> None:
        """Take one record, of one line or of several, or refuse its first line and go on with the next."""
        number, line = first
        if not self.quote or self.quote not in line:
            self.keep(number, line, line.count(self.delimiter) + 1)
            return
        if self.whole and self.whole.fullmatch(line):
            self.keep(number, line, self.dialect.columns)
            return
        taken = [first]
        fields, at, is_open = self.fields(line, 0)
        size = len(line)
        while is_open and size <= self.dialect.longest and (item := feed.next()) is not None:
            taken.append(item)
            size += len(item[1])
            if self.quote not in item[1]:
                continue
            more, at, is_open = self.fields(item[1], at=-1)
            fields += more
        wrong = at is None or is_open
        if wrong or self.swallowed(taken):
            self.refuse(number, line, "has a quote that is not closed, or text beside a quoted value", "unclosed_quote")
            if not wrong:  # the quote that ended the field belongs to no other
                self.refuse(*taken.pop(), "has a quote that was not opened", "unclosed_quote")
            feed.hand_back(taken[1:])
            return
        self.keep(number, b"".join(item[1] for item in taken), fields)

    def fields(self, line: bytes, at: int) -> tuple[int, int | None, bool]:
        """Count the fields of a line from position ``at``; -1: the line begins inside a quoted field.

        Returns the fields that begin in it, where it was left (None: its quotes are wrong) and whether one is open.
        """
        assert self.opened
        assert self.to_close
        assert self.closes_somehow
        end = len(line.rstrip(b"\r\n"))
        count = 0
        while True:
            inside = at < 0
            if not inside:
                count += 1
                opening = self.opened.match(line, at)
                if not opening:
                    next_delimiter = line.find(self.delimiter, at, end)
                    if next_delimiter < 0:
                        return count, end, False
                    at = next_delimiter + 1
                    continue
                at = opening.end()
            closed = self.to_close.match(line, max(at, 0))
            if not closed:
                wrong = self.closes_somehow.match(line, max(at, 0))
                return count, None if wrong else at, wrong is None
            at = closed.end()
            if at >= end:
                return count, end, False
            at += 1

    def swallowed(self, taken: list[tuple[int, bytes]]) -> bool:
        """Whether the lines after the first look like rows of their own: as many fields, and a first one like its."""
        if len(taken) <= _SWALLOWED or self.dialect.columns < 2:
            return False
        first = _shape(taken[0][1].split(self.delimiter, 1)[0])
        return all(
            line.count(self.delimiter) == self.dialect.columns - 1 and _shape(line.split(self.delimiter, 1)[0]) == first
            for _, line in taken[1:]
        )

    def keep(self, number: int, record: bytes, fields: int) -> None:
        columns = self.dialect.columns
        record = record.rstrip(b"\r\n")
        while fields > columns and record.endswith(self.delimiter):  # a delimiter at the end of the line
            record, fields = record[: -len(self.delimiter)], fields - 1
        if fields != columns:
            self.refuse(number, record, f"has {fields} values where the header has {columns} columns", "ragged")
        elif b"\0" in record:
            self.refuse(number, record, "holds a NUL byte, which no text has", "nul_byte")
        elif not _is_utf8(record):
            self.refuse(number, record, "holds a damaged character: it is not valid UTF-8", "bad_encoding")
        elif len(record) > self.dialect.longest:
            self.refuse(number, record, f"is longer than {self.dialect.longest:,} bytes", "too_long")
        else:
            self.out.write(record + b"\n")
            if not self.run_rows or number - self.rows != self.run_lines[-1] - self.run_rows[-1]:
                self.run_rows.append(self.rows)
                self.run_lines.append(number)
            self.rows += 1
            self.longest = max(self.longest, len(record))

    def refuse(self, number: int, raw: bytes, reason: str, code: str) -> None:
        self.refused.append(refused(number, raw, reason, code))


def _is_utf8(record: bytes) -> bool:
    if record.isascii():
        return True
    try:
        record.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True


def _shape(field: bytes) -> bytes:
    """What a key looks like: A-0031 and B-7 look alike."""
    return re.sub(rb"[0-9]+", b"9", re.sub(rb"[A-Za-z\x80-\xff]+", b"a", field.strip(b' "')))
