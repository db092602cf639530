"""A few columns of a file of any shape, by their names in its header: numbers and texts, each row with its line.

For what reads a file once and keeps nothing of it. Nothing is passed over: a line that cannot be read, an empty cell or
a text among numbers is an error that says where.
"""

from __future__ import annotations

import difflib
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from tenure.core.errors import DataError
from tenure.sources.files.number_format import PLAIN
from tenure.sources.files.opened import Opened
from tenure.sources.files.settle import Question, settle
from tenure.sources.files.taken import Taken, taken
from tenure.warehouse.incoming import Lines
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Type

Floats = NDArray[np.float64]

_YES = ("1", "true", "yes", "y", "t")
_NO = ("0", "false", "no", "n", "f")


@dataclass(frozen=True)
class Wanted:
    """A column by its name. ``kind``: ``number``, ``flag`` (1 or 0, yes or no, true or false) or ``text``.

    ``optional``: the file need not have it. ``may_be_empty``: then a number is NaN, a text empty.
    """

    name: str
    kind: str = "number"
    optional: bool = False
    may_be_empty: bool = False


@dataclass(frozen=True)
class Columns:
    """What was read: ``rows`` many, with ``numbers`` (flags are 0 and 1) and ``texts`` by column."""

    file: str
    rows: int
    numbers: dict[str, Floats]
    texts: dict[str, list[str]]
    lines: Lines = field(repr=False)

    def fault(self, column: str, wrong: NDArray[np.bool_], says: str, *, code: str, fix: str) -> None:
        """Raise ``DataError`` for the first row that is ``wrong``, if any is."""
        found = np.flatnonzero(wrong)
        if len(found):
            raise _at(self.file, self.lines.of([int(found[0])])[0], column, says, code, fix, len(found))


def read_columns(path: Path, name: str, wanted: Sequence[Wanted]) -> Columns:
    """Read these columns of a file; capitals and spaces about their names do not matter. ``name``: the file, as the
    user gave it; ``file.xlsx#Sheet`` names a sheet.

    Raises ``UsageError`` where there is no such file, ``DataError`` for what cannot be read.
    """
    found: dict[Wanted, str] = {}

    def choice(opened: Opened, file: str) -> dict[str, str]:
        found.update(_found(opened, wanted, file))
        return {want.name: own for want, own in found.items()}

    with taken(path, name, choice) as table:
        return _Reading(table, found).columns()


def _at(file: str, line: int, column: str, says: str, code: str, fix: str, count: int) -> DataError:
    more = f" (and so {count - 1:,} more)" if count > 1 else ""
    return DataError(f"{says}{more}.", code=code, where=f"{file}:{line}:{column}", fix=fix)


def _found(opened: Opened, wanted: Sequence[Wanted], file: str) -> dict[Wanted, str]:
    """The file's own name of each column that is wanted."""
    plain = {name.strip().lower(): name for name in reversed(opened.names)}
    missing = [want.name for want in wanted if want.name not in plain and not want.optional]
    if missing:
        near = difflib.get_close_matches(missing[0], plain, n=1, cutoff=0.6)
        hint = f"Is it {plain[near[0]]!r}? Then call it {missing[0]}." if near else "Name the columns so in the header."
        raise DataError(
            f"The file has no column {', '.join(missing)}.",
            code="missing_column", where=file, fix=f"It has: {', '.join(opened.names[:20])}. {hint}",
        )  # fmt: skip
    for want in wanted:
        if want.name in opened.doubled:
            raise DataError(
                f"Two columns are called {want.name!r}.",
                code="doubled_column", where=file, fix="Give one of them another name.",
            )  # fmt: skip
    return {want: plain[want.name] for want in wanted if want.name in plain}


@dataclass
class _Reading:
    """One file being read. ``found``: the columns with their names in the file."""

    taken: Taken
    found: dict[Wanted, str]

    def __post_init__(self) -> None:
        self.con, self.file, self.lines = self.taken.con, self.taken.file, self.taken.lines

    def columns(self) -> Columns:
        forms = self.formats()
        numbers = {w.name: self.numbers(w, forms.get(w.name, "text")) for w in self.found if w.kind != "text"}
        texts = {w.name: self.texts(w) for w in self.found if w.kind == "text"}
        return Columns(self.file, self.taken.rows, numbers, texts, self.lines)

    def formats(self) -> dict[str, str]:
        """SQL of the number written plainly, over ``text``, for columns that write numbers in another way."""
        asked = []
        for want in self.found:
            if want.kind == "number":
                text = quoted(want.name)
                odd = f"bool_or({text} <> '' AND NOT regexp_full_match({text}, {literal(PLAIN)}))"
                (failed,) = self.con.execute(f"SELECT coalesce({odd}, false) FROM taken").fetchall()[0]
                if failed or not self.taken.opened.typed:
                    asked.append(Question(want.name, Type.NUMBER, text, want.name, failed=bool(failed)))
        try:
            settled = settle(self.con, "taken", asked, self.file, currency=False)
        except DataError as error:
            fix = "Write 1234 without a mark, and 1.234 with another number of decimals: 1.2340."
            raise DataError(error.message, code=error.code, where=error.where, fix=fix) from None
        return {name: form.plain("text") for name, form in settled.items()}

    def numbers(self, want: Wanted, plain: str) -> Floats:
        """A column's numbers; a flag's as 1 and 0."""
        if want.kind == "flag":
            yes, no = (", ".join(map(literal, words)) for words in (_YES, _NO))
            number = f"CASE WHEN lower(text) IN ({yes}) THEN 1.0 WHEN lower(text) IN ({no}) THEN 0.0 END"
        else:
            number = f"CASE WHEN regexp_full_match({plain}, {literal(PLAIN)}) THEN try_cast({plain} AS DOUBLE) END"
        read = f"(SELECT rowid AS place, nullif({quoted(want.name)}, '') AS text FROM taken)"
        values = f"SELECT place, text, {number} AS number FROM {read}"
        fails = "number IS NULL OR NOT isfinite(number)"
        if want.may_be_empty:
            fails = f"text IS NOT NULL AND ({fails})"
        bad = self.con.execute(
            f"SELECT place, text, count(*) OVER () FROM ({values}) WHERE {fails} ORDER BY place LIMIT 1"
        )
        for place, text, count in bad.fetchall():
            raise self.unread(want, place, text, count)
        columns = self.con.execute(f"SELECT coalesce(number, 'nan'::DOUBLE) AS n FROM ({values}) ORDER BY place")
        return np.asarray(columns.fetchnumpy()["n"], dtype=np.float64)

    def unread(self, want: Wanted, row: int, text: str | None, count: int) -> DataError:
        kind = "1 or 0 (nor yes or no)" if want.kind == "flag" else "a number"
        says = "The cell is empty" if text is None else f"{text[:60]!r} is not {kind}"
        fix = f"Correct it, or take the row out: {want.name} needs a value in every row."
        return _at(self.file, self.lines.of([row])[0], want.name, says, "not_a_number" if text else "empty", fix, count)

    def texts(self, want: Wanted) -> list[str]:
        found = self.con.execute(f"SELECT coalesce({quoted(want.name)}, '') FROM taken ORDER BY rowid").fetchall()
        texts = [str(row[0]) for row in found]
        empty = [row for row, text in enumerate(texts) if not text]
        if empty and not want.may_be_empty:
            raise self.unread(want, empty[0], None, len(empty))
        return texts
