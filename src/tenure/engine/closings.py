"""Which periods are closed, and which is to be closed next, read beside whoever holds the workspace: also while one is being closed."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core.errors import DataError
from tenure.core.period import Grain, last_complete, local_day, parse_period, period_at
from tenure.engine.frozen import KIND, content, read
from tenure.warehouse.told import told

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.core.period import Period
    from tenure.figures.figure import Figure
    from tenure.warehouse.inbox import Record

#: So many months that are over and not closed are listed at most, and so many where none is closed.
_MONTHS, _AT_FIRST = 12, 3


@dataclass(frozen=True)
class Closable:
    """A period that is over and not closed."""

    period: str
    grain: str
    start: date
    end: date


@dataclass(frozen=True)
class ClosedPeriod:
    """A period that is closed: when (UTC), by whom (a log-in as ``user 7``, or of the machine as ``os:1000``; empty where nobody
    kept it), with what note. ``figures``: how many were frozen; ``held``: how many of them without a value, as a check held them;
    null where a close of before does not tell. ``times``: how often it was closed; ``sha256``: of the last, as the audit log has it.
    """

    period: str
    grain: str
    start: date
    end: date
    closed_at: datetime
    by: str
    note: str
    figures: int | None
    held: int | None
    last_batch: int | None
    times: int
    sha256: str


@dataclass(frozen=True)
class Closings:
    """``closed``: the latest first. ``open``: periods that are over and could be closed. ``next``: the month that is to be closed
    next; None while it runs.
    """

    as_of: datetime
    closed: tuple[ClosedPeriod, ...]
    open: tuple[Closable, ...]
    next: Closable | None

    def of(self, period: Period) -> ClosedPeriod | None:
        """A period's close; None where it is not closed."""
        return next((one for one in self.closed if (one.grain, one.period) == (period.grain.value, period.label)), None)


def closings(home: Path, settings: Settings, now: datetime) -> Closings:
    """All of them. Raises ``UnavailableError`` and ``DataError`` where the inbox cannot be read."""
    records = told(home, KIND)
    times = Counter(map(_place, records))
    known = {_place(record): _closed(home, record, times[_place(record)], settings) for record in records}
    closed = tuple(sorted(known.values(), key=lambda one: (one.end, one.start), reverse=True))
    return Closings(now.replace(tzinfo=UTC), closed, tuple(_open(closed, settings, now)), _next(closed, settings, now))


def frozen_of(home: Path, grain: str, period: str) -> tuple[Figure, ...]:
    """All figures that a period's last close froze; none where it is not closed. Raises ``DataError`` where its file is missing or
    was changed.
    """
    records = [record for record in told(home, KIND) if _place(record) == (grain, period)]
    return tuple(content(home, records[-1]).figures) if records else ()


def reported_of(home: Path, slug: str) -> dict[tuple[str, str], Decimal | None]:
    """By grain and label of each closed period what it reported of a metric in total. A close whose file is missing or was changed is left
    out.
    """
    found: dict[tuple[str, str], Decimal | None] = {}
    for record in told(home, KIND):
        try:
            totals = _totals(home, record.payload["archived"], record.payload["sha256"])
        except DataError:
            found.pop(_place(record), None)
            continue
        found[_place(record)] = totals.get(slug)
    return found


@lru_cache(maxsize=200)
def _totals(home: Path, archived: str, sha256: str) -> dict[str, Decimal | None]:
    return {one.metric: one.value for one in read(home, archived, sha256).figures if not one.slice}


def _place(record: Record) -> tuple[str, str]:
    return record.payload["grain"], record.payload["period"]


def _closed(home: Path, record: Record, times: int, settings: Settings) -> ClosedPeriod:
    said = record.payload
    period = parse_period(said["period"], settings.fiscal_year_start)
    figures, held, last = (
        (said["figures"], said["held"], said["last_batch"]) if "figures" in said else _counted(home, record)
    )
    return ClosedPeriod(
        period.label, said["grain"], period.start, period.end, record.received_at.replace(tzinfo=UTC), said.get("by", ""),
        said.get("note", ""), figures, held, last, times, said["sha256"],
    )  # fmt: skip


def _counted(home: Path, record: Record) -> tuple[int | None, int | None, int | None]:
    """What a close of before did not tell of itself."""
    try:
        frozen = content(home, record)
    except DataError:
        return None, None, None
    return len(frozen.figures), sum(one.status == "held" for one in frozen.figures), frozen.last_batch


def _closable(period: Period) -> Closable:
    return Closable(period.label, period.grain.value, period.start, period.end)


def _last(grain: Grain, settings: Settings, now: datetime, count: int = 1) -> list[Period]:
    """The last periods that are over, the oldest first."""
    return last_complete(grain, count, local_day(now, settings.timezone), settings.fiscal_year_start)


def _open(closed: tuple[ClosedPeriod, ...], settings: Settings, now: datetime) -> Iterator[Closable]:
    """Months since the first that is closed, and the last quarter and year, the latest first."""
    known = {(one.grain, one.period) for one in closed}
    months = [one.start for one in closed if one.grain == Grain.MONTH.value]
    found = _last(Grain.MONTH, settings, now, _MONTHS if months else _AT_FIRST)
    found = [one for one in found if not months or one.start > min(months)]
    found += [*_last(Grain.QUARTER, settings, now), *_last(Grain.YEAR, settings, now)]
    found = [one for one in found if (one.grain.value, one.label) not in known]
    yield from (_closable(one) for one in sorted(found, key=lambda one: (one.end, one.start), reverse=True))


def _next(closed: tuple[ClosedPeriod, ...], settings: Settings, now: datetime) -> Closable | None:
    """The month after the last that is closed, or the last that is over where none is; None while that one runs."""
    (last,) = _last(Grain.MONTH, settings, now)
    ends = [one.end for one in closed if one.grain == Grain.MONTH.value]
    wanted = period_at(Grain.MONTH, max(ends), settings.fiscal_year_start) if ends else last
    return _closable(wanted) if wanted.end <= last.end else None
