"""A file's rows, typed and judged, in a temporary table: one streaming pass over the file.

The fast path only marks bad rows. Which column of which row says what wrong is worked out afterwards, and only if
there are any (``failures``).
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import duckdb

from tenure.core.errors import DataError
from tenure.warehouse.incoming import AfterRead, Cell, Check, Incoming
from tenure.warehouse.load import cells
from tenure.warehouse.load.cells import Problem
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Column, Table, Type, text, time

GOOD, BAD, ELSEWHERE = 0, 1, 2
# Besides the table's own columns a file may say where a row came from and when it was learned.
_ORIGIN = (
    time("known_at", "When the row was learned."),
    text("source", "The system."),
    text("source_id", "The row's id there."),
)


@dataclass(frozen=True)
class Staged:
    """What lies in the temporary table ``name``: the columns present, typed, of ``known_at`` (null: the moment of
    loading), ``source``, ``source_id`` and ``custom`` those that the file has, and ``state`` (0 good, 1 bad, 2 not of
    this load).

    A row's ``rowid`` less ``base`` is its number in the relation, from 0 (DuckDB numbers what a transaction has not
    committed yet from a far number on). ``present``: the canonical columns the file has.
    """

    incoming: Incoming
    name: str
    present: tuple[str, ...]
    own_known_at: bool
    counts: Mapping[int, int]
    after: AfterRead
    base: int

    @property
    def table(self) -> Table:
        """The canonical table."""
        return self.incoming.table

    @property
    def read(self) -> int:
        """Rows read, those included that the reader had to refuse."""
        return self.counts.get(GOOD, 0) + self.counts.get(BAD, 0) + len(self.after.refused)

    @property
    def columns(self) -> tuple[str, ...]:
        """What the batch records as present: canonical columns, and custom ones as ``custom:NAME``."""
        return self.present + tuple(f"custom:{name}" for name in self.incoming.custom)


class Reading:
    """The SQL that reads one incoming file."""

    def __init__(self, incoming: Incoming, home_zone: str) -> None:
        self.incoming = incoming
        self.home_zone = home_zone
        known = {column.name: column for column in (*incoming.table.columns, *_ORIGIN)}
        self.columns: list[Column] = [known[name] for name in incoming.columns if name in known]

    def texts(self, more: str = "") -> str:
        """The relation's rows as texts: ``t:NAME`` a column, ``c:NAME`` a custom attribute, ``k:N`` a reader's check."""
        parts = [
            f"{cells.cleaned(self.incoming.table, column, self._cell(column).sql)} AS {quoted('t:' + column.name)}"
            for column in self.columns
        ]
        parts += [f"{sql} AS {quoted('c:' + name)}" for name, sql in self.incoming.custom.items()]
        parts += [f"{check.sql} AS {quoted(f'k:{number}')}" for number, check in enumerate(self.checks)]
        if self.incoming.where is not None:
            parts.append(f'coalesce({self.incoming.where}, false) AS "w:"')
        return f"SELECT {', '.join(parts)}{more} FROM {self.incoming.relation}"

    def values(self, more_texts: str = "") -> str:
        """The texts, and beside them the values they hold: ``v:NAME``; of times also both readings ``l:``, ``i:``."""
        times = [column for column in self.columns if column.type in (Type.TIME, Type.DATE)]
        readings = ""
        for column in times:
            civil, instant = cells.moments(quoted("t:" + column.name), days=column.type is Type.DATE)
            readings += f", {civil} AS {quoted('l:' + column.name)}, {instant} AS {quoted('i:' + column.name)}"
        texts = f"({self.texts(more_texts)}) texts"
        if readings:
            texts = f"(SELECT *{readings} FROM {texts}) moments"
        values = [f"{self._typed(column)} AS {quoted('v:' + column.name)}" for column in self.columns]
        return f"SELECT *, {', '.join(values)} FROM {texts}"

    def problems(self) -> list[Problem]:
        """Everything a row can be refused for, over the rows of ``values``."""
        found = []
        for column in self.columns:
            found += cells.problems(column, quoted("t:" + column.name), quoted("v:" + column.name))
        told = self._problems_of_reader()
        return [_unless_told(problem, told) for problem in found] + self._problems_of_rows() + told

    def staged(self) -> str:
        """The whole pass: typed columns with defaults, custom attributes, and whether the row is good."""
        parts = []
        for column in self.columns:
            value, stands_in = quoted("v:" + column.name), cells.default(column)
            parts.append(f"{f'coalesce({value}, {stands_in})' if stands_in else value} AS {quoted(column.name)}")
        if self.incoming.custom:
            parts.append(f"{self._custom()} AS custom")
        parts.append(f"{self._state()} AS state")
        return f'SELECT {", ".join(parts)} FROM ({self.values()}) "values"'

    def _cell(self, column: Column) -> Cell:
        return self.incoming.columns[column.name]

    @property
    def checks(self) -> list[Check]:
        """The reader's own reasons to refuse a row, in the order of their numbers."""
        return [check for column in self.columns for check in self._cell(column).checks]

    def _typed(self, column: Column) -> str:
        cell = self._cell(column)
        civil, instant = quoted("l:" + column.name), quoted("i:" + column.name)
        return cells.typed(
            column,
            quoted("t:" + column.name),
            civil,
            instant,
            zone=cell.zone or self.incoming.zone,
            home_zone=self.home_zone,
            inclusive_end=cell.inclusive_end and column.is_end,
        )

    def _custom(self) -> str:
        pairs = [f"{literal(name)}, {quoted('c:' + name)}" for name in sorted(self.incoming.custom)]
        return f"json_object({', '.join(pairs)})::VARCHAR"

    def _state(self) -> str:
        wrong = " OR ".join(f"({problem.sql})" for problem in self.problems()) or "false"
        state = f"CASE WHEN {wrong} THEN {BAD}::TINYINT ELSE {GOOD}::TINYINT END"
        return f'CASE WHEN "w:" THEN {state} ELSE {ELSEWHERE}::TINYINT END' if self.incoming.where else state

    def _problems_of_rows(self) -> list[Problem]:
        table, there = self.incoming.table, {column.name for column in self.columns}
        found = []
        for group in table.one_of:
            given = [quoted("t:" + name) + " IS NULL" for name in group if name in there]
            found.append(
                Problem(group[0], " AND ".join(given) or "false", f"one of {', '.join(group)} must be given", "one_of")
            )
        if table.starts in there and table.ends in there and not table.wraps:
            start, end = quoted(f"v:{table.starts}"), quoted(f"v:{table.ends}")
            found.append(Problem(str(table.ends), f"{end} < {start}", f"is before {table.starts}", "ends_before_start"))
        return found

    def _problems_of_reader(self) -> list[Problem]:
        checks = [(column.name, check) for column in self.columns for check in self._cell(column).checks]
        return [
            Problem(name, quoted(f"k:{number}"), check.reason, check.code, number=number)
            for number, (name, check) in enumerate(checks)
        ]


def _unless_told(problem: Problem, told: Sequence[Problem]) -> Problem:
    """A cell is not said to be empty where the reader says why nothing could be made of it."""
    reasons = [one.sql for one in told if one.column == problem.column]
    if problem.code != cells.REQUIRED or not reasons:
        return problem
    return replace(problem, sql=f"({problem.sql}) AND NOT ({' OR '.join(reasons)})")


def stage(con: duckdb.DuckDBPyConnection, incoming: Incoming, home_zone: str, name: str) -> tuple[Staged, Reading]:
    """Read a file into the temporary table ``name``; its dates and numbers are settled by the reader on the way.

    Raises ``DataError`` where a column that is needed is missing, or where two readings of a column hold.
    """
    _needs(incoming)
    reading = Reading(incoming, home_zone)
    counts = _read(con, reading, name)
    while (settled := _settled(con, reading, counts)) is not incoming:
        incoming, reading = settled, Reading(settled, home_zone)
        counts = _read(con, reading, name)
    after = incoming.after_read(con)
    present = tuple(column.name for column in reading.columns if column not in _ORIGIN)
    base = _first_rowid(con, name, sum(counts.values()))
    return Staged(incoming, name, present, "known_at" in incoming.columns, counts, after, base), reading


def _settled(con: duckdb.DuckDBPyConnection, reading: Reading, counts: Mapping[int, int]) -> Incoming:
    failed = _failed_columns(con, reading) if counts.get(BAD) else set()
    return reading.incoming.resolve(con, failed, sum(counts.values()))


def _first_rowid(con: duckdb.DuckDBPyConnection, name: str, rows: int) -> int:
    low, high = con.execute(f"SELECT min(rowid), max(rowid) FROM temp.{quoted(name)}").fetchall()[0]
    if rows and high - low + 1 != rows:
        raise RuntimeError("DuckDB numbered the staged rows with gaps: lines cannot be told")
    return low or 0


def _read(con: duckdb.DuckDBPyConnection, reading: Reading, name: str) -> dict[int, int]:
    con.execute(f"CREATE OR REPLACE TEMP TABLE {quoted(name)} AS {reading.staged()}")
    return dict(con.execute(f"SELECT state, count(*) FROM temp.{quoted(name)} GROUP BY state").fetchall())


def _failed_columns(con: duckdb.DuckDBPyConnection, reading: Reading) -> set[str]:
    """The columns in which some text holds no value of the type."""
    casts = [problem for problem in reading.problems() if problem.of_cast]
    if not casts:
        return set()
    where = ' WHERE "w:"' if reading.incoming.where else ""
    sums = ", ".join(f"coalesce(bool_or({problem.sql}), false)" for problem in casts)
    found = con.execute(f'SELECT {sums} FROM ({reading.values()}) "values"{where}').fetchall()[0]
    return {problem.column for problem, failed in zip(casts, found, strict=True) if failed}


def _needs(incoming: Incoming) -> None:
    """A key cannot be filled in from an earlier load; and an event is never completed later."""
    table, there = incoming.table, set(incoming.columns)
    missing = [
        column.name
        for column in table.columns
        if column.required and column.name not in there and (table.events or column.name in table.key)
    ]
    if table.events:
        missing += [" or ".join(group) for group in table.one_of if not there.intersection(group)]
    if missing:
        raise DataError(
            f"The file has no column for {', '.join(missing)}.",
            code="missing_column",
            where=incoming.file,
            fix=f"Name the columns as in `tenure tables {table.name}`, or say in a "
            "map which columns of the file they are.",
        )
