"""``tell_objective``: set an objective, or change one."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, replace
from datetime import UTC
from typing import TYPE_CHECKING

from tenure.engine.objectives.draft import Draft
from tenure.engine.objectives.told import row_of
from tenure.engine.verbs.attainable import Attainable, attainable
from tenure.engine.verbs.record import Record, Recorded, record
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class TellObjective:
    """``draft``: the objective, told by ``by`` in a message of that id. ``scope``: whose people it may be of."""

    draft: Draft
    by: str
    message_id: str
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class ObjectiveTold:
    """The objective's ``id``, and what became of the message."""

    id: str
    recorded: Recorded


def tell_objective(desk: Desk, request: TellObjective) -> ObjectiveTold:
    """Record an objective that can be one. Raises ``UsageError`` as ``attainable`` does."""
    made = attainable(desk, Attainable(request.draft, request.scope)).objective
    name = made.id or f"o-{hashlib.sha256(request.message_id.encode()).hexdigest()[:16]}"
    at = desk.clock().replace(tzinfo=UTC)
    row = row_of(replace(made, id=name), by=request.by, reason=made.reason or None, at=at)
    return ObjectiveTold(name, record(desk, Record("objective", (row,), request.by, request.message_id)))
