"""One company on two engines: told to DuckDB, its versions copied to PostgreSQL, the same questions put to both.

The company is the simulator's, and what the simulator does not tell: merges and families, trials, odd currencies, splits
of ownership, corrections learned late, use of the product, answers on every scale.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import duckdb
import psycopg

from tenure.core.config import Customers, Handover, Settings
from tenure.core.errors import UsageError
from tenure.figures import answer
from tenure.figures.figure import Figure
from tenure.figures.question import DETAIL, Ground
from tenure.figures.reader import Reader, Rows
from tenure.figures.request import Asked, Request, resolved
from tenure.figures.scope import EVERYTHING, Scope
from tenure.metrics.kinds import Entry
from tenure.sources.demo import Company, simulate
from tenure.warehouse.schema import on_disk, quoted, widen
from tenure.warehouse.tables import all_tables
from tests.contracts import story
from tests.metrics.own.files import ESCALATION_TIME, LOST_DEALS, URGENT_SHARE, own
from tests.workspaces import MEASURED
from tests.world import LONG_AGO, World

TODAY = date(2026, 7, 1)
NOW = "2026-06-17 10:30:00"  # within a month, a week and a day: unfinished periods too
ZONE = "Europe/Berlin"
HOURS = {"SMB": Decimal("0.75"), "Gold": Decimal("6.5")}
#: Metrics of the company's own, with all that expressions can do.
OWN = own(
    urgent_share=URGENT_SHARE,
    lost_deals=LOST_DEALS,
    escalation_time=ESCALATION_TIME,
    promoter_share="""
definition = "Answers of nine and ten."
kind = "share"
table = "survey_answer"
at = "answered_at"
where = 'survey == "nps" and score != None'
counts = "score >= 9"
by = ["kind"]
""",
    seats_begun="""
definition = "Seats, as if some were worth more."
kind = "total"
table = "subscription"
at = "started_at"
where = 'started_at >= "2025-01-01" or lower(plan) in ("basic", "pro") or startswith(plan, "%") or contains(plan, "\\\\_")'
value = "coalesce(quantity, 1) * 1.5 - (interval_count if is_trial else 0.25)"
by = ["interval", "is_paused", "interval_count"]
""",
    deal_time="""
definition = "How long deals take, unless they are lost."
kind = "cases"
table = "opportunity"
where = 'amount > 10 and created_at < add_months(add_days(created_at, 1), 1)'
from = "add_minutes(created_at, 30)"
until = 'closed_at if status == "won" else None'
left = 'closed_at if status == "lost" else None'
unit = "minutes"
by = ["status"]
""",
)
BUDGET = {"USD": Decimal("0.9125"), "GBP": Decimal("1.155")}


@cache
def simulated() -> Company:
    """The simulator's company, the same for all worlds."""
    return simulate(60, 26, today=TODAY, zone=ZONE)


@cache
def company(name: str) -> World:
    """A world by name.

    ``one_currency``: as most are. ``many_currencies``: with amounts in four, one of which has no rate. ``no_contracts``:
    likewise, but yearly terms stand in, trials and free lines are customers, lapses are bridged, the year starts in April.
    """
    more: dict[str, Any] = {"budget_rates": BUDGET, "hours_per_account": HOURS, "own": OWN}
    if name == "no_contracts":
        rules = Customers(include_trials=True, include_paused=True, include_free=True, lapse_days=10)
        more |= {"customers": rules, "fiscal_year_start": 4, "handover": Handover(items=("goals", "budget"))}
    world = World(NOW, ZONE, **more)
    for table, rows in simulated().tables.items():
        if table in MEASURED and (table != "contract" or name != "no_contracts"):
            _bulk(world, table, rows)
    if name == "one_currency":
        for table in ("subscription", "contract", "invoice", "payment", "opportunity"):
            world.con.execute(f"UPDATE {on_disk(table)} SET currency = 'EUR' WHERE currency IS NOT NULL")
    world.con.execute("BEGIN")  # row by row is slow
    story.tell(world, foreign=name != "one_currency", contracts=name != "no_contracts")
    world.con.execute("COMMIT")
    world.reader()
    return world


def _bulk(world: World, table: str, rows: Any) -> None:
    """A simulated table as one load. Civil days begin when they do in the company's zone."""
    definition = all_tables()[table]
    known = [column for column in rows.column_names if column in definition.names]
    custom = [column for column in rows.column_names if column not in definition.names]
    parts = []
    for name in known:
        column = definition.column(name)
        value = quoted(name)
        if column.type.value == "time" and str(rows.schema.field(name).type).startswith("date"):
            value = f"CAST({value} AS TIMESTAMP) AT TIME ZONE '{ZONE}' AT TIME ZONE 'UTC'"
        elif column.type.value == "time":
            value = f"CAST({value} AS TIMESTAMPTZ) AT TIME ZONE 'UTC'"
        parts.append(f"CAST({value} AS {column.type.sql}) AS {quoted(name)}")
    pairs = ", ".join(f"'{name}': {quoted(name)}" for name in custom)
    batch = world.add(table)._batch  # an empty load, which has a batch
    world.con.execute("UPDATE batch SET columns = ? WHERE batch = ?", [_json([*known, *custom], custom), batch])
    world.con.register("simulated", rows)
    world.con.execute(
        f"INSERT INTO {widen(world.con, definition, [*known, *(['custom'] if custom else [])])} BY NAME SELECT {', '.join(parts)}, "
        f"{f'to_json({{{pairs}}}) AS custom, ' if custom else ''}{batch} AS batch, "
        f"row_number() OVER () AS line, TIMESTAMP '{LONG_AGO}' AS known_at FROM simulated"
    )
    world.con.unregister("simulated")


def _json(names: list[str], custom: list[str]) -> str:
    return "[" + ", ".join(f'"custom:{name}"' if name in custom else f'"{name}"' for name in names) + "]"


# The other engine

_TYPES = {"VARCHAR": "text", "BIGINT": "bigint", "INTEGER": "integer", "BOOLEAN": "boolean", "DATE": "date",
          "TIMESTAMP": "timestamp", "DOUBLE": "double precision"}  # fmt: skip
#: The planner takes new tables and computed columns for nearly empty, and nests loops over what is not.
PLANNER = "-c enable_nestloop=off"


def copied(con: duckdb.DuckDBPyConnection, connection: str, schema: str) -> None:
    """Copy the versions of every table, empty ones too, into a schema of PostgreSQL."""
    with psycopg.connect(connection, autocommit=True) as there:
        there.execute(f"CREATE SCHEMA {schema}")
        there.execute(f"SET search_path = {schema}")
        for name in all_tables():
            _copy(con, there, f"{name}_version")
        there.execute("ANALYZE")


def _copy(con: duckdb.DuckDBPyConnection, there: psycopg.Connection[Any], table: str) -> None:
    columns = con.execute(f"SELECT column_name, column_type FROM (DESCRIBE {quoted(table)})").fetchall()
    typed = ", ".join(f"{quoted(name)} {_TYPES.get(kind, kind)}" for name, kind in columns)
    there.execute(f"CREATE TABLE {quoted(table)} ({typed})")
    rows = con.execute(f"FROM {quoted(table)}").fetchall()
    with there.cursor().copy(f"COPY {quoted(table)} FROM STDIN") as copy:
        for row in rows:
            copy.write_row(row)


def opened(connection: str, schema: str) -> psycopg.Connection[Any]:
    """A connection to the copied versions, with temporary tables of its own."""
    return psycopg.connect(connection, autocommit=True, options=f"-c search_path=pg_temp,{schema} {PLANNER}")


def reader_of(there: psycopg.Connection[Any], ground: Ground, settings: Settings) -> Reader:
    """A reader over the copied versions."""

    def run(sql: str) -> Rows:
        done = there.execute(sql)  # without parameters, so that a percent sign stays one
        if done.description is None:
            return [], []
        return [column.name for column in done.description], done.fetchall()

    return Reader(run, replace(ground, dialect="postgres"), settings)


# The questions


@dataclass(frozen=True)
class Times:
    """The periods looked at: only rows of a table to the SQL."""

    start: str
    end: str
    grain: str
    window: str
    as_of: str = ""


@dataclass(frozen=True)
class View:
    """A way of looking at a company, which compiles to SQL of its own.

    ``worlds``: of which companies, by turns. ``shown`` and ``filtered``: its slices; ``own`` adds the metric's own
    dimensions. ``option``: which option it takes of the axes that any metric may share (entity, rate, ...). ``rows``: the
    rows behind the figures are compared too.
    """

    worlds: tuple[str, ...]
    times: tuple[Times, ...]
    shown: tuple[str, ...]
    filtered: tuple[tuple[str, str], ...] = ()
    own: bool = False
    option: int = 0
    rows: bool = False


#: One over months, for which facts are kept, and half a year as it was known, in fine slices; one over all other times, in coarse ones.
VIEWS = (
    View(
        ("many_currencies",),
        (Times("2026-04", "2026-06", "month", "period"), Times("2025-H2", "2025-H2", "half", "period", "2026-05-20")),
        ("owner", "segment", "success_plan", "product", "plan"),
        (("is_customer", "true"), ("segment", "SMB"), ("segment", "Enterprise"), ("segment", story.ODD), ("segment", "")),
        rows=True,
    ),
    View(
        ("no_contracts", "one_currency"),
        (
            Times("2026-05-18", "2026-06-17", "week", "6m"),
            Times("2025-10", "2026-03", "quarter", "3m", as_of="2026-02-27"),
            Times("2025-07-01", "2026-06", "year", "12m"),
            Times("2026-03-30", "2026-04-01", "day", "period"),
        ),
        ("team",),
        own=True,
        option=1,
    ),
)  # fmt: skip


@dataclass(frozen=True)
class Case:
    """A question about a company."""

    world: str
    times: Times
    asked: Asked
    rows: bool
    scope: Scope = EVERYTHING


def cases(entry: Entry, turn: int) -> list[Case]:
    """The questions of one metric: every option of every axis, every view and all its times at least once.

    Axes are paired with views, not multiplied. ``turn`` differs between metrics, so that each has other pairs.
    """
    alone = [f"{axis}={option}" for axis in entry.own_axes for option in entry.axes[axis][1:]]
    variants = [*([""] if len(alone) < len(VIEWS) else []), *alone]
    made = []
    for i in range(max(len(VIEWS), len(variants))):
        view = VIEWS[i % len(VIEWS)]
        world = view.worlds[(i // len(VIEWS) + turn) % len(view.worlds)]
        shared = [f"{axis}={options[view.option % len(options)]}" for axis, options in entry.axes.items()
                  if axis not in entry.own_axes]  # fmt: skip
        variant = (*shared, *filter(None, [variants[i % len(variants)]]))
        by = (*view.shown, *(entry.by if view.own else ()))
        for t in view.times:
            asked = Asked(entry.slug, t.start, t.end, t.grain, t.window, by, view.filtered, variant, t.as_of)
            made.append(Case(world, t, asked, view.rows))
    return made


@dataclass(frozen=True)
class Answer:
    """Figures, and how often each of the rows behind them comes."""

    figures: list[Figure]
    rows: Counter[tuple[tuple[str, Any], ...]]

    @property
    def exact(self) -> list[Figure]:
        """The figures without their intervals, which are compared with a tolerance."""
        return [replace(figure, low=None, high=None) for figure in self.figures]

    @property
    def ends(self) -> list[float | None]:
        """The lower and upper ends of the figures' intervals, one after the other."""
        return [None if end is None else float(end) for f in self.figures for end in (f.low, f.high)]


class Engines:
    """The same companies on both engines. Facts are shared by the questions that look from one scene."""

    def __init__(self, connection: str) -> None:
        self._connection = connection
        self._copied: set[str] = set()
        self._open: list[psycopg.Connection[Any]] = []
        self._readers: dict[tuple[str, Times], tuple[Reader, Reader]] = {}

    def close(self) -> None:
        """Close the connections."""
        for connection in self._open:
            connection.close()

    def both(self, case: Case) -> tuple[Answer, Answer]:
        """What a question gives on DuckDB and on PostgreSQL."""
        settings, now = company(case.world).settings, company(case.world).now
        asked = case.asked
        here, there = self.readers(case.world, case.times)
        try:
            request = resolved(asked, settings, now, case.scope)
            return _answered(request, here, rows=case.rows), _answered(request, there, rows=case.rows)
        except UsageError as error:
            refused = [name for name in asked.by if name in DETAIL and repr(name) in str(error)]
            if error.code != "unknown_dimension" or not refused:
                raise
            # Its rows are not about products, or not about plans.
            return self.both(replace(case, asked=replace(asked, by=tuple(n for n in asked.by if n not in refused))))

    def readers(self, name: str, times: Times) -> tuple[Reader, Reader]:
        """The readers of a company for certain periods, kept with the facts that they made."""
        key = name, times
        if key not in self._readers:
            world = company(name)
            if name not in self._copied:
                copied(world.con, self._connection, name)
                self._copied.add(name)
            self._open.append(opened(self._connection, name))
            self._readers[key] = _here(world), reader_of(self._open[-1], world.ground(), world.settings)
        return self._readers[key]


def _answered(request: Request, reader: Reader, *, rows: bool) -> Answer:
    figures = answer.answer(request, reader, reader.settings)
    behind = answer.rows_behind(request, reader, reader.settings) if rows else []
    return Answer(figures, Counter(tuple(sorted(row.items())) for row in behind))


def _here(world: World) -> Reader:
    cursor = world.con.cursor()

    def run(sql: str) -> Rows:
        done = cursor.execute(sql)
        return [item[0] for item in done.description or ()], done.fetchall()

    return Reader(run, world.ground(), world.settings)
