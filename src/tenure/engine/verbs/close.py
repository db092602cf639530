"""``close``: freeze a period's figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from tenure.core.acts import Act
from tenure.core.config import in_force, settings_hash
from tenure.core.errors import UsageError
from tenure.core.period import instant, parse_period
from tenure.engine.frozen import KIND, SOURCE, Frozen, closes, definitions
from tenure.figures import kept
from tenure.figures.answer import answer
from tenure.figures.request import Asked, resolved
from tenure.warehouse import archive
from tenure.warehouse.inbox import Message

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from datetime import datetime

    from tenure.core.config import Settings
    from tenure.core.period import Period
    from tenure.engine.desk import Desk
    from tenure.figures.figure import Figure
    from tenure.figures.request import Request
    from tenure.metrics.kinds import Entry

#: The slices that every close freezes, besides the total and what is pinned.
SLICES = ("segment", "team", "owner")


@dataclass(frozen=True)
class Close:
    """``period``: what to freeze, as ``2026-03`` or ``2026-Q1``."""

    period: str


@dataclass(frozen=True)
class Closed:
    """What was frozen: how many figures, as known up to which batch; ``again``: it had been closed before."""

    period: str
    figures: int
    last_batch: int
    again: bool


def close(desk: Desk, request: Close) -> Closed:
    """Freeze a period that is over: every metric's default variant by total, segment, team, owner and what is pinned.

    Closing again freezes anew; the earlier close stays in the archive. Raises ``UsageError`` for a period that is not
    over.
    """
    settings, now = desk.settings, desk.clock()
    period = parse_period(request.period, settings.fiscal_year_start)
    if instant(period.end, settings.timezone) > now:
        raise UsageError(
            f"{period.label} is not over: it ends on {period.end}.", code="not_over", fix="Close it afterwards."
        )
    found = desk.fresh(now)
    figures = frozen_figures(desk, period, now)
    content = Frozen(
        period.label, period.grain.value, now, found.last_batch, settings_hash(settings), definitions(settings), figures,
        in_force(settings),
    )  # fmt: skip
    taken = archive.store_bytes(desk.home, msgspec.json.encode(content), ".json")
    again = (period.grain.value, period.label) in closes(desk)
    payload = {"period": period.label, "grain": period.grain.value, "archived": taken.path, "sha256": taken.sha256}
    name = f"close {period.grain.value} {period.label} {taken.sha256}"
    told = {"period": period.label, "sha256": taken.sha256, "figures": len(figures)}
    message = Message(SOURCE, name, KIND, payload, Act.CLOSED, told)
    desk.inbox.mark(desk.inbox.add([message], now), "done")
    return Closed(period.label, len(figures), found.last_batch, again)


def frozen_figures(desk: Desk, period: Period, now: datetime) -> list[Figure]:
    """The figures that a close of the period freezes now."""
    settings, found = desk.settings, desk.fresh(now)
    figures: dict[str, list[Figure]] = {}
    catalogue = kept.catalogue(settings)
    with desk.readers(now) as reader_of:
        for number, slug in enumerate(by_window(catalogue)):
            desk.progress(f"freezing {slug}", number, len(catalogue))
            figures[slug] = []
            for request in requests(slug, period, settings, now):
                plan = kept.plan(request.question, found.ground, settings)
                figures[slug] += answer(request, reader_of(request, plan), settings, found.held)
    return [figure for slug in catalogue for figure in figures[slug]]


def by_window(catalogue: Mapping[str, Entry]) -> list[str]:
    """The metrics in an order in which facts serve as many as can be: by what they look back over."""
    return sorted(catalogue, key=lambda slug: (catalogue[slug].window, slug))


def requests(slug: str, period: Period, settings: Settings, now: datetime) -> Iterator[Request]:
    """What a close at the moment ``now`` asks of a metric: a request for each of its slices."""
    for name in ("", *dict.fromkeys((*SLICES, *settings.figures.pinned))):
        by = (name,) if name else ()
        yield resolved(Asked(slug, period.label, period.label, grain=period.grain.value, by=by), settings, now)
