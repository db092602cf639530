"""``flow``: what came in of late, from where, and what became of it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.inbox import waits
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.tables import all_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.engine.desk import Desk
    from tenure.warehouse.store import Store

#: Hours that count as of late, and loads of a table that are looked at for what happened last: a warehouse holds very many.
HOURS, _LATEST = 24, 20


@dataclass(frozen=True)
class Flow:
    """``hours``: how far back; ``scope``: must hold everything, for rows that failed are nobody's."""

    hours: int = HOURS
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Stream:
    """Rows of a source for a table, over some time: ``read`` is the sum of the four others, which are what became of them.

    ``superseded`` rows are of keys known before, with other content. ``loads``: how many files or messages they came in. ``last``: when
    the last of them came (UTC).
    """

    source: str
    table: str
    loads: int
    read: int
    loaded: int
    unchanged: int
    superseded: int
    rejected: int
    last: datetime


@dataclass(frozen=True)
class Supply:
    """What a source has brought, ever. ``upto``: of what happened last in what it brought last (UTC); None where its rows tell
    of no time. ``usual``: days between two days on which it brings something, the median; None while there are fewer than two gaps.
    """

    source: str
    tables: tuple[str, ...]
    loads: int
    read: int
    rejected: int
    first: datetime
    last: datetime
    upto: datetime | None
    usual: float | None


@dataclass(frozen=True)
class Flowed:
    """``streams``: from ``since`` to ``now`` (UTC), by source and table; ``supplies``: of all time, by source. ``waiting``: whether
    events wait to be taken in.
    """

    since: datetime
    now: datetime
    streams: tuple[Stream, ...]
    supplies: tuple[Supply, ...]
    waiting: bool


def flow(desk: Desk, request: Flow) -> Flowed:
    """What came in. Raises ``UsageError`` through a narrow scope."""
    if request.scope.narrow:
        raise UsageError(
            "What came in is told of all accounts only.", code="narrow_scope", fix="Ask somebody who sees all accounts."
        )
    now = desk.clock()
    moment = now.astimezone(UTC).replace(tzinfo=None) if now.tzinfo else now
    since = moment - timedelta(hours=request.hours)
    store = desk.store
    return Flowed(since, moment, _streams(store, since), _supplies(store, moment), waits(desk.home))


def _streams(store: Store, since: datetime) -> tuple[Stream, ...]:
    sums = ", ".join(f"sum({name})::BIGINT" for name in ("read", "loaded", "unchanged", "superseded", "rejected"))
    rows = store.rows(
        f"SELECT source, table_name, count(*), {sums}, max(known_at) FROM main.batch WHERE known_at > ? AND read > 0 "
        "GROUP BY ALL ORDER BY source, table_name",
        [since],
    )
    return tuple(Stream(*row) for row in rows)


def _supplies(store: Store, now: datetime) -> tuple[Supply, ...]:
    gaps = (
        "SELECT source, day - lag(day) OVER (PARTITION BY source ORDER BY day) AS gap FROM "
        "(SELECT DISTINCT source, known_at::DATE AS day FROM main.batch WHERE read > 0)"
    )
    rows = store.rows(
        "SELECT b.source, list(DISTINCT b.table_name ORDER BY b.table_name), count(*), sum(b.read)::BIGINT, "
        "sum(b.rejected)::BIGINT, min(b.known_at), max(b.known_at), any_value(g.usual) FROM main.batch b LEFT JOIN "
        f"(SELECT source, CASE WHEN count(gap) >= 2 THEN median(gap) END AS usual FROM ({gaps}) GROUP BY source) g "
        "USING (source) WHERE b.read > 0 GROUP BY b.source ORDER BY b.source"
    )
    found = []
    for source, tables, loads, read, rejected, first, last, usual in rows:
        upto = _upto(store, source, tables, now)
        found.append(Supply(source, tuple(tables), loads, read, rejected, first, last, upto, usual))
    return tuple(found)


def _upto(store: Store, source: str, tables: Sequence[str], now: datetime) -> datetime | None:
    """When the last of what happened was, in what a source brought last of each table; what is yet to come does not count."""
    parts = []
    for name in tables:
        table = all_tables()[name]
        if table.known and (table.events or table.own_time):
            at = quoted(table.known)
            latest = (
                f"SELECT batch FROM main.batch WHERE source = {literal(source)} AND table_name = {literal(name)} AND loaded > 0 "
                f"ORDER BY batch DESC LIMIT {_LATEST}"
            )
            parts.append(
                f"SELECT max({at}) AS happened FROM main.{quoted(name)} WHERE batch IN ({latest}) AND {at} <= ?"
            )
    if not parts:
        return None
    sql = f"SELECT max(happened) FROM ({' UNION ALL '.join(parts)})"
    found: datetime | None = store.value(sql, [now] * len(parts))
    return found
