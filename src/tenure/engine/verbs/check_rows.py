"""``check_rows``: the rows that one check finds, page by page."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core.errors import unknown
from tenure.engine.verbs.check import knowing, whole
from tenure.figures.listing import Column, Page, Query, Source, page
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.checks.run import all_checks, failing_rows, world_of

if TYPE_CHECKING:
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
            return page(lambda sql: ([], cursor.execute(sql).fetchall()), source, request.query, now)
        finally:
            cursor.execute("DROP TABLE temp.failing")
