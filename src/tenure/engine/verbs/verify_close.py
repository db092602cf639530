"""``verify_close``: a closed period's figures, worked out again from what was known then."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from typing import TYPE_CHECKING

import msgspec

from tenure.core.errors import DataError
from tenure.core.period import parse_period
from tenure.engine.frozen import UNEXPLAINED, Frozen, closes, content, requests
from tenure.engine.verbs.close import by_window
from tenure.figures import footing, kept
from tenure.figures.answer import answer
from tenure.warehouse.replay import Known

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.core.period import Period
    from tenure.engine.desk import Desk
    from tenure.figures.figure import Figure


@dataclass(frozen=True)
class VerifyClose:
    """``period``: a closed one, as ``2026-03`` or ``2026-Q1``."""

    period: str


@dataclass(frozen=True)
class Differing:
    """A metric whose figures come out otherwise than they were frozen: how many of them, and why.

    ``why``: ``settings`` and ``definition`` where they have changed since, else ``unexplained``. ``reported`` and
    ``again``: the first that differs; none on the side where there is no such figure.
    """

    metric: str
    figures: int
    why: tuple[str, ...]
    reported: Figure | None
    again: Figure | None


@dataclass(frozen=True)
class Verified:
    """How many figures of a close were worked out again, and the metrics of which some differ.

    ``closed_at``: the moment of the close (UTC); ``last_batch``: of what was known then; ``changed_settings``: what they
    said and say.
    """

    period: str
    closed_at: datetime
    last_batch: int
    figures: int
    differing: tuple[Differing, ...]
    changed_settings: tuple[str, ...]


def verify_close(desk: Desk, request: VerifyClose) -> Verified:
    """Work out a closed period's figures from the batches up to the close's, at its moment, and compare the bytes.

    Raises ``DataError`` where the period is not closed.
    """
    settings = desk.settings
    period = parse_period(request.period, settings.fiscal_year_start)
    record = closes(desk).get((period.grain.value, period.label))
    if record is None:
        fix = f"Close it first: tenure close {period.label}"
        raise DataError(f"{period.label} is not closed.", code="not_closed", fix=fix)
    frozen = content(desk.home, record)
    again = _again(desk, frozen, period)
    differing = []
    for slug in frozen.definitions:
        pairs = _differing([f for f in frozen.figures if f.metric == slug], again.get(slug, []))
        if pairs:
            why = frozen.causes(slug, settings) or (UNEXPLAINED,)
            differing.append(Differing(slug, len(pairs), why, *pairs[0]))
    return Verified(
        frozen.period, frozen.now.replace(tzinfo=UTC), frozen.last_batch, len(frozen.figures), tuple(differing),
        tuple(frozen.changed_settings(settings)),
    )  # fmt: skip


def _again(desk: Desk, frozen: Frozen, period: Period) -> dict[str, list[Figure]]:
    """The figures by metric, as a close at that moment would freeze them with today's settings and definitions."""
    settings = desk.settings
    catalogue = kept.catalogue(settings)
    slugs = by_window({slug: catalogue[slug] for slug in frozen.definitions if slug in catalogue})
    found: dict[str, list[Figure]] = {}
    with desk.replayed(Known(frozen.last_batch), desk.clock()) as (store, reader):
        facts = footing.published(reader.ground)
        held = footing.held(store.con, facts, reader.ground, settings, frozen.now)
        for number, slug in enumerate(slugs):
            desk.progress(f"working out {slug}", number, len(slugs))
            asked = requests(slug, period, settings, frozen.now)
            found[slug] = [figure for one in asked for figure in answer(one, reader, settings, held)]
    return found


def _differing(reported: list[Figure], again: list[Figure]) -> list[tuple[Figure | None, Figure | None]]:
    """The figures that are not the same to the byte, each with its counterpart of the same slice."""
    then, now = ({_place(figure): figure for figure in figures} for figures in (reported, again))
    pairs = [(then.get(place), now.get(place)) for place in dict.fromkeys((*then, *now))]
    return [(one, other) for one, other in pairs if msgspec.json.encode(one) != msgspec.json.encode(other)]


def _place(figure: Figure) -> bytes:
    return msgspec.json.encode((figure.variant, figure.window, figure.slice))
