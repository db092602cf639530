"""``score_before``: what a model made of accounts at moments of the past, as the scores that were kept have it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.engine.laid import Laid, seen_among
from tenure.figures import dossiers
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk

#: A score that is older tells nothing of a moment any more.
HOLDS = timedelta(days=31)
_TABLE = "score"


@dataclass(frozen=True)
class ScoreBefore:
    """``model``: of ``score``. ``asked``: accounts, each with a moment (UTC)."""

    model: str
    asked: tuple[tuple[str, datetime], ...]
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Earlier:
    """What a model made of an account before a moment (``before``): the last ``score`` that was kept until then, and of when
    it is (UTC).
    """

    account_id: str
    before: datetime
    score: Decimal
    at: datetime


def score_before(desk: Desk, request: ScoreBefore) -> tuple[Earlier, ...]:
    """One for each account and moment of which a score of the month before was kept, in the order of both."""
    return _read(Laid.fresh(desk), request)


def from_published(home: Path, request: ScoreBefore, settings: Settings, now: datetime) -> tuple[Earlier, ...] | None:
    """The same from the published files alone; None where they cannot answer."""
    lies = Laid.lying(home, settings, now)
    return None if lies is None else _read(lies, request)


def _read(lies: Laid, request: ScoreBefore) -> tuple[Earlier, ...]:
    seen = {account for account, _at in request.asked}
    if request.scope.narrow:
        with lies.facts() as reader:
            seen = seen_among(reader, seen, request.scope, lies.now)
    asked = sorted({(account, _plain(at)) for account, at in request.asked if account in seen})
    if not asked or not lies.holds(_TABLE):
        return ()
    columns = {name: f'v."{name}"' for name in ("account_id", "model", "version", "at", "score", dossiers.KNOWN)}
    kept = dossiers.rows_of(lies.ready, dossiers.tables()[_TABLE], columns, *sorted(seen))
    moments = ", ".join(f"({literal(account)}, TIMESTAMP '{at.isoformat(sep=' ')}')" for account, at in asked)
    with lies.rows() as con:
        rows = con.execute(
            f'SELECT a.account_id, a.moment, s.score, s."at" FROM (VALUES {moments}) a(account_id, moment) '
            f'JOIN ({kept}) s ON s.account_id = a.account_id AND s."at" <= a.moment AND s."at" > a.moment - ?::INTERVAL '
            "WHERE s.model = ? QUALIFY row_number() OVER (PARTITION BY a.account_id, a.moment "
            f'ORDER BY s."at" DESC, s.{dossiers.KNOWN} DESC, s.version DESC) = 1 ORDER BY 1, 2',
            [HOLDS, request.model],
        ).fetchall()
    return tuple(
        Earlier(account, before.replace(tzinfo=UTC), Decimal(str(score)), at.replace(tzinfo=UTC))
        for account, before, score, at in rows
    )


def _plain(at: datetime) -> datetime:
    """A moment as the warehouse has it: UTC, without saying so."""
    return at.astimezone(UTC).replace(tzinfo=None) if at.tzinfo else at
