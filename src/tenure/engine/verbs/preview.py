"""``preview``: what another health model would say of today's customers, before it takes the place of the one in force."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.core.errors import DataError
from tenure.core.money import SCALE
from tenure.core.period import local_day
from tenure.core.written import Written
from tenure.engine.origins import past
from tenure.engine.reach import seen
from tenure.engine.verbs.health import model_of
from tenure.figures.reader import FAR
from tenure.figures.scope import EVERYTHING, Scope
from tenure.scores.evaluate import Measure, Told, auc_change
from tenure.scores.health.gathered import gathered
from tenure.scores.health.model import NAME, read
from tenure.scores.risk.backtest import parted
from tenure.scores.risk.compare import health_told
from tenure.scores.signal import is_written

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.engine.desk import Desk
    from tenure.figures.reader import Reader
    from tenure.scores.health.gathered import Gathered
    from tenure.scores.health.model import Model
    from tenure.scores.health.score import Scored

__all__ = ["Flip", "Measure", "Preview", "Previewed", "preview"]

#: Who leaves within so many days is what both models are held against.
HORIZON = 90
BANDS = ("good", "fair", "poor")
_NARROW = "Whether it tells who leaves is worked out of all customers, and shown to whoever sees all."


@dataclass(frozen=True)
class Preview:
    """``text``: of the model, as the file would have it. ``scope``: whose accounts. ``path``: how the file is named where
    something in it is wrong.
    """

    text: str
    scope: Scope = EVERYTHING
    path: str = f"{NAME}.toml"


@dataclass(frozen=True)
class Flip:
    """An account that would be in another band, or get or lose its score (then that has no band). ``mrr`` in the reporting
    currency.
    """

    account_id: str
    name: str | None
    owner_name: str | None
    mrr: Decimal | None
    score: Decimal | None
    score_new: Decimal | None
    band: str | None
    band_new: str | None


@dataclass(frozen=True)
class Previewed:
    """``accounts``: today's customers; ``changed``: how many would be in another band, which are the ``flips``, the largest
    change first and those that get or lose a score last. ``bands``: how many are in each; ``scored``: how many have a score.
    ``mean_change``: of those that have both, in points.

    ``auc``: how well each told who left within 90 days, by a back-test over the last three years; ``auc_change``: the
    difference, both told together. Null where ``refused`` says why.
    """

    day: date
    version: str
    version_new: str
    accounts: int
    changed: int
    flips: tuple[Flip, ...]
    bands: dict[str, int]
    bands_new: dict[str, int]
    scored: int
    scored_new: int
    mean_change: Decimal | None
    auc: Measure | None
    auc_new: Measure | None
    auc_change: Measure | None
    currency: str
    refused: str = ""


def preview(desk: Desk, request: Preview) -> Previewed:
    """What would change. Raises ``UsageError`` for a model that is wrong, with the line."""
    settings, now = desk.settings, desk.clock()
    model, new = model_of(desk), read(Written(request.path, request.text))
    today = local_day(now, settings.timezone)
    published = desk.fresh(now)
    with desk.in_warehouse(published) as reader:
        inside = seen(reader, request.scope, now)
        here = gathered(model, reader, today, FAR, settings, held=published.held)
        there = gathered(new, reader, today, FAR, settings, other=here, held=published.held)
        told = _tested(desk, reader, (model, new), now) if inside is None else _Both(refused=_NARROW)
    pairs = [
        (one, other)
        for one, other in zip(here.scoring.scores(), there.scoring.scores(), strict=True)
        if inside is None or one.account_id in inside
    ]
    flips = _flips(here, pairs)
    both = [_exact(other) - _exact(one) for one, other in pairs if one.score is not None and other.score is not None]
    bands, bands_new = (
        {band: sum(pair[at].band == band for pair in pairs) for band in BANDS} for at in (0, 1)
    )  # fmt: skip
    return Previewed(
        today, model.version, new.version, len(pairs), len(flips), flips, bands, bands_new, sum(bands.values()),
        sum(bands_new.values()), round(sum(both, Decimal(0)) / len(both), 4) if both else None, told.auc, told.auc_new,
        told.change, settings.currency, told.refused,
    )  # fmt: skip


def _flips(here: Gathered, pairs: list[tuple[Scored, Scored]]) -> tuple[Flip, ...]:
    found = []
    for one, other in pairs:
        if one.band != other.band:
            of = here.customers[one.account_id]
            before, after = (None if end.score is None else _exact(end) for end in (one, other))
            mrr = None if of.mrr is None else Decimal(of.mrr) / SCALE
            found.append(Flip(of.account_id, of.name, of.owner_name, mrr, before, after, one.band, other.band))

    def least(flip: Flip) -> tuple[bool, Decimal, str]:
        if flip.score is None or flip.score_new is None:
            return True, Decimal(0), flip.account_id
        return False, -abs(flip.score_new - flip.score), flip.account_id

    return tuple(sorted(found, key=least))


def _exact(scored: Scored) -> Decimal:
    return Decimal(str(scored.score))


@dataclass(frozen=True)
class _Both:
    """How well both models told who left, or why that cannot be said."""

    auc: Measure | None = None
    auc_new: Measure | None = None
    change: Measure | None = None
    refused: str = ""


def _tested(desk: Desk, reader: Reader, models: tuple[Model, Model], now: datetime) -> _Both:
    settings = desk.settings
    try:
        before = past(desk, reader, models[0], HORIZON, now, models[1])
        parts = parted(before.origins, before.spells, HORIZON, local_day(now, settings.timezone), before.ends)
    except DataError as error:
        return _Both(refused=error.message)
    desk.progress("learning", 0, 0)
    found = []
    for model in models:
        written = frozenset(one.name for one in model.components if is_written(one.signal, reader, settings))
        found.append(health_told(parts, before.origins, model, written, HORIZON))
    rows = [Told(one.predicted, parts.tell.left, None, parts.tell.accounts.codes) for one in found]
    return _Both(found[0].measures.auc, found[1].measures.auc, auc_change(*rows))
