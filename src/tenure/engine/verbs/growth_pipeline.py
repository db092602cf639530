"""``growth_pipeline``: what may be sold to customers, and how such sales went."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from statistics import median
from typing import TYPE_CHECKING, Any

from tenure.core.confidence import wilson
from tenure.core.period import local_day
from tenure.engine.renewals import GROWING, OPPORTUNITIES, source_of
from tenure.figures.published import current, is_fresh, staying
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.told import told_of

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.published import Published

#: What was decided in so many days is told.
LOOKED_BACK = 365
_READ = (
    "opportunity_id", "account_id", "kind", "status", "stage", "probability", "amount", "by_csm", "created_at",
    "expected_close", "closed_at",
)  # fmt: skip


@dataclass(frozen=True)
class GrowthPipeline:
    """``scope``: whose accounts."""

    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Sum:
    """Open opportunities of one ``name`` (null: not told): how many, what they are worth, and what is to be expected of those
    whose ``probability`` is told (``weighted``; ``untold``: how many are not).
    """

    name: str | None
    count: int
    amount: Decimal
    weighted: Decimal
    untold: int


@dataclass(frozen=True)
class Closing:
    """What is expected to be decided in a month; ``month`` null: on no known day. ``is_overdue``: its day is over."""

    month: date | None
    count: int
    amount: Decimal
    weighted: Decimal
    is_overdue: bool


@dataclass(frozen=True)
class Won:
    """Sales of one ``name`` decided in the last year: the share that was won with its 95 % interval, what the won ones were worth,
    and the days from opening to winning: the median, and within how many nine in ten were won. Null where none was.
    """

    name: str
    won: int
    lost: int
    rate: float | None
    low: float | None
    high: float | None
    amount: Decimal
    days: float | None
    days_most: float | None


@dataclass(frozen=True)
class GrowthPipelineFound:
    """``total``: all that is open. ``stages``: from the least to the most likely one. ``sources``: brought by our CSMs, or by
    others. ``won``: of each kind, and ``won_by_source``.
    """

    as_of: datetime
    day: date
    currency: str
    total: Sum
    stages: tuple[Sum, ...]
    kinds: tuple[Sum, ...]
    sources: tuple[Sum, ...]
    closing: tuple[Closing, ...]
    won: tuple[Won, ...]
    won_by_source: tuple[Won, ...]
    notes: tuple[str, ...] = ()


def growth_pipeline(desk: Desk, request: GrowthPipeline) -> GrowthPipelineFound:
    """The pipeline as it is now."""
    now = desk.clock()
    return _read(desk.home, request, desk.fresh(now), desk.settings, now)


def from_published(
    home: Path, request: GrowthPipeline, settings: Settings, now: datetime
) -> GrowthPipelineFound | None:
    """The same from the published files alone; None where they cannot answer."""
    found = current(home)
    if found is None or not is_fresh(found, settings, told_of(home), now):
        return None
    return _read(home, request, found, settings, now)


def _read(
    home: Path, request: GrowthPipeline, found: Published, settings: Settings, now: datetime
) -> GrowthPipelineFound:
    since = f"TIMESTAMP '{(now - timedelta(days=LOOKED_BACK)).isoformat(sep=' ')}'"
    with staying(home, found, settings, request.scope) as reader:
        source, notes = source_of(reader, OPPORTUNITIES, request.scope, settings, now, home)
        told = reader.run(
            f"SELECT {', '.join(_READ)} FROM ({source.sql}) AS listed WHERE kind IN {GROWING} "
            f"AND (status = 'open' OR closed_at >= {since}) ORDER BY opportunity_id"
        )[1]
    rows = [dict(zip(_READ, row, strict=True)) for row in told]
    is_open = [row for row in rows if row["status"] == "open"]
    over = [row for row in rows if row["status"] != "open"]
    day = local_day(now, settings.timezone)
    return GrowthPipelineFound(
        now.replace(tzinfo=UTC), day, settings.currency, _sum(None, is_open), _stages(is_open),
        tuple(_sum(kind, [row for row in is_open if row["kind"] == kind]) for kind in GROWING),
        tuple(_sum(name, [row for row in is_open if _source(row) == name]) for name in ("csm", "other")),
        tuple(_closing(is_open, day, settings.timezone)),
        tuple(_won(kind, [row for row in over if row["kind"] == kind]) for kind in GROWING),
        tuple(_won(name, [row for row in over if _source(row) == name]) for name in ("csm", "other")), notes,
    )  # fmt: skip


def _source(row: dict[str, Any]) -> str:
    return "csm" if row["by_csm"] else "other"


def _sum(name: str | None, rows: Sequence[dict[str, Any]]) -> Sum:
    likely = [row for row in rows if row["probability"] is not None]
    return Sum(name, len(rows), _added(row["amount"] for row in rows), _weighted(likely), len(rows) - len(likely))


def _weighted(rows: Iterable[dict[str, Any]]) -> Decimal:
    told = ((row["amount"] or Decimal(0)) * row["probability"] for row in rows if row["probability"] is not None)
    return round(sum(told, Decimal(0)), 2)


def _stages(rows: Sequence[dict[str, Any]]) -> tuple[Sum, ...]:
    """By stage, in the order of how likely those in it are on average; without a probability by its name."""
    names = {row["stage"] for row in rows}

    def likely(name: str | None) -> tuple[float, str]:
        told = [float(row["probability"]) for row in rows if row["stage"] == name and row["probability"] is not None]
        return (sum(told) / len(told) if told else 2.0, name or "")

    return tuple(_sum(name, [row for row in rows if row["stage"] == name]) for name in sorted(names, key=likely))


def _closing(rows: Sequence[dict[str, Any]], day: date, zone: str) -> Iterable[Closing]:
    """By the month in which a decision is expected: what is overdue first, then from this month on."""
    by_month: dict[tuple[int, date | None], list[dict[str, Any]]] = {}
    for row in rows:
        at = row["expected_close"]
        expected = None if at is None else local_day(at, zone)
        overdue = expected is not None and expected < day
        month = None if expected is None or overdue else expected.replace(day=1)
        by_month.setdefault((0 if overdue else 2 if month is None else 1, month), []).append(row)
    for (place, month), these in sorted(by_month.items(), key=lambda one: (one[0][0], one[0][1] or date.max)):
        yield Closing(month, len(these), _added(row["amount"] for row in these), _weighted(these), place == 0)


def _won(name: str, rows: Sequence[dict[str, Any]]) -> Won:
    won = [row for row in rows if row["status"] == "won"]
    ends = wilson(len(won), len(rows))
    days = sorted((row["closed_at"] - row["created_at"]).total_seconds() / 86_400 for row in won)
    most = days[-(-9 * len(days) // 10) - 1] if days else None  # the first day by which nine in ten were
    return Won(
        name, len(won), len(rows) - len(won), len(won) / len(rows) if rows else None, ends.low, ends.high,
        _added(row["amount"] for row in won), median(days) if days else None, most,
    )  # fmt: skip


def _added(values: Iterable[Decimal | None]) -> Decimal:
    return sum((value for value in values if value is not None), Decimal(0))
