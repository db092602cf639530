"""Events dated later than now."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing, together
from tenure.warehouse.schema import quoted

SEVERITY = Severity.WARNS
FIX = "Check the file's time zone and date format."


def find(world: World) -> str | None:
    """One row for each event more than a day ahead (clocks differ, zones differ)."""
    queries = []
    for table in world.tables():
        if table.events and table.known:
            name = quoted(table.known)
            queries.append(
                f"SELECT {failing(table, 'r', f'r.{name}::VARCHAR')} FROM {current(table.name)} r "
                f"WHERE {name} > {world.moment} + INTERVAL 1 DAY"
            )
    return together(queries)
