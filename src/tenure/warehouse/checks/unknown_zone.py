"""Schedules in a time zone that does not exist."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing, together

SEVERITY = Severity.WARNS
FIX = "Name an IANA zone, as Europe/Berlin; until then the schedule has no business hours."
GUIDE = "jump"


def find(world: World) -> str | None:
    """One row for each row with such a zone."""
    return together(
        f"SELECT {failing(table, 'r', 'r.time_zone')} FROM {current(table.name)} r "
        "WHERE r.time_zone NOT IN (SELECT name FROM pg_timezone_names())"
        for table in world.tables()
        if "time_zone" in table.names
    )
