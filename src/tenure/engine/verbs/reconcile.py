"""``reconcile``: what was received, and what became of each row of it; and where two counts of one thing differ."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

from tenure.core.period import local_day
from tenure.engine.failing import DISCARDED, OPEN, REPLAYED, only_whole, states_by_load
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.reconcile import Mismatch, mismatches

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

__all__ = ["Came", "Mismatch", "Reconcile", "Reconciled", "Sent", "reconcile"]


@dataclass(frozen=True)
class Reconcile:
    """``days``: how many of the last days are told one by one (0: all). ``scope``: only a whole one."""

    days: int = 0
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Came:
    """The rows of a source's loads of a day (of the organisation's zone), taken-back loads left out.

    ``read`` = ``loaded`` + ``unchanged`` + ``superseded`` + ``rejected``, and ``rejected`` = ``open`` + ``replayed`` + ``discarded``.
    ``mends``: loads that only brought failed rows again, which are counted nowhere else.
    """

    source: str
    day: date
    loads: int
    read: int
    loaded: int
    unchanged: int
    superseded: int
    rejected: int
    open: int
    replayed: int
    discarded: int
    mends: int


@dataclass(frozen=True)
class Sent:
    """The events of a source on a day (UTC): ``received`` = ``again`` + new ones."""

    source: str
    day: date
    received: int
    again: int


@dataclass(frozen=True)
class Reconciled:
    """``came``: rows by source and day, the newest day first; ``taken_back``: loads that were replaced by another load of their file.

    ``sent``: events by source and day; ``waiting``: how many wait, by source; ``handed``: how many were taken in, of which ``aside`` say
    nothing that is kept, ``merged`` say again what a later one says, and ``twice`` tell of two things, so that ``handed`` +
    ``twice`` = rows read + ``aside`` + ``merged``. ``mismatches``: where what was counted is not what is there. ``as_of``: UTC.
    """

    came: tuple[Came, ...]
    taken_back: int
    sent: tuple[Sent, ...]
    waiting: dict[str, int]
    handed: int
    aside: int
    merged: int
    twice: int
    mismatches: tuple[Mismatch, ...]
    as_of: datetime


def reconcile(desk: Desk, request: Reconcile) -> Reconciled:
    """Count what came in and what became of it, and compare. Raises ``UsageError`` through a narrow scope."""
    only_whole(request.scope)
    store, inbox = desk.store, desk.inbox
    desk.progress("counting", 0, 0)
    handed = inbox.handed()
    sent = [Sent(one.source, one.day, one.events, one.again) for one in inbox.received()]
    days = sorted({one.day for one in sent}, reverse=True)[: request.days or None]
    return Reconciled(
        _came(desk, request.days),
        int(store.value("SELECT count(*) FROM main.batch WHERE retracted_by IS NOT NULL")),
        tuple(sorted((one for one in sent if one.day in days), key=lambda one: (-one.day.toordinal(), one.source))),
        {source: waiting for source, (_, waiting) in inbox.events().items() if waiting},
        sum(one.events for one in handed),
        sum(one.aside for one in handed),
        sum(one.merged for one in handed),
        sum(one.twice for one in handed),
        tuple(mismatches(store, inbox, desk.home)),
        desk.clock().replace(tzinfo=UTC),
    )


def _came(desk: Desk, days: int) -> tuple[Came, ...]:
    rows = desk.store.rows(
        "SELECT source, known_at, batch, read, loaded, unchanged, superseded, rejected, flags ->> 'mends' IS NOT NULL "
        "FROM main.batch WHERE retracted_by IS NULL"
    )
    states = states_by_load(desk)
    found: dict[tuple[date, str], list[int]] = {}
    zone = desk.settings.zone
    for source, at, batch, *counts, is_mend in rows:
        sums = found.setdefault((local_day(at, zone), source or ""), [0] * 10)
        own = states.get(batch, {})
        told = (
            [0] * 9 + [1] if is_mend else [1, *counts, own.get(OPEN, 0), own.get(REPLAYED, 0), own.get(DISCARDED, 0), 0]
        )
        found[local_day(at, zone), source or ""] = [a + b for a, b in zip(sums, told, strict=True)]
    shown = sorted({day for day, _ in found}, reverse=True)[: days or None]
    order = sorted(found, key=lambda key: (-key[0].toordinal(), key[1]))
    return tuple(Came(source, day, *found[day, source]) for day, source in order if day in shown)
