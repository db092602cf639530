"""All columns of a file of any shape, each as what its values are: numbers, dates or texts.

For what reads a file once and keeps nothing of it. What a column is is settled by all of its values. Among numbers some
texts may stand (``unknown``, ``10+``): these are taken as missing, and told of.
"""

from __future__ import annotations

import difflib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np

from tenure.core.errors import DataError, UsageError
from tenure.core.features import Column, Features, Labels, Numbers
from tenure.sources.files.date_format import ISO
from tenure.sources.files.number_format import COMMA, PLAIN, POINT, NumberFormat, differs
from tenure.sources.files.opened import Opened
from tenure.sources.files.settle import Question, settle
from tenure.sources.files.taken import Taken, taken
from tenure.warehouse.incoming import Lines
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Type

#: What people and programs write for "not known".
_MISSING = ("na", "n/a", "#n/a", "nan", "null", "none", "nil", "-", "--", "?", ".", "missing", "(null)", "<na>")
_MOSTLY = 0.9
_SEVERAL = 10  # numbers, before texts among them are taken for missing ones
_MONTH = r"\d{4}-\d{2}"
_PERIOD = r"\d{4}\D{0,2}\d{1,2}"  # 2024-Q1, 2024W05
_SIGNED_PERCENT = r"\s*%\s*$"


@dataclass(frozen=True)
class Whole:
    """A file's columns. ``kinds``: ``number``, ``date`` (days since 1970) or ``text`` by column; ``doubts``: what was taken in
    one of several ways, by column; ``lines``: where its rows stand.
    """

    file: str
    features: Features
    kinds: dict[str, str]
    doubts: dict[str, str]
    lines: Lines = field(repr=False)

    def where(self, row: int, column: str) -> str:
        """The place of a cell, for messages."""
        return f"{self.file}:{self.lines.of([row])[0]}:{column}"


Kinds = Callable[[list[str], str], Mapping[str, str]]
"""From the names of a file's columns and its own name to the columns wanted, and the kind of those that have to be of one:
``number``, ``date``, ``text``, ``moment`` (a number, a date, or a period that sorts by its text), or "" to be found out.
"""


def read_whole(path: Path, name: str, kinds: Kinds) -> Whole:
    """Read a file. ``name``: as the user gave it; ``file.xlsx#Sheet`` names a sheet.

    Raises ``UsageError`` where there is no such file, ``DataError`` for what cannot be read.
    """
    wanted: dict[str, str] = {}

    def choice(opened: Opened, file: str) -> dict[str, str]:
        own = {name.strip(): name for name in reversed(opened.names)}
        wanted.update(kinds([name.strip() for name in opened.names], file))
        return {name: own[name] for name in wanted}

    with taken(path, name, choice) as table:
        reading = _Reading(table)
        columns = {column: reading.column(column, kind) for column, kind in wanted.items()}
        return Whole(table.file, Features(columns, table.rows), reading.kinds, reading.doubts, table.lines)


def named(wanted: str, names: Collection[str], file: str) -> str:
    """A column's name as the file has it; capitals do not matter where they leave no doubt. Raises ``UsageError``."""
    if wanted in names:
        return wanted
    alike = [name for name in names if name.lower() == wanted.strip().lower()]
    if len(alike) == 1:
        return alike[0]
    near = difflib.get_close_matches(wanted.lower(), [name.lower() for name in names], n=1, cutoff=0.6)
    hint = f"Is it {next(name for name in names if name.lower() == near[0])!r}? " if near else ""
    listed = list(names)
    raise UsageError(
        f"The file has no column {wanted!r}.", code="missing_column", where=file,
        fix=f"{hint}It has: {', '.join(listed[:20])}{', ...' if len(listed) > 20 else ''}.",
    )  # fmt: skip


@dataclass
class _Reading:
    """One table of texts being turned into columns."""

    taken: Taken
    kinds: dict[str, str] = field(default_factory=dict)
    doubts: dict[str, str] = field(default_factory=dict)

    def column(self, name: str, kind: str) -> Column:
        """One column, as ``kind`` or what its values say."""
        if kind == "text":
            return self.labels(name)
        if kind in ("number", "date"):
            found = self.numbers(name, forced=True) if kind == "number" else self.dates(name, forced=True)
            if found is None:
                self.doubts[name], self.kinds[name] = "no date can be read in it: all are taken as missing", "date"
            return found or Numbers(np.full(self.taken.rows, np.nan))
        column = self.numbers(name, forced=False) or self.dates(name, forced=kind == "moment")
        if column is None and kind == "moment":
            return self.periods(name)
        return column or self.labels(name)

    def counts(self, *conditions: str) -> list[int]:
        """How many rows of the table meet each condition."""
        asked = ", ".join(f"count_if(coalesce({condition}, false))" for condition in conditions)
        return [int(value) for value in self.taken.con.execute(f"SELECT {asked} FROM taken").fetchall()[0]]

    def first(self, name: str, condition: str) -> tuple[int, str]:
        """The first row that meets a condition, and its text."""
        sql = f"SELECT rowid, {quoted(name)} FROM taken WHERE {condition} ORDER BY rowid LIMIT 1"
        row, text = self.taken.con.execute(sql).fetchall()[0]
        return int(row), str(text)

    def values(self, sql: str) -> Numbers:
        asked = f"SELECT coalesce({sql}, 'nan'::DOUBLE) AS n FROM taken ORDER BY rowid"
        return Numbers(np.asarray(self.taken.con.execute(asked).fetchnumpy()["n"], dtype=np.float64))

    def numbers(self, name: str, *, forced: bool) -> Numbers | None:
        """The column's numbers; None unless nearly all that stands in it is one, or has to be."""
        text, filled = quoted(name), _filled(name)
        bare = f"regexp_replace({text}, {literal(_SIGNED_PERCENT)}, '')"
        count, plain = self.counts(filled, f"{filled} AND regexp_full_match({text}, {literal(PLAIN)})")
        if not count and not forced:
            return None
        form = self.form(name, bare, filled) if plain < count else None
        written = form.plain(bare) if form else text
        number = f"CASE WHEN regexp_full_match({written}, {literal(PLAIN)}) THEN try_cast({written} AS DOUBLE) END"
        number = f"CASE WHEN {filled} AND isfinite({number}) THEN {number} END"
        (read,) = self.counts(f"{number} IS NOT NULL")
        if read < count and not forced and not (read >= _MOSTLY * count and self.several(bare, form)):
            return None
        if read < count:
            row, odd = self.first(name, f"{filled} AND {number} IS NULL")
            self.doubts[name] = (
                f"{count - read:,} texts among the numbers are taken as missing, the first {odd[:40]!r} in line "
                f"{self.taken.lines.of([row])[0]:,}"
            )
        self.kinds[name] = "number"
        return self.values(number)

    def form(self, name: str, text: str, filled: str) -> NumberFormat:
        """The way in which most values are read as numbers."""
        point, comma = NumberFormat(".", None, currency=True), NumberFormat(",", None, currency=True)
        by_point, by_comma, doubtful = self.counts(
            f"{filled} AND {point.reads(text)}", f"{filled} AND {comma.reads(text)}", f"{filled} AND {differs(text)}"
        )
        if by_point == by_comma and doubtful:
            self.doubts[name] = f"its marks can be read in two ways; taken with {POINT.words}, not {COMMA.words}"
        return comma if by_comma > by_point else point

    def several(self, text: str, form: NumberFormat | None) -> bool:
        reads = form.reads(text) if form else f"regexp_full_match({text}, {literal(PLAIN)})"
        sql = f"SELECT count(*) FROM (SELECT DISTINCT {text} FROM taken WHERE {reads} LIMIT {_SEVERAL + 1})"
        return int(self.taken.con.execute(sql).fetchall()[0][0]) > _SEVERAL

    def dates(self, name: str, *, forced: bool) -> Numbers | None:
        """The column's dates as days since 1970; None unless nearly all that stands in it is one."""
        text, filled = quoted(name), _filled(name)
        month = f"CASE WHEN regexp_full_match({text}, {literal(_MONTH)}) THEN {text} || '-01' ELSE {text} END"
        iso = f"CASE WHEN regexp_full_match({month}, {literal(ISO)}) THEN try_cast({month} AS TIMESTAMP) END"
        count, read, digits = self.counts(
            filled, f"{filled} AND {iso} IS NOT NULL", f"{filled} AND regexp_matches({text}, '[0-9].*[0-9]')"
        )
        if not count or digits < _MOSTLY * count:
            return None
        moment = iso
        if read < _MOSTLY * count:
            found = self.dates_otherwise(name, filled, must=forced)
            if found is None or self.counts(f"{filled} AND {found} IS NOT NULL")[0] < _MOSTLY * count:
                return None
            moment = found
        self.kinds[name] = "date"
        return self.values(f"CASE WHEN {filled} THEN epoch(CAST({moment} AS TIMESTAMP)) / 86400.0 END")

    def dates_otherwise(self, name: str, filled: str, *, must: bool) -> str | None:
        """SQL of the moments of dates that are not ISO. Raises ``DataError`` for a doubt if they ``must`` be dates."""
        text = f"CASE WHEN {filled} THEN {quoted(name)} END"
        try:
            settled = settle(
                self.taken.con, "taken", [Question(name, Type.TIME, text, name, failed=True)], self.taken.file,
                currency=False,
            )  # fmt: skip
        except DataError as error:
            if must:
                fix = "Write the dates as 2024-01-31."
                raise DataError(error.message, code=error.code, where=error.where, fix=fix) from None
            self.doubts[name] = "its dates can be read in two ways, or are written in several"
            return None
        form = settled.get(name)
        return None if form is None or isinstance(form, NumberFormat) else f"({form.moment(quoted(name))})"

    def periods(self, name: str) -> Numbers:
        """Periods such as ``2024-Q1``, all written in the same length, as their places in time."""
        column = self.labels(name)
        text = quoted(name)
        odd = f"NOT coalesce(regexp_full_match({text}, {literal(_PERIOD)}), false)"
        lengths = {len(level) for level in column.levels if level}
        if len(lengths) != 1 or self.counts(odd)[0]:
            row, value = self.first(name, odd) if self.counts(odd)[0] else (0, column.levels[-1])
            raise DataError(
                f"{value[:40]!r} is no time.", code="not_a_time",
                where=f"{self.taken.file}:{self.taken.lines.of([row])[0]}:{name}",
                fix="Write times as dates (2024-01-31), months (2024-01), quarters (2024-Q1) or numbers that grow.",
            )  # fmt: skip
        self.kinds[name] = "moment"
        return Numbers(column.codes.astype(np.float64))

    def labels(self, name: str) -> Labels:
        """The column's texts; what is empty is ""."""
        import pyarrow as pa

        asked = self.taken.con.sql(f"SELECT coalesce({quoted(name)}, '') AS t FROM taken ORDER BY rowid")
        encoded = pa.concat_arrays(asked.to_arrow_table()["t"].chunks).dictionary_encode()
        levels = encoded.dictionary.to_pylist()
        order = sorted(range(len(levels)), key=levels.__getitem__)
        places = np.empty(len(levels), dtype=np.int32)
        places[order] = np.arange(len(levels), dtype=np.int32)
        self.kinds[name] = "text"
        codes = np.asarray(encoded.indices.to_numpy(zero_copy_only=False), dtype=np.intp)
        return Labels(places[codes], tuple(levels[place] for place in order))


def _filled(name: str) -> str:
    """SQL: whether a cell holds anything that is to be read."""
    return (
        f"(coalesce({quoted(name)}, '') <> '' AND lower({quoted(name)}) NOT IN ({', '.join(map(literal, _MISSING))}))"
    )
