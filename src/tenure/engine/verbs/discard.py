"""``discard``: failed rows that shall not be brought again; or, with as much said, that shall after all."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError
from tenure.engine.failing import DISCARDED, OPEN, chosen, needs_reason, only_whole
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.load import handled

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class Discard:
    """``ids``: which, or all that fit the conditions ``where``. ``by`` whom and for which ``reason``. ``reopen``: those that were
    discarded are to be open again. ``scope``: only a whole one.
    """

    by: str
    reason: str
    ids: tuple[str, ...] = ()
    where: tuple[tuple[str, str, Any], ...] = ()
    reopen: bool = False
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Discarded:
    """``ids``: whose state it changed; ``others``: how many of those chosen were not open (or not discarded)."""

    ids: tuple[str, ...]
    others: int


def discard(desk: Desk, request: Discard) -> Discarded:
    """Discard failed rows, or reopen them; it is on record with a name and a reason, and so is what undoes it.

    Raises ``UsageError`` for a row that there is not, without a name or a reason, and through a narrow scope.
    """
    only_whole(request.scope)
    needs_reason(request.by, request.reason)
    wanted, what = (DISCARDED, handled.REOPENED) if request.reopen else (OPEN, handled.DISCARDED)
    rows = chosen(desk, request.ids, request.where)
    ids = tuple(row.id for row in rows if row.state == wanted)
    if not rows:
        raise UsageError("No failed row fits.", code="nothing_chosen", fix="List them: tenure failed")
    if ids:
        handled.handle(desk.store, desk.inbox, what, ids, request.by, request.reason, desk.clock())
    return Discarded(ids, len(rows) - len(ids))
