"""From a file of any shape to ``Incoming``: the door of this package."""

from __future__ import annotations

import re
import shutil
import tempfile
from collections.abc import Callable, Collection
from dataclasses import dataclass, field, replace
from pathlib import Path

import duckdb

from tenure.core.errors import DataError
from tenure.sources.files import encoding
from tenure.sources.files.bind import Bound, Format, bind
from tenure.sources.files.delimited import open_delimited
from tenure.sources.files.lookup import with_lookups
from tenure.sources.files.mapping import NO_MAP, Entry, canonical_columns
from tenure.sources.files.number_format import COMMA
from tenure.sources.files.opened import Opened
from tenure.sources.files.scan import Scan, scan
from tenure.sources.files.settle import DATES, Question, settle
from tenure.sources.files.unpack import Form, form, readable, unzipped
from tenure.warehouse.incoming import Incoming
from tenure.warehouse.schema import quoted
from tenure.warehouse.table import Table, Type

_FEW_CONTROLS = 8  # in a text of an old encoding, or a damaged one; a program or a picture has many
_MOST_CONTROLS = 0.02


def open_incoming(
    path: Path,
    table: Table,
    *,
    zone: str,
    entry: Entry | None = None,
    name: str | None = None,
    beside: Callable[[str], Path] | None = None,
    scratch: Path | None = None,
) -> Incoming:
    """A file on its way into ``table``. Nothing but its first lines has been read when this returns, or all of it
    where it had to be rewritten (XLSX, JSON, another encoding, a .gz).

    ``zone``: IANA zone of times without one, unless the entry says otherwise. ``entry``: what the map says of it.
    ``name``: the file's name as the user gave it, where ``path`` is its copy in the archive; ``file.xlsx#Sheet`` names
    a sheet. ``beside``: the path of another file that a lookup names; by default in the same folder.
    ``scratch``: where temporary copies may be made; they go with ``close()``.

    Raises ``UsageError``, ``DataError`` and ``UnavailableError``, each with a sentence.
    """
    entry = entry or NO_MAP
    name = name or str(path)
    if "#" in path.name and not path.exists():
        path = path.with_name(path.name.split("#", 1)[0])
    if "#" in name and ".xls" in name.lower():
        name, sheet = name.split("#", 1)
        entry = replace(entry, sheet=sheet)
    folder = Path(tempfile.mkdtemp(prefix="tenure-", dir=scratch))
    try:
        opened = open_file(path, folder, name, entry)
        opened = with_lookups(opened, entry.columns, folder, _Beside(beside or path.with_name, folder).open)
        return _Reading(table, name, entry, zone, folder).incoming(opened, {}, frozenset())
    except duckdb.Error as error:
        _remove(folder)
        raise DataError(
            f"The file cannot be read: {str(error).splitlines()[0]}",
            code="unreadable",
            where=name,
            fix="Export it again, as CSV in UTF-8 or as Parquet.",
        ) from None
    except BaseException:
        _remove(folder)
        raise


def open_file(path: Path, scratch: Path, name: str, entry: Entry) -> Opened:
    """A file's rows as texts, whatever its form. ``scratch``: a folder for copies."""
    readable(path, name)
    path = unzipped(path, scratch, name)
    with path.open("rb") as file:
        head = file.read(4096)
    wide = encoding.by_first_bytes(head)
    if wide not in (None, "utf-8-sig") or (entry.encoding and entry.encoding not in ("utf-8", "utf-8-sig")):
        path = _transcoded(path, scratch, name, entry.encoding or str(wide))
        return _open_text(path, scan(path), scratch, name, entry)
    kind = form(path, name)
    if kind is Form.PARQUET:
        from tenure.sources.files.parquet import open_parquet

        return open_parquet(path, name)
    if kind is Form.WORKBOOK:
        from tenure.sources.files.workbook import open_workbook  # needs Arrow, which takes long to import

        return open_workbook(path, scratch, name, entry)
    found = scan(path)
    if max(found.nuls, found.controls) > max(_FEW_CONTROLS, _MOST_CONTROLS * found.size):
        raise DataError(
            "This is no text and no table that could be read.",
            code="not_a_table",
            where=name,
            fix="Load CSV, JSON lines, Parquet or XLSX.",
        )
    may_be_old = kind is Form.DELIMITED and not entry.encoding  # JSON is UTF-8, and where it is not, it is damaged
    if may_be_old and not found.is_utf8 and not encoding.is_mostly_utf8(path):
        path = _transcoded(path, scratch, name, encoding.old_encoding(path, name))
        found = scan(path)
    return _open_text(path, found, scratch, name, entry)


def _open_text(path: Path, found: Scan, scratch: Path, name: str, entry: Entry) -> Opened:
    if form(path, name) is Form.JSON:
        from tenure.sources.files.json_lines import open_json

        return open_json(path, scratch, name)
    return open_delimited(path, found, scratch, name, entry)


def _transcoded(path: Path, scratch: Path, name: str, written_in: str) -> Path:
    target = scratch / "utf8"
    encoding.transcode(path, target, written_in, name)
    return target


def _remove(folder: Path) -> None:
    shutil.rmtree(folder, ignore_errors=True)


@dataclass
class _Beside:
    """Opens the files that lookups name, each in a folder of its own."""

    path_of: Callable[[str], Path]
    scratch: Path
    count: int = 0

    def open(self, name: str) -> Opened:
        self.count += 1
        folder = self.scratch / f"beside-{self.count}"
        folder.mkdir()
        return open_file(self.path_of(name), folder, name, NO_MAP)


@dataclass(frozen=True)
class _Reading:
    """One file being read, whatever is still to be settled about it."""

    table: Table
    file: str
    entry: Entry
    zone: str
    folder: Path

    def incoming(self, opened: Opened, formats: dict[str, Format], settled: frozenset[str]) -> Incoming:
        """``formats``: those settled so far; ``settled``: the columns that need not be asked again."""
        bound = bind(opened, self.table, self.entry, self.file, formats)
        step = _Step(self, opened, bound, formats, settled)
        step.incoming = Incoming(
            table=self.table,
            file=self.file,
            relation=opened.relation,
            columns=bound.columns,
            custom=bound.custom,
            zone=self.entry.timezone or self.zone,
            mode=self.entry.mode,
            where=bound.where,
            map_hash="" if self.entry is NO_MAP else self.entry.hash,
            lookups=self.entry.lookups,
            resolve=step.resolve,
            after_read=opened.after_read,
            close=lambda: _remove(self.folder),
        )
        return step.incoming


@dataclass
class _Step:
    reading: _Reading
    opened: Opened
    bound: Bound
    formats: dict[str, Format]
    settled: frozenset[str]
    incoming: Incoming = field(init=False)

    def resolve(self, con: duckdb.DuckDBPyConnection, failed: Collection[str], rows: int) -> Incoming:
        """See ``tenure.warehouse.incoming``."""
        mended = self.opened.recount(con, rows)
        if mended is not None:
            again = self.reading.incoming(mended, self.formats, self.settled)
            return again.resolve(con, tuple(again.columns), _count(con, mended))
        questions = [
            question
            for question in map(self.question, self.bound.open)
            if question.column not in self.settled and (question.column in failed or self.is_in_doubt(question))
        ]
        if not questions:
            return self.incoming
        found = settle(
            con,
            self.opened.relation,
            [self.asked(question, failed) for question in questions],
            self.reading.file,
            currency="currency" in self.bound.columns,
        )
        if not found:
            self.settled |= {question.column for question in questions}
            return self.incoming
        settled = self.settled | {question.column for question in questions}
        return self.reading.incoming(self.opened, {**self.formats, **found}, settled)

    def question(self, column: str) -> Question:
        kind = canonical_columns(self.reading.table)[column].type
        return Question(column, kind, self.bound.open[column], self.bound.columns[column].label, failed=False)

    @staticmethod
    def asked(question: Question, failed: Collection[str]) -> Question:
        return replace(question, failed=question.column in failed)

    def is_in_doubt(self, question: Question) -> bool:
        """Whether numbers that are all plain might have marks between thousands: the first rows settle most columns."""
        if self.opened.typed or question.type in (*DATES, Type.INTEGER, Type.SHARE):
            return False
        pattern = re.compile(COMMA.pattern)
        is_own = question.text == quoted(question.label)
        sample = self.opened.sample.get(question.label, ()) if is_own else ()
        return not any("." in text and not pattern.fullmatch(text) for text in sample)


def _count(con: duckdb.DuckDBPyConnection, opened: Opened) -> int:
    return int(con.execute(f"SELECT count(*) FROM {opened.relation}").fetchall()[0][0])
