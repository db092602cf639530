"""``weigh_objectives``: what parts the objectives of one owner in one window have."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.core.period import local_day
from tenure.engine.objectives.draft import refused
from tenure.engine.objectives.sets import set_key, weighed
from tenure.engine.objectives.told import objectives_told, row_of
from tenure.engine.objectives.whose import not_found, seen_one, sets, staff_now
from tenure.engine.verbs.record import Record, Recorded, record
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class WeighObjectives:
    """``weights``: of each objective of one owner and window its part; together they make 1."""

    weights: tuple[tuple[str, Decimal], ...]
    by: str
    message_id: str
    reason: str = ""
    scope: Scope = EVERYTHING


def weigh_objectives(desk: Desk, request: WeighObjectives) -> Recorded:
    """Record the parts, all at once. Raises ``UsageError`` for parts that do not add up, that are not of one owner and window or not of all
    their objectives, and for objectives that may not be set.
    """
    now = desk.clock()
    desk.fresh(now)
    staff, found, given = staff_now(desk, now), objectives_told(desk), dict(request.weights)
    chosen = [seen_one(found, name, request.scope, staff) for name in given]
    for one in chosen:
        if not sets(request.scope, one.level, one.csm_id, one.team, staff):
            raise not_found(one.id)
    if any(one.closes <= local_day(now, desk.settings.timezone) for one in chosen):
        raise refused(
            "weights", "Their window is over, and what came of it stands.", "Weigh those of a window to come."
        )
    keys = {set_key(one) for one in chosen}
    whole = next((each for each in weighed(found) if set(each.ids) == set(given)), None)
    if len(keys) != 1 or whole is None:
        raise refused(
            "weights", "These are not all objectives of one owner in one window.", "Weigh all of them at once."
        )
    if any(not 0 < weight <= 1 for weight in given.values()):
        raise refused("weights", "A weight is no part of a whole.", "Give each a share above 0, up to 1.")
    total = sum(given.values(), Decimal(0))
    if total != 1:
        raise refused("weights", f"The weights make {total:%}, not 100 %.", "Change them so that they add up.")
    said = {"by": request.by, "reason": request.reason.strip() or None, "at": now.replace(tzinfo=UTC)}
    rows = tuple(row_of(one, weight=given[one.id], **said) for one in chosen)
    return record(desk, Record("objective", rows, request.by, request.message_id))
