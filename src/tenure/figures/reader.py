"""Running compiled SQL where the facts lie: in published files, in the warehouse, in another engine.

The same SQL runs everywhere. What a question needs besides tables (its periods, a calendar, the hours of schedules) and
whatever fact does not lie ready is made in temporary tables of the connection.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from itertools import pairwise
from typing import TYPE_CHECKING, Any, Protocol

from tenure.core.period import Period, Span, instant
from tenure.figures import business_hours, kept
from tenure.figures.question import Ground
from tenure.figures.scope import COLUMNS, STANDS_ON, Scope, laid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from tenure.core.config import Settings
    from tenure.metrics.kinds import FactKey

Rows = tuple[Sequence[str], Sequence[tuple[Any, ...]]]
Run = Callable[[str], Rows]
#: What a statement gives, by column: numbers (nan where there is none), or objects (None where there is none).
Columns = Mapping[str, "NDArray[Any]"]
FAR = datetime(9999, 12, 31)
#: For DuckDB: rows are laid over a handful of periods by comparing, which is much faster than sorting them.
FEW_PERIODS = "SET nested_loop_join_threshold = 100"
TICK = timedelta(microseconds=1)
#: Of a fact that is made apart: more need much memory, fewer are added up in less time than a statement is planned in.
ROWS_AT_ONCE = 1_000_000

_IS_ASKED = re.compile(r'IS_ASKED\(((?:"\w+"\.)?"period")\)')
_IS_MEANT = re.compile(r'IS_MEANT\(((?:"\w+"\.)?"(\w+)")\)')
_PERIODS = (
    "period DATE, opens TIMESTAMP, closes TIMESTAMP, last TIMESTAMP, opens_day DATE, closes_day DATE,"
    " before_opens TIMESTAMP, before_closes TIMESTAMP, before_last TIMESTAMP, before_opens_day DATE,"
    " before_closes_day DATE"
)
_CALENDAR = "day DATE, starts TIMESTAMP, ends TIMESTAMP, year BIGINT, mmdd BIGINT"


@dataclass(frozen=True)
class Moment:
    """``now``: what is later has not happened. ``known``: what was learned at or after it is not known (exclusive)."""

    now: datetime
    known: datetime = FAR

    def fill(self, sql: str, spans: Sequence[SpanPair], things: Mapping[str, str] | None = None) -> str:
        """A compiled statement with the moment's instants, and the periods asked for, where they stand open.

        ``things``: of which it is to make rows only, the name of a table of theirs by the column that names them.
        """
        sql = sql.replace("MOMENT_NOW()", _literal(self.now)).replace("MOMENT_KNOWN()", _literal(self.known))
        opens, closes = [span.opens for span, _ in spans], [span.closes for span, _ in spans]
        sql = sql.replace("FIRST_OPENS()", _literal(min(opens, default=FAR)))
        sql = sql.replace("LAST_CLOSES()", _literal(max(closes, default=FAR)))
        sql = _IS_MEANT.sub(lambda told: "TRUE" if things is None else _is_one(told[1], things.get(told[2])), sql)
        return _IS_ASKED.sub(rf"\1 {_among([span.period for span, _ in spans])}", sql)


@dataclass(frozen=True)
class Lent:
    """A fact that lies ready in a ``table`` elsewhere. ``stirred``: SQL of the things about which its rows may be others
    (``thing``), by the column that names them.
    """

    table: str
    stirred: Mapping[str, str] = field(default_factory=dict)


class Memory(Protocol):
    """What was worked out before of all accounts, as long as it is true."""

    def recall(self, name: str, moment: Moment, tables: Callable[[], set[str]]) -> list[Any] | None:
        """What is remembered under a name of a moment, if no row of the canonical ``tables`` was told since that could change it."""

    def keep(self, name: str, moment: Moment, told: list[Any]) -> None:
        """Remember it."""


class Reader:
    """A connection with the facts of one workspace. Not for use by several threads at once.

    ``run`` executes one statement and gives column names and rows, ``whole`` one of many rows and gives its columns (without it
    they are made of the rows). ``ready``: the names of the facts' tables that lie
    there for every moment and period asked for. ``owners``: another reader that knows who owns what now; without one
    this reader works it out. ``lend``: a fact that lies ready elsewhere, if it is the same at a moment, but for some things.
    ``memory``: what need not be worked out again, for those who ask of all accounts.
    """

    def __init__(
        self,
        run: Run,
        ground: Ground,
        settings: Settings,
        ready: Collection[str] = (),
        owners: Reader | None = None,
        whole: Callable[[str], Columns] | None = None,
        lend: Callable[[FactKey, Moment], Lent | None] | None = None,
    ) -> None:
        self.run = run
        self.whole = whole
        self.lend = lend
        self.memory: Memory | None = None
        self.ground = ground
        self.settings = settings
        self._ready = frozenset(ready)
        self._moment: Moment | None = None
        self._spans: tuple[SpanPair, ...] | None = None
        self._calendar = self._hours = False
        self._owners = owners
        self._looked: tuple[Scope, datetime] | None = None
        self._laid: set[str] = set()
        self._made: dict[str, bool] = {}  # what was made of facts, and whether it is about periods
        self._views: set[str] = set()  # of these, those that are views

    def fetch(
        self, facts: Iterable[FactKey], sql: str, spans: Sequence[SpanPair], moment: Moment
    ) -> list[dict[str, Any]]:
        """The rows of a statement over these facts, for spans (each with the one before it) at a moment, which it names."""
        self.prepare(facts, sql, spans, moment)
        return self.rows(sql)

    def prepare(self, facts: Iterable[FactKey], sql: str, spans: Sequence[SpanPair], moment: Moment) -> None:
        """See to it that all is there that a statement reads."""
        self.stand(spans, moment)
        for key in facts:
            self.provide(key)
        self._lay_time(sql)

    def rows(self, sql: str) -> list[dict[str, Any]]:
        """What a statement gives, row by row."""
        names, rows = self.run(sql)
        return [dict(zip(names, row, strict=True)) for row in rows]

    def columns(self, sql: str) -> Columns:
        """What a statement of many rows gives, column by column."""
        if self.whole is not None:
            return self.whole(sql)
        import numpy as np

        names, rows = self.run(sql)
        found = {}
        for name, values in zip(names, zip(*rows, strict=True) if rows else ((),) * len(names), strict=True):
            plain = all(value is None or isinstance(value, int | float) for value in values)
            found[name] = np.array(values, dtype=np.float64 if plain else object)
        return found

    def look(self, scope: Scope, now: datetime, *tables: str) -> None:
        """Lay the small tables of a scope (``figures.scope``) for the questions that follow, by who owns what ``now``.

        A question with a scope for which nobody looked fails: its tables are not there.
        """
        if (scope, now) != self._looked:
            for name in self._laid:
                self.run(f"DROP TABLE {name}")
            self._looked, self._laid = (scope, now), set()
        for name in tables:
            if name not in self._laid:
                sql = laid(name, scope, now)
                if self._owners:
                    self._table(name, COLUMNS[name], self._owners.owned(sql, now))
                else:
                    self._know_owners(now)
                    self.run(f"CREATE TEMP TABLE {name} AS {sql}")
                self._laid.add(name)

    def owned(self, sql: str, now: datetime) -> Sequence[tuple[Any, ...]]:
        """The rows of a statement over what says who owns what ``now``."""
        self._know_owners(now)
        return self.run(sql)[1]

    def _know_owners(self, now: datetime) -> None:
        self.stand((), Moment(now))
        self.provide(STANDS_ON)

    def close(self) -> None:
        """Let go of the connection, where it is the reader's own."""

    def stand(self, spans: Sequence[SpanPair], moment: Moment) -> None:
        """Set the small tables of a question. Facts that were made for another one are dropped."""
        if moment != self._moment:
            self._drop(list(self._made))
            self._moment, self._hours = moment, False
        if tuple(spans) != self._spans:
            self._drop([name for name, about_periods in self._made.items() if about_periods])
            self._lay_periods(spans)
            self._spans, self._calendar = tuple(spans), False

    def provide(self, key: FactKey) -> None:
        """See to it that a fact's table is there."""
        if key.table in self._ready or key.table in self._made:
            return
        lent = self.lend(key, self._moment) if self.lend and self._moment else None
        if lent is None:
            self._make(key, key.table)
            return
        rows = f"SELECT * FROM {lent.table}"
        if lent.stirred:
            things = {column: f"stirred_{column}_of_{key.table}" for column in lent.stirred}
            for column, name in things.items():
                self.run(f"CREATE TEMP TABLE {name} AS {lent.stirred[column]}")
                self._made[name] = False
            self._make(key, anew := f"anew_{key.table}", things)
            stayed = " AND ".join(f"NOT {_is_one(f'lent.{column}', name)}" for column, name in things.items())
            rows += f" AS lent WHERE {stayed} UNION ALL SELECT * FROM {anew}"
        self.run(f"CREATE TEMP VIEW {key.table} AS {rows}")
        self._views.add(key.table)
        self._made[key.table] = bool(key.grain)

    def _make(self, key: FactKey, name: str, things: Mapping[str, str] | None = None) -> None:
        """Make a fact's table under a name; ``things``: with the rows about these only."""
        how = kept.recipe(key, self.ground, self.settings)
        for needed in how.facts:
            self.provide(needed)
        for number, rows in enumerate(self.batches(key, things)):
            into = f"INSERT INTO {name}" if number else f"CREATE TEMP TABLE {name} AS"
            self.run(f"{into} {how.dated(f'({rows})')}")
        self._made[name] = bool(key.grain)

    def batches(self, key: FactKey, things: Mapping[str, str] | None = None) -> Iterator[str]:
        """The SQL of a fact's rows, not yet dated, for the question that stands, over the facts it stands on.

        One statement, or one for a few periods where the fact is made so: each is to be run before the next is asked for.
        ``things``: of these only (see ``Moment.fill``).
        """
        how = kept.recipe(key, self.ground, self.settings)
        spans, moment = self._spans or (), self._moment or Moment(FAR)
        self._lay_time(how.sql)
        if not how.apart:
            yield moment.fill(how.sql, spans, things)
            return
        size = self._at_once(how.tables, len(spans))
        for few in (spans[start : start + size] for start in range(0, len(spans), size)):
            self._lay_periods(few)
            for needed in how.passing:
                sql = kept.recipe(needed, self.ground, self.settings).sql
                self.run(f"CREATE TEMP TABLE {needed.table} AS {moment.fill(sql, few)}")
            yield moment.fill(how.sql, few)
            for needed in how.passing:
                self.run(f"DROP TABLE {needed.table}")
        self._lay_periods(spans)

    def _at_once(self, tables: Iterable[str], periods: int) -> int:
        """For how many periods a fact over these tables is made at once, if their rows are spread over all of them."""
        told = (name for name in tables if name.endswith("_version"))
        rows = max((int(self.run(f"SELECT count(*) FROM {name}")[1][0][0]) for name in told), default=0)
        return max(1, periods * ROWS_AT_ONCE // max(rows, 1))

    def _lay_periods(self, spans: Sequence[SpanPair]) -> None:
        self._table("periods", _PERIODS, [_period_row(*pair) for pair in spans])

    def _lay_time(self, sql: str) -> None:
        """See to it that the calendar and the hours of schedules are there, for a statement that reads them; most do not."""
        if '"calendar"' in sql and not self._calendar:
            self._table("calendar", _CALENDAR, list(_days(self._spans or (), self.settings.timezone)))
            self._calendar = True
        if f'"{business_hours.TABLE}"' in sql and not self._hours and self._moment:
            known = _literal(self._moment.known)
            self._table(business_hours.TABLE, business_hours.COLUMNS, ())
            for rows in business_hours.rows(lambda asked: self.run(asked)[1], self._moment.now, known):
                self.run(f"INSERT INTO {business_hours.TABLE} {rows}")
            self._hours = True

    def _drop(self, names: list[str]) -> None:
        for name in names:
            self.run(f"DROP {'VIEW' if name in self._views else 'TABLE'} {name}")
            self._views.discard(name)
            del self._made[name]

    def _table(self, name: str, columns: str, rows: Sequence[tuple[Any, ...]]) -> None:
        self.run(f"DROP TABLE IF EXISTS {name}")
        self.run(f"CREATE TEMP TABLE {name} {f'AS {_rows_of(columns, rows)}' if rows else f'({columns})'}")


SpanPair = tuple[Span, Span]


def _is_one(column: str, things: str | None) -> str:
    """SQL: whether a column names one of the things in a table, if there is any; false where it names none."""
    return "FALSE" if things is None else f"EXISTS (SELECT 1 FROM {things} AS meant WHERE meant.thing = {column})"


def _among(asked: Sequence[Period]) -> str:
    """SQL: is the beginning of one of these periods, where it is one of their grain."""
    if asked and all(one.end == following.start for one, following in pairwise(asked)):
        # One after the other: comparing is twice as fast as looking each up.
        return f"BETWEEN {_literal(asked[0].start)} AND {_literal(asked[-1].start)}"
    return f"IN ({', '.join(_literal(period.start) for period in asked)})"


#: What stands between rows and between values, as it is written within a text, and the sign of that itself, last.
_MARKS = ((";", "%3B"), ("|", "%7C"), ("%", "%25"))


def _rows_of(columns: str, rows: Sequence[tuple[Any, ...]]) -> str:
    """SQL of rows, written as one text: to parse a thousand rows of values takes twenty times as long."""
    typed = []
    for number, column in enumerate(columns.split(", "), start=1):
        value, (called, kind) = f"split_part(told, '|', {number})", column.split()
        if kind == "VARCHAR":
            for mark, written in _MARKS:
                value = f"replace({value}, '{written}', '{mark}')"
        typed.append(f'CAST({value} AS {kind}) AS "{called}"')
    told = ";".join("|".join(map(_written, row)) for row in rows).replace("'", "''")
    return f"SELECT {', '.join(typed)} FROM (SELECT unnest(string_to_array('{told}', ';')) AS told) AS texts"


def _written(value: object) -> str:
    text = str(value)
    if isinstance(value, str):
        for mark, written in reversed(_MARKS):
            text = text.replace(mark, written)
    return text


def _period_row(span: Span, before: Span) -> tuple[Any, ...]:
    return (
        span.period.start, span.opens, span.closes, span.closes - TICK, span.opens_day, span.closes_day, before.opens,
        before.closes, before.closes - TICK, before.opens_day, before.closes_day,
    )  # fmt: skip


def _days(spans: Sequence[SpanPair], zone: str) -> Iterator[tuple[Any, ...]]:
    """The calendar: every local day from the first opening to the last close."""
    if not spans:
        return
    day = min(before.opens_day for _, before in spans)
    last = max(span.closes_day for span, _ in spans)
    starts = instant(day, zone)
    while day < last:
        following = day + timedelta(days=1)
        ends = instant(following, zone)
        yield day, starts, ends, day.year, day.month * 100 + day.day
        if following.month == 3 and following.day == 1 and day.day == 28:  # who began on 29 February
            yield day, starts, ends, day.year, 229
        day, starts = following, ends


def _literal(value: datetime | date) -> str:
    return f"{'TIMESTAMP' if isinstance(value, datetime) else 'DATE'} '{value}'"
