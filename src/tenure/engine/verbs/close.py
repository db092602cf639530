"""``close``: freeze a period's figures."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from tenure.core.config import settings_hash
from tenure.core.errors import UsageError
from tenure.core.period import instant, parse_period
from tenure.engine.frozen import KIND, SOURCE, Frozen, closes
from tenure.figures import kept
from tenure.figures.answer import answer
from tenure.figures.request import Asked, resolved
from tenure.warehouse import archive
from tenure.warehouse.inbox import Message

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.core.config import Settings
    from tenure.core.period import Period
    from tenure.engine.desk import Desk
    from tenure.figures.figure import Figure

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
    definitions = {slug: _definition(slug, settings) for slug in kept.catalogue(settings)}
    content = Frozen(
        period.label, period.grain.value, now, found.last_batch, settings_hash(settings), definitions, figures
    )
    taken = archive.store_bytes(desk.home, msgspec.json.encode(content), ".json")
    again = (period.grain.value, period.label) in closes(desk)
    payload = {"period": period.label, "grain": period.grain.value, "archived": taken.path, "sha256": taken.sha256}
    message = Message(SOURCE, f"close {period.grain.value} {period.label} {taken.sha256}", KIND, payload)
    desk.inbox.mark(desk.inbox.add([message], now), "done")
    return Closed(period.label, len(figures), found.last_batch, again)


def frozen_figures(desk: Desk, period: Period, now: datetime) -> list[Figure]:
    """The figures that a close of the period freezes now."""
    settings, found = desk.settings, desk.fresh(now)
    slices = [(), *((name,) for name in dict.fromkeys((*SLICES, *settings.figures.pinned)))]
    figures: list[Figure] = []
    catalogue = kept.catalogue(settings)
    for number, slug in enumerate(catalogue):
        desk.progress(f"freezing {slug}", number, len(catalogue))
        for by in slices:
            asked = Asked(slug, period.label, period.label, grain=period.grain.value, by=by)
            request = resolved(asked, settings, now)
            plan = kept.plan(request.question, found.ground, settings)
            with desk.reader(request, plan, now) as reader:
                figures += answer(request, reader, settings, found.held)
    return figures


def _definition(slug: str, settings: Settings) -> str:
    """A hash of what a metric meant: its definition (of one of the workspace's own: its file) and the code that compiles it."""
    own = "".join(each.text for each in settings.own if each.name == slug)
    told = f"{kept.entry(slug, settings).definition}\n{own}\n{kept.code_hash()}"
    return hashlib.sha256(told.encode()).hexdigest()[:16]
