"""``close``: freeze a period's figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import msgspec

from tenure.core.acts import Act
from tenure.core.config import in_force, settings_hash
from tenure.core.errors import UsageError
from tenure.core.period import instant, parse_period
from tenure.engine.frozen import KIND, SOURCE, Frozen, closes, definitions, requests
from tenure.engine.verbs.blocking import holding, refuse
from tenure.engine.verbs.check import whole
from tenure.figures import kept
from tenure.figures.answer import answer
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse import archive
from tenure.warehouse.inbox import Message

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import datetime

    from tenure.core.period import Period
    from tenure.engine.desk import Desk
    from tenure.figures.figure import Figure
    from tenure.metrics.kinds import Entry
    from tenure.warehouse.inbox import Record


@dataclass(frozen=True)
class Close:
    """``period``: what to freeze, as ``2026-03`` or ``2026-Q1``. ``by``: whose close it is (default: of whoever asks), and the
    ``note`` that is kept with it. ``message_id``: names this close for ever: sent again it is answered as before. ``careful``: a
    period that is closed is not closed again, nor one of which a check holds figures. ``scope``: only who sees everything may.
    """

    period: str
    by: str = ""
    note: str = ""
    message_id: str = ""
    careful: bool = False
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Closed:
    """What was frozen: how many figures, as known up to which batch; ``again``: it had been closed before. ``held``: how many of the
    figures a check held, which were frozen without a value.
    """

    period: str
    figures: int
    last_batch: int
    again: bool
    held: int = 0


def close(desk: Desk, request: Close) -> Closed:
    """Freeze a period that is over: every metric's default variant by total, segment, team, owner and what is pinned.

    Closing again freezes anew; the earlier close stays in the archive. Raises ``UsageError`` for a period that is not
    over, through a narrow scope, and where ``careful`` says so for one that is closed (``already_closed``); ``DataError`` then
    for one of which a check holds figures (``figures_held``).
    """
    whole(request.scope)
    settings, now = desk.settings, desk.clock()
    period = parse_period(request.period, settings.fiscal_year_start)
    if instant(period.end, settings.timezone) > now:
        raise UsageError(
            f"{period.label} is not over: it ends on {period.end}.", code="not_over", fix="Close it afterwards."
        )
    found = desk.fresh(now)
    before = closes(desk).get((period.grain.value, period.label))
    if before is not None and request.message_id and before.payload.get("asked") == request.message_id:
        told = before.payload
        return Closed(period.label, told["figures"], told["last_batch"], told["again"], told["held"])
    if request.careful:
        _take_care(desk, period, before, now)
    figures = frozen_figures(desk, period, now)
    content = Frozen(
        period.label, period.grain.value, now, found.last_batch, settings_hash(settings), definitions(settings), figures,
        in_force(settings),
    )  # fmt: skip
    held = sum(figure.status == "held" for figure in figures)
    closed = Closed(period.label, len(figures), found.last_batch, before is not None, held)
    _kept(desk, request, content, closed)
    return closed


def _take_care(desk: Desk, period: Period, before: Record | None, now: datetime) -> None:
    """Raise where a period is closed, or a check holds figures of it."""
    if before is not None:
        raise UsageError(
            f"{period.label} is closed: since {before.received_at:%Y-%m-%d}.", code="already_closed", where=period.label,
            fix="What was reported stays as it is; what became of it since is told by its restatements.",
        )  # fmt: skip
    refuse(holding(desk, period, now), period.label)


def _kept(desk: Desk, request: Close, content: Frozen, closed: Closed) -> None:
    """Put a close into the archive, and its record into the inbox."""
    taken = archive.store_bytes(desk.home, msgspec.json.encode(content), ".json")
    payload = {
        "period": content.period, "grain": content.grain, "archived": taken.path, "sha256": taken.sha256,
        "by": request.by or desk.by.who, "note": request.note.strip(), "asked": request.message_id,
        "figures": closed.figures, "held": closed.held, "last_batch": closed.last_batch, "again": closed.again,
    }  # fmt: skip
    name = f"close {content.grain} {content.period} {taken.sha256}"
    told = {"period": content.period, "sha256": taken.sha256, "figures": closed.figures}
    message = Message(SOURCE, name, KIND, payload, Act.CLOSED, told)
    desk.inbox.mark(desk.inbox.add([message], content.now), "done")


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
