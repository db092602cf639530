"""``check_in``: how sure whoever answers for an objective is that it will be reached, and why."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.engine.objectives.draft import refused
from tenure.engine.objectives.told import objectives_told
from tenure.engine.objectives.whose import not_found, seen_one, sets, staff_now
from tenure.engine.verbs.record import Record, Recorded, record
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class CheckInOf:
    """``confidence``: the probability that the objective will be reached, as judged now; ``text``: why."""

    id: str
    confidence: Decimal
    text: str
    by: str
    message_id: str
    scope: Scope = EVERYTHING


def check_in(desk: Desk, request: CheckInOf) -> Recorded:
    """Record it; what was said before stays. Raises ``UsageError`` for an objective that the scope's people do not answer for, and for what
    is no probability.
    """
    now = desk.clock()
    desk.fresh(now)
    staff, scope = staff_now(desk, now), request.scope
    one = seen_one(objectives_told(desk), request.id, scope, staff)
    answers = scope.owners is None or one.csm_id in scope.owners
    if one.dropped_at or not (answers or sets(scope, one.level, one.csm_id, one.team, staff)):
        raise not_found(request.id)
    if not 0 <= request.confidence <= 1:
        raise refused("confidence", f"{request.confidence} is no probability.", "Give a share from 0 to 1.")
    name = f"c-{hashlib.sha256(request.message_id.encode()).hexdigest()[:16]}"
    row = {
        "check_in_id": name, "objective_id": one.id, "at": now.replace(tzinfo=UTC), "confidence": request.confidence,
        "text": request.text.strip() or None, "by": request.by,
    }  # fmt: skip
    return record(desk, Record("objective_check_in", (row,), request.by, request.message_id))
