"""``away``: which of our people are away now or will be soon, and who stands in. Why they are is nobody's business here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.engine import reach
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

_LONGEST = 366


@dataclass(frozen=True)
class Away:
    """``days``: how far to look ahead. ``scope``: whose people."""

    days: int = 14
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Absence:
    """When somebody is away (UTC, the end exclusive), and who stands in; null where nobody was named."""

    csm_id: str
    begins: datetime
    ends: datetime
    cover_csm_id: str | None


def away(desk: Desk, request: Away) -> tuple[Absence, ...]:
    """The absences that run or begin within so many days, the earliest first. Through a narrow scope only of its own people.

    Raises ``UsageError`` for more days than a year.
    """
    if not 0 <= request.days <= _LONGEST:
        raise UsageError(f"{request.days} days are not within a year.", code="bad_period", fix=f"Take 0 to {_LONGEST}.")
    now = desk.clock()
    desk.fresh(now)
    rows = desk.store.rows(
        f'SELECT csm_id, "from", "to", cover_csm_id FROM absence_version WHERE {reach.CURRENT} AND "to" > ? AND "from" <= ? '
        'ORDER BY "from", csm_id',
        [now, now + timedelta(days=request.days)],
    )
    seen = request.scope.owners
    return tuple(
        Absence(csm_id, begins.replace(tzinfo=UTC), ends.replace(tzinfo=UTC), cover)
        for csm_id, begins, ends, cover in rows
        if seen is None or csm_id in seen
    )
