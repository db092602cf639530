"""``changes``: what became another of an account since a moment, and what happened or was told since."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from tenure.core.errors import UsageError
from tenure.core.period import local_day
from tenure.engine.laid import Laid
from tenure.engine.levels import levels
from tenure.engine.verbs import timeline as happened
from tenure.engine.verbs.timeline import Happening, Timeline
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk

#: Scores that are told as they were kept: by the model's name.
_SCORES = {"health": "health", "churn_risk_90": "risk"}
#: As much of what happened is told one by one.
_MOST = 60


@dataclass(frozen=True)
class ChangesOf:
    """``since``: the moment, with its zone. ``scope``: whose accounts."""

    account_id: str
    since: datetime
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Moved:
    """A figure that is another one: ``mrr`` in the reporting currency, ``health`` (0 to 100) and ``risk`` (a share), as the scores
    were kept. None: there was, or is, none.
    """

    what: Literal["mrr", "health", "risk"]
    before: Decimal | None
    now: Decimal | None


@dataclass(frozen=True)
class ChangesFound:
    """What changed from ``since`` to ``as_of``. ``moved``: figures, MRR at both moments as is known now. ``happened``: what
    happened since, and (``late``) what was told or told otherwise since, the latest first; ``total``: how much that is, ``counts`` by kind.
    """

    account_id: str
    since: datetime
    as_of: datetime
    moved: tuple[Moved, ...]
    happened: tuple[Happening, ...]
    total: int
    counts: dict[str, int]


def changes(desk: Desk, request: ChangesOf) -> ChangesFound | None:
    """What changed; None where the scope holds no such account. Raises ``UsageError`` for a moment without a zone, or ahead."""
    return _read(Laid.fresh(desk), request)


def from_published(
    home: Path, request: ChangesOf, settings: Settings, now: datetime
) -> tuple[ChangesFound | None] | None:
    """The same from the published files alone, in a tuple; None where they cannot answer."""
    lies = Laid.lying(home, settings, now)
    return None if lies is None else (_read(lies, request),)


def _read(lies: Laid, request: ChangesOf) -> ChangesFound | None:
    now = lies.now.replace(tzinfo=UTC)
    if request.since.tzinfo is not None and request.since > now:
        raise UsageError("This lies ahead.", code="bad_value", where="since", fix="Name a moment that is over.")
    asked = Timeline(request.account_id, since=request.since, limit=_MOST, scope=request.scope)
    found = happened.read(lies, asked)
    if found is None:
        return None
    since = request.since.astimezone(UTC).replace(tzinfo=None)
    values = {"mrr": _mrr(lies, request.account_id, since)} | _scores(lies, request.account_id, since)
    moved = tuple(
        Moved(what, *values[what]) for what in ("mrr", "health", "risk") if values[what][0] != values[what][1]
    )
    return ChangesFound(request.account_id, request.since, now, moved, found.happenings, found.total, found.counts)


def _mrr(lies: Laid, account: str, since: datetime) -> tuple[Decimal | None, Decimal | None]:
    """MRR on the days of both moments."""
    found, zone = levels(lies, account), lies.settings.timezone
    return found.on(local_day(since, zone)), found.on(local_day(lies.now, zone))


def _scores(lies: Laid, account: str, since: datetime) -> dict[str, tuple[Decimal | None, Decimal | None]]:
    """The scores that were kept last at both moments."""
    found: dict[str, tuple[Decimal | None, Decimal | None]] = dict.fromkeys(_SCORES.values(), (None, None))
    if not lies.holds("score"):
        return found
    rows = lies.of(account, "score", ("model", "version", "at", "score", "known_from"))
    models = ", ".join(map(literal, _SCORES))
    before = f"TIMESTAMP '{since.isoformat(sep=' ')}'"
    with lies.rows() as con:
        told = con.execute(
            f'SELECT model, arg_max(score, ("at", known_from, version)) FILTER ("at" <= {before}), '
            f'arg_max(score, ("at", known_from, version)) FROM ({rows}) WHERE model IN ({models}) GROUP BY model'
        ).fetchall()
    for model, then, now in told:
        part = Decimal(1) if model == "health" else Decimal("0.01")  # a risk is kept in percent
        found[_SCORES[model]] = tuple(None if one is None else one * part for one in (then, now))  # type: ignore[assignment]
    return found
