"""``rows``: a page of any canonical table as known now, or of the list of accounts."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tenure.core.errors import unknown
from tenure.core.horizons import AHEAD, BACK, RISK_BANDS
from tenure.engine import reach
from tenure.engine.measuring import PREFIX, laid
from tenure.figures import kept
from tenure.figures.listing import MOST, Column, Page, Query, Source, label, page
from tenure.figures.published import PublishedReader, current, is_fresh, staying
from tenure.figures.scope import EVERYTHING, SEEN, Scope
from tenure.metrics.kinds import FactKey
from tenure.warehouse import versions
from tenure.warehouse.schema import quoted
from tenure.warehouse.tables import all_tables
from tenure.warehouse.timeline import pointer
from tenure.warehouse.told import told_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from datetime import datetime
    from pathlib import Path

    import duckdb

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.engine.measuring import Laid
    from tenure.figures.published import Published
    from tenure.warehouse.table import Column as Stored
    from tenure.warehouse.table import Table

__all__ = ["ACCOUNTS", "Column", "Page", "Query", "Rows", "from_published", "rows"]

#: A query that asks for nothing in particular.
ALL = Query()
#: The list of accounts as they are now.
ACCOUNTS = "accounts"
#: The other lists of how things are now (``engine.renewals``).
LISTS = ("renewals", "opportunities")
PORTRAIT, RATED = _LISTS = FactKey("portrait", "month", "period"), FactKey("rated", "month", "period")
#: Its columns: name, type, unit (``home``: the reporting currency) and meaning.
_PORTRAIT = (
    ("account_id", "text", "", "The account's id."),
    ("name", "text", "", "The account's name."),
    ("owner", "text", "", "Who owns the largest share of it now."),
    ("owner_name", "text", "", "The owner's name."),
    ("team", "text", "", "The owner's team."),
    ("segment", "text", "", "The market segment."),
    ("tier", "text", "", "The level of service."),
    ("lifecycle", "text", "", "The phase of the relationship."),
    ("region", "text", "", "The sales region."),
    ("country", "text", "", "ISO 3166 code of the country."),
    ("industry", "text", "", "The industry."),
    ("is_customer", "boolean", "", "Whether it is a customer now."),
    ("customer_since", "date", "", "The day on which it first became a customer."),
    ("mrr", "money", "home", "Monthly recurring revenue; empty where an amount has no exchange rate."),
    ("arr", "money", "home", "Twelve times that."),
    ("renewal_due", "time", "", "When its next contract ends."),
    ("renewal_value", "money", "home", "What that contract is worth in a year."),
    ("last_touch", "time", "", "The last two-way contact."),
    ("nps", "number", "", "The latest score from 0 to 10 that somebody gave by name."),
    ("open_tickets", "integer", "", "Tickets that are neither solved nor closed."),
    ("pulse", "number", "", "What its CSM last judged of it, from 1 to 5."),
    ("pulse_at", "time", "", "When that was judged."),
    ("next_step_at", "time", "", "When the latest next step was noted."),
)
_MONEY = ("mrr", "arr", "renewal_value")


def _probability(days: int) -> str:
    """SQL of a kept risk as a share: it is kept in percent, with four decimals."""
    return f"CAST(r.risk_{days} * 0.01::DECIMAL(3,2) AS DECIMAL(9,6))"


#: What of it the last kept scores make: name, type, unit, meaning, and SQL over a row ``r`` of ``rated`` and ``p`` of
#: ``portrait``.
_RATED = (
    ("health", "number", "", "The health score, 0 to 100, as it was kept last.", "r.health"),
    ("health_band", "text", "", "The band of that score: good, fair or poor.", "r.band"),
    ("health_coverage", "share", "share", "The share of the score's weight of which something was known.", "r.coverage"),
    *(
        (f"health_change_{days}", "number", "", f"The score less the first that was kept in the last {days} days.",
         f"r.health - r.before_{days}")
        for days in BACK
    ),
    *(
        (f"churn_risk_{days}", "share", "share", f"The probability of leaving within {days} days, as it was kept last.",
         _probability(days))
        for days in AHEAD
    ),
    (
        "risk_band",
        "text",
        "",
        "How high that of 90 days is: low, raised from 5 %, high from 20 %.",
        "CASE " + " ".join(f"WHEN {_probability(90)} >= {least} THEN '{band}'" for band, least in RISK_BANDS) + " END",
    ),
    ("at_risk", "money", "home", "ARR times the probability of leaving within 90 days.",
     f"CAST(round(CAST(p.arr * 0.0001::DECIMAL(5,4) AS DECIMAL(18,4)) * {_probability(90)}, 2) AS DECIMAL(18,2))"),
    ("scored_at", "time", "", "Of which moment the score is, or else the risk.", "coalesce(r.health_at, r.risk_at)"),
)  # fmt: skip
_CUSTOM = "custom:"


@dataclass(frozen=True)
class Rows:
    """``name``: a canonical table, ``accounts``, ``renewals`` or ``opportunities``. ``scope``: whose accounts."""

    name: str
    query: Query = ALL
    scope: Scope = EVERYTHING


def rows(desk: Desk, request: Rows) -> Page:
    """The page asked for. Raises ``UsageError`` for names that do not exist and values that make no sense."""
    now, settings = desk.clock(), desk.settings
    found = desk.fresh(now)
    if request.name == ACCOUNTS:
        return _accounts(desk.home, request, found, settings, now)
    if request.name in LISTS:
        return _listed_now(desk.home, request, found, settings, now)
    known = all_tables()
    if request.name not in known:
        listing = f"Besides the tables (tenure tables) there are {', '.join((ACCOUNTS, *LISTS))}."
        raise unknown("table", request.name, [*known, ACCOUNTS, *LISTS], listing=listing)
    with reach.cursor(desk, found, request.scope) as con:
        source = stored(con, known[request.name], request.scope, settings)
        return page(lambda sql: ([], con.execute(sql).fetchall()), source, request.query, now)


def from_published(home: Path, request: Rows, settings: Settings, now: datetime) -> Page | None:
    """A list of how things are now from the published files alone, without the warehouse; None where they cannot answer."""
    found = current(home)
    if request.name not in (ACCOUNTS, *LISTS) or found is None or not is_fresh(found, settings, told_of(home), now):
        return None
    shown = _accounts if request.name == ACCOUNTS else _listed_now
    return shown(home, request, found, settings, now)


def _listed_now(home: Path, request: Rows, found: Published, settings: Settings, now: datetime) -> Page:
    """One of the other lists."""
    from tenure.engine.renewals import listed

    with staying(home, found, settings, request.scope) as reader:
        return listed(reader, request, settings, now, home)


# The list of accounts


def _accounts(home: Path, request: Rows, found: Published, settings: Settings, now: datetime) -> Page:
    # What metrics make of each account stays with nobody.
    lays = any(name.startswith(PREFIX) for name in request.query.names)
    opened = closing(PublishedReader(home, found, settings)) if lays else staying(home, found, settings, request.scope)
    with opened as reader:
        return accounts_in(reader, request, settings, now)


def accounts_in(reader: PublishedReader, request: Rows, settings: Settings, now: datetime) -> Page:
    """The list of accounts out of what is published."""
    source, notes = source_of(reader, request.scope, settings, now, request.query.names)
    return page(reader.run, source, request.query, now, notes)


def every_account(reader: PublishedReader, request: Rows, settings: Settings, now: datetime) -> Page:
    """The list of accounts whole, in the order of ids, however many pages it is; ``request``: its columns and conditions."""
    rows: list[dict[str, Any]] = []
    while True:
        query = replace(request.query, order=("account_id",), offset=len(rows), limit=MOST)
        found = accounts_in(reader, replace(request, query=query), settings, now)
        rows += found.rows
        if len(rows) >= found.total or not found.rows:
            return replace(found, rows=tuple(rows), offset=0)


def source_of(
    reader: PublishedReader, scope: Scope, settings: Settings, now: datetime, names: Iterable[str] = ()
) -> tuple[Source, tuple[str, ...]]:
    """The list of accounts, ready to be asked, as far as a scope holds it, and what is to be known of it. ``names``: of columns that are
    asked for, so that metrics among them (``metric:SLUG``) are laid beside it.
    """
    notes = provided(reader, _LISTS, scope, settings, now)
    measures = laid(names, reader, settings, now)
    notes += tuple(each.note for each in measures if each.note)
    return _listed(reader.published, scope, settings, measures), notes


def provided(
    reader: PublishedReader, keys: Sequence[FactKey], scope: Scope, settings: Settings, now: datetime
) -> tuple[str, ...]:
    """See to it that published facts can be read as far as a scope holds them; what is to be known of them."""
    found = reader.published
    for key in keys:
        reader.provide(key)
    if scope.narrow:
        reader.look(scope, now, SEEN)
    tables = {name for key in keys for name in kept.recipe(key, found.ground, settings).tables}
    return tuple(sorted({found.held[name] for name in tables if name in found.held}))


def _listed(found: Published, scope: Scope, settings: Settings, measures: Sequence[Laid] = ()) -> Source:
    """The list of accounts over the published facts, as far as a scope holds them."""
    columns = [
        Column(name, label(name), kind, settings.currency if unit == "home" else unit, meaning)
        for name, kind, unit, meaning in _PORTRAIT
    ]
    columns += [
        Column(f"{_CUSTOM}{name}", label(name), "text", "", "An attribute of your own.") for name in found.custom
    ]
    parts = [
        f"CAST(p.{c.name} * 0.0001::DECIMAL(5,4) AS DECIMAL(18,4)) AS {c.name}" if c.name in _MONEY
        else f"p.{quoted(c.name)}"
        for c in columns
    ]  # fmt: skip
    inside = f" WHERE p.account_id IN (SELECT account_id FROM {SEEN})" if scope.narrow else ""
    core = f"SELECT {', '.join(parts)} FROM {PORTRAIT.table} p{inside}"
    for name, kind, unit, meaning, part in _RATED:
        columns.append(Column(name, label(name), kind, settings.currency if unit == "home" else unit, meaning))
        parts.append(f"{part} AS {name}")
    columns += [each.column for each in measures]
    parts += [f"{each.table}.value AS {quoted(each.column.name)}" for each in measures]
    told = f"SELECT {', '.join(parts)} FROM "
    beside = "".join(f" LEFT JOIN {each.table} ON {each.table}.account_id = p.account_id" for each in measures)

    def among(some: str) -> str:
        rows, more = (f"(SELECT * FROM {table} WHERE {some})" for table in (PORTRAIT.table, RATED.table))
        return f"{told}{rows} p LEFT JOIN {more} r ON r.account_id = p.account_id{beside}{inside}"

    joined = frozenset([*(name for name, *_ in _RATED), *(each.column.name for each in measures)])
    return Source(
        ACCOUNTS, f"{told}{PORTRAIT.table} p LEFT JOIN {RATED.table} r ON r.account_id = p.account_id{beside}{inside}",
        tuple(columns), ("name", "account_id"), settings.timezone, core, joined, "account_id", among,
    )  # fmt: skip


# Canonical tables


def stored(con: duckdb.DuckDBPyConnection, table: Table, scope: Scope, settings: Settings) -> Source:
    """A canonical table as known now, as far as a scope holds it.

    Of a row that is marked anonymous nothing is given by which it could be told whose it is; so a narrow scope, which
    would tell it, has none.
    """
    columns, parts = columns_of(table, versions.custom_keys(con, table.name), scope, settings)
    where = [f"v.{reach.CURRENT}"]
    if table.anonymous:
        unnamed = "coalesce(v.is_anonymous, false)"
        masked = {name for name in parts if name not in table.anonymous}
        parts |= {name: f"CASE WHEN NOT {unnamed} THEN {parts[name]} END" for name in masked}
        where += [f"NOT {unnamed}"] if scope.narrow else []
    if scope.narrow:
        where.append(f"({reach.held(table, 'v')})")
    listed = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in parts.items())
    sql = f"SELECT {listed} FROM {quoted(table.name + '_version')} v WHERE {' AND '.join(where)}"
    return Source(table.name, sql, columns, (*table.key, *table.anonymous), settings.timezone)


def columns_of(
    table: Table, custom: Iterable[str], scope: Scope, settings: Settings
) -> tuple[tuple[Column, ...], dict[str, str]]:
    """The columns of a canonical table that a scope is given, and SQL of each over a row ``v``."""
    columns = [_column(table, column, settings) for column in table.columns if not _withheld(table, column, scope)]
    parts = {column.name: f"v.{quoted(column.name)}" for column in columns}
    for name in custom:
        columns.append(Column(_CUSTOM + name, label(name), "text", "", "A column of your own."))
        parts[_CUSTOM + name] = f"json_extract_string(v.custom, {pointer(name)})"
    return tuple(columns), parts


def _withheld(table: Table, column: Stored, scope: Scope) -> bool:
    """Of colleagues a narrow scope tells the name, and no more that is personal."""
    return scope.narrow and table.reference and column.personal and not column.required


def _column(table: Table, column: Stored, settings: Settings) -> Column:
    kind = column.type.value
    unit = {"share": "share"}.get(kind, "")
    if kind in ("money", "price"):
        unit = "currency" if "currency" in table.names else settings.currency
    elif column.name in ("minutes", "held_minutes"):
        unit = "minutes"
    elif column.name == "seconds":
        unit = "seconds"
    return Column(column.name, label(column.name), kind, unit, column.meaning, column.personal)
