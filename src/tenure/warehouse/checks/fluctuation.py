"""Metrics whose last figure is far from what the periods before lead one to expect."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World
from tenure.warehouse.store import literal

SEVERITY = Severity.INFORMS
FIX = "Look at the metric by segment and owner; if the data is right, it is news, not a fault."
GUIDE = "jump"


def find(world: World) -> str | None:
    """One row for each metric, told by who knows the metrics."""
    found = world.knowing.fluctuations() if world.knowing.fluctuations else ()
    if not found:
        return None
    listed = ", ".join(f"({literal(metric)}, {literal(what)})" for metric, what in found)
    return (
        "SELECT 'metric' AS table_name, metric AS key, what, NULL::INTEGER AS batch, NULL::BIGINT AS line FROM "
        f"(VALUES {listed}) f (metric, what)"
    )
