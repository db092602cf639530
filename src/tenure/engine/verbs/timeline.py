"""``timeline``: what happened with one account, out of all that tells of it, the latest first."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError, unknown
from tenure.core.period import instant
from tenure.engine.happened import KINDS, USE, WHATS, What, happened
from tenure.engine.laid import Laid, is_seen
from tenure.figures.listing import MOST
from tenure.figures.scope import EVERYTHING, Scope
from tenure.metrics.kinds import FactKey
from tenure.warehouse.store import literal
from tenure.warehouse.table import Type
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.published import PublishedReader

_USE = FactKey("use", "month", "period")


@dataclass(frozen=True)
class Timeline:
    """``account_id``: whose. ``kinds``: only of these (default: all). ``search``: a text that what is told of it contains.
    ``event``: only the one of this name (``Happening.name``). ``since``: only what happened, or was told or told otherwise, after
    that moment (with a zone). ``scope``: whose accounts.
    """

    account_id: str
    kinds: tuple[str, ...] = ()
    search: str = ""
    event: str = ""
    since: datetime | None = None
    offset: int = 0
    limit: int = 40
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Happening:
    """Something that happened at ``at`` (UTC): ``kind`` and ``what`` say what, ``id`` which. ``told``: what is told of it, by column;
    times aware and in UTC. ``late``: it was told, or told otherwise, after the moment that was asked for, and happened before.
    """

    kind: str
    what: str
    id: str
    at: datetime
    told: dict[str, Any]
    late: bool = False

    @property
    def name(self) -> str:
        """Names it for ever among what happened with its account."""
        return f"{self.kind}.{self.what}.{self.id}"


@dataclass(frozen=True)
class TimelineFound:
    """A page of what happened, the latest first; ``total``: how much fits. ``counts``: by kind, how much fits of all kinds."""

    account_id: str
    happenings: tuple[Happening, ...]
    total: int
    offset: int
    counts: dict[str, int]
    as_of: datetime


def timeline(desk: Desk, request: Timeline) -> TimelineFound | None:
    """The page; None where the scope holds no such account. Raises ``UsageError`` for a kind that there is not, and for pages
    and moments that make no sense.
    """
    return read(Laid.fresh(desk), request)


def from_published(
    home: Path, request: Timeline, settings: Settings, now: datetime
) -> tuple[TimelineFound | None] | None:
    """The same from the published files alone, in a tuple; None where they cannot answer."""
    lies = Laid.lying(home, settings, now)
    return None if lies is None else (read(lies, request),)


def read(lies: Laid, request: Timeline) -> TimelineFound | None:
    """The page out of what lies ready. Raises as ``timeline``."""
    _check(request)
    with lies.facts() as reader:
        if not is_there(reader, request.account_id, request.scope, lies.now):
            return None
        used = _used(reader, request, lies.settings.timezone)
    parts = happened(lies, request.account_id) + used
    if not parts:
        return TimelineFound(request.account_id, (), 0, request.offset, {}, lies.now.replace(tzinfo=UTC))
    every = f"SELECT * FROM ({' UNION ALL '.join(parts)}) WHERE {_where(request, lies.now)}"
    chosen = f"kind IN ({', '.join(map(literal, request.kinds))})" if request.kinds else "true"
    since = _moment(request.since) if request.since else None
    late = f"late AND moment <= {since}" if since else "false"
    with lies.rows() as con:
        con.execute(f"CREATE TEMP TABLE happened AS {every}")
        counts = dict(con.execute("SELECT kind, count(*) FROM happened GROUP BY kind").fetchall())
        rows = con.execute(
            f"SELECT kind, what, id, moment, told, {late} FROM happened WHERE {chosen} "
            f"ORDER BY moment DESC, kind, what, id LIMIT {int(request.limit)} OFFSET {int(request.offset)}"
        ).fetchall()
        con.execute("DROP TABLE happened")
    total = sum(number for kind, number in counts.items() if not request.kinds or kind in request.kinds)
    found = tuple(
        Happening(kind, what, id_, at.replace(tzinfo=UTC), _told(kind, what, told), late)
        for kind, what, id_, at, told, late in rows
    )
    return TimelineFound(request.account_id, found, total, request.offset, counts, lies.now.replace(tzinfo=UTC))


def is_there(reader: PublishedReader, account: str, scope: Scope, now: datetime) -> bool:
    """Whether there is such an account, as far as a scope holds it."""
    if not is_seen(reader, account, scope, now):
        return False
    key = FactKey("portrait", "month", "period")
    reader.provide(key)
    return bool(reader.run(f"SELECT 1 FROM {key.table} WHERE account_id = {literal(account)} LIMIT 1")[1])


def _check(request: Timeline) -> None:
    for kind in request.kinds:
        if kind not in KINDS:
            raise unknown("kind", kind, KINDS, listing=f"There are: {', '.join(KINDS)}.")
    if not 1 <= request.limit <= MOST or request.offset < 0:
        raise UsageError(
            f"No page has {request.limit} rows from {request.offset} on.", code="bad_page",
            fix=f"Ask for 1 to {MOST} rows, from 0 on.",
        )  # fmt: skip
    if request.since is not None and request.since.tzinfo is None:
        raise UsageError("The moment has no zone.", code="bad_value", where="since", fix="Give a time with its zone.")


def _where(request: Timeline, now: datetime) -> str:
    where = [f"moment IS NOT NULL AND moment <= {_moment(now)}"]
    if request.search.strip():
        where.append(f"contains(lower(words), lower({literal(request.search.strip())}))")
    if request.event:
        where.append(f"kind || '.' || what || '.' || id = {literal(request.event)}")
    if request.since:
        since = _moment(request.since)
        where.append(f"(moment > {since} OR (late AND known > {since}))")
    return " AND ".join(where)


def _used(reader: PublishedReader, request: Timeline, zone: str) -> list[str]:
    """SQL of the first use of each feature: of its month, as no day is kept ready."""
    if _USE.table not in reader.published.tables:
        return []
    reader.provide(_USE)
    rows = reader.run(
        f"SELECT feature, min(period) FROM {_USE.table} WHERE account_id = {literal(request.account_id)} "
        "AND level = 'feature' AND feature IS NOT NULL AND (uses > 0 OR summed > 0) GROUP BY feature"
    )[1]
    return [
        f"SELECT '{USE}' AS kind, 'first' AS what, {literal(str(feature))} AS id, {_moment(_month(month, zone))} AS moment, "
        f"{_moment(_month(month, zone))} AS known, false AS late, {literal(str(feature))} AS words, "
        f"to_json({{'feature': {literal(str(feature))}, 'month': {literal(str(month))}}}) AS told"
        for feature, month in rows
    ]


def _month(first: object, zone: str) -> datetime:
    assert isinstance(first, date)
    return instant(first, zone)


def _moment(at: datetime) -> str:
    plain = at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
    return f"TIMESTAMP '{plain.isoformat(sep=' ')}'"


_BY_NAME: dict[tuple[str, str], What] = {(one.kind, one.what): one for one in WHATS}


def _told(kind: str, what: str, text: str) -> dict[str, Any]:
    """What is told, by column, each value in its type."""
    values: dict[str, Any] = json.loads(text, parse_float=Decimal)
    one = _BY_NAME.get((kind, what))
    if one is None:
        return values
    types = {column.name: column.type for column in find(one.table).columns}
    return {name: _typed(value, types.get(name)) for name, value in values.items()}


def _typed(value: Any, kind: Type | None) -> Any:
    if value is None or kind is None:
        return value
    if kind is Type.TIME:
        return datetime.fromisoformat(value).replace(tzinfo=UTC)
    if kind is Type.DATE:
        return date.fromisoformat(value)
    if kind is Type.LIST:
        return json.loads(value)
    return Decimal(value) if kind in _DECIMALS else value


_DECIMALS = {Type.NUMBER, Type.MONEY, Type.PRICE, Type.SHARE}
__all__ = ["Happening", "Timeline", "TimelineFound", "from_published", "is_there", "read", "timeline"]
