"""``check_rows``: the rows that one check finds, page by page."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from tenure.core.errors import unknown
from tenure.engine.verbs.check import knowing, whole
from tenure.figures.listing import Column, Page, Query, Source, page
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.checks.run import all_checks, failing_rows, world_of
from tenure.warehouse.refused import LISTED
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.tables import all_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    import duckdb

    from tenure.engine.desk import Desk

__all__ = ["CheckRows", "Page", "Query", "check_rows"]

COLUMNS = (
    Column("table_name", "Table", "text", "", "The table that the row is in; metric for a metric."),
    Column("key", "Key", "text", "", "The row's key."),
    Column("what", "What", "text", "", "What is wrong with it."),
    Column("file", "File", "text", "", "The file that brought it."),
    Column("line", "Line", "integer", "", "Its line in the file."),
    Column("batch", "Load", "integer", "", "The number of the load that brought it."),
)
#: Where a row leads to, which is looked up for those of one page.
LEADS = (
    Column("account_id", "Account", "text", "", "The account that it is about, where it is about one that is known."),
    Column("failed_id", "Failed row", "text", "", "The failed row, where it is one."),
)
#: Rows of nothing, for a check that does not apply.
_NONE = (
    "SELECT ''::VARCHAR AS table_name, ''::VARCHAR AS key, ''::VARCHAR AS what, ''::VARCHAR AS file, 0::BIGINT AS line, "
    "0::INTEGER AS batch WHERE false"
)


#: A query that asks for nothing in particular.
_ALL = Query()


@dataclass(frozen=True)
class CheckRows:
    """``check``: its name. ``scope``: only who sees everything may ask."""

    check: str
    query: Query = _ALL
    scope: Scope = EVERYTHING


def check_rows(desk: Desk, request: CheckRows) -> Page:
    """The page asked for. Raises ``UsageError`` for a check that there is not, and through a narrow scope."""
    whole(request.scope)
    if request.check not in all_checks():
        raise unknown("check", request.check, list(all_checks()), listing="tenure check lists them.")
    now, settings = desk.clock(), desk.settings
    found = desk.fresh(now)
    with closing(desk.store.cursor()) as cursor:
        world = world_of(cursor, settings, now, knowing(desk, found, cursor))
        rows = failing_rows(world, request.check) or _NONE
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE failing AS {rows}")
        source = Source(
            request.check, "SELECT * FROM temp.failing", COLUMNS, ("table_name", "key", "what", "batch", "line"),
            settings.timezone,
        )  # fmt: skip
        try:
            found_ = page(lambda sql: ([], cursor.execute(sql).fetchall()), source, request.query, now)
            return _leading(cursor, found_, "failed" if request.check == "refused_row" else "")
        finally:
            cursor.execute("DROP TABLE temp.failing")


def _leading(cursor: duckdb.DuckDBPyConnection, found: Page, failed: str) -> Page:
    """The page, with where its rows lead to: the account of each, or the failed row. ``failed``: the rows are such."""
    accounts, ids, by_key = dict[tuple[Any, ...], str](), dict[tuple[Any, ...], str](), dict[tuple[str, str], str]()
    at = [(row["table_name"], row["batch"], row["line"]) for row in found.rows if row["line"] is not None]
    known = "account_id IN (SELECT account_id FROM main.account)"
    for table in (all_tables()[name] for name in {row["table_name"] for row in found.rows} & all_tables().keys()):
        if failed or "account_id" not in table.names:
            continue
        own = [place for place in at if place[0] == table.name]
        if own:
            sql = f"SELECT batch, line, account_id FROM main.{quoted(table.name)} WHERE {_among(own, table.name)} AND {known}"
            accounts |= {(table.name, batch, line): one for batch, line, one in cursor.execute(sql).fetchall()}
        keys = [row["key"] for row in found.rows if row["table_name"] == table.name]
        if keys and len(table.key) == 1:  # a row of the check may stand for several of the table
            key = f"{quoted(table.key[0])}::VARCHAR"
            sql = f"SELECT {key}, min(account_id) FROM main.{quoted(table.name)} WHERE {key} IN ({', '.join(map(literal, keys))}) AND {known} GROUP BY 1"
            by_key |= {(table.name, text): one for text, one in cursor.execute(sql).fetchall()}
    if failed and at:
        tables = " OR ".join(_among(at, name) for name in {table for table, *_ in at})
        sql = f"SELECT table_name, batch, line, id FROM ({LISTED}) WHERE {tables}"
        ids |= {(name, batch, line): id_ for name, batch, line, id_ in cursor.execute(sql).fetchall()}
    rows = []
    for row in found.rows:
        place = (row["table_name"], row["batch"], row["line"])
        rows.append(
            {
                **row,
                "account_id": accounts.get(place) or by_key.get((row["table_name"], row["key"])),
                "failed_id": ids.get(place),
            }
        )
    return replace(found, columns=(*found.columns, *LEADS), rows=tuple(rows))


def _among(places: Sequence[tuple[str, int, int]], table: str) -> str:
    """SQL: a row of a table is one of these."""
    listed = ", ".join(f"({batch}, {line})" for name, batch, line in places if name == table)
    return f"(batch, line) IN (VALUES {listed})"
