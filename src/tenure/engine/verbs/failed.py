"""``failed``: the rows that were refused, a page of them, and how many there are of each kind."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from tenure.engine.failing import OPEN, Failed, failed_of, only_whole, source_of
from tenure.figures.listing import Query, page, where_of
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

__all__ = ["BY", "Failed", "FailedFound", "FailedRows", "failed"]

#: What failed rows are counted by.
BY = ("state", "table_name", "code", "source", "file")
#: As many values of each are counted apart; of files there may be one a night.
_MOST = 50
#: Those about which nothing was done yet.
ONLY_OPEN = Query(where=(("state", "equals", OPEN),))


@dataclass(frozen=True)
class FailedRows:
    """``query``: which, as of any list (its ``columns`` are left unread); ``where`` an empty list of conditions: those that are
    open. ``scope``: only a whole one.
    """

    query: Query = ONLY_OPEN
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class FailedFound:
    """``rows`` of ``total``, from ``offset`` on. ``counts``: by ``state``, ``table_name``, ``code``, ``source`` and ``file``, how many
    rows have which value, the most first: of those that fit the conditions on everything else. ``as_of``: in UTC.
    """

    rows: tuple[Failed, ...]
    total: int
    offset: int
    counts: dict[str, tuple[tuple[str, int], ...]]
    as_of: datetime


def failed(desk: Desk, request: FailedRows) -> FailedFound:
    """List failed rows. Raises ``UsageError`` for names that do not exist, and through a narrow scope."""
    only_whole(request.scope)
    source, query = source_of(desk.settings.timezone), request.query

    def run(sql: str) -> tuple[list[str], list[tuple[object, ...]]]:
        return [], desk.store.rows(sql)

    names = tuple(column.name for column in source.columns)
    order = query.order or ("-refused_at", "file", "line")
    asked = Query(names, query.where, query.search, order, query.offset, query.limit)
    found = page(run, source, asked, desk.clock())
    counts = {}
    for name in BY:
        others = [one for one in query.where if one[0] != name]
        where = where_of(source, others, query.search, source.columns)
        sql = f"SELECT {name}, count(*) AS n FROM ({source.sql}) AS listed{where} GROUP BY 1 ORDER BY n DESC, 1 LIMIT {_MOST}"
        counts[name] = tuple((str(value), int(n)) for value, n in desk.store.rows(sql))
    rows = tuple(failed_of(row) for row in found.rows)
    return FailedFound(rows, found.total, found.offset, counts, desk.clock().replace(tzinfo=UTC))
