"""Features of which nothing was used on a day of the last week, though others were and it usually is."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.days import odd
from tenure.warehouse.checks.world import World
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.INFORMS
FIX = "Check whether the event was renamed in the product: name the new one in the map as the old one, or in feature."
GUIDE = "jump"


def find(world: World) -> str | None:
    """One row for each feature: the first such day."""
    if not world.has("usage"):
        return None
    days = odd(world, find_table("usage"), "r.feature")
    return (
        "SELECT 'usage' AS table_name, r.part AS key, 'no use on ' || min(r.day) || ', usually ' || "
        "arg_min(r.usual, r.day)::BIGINT || ' on this weekday' AS what, NULL::INTEGER AS batch, NULL::BIGINT AS line "
        f"FROM ({days}) r WHERE r.n = 0 AND r.usual >= 15 AND r.whole > 0 AND r.weeks >= 4 GROUP BY r.part"
    )
