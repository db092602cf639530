"""Things that have happened, dated later than now or before 1990."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing, together
from tenure.warehouse.schema import quoted
from tenure.warehouse.table import Table, Type

SEVERITY = Severity.WARNS
FIX = "Check the file's time zone and date format."
GUIDE = "jump"

#: Columns of tables of state that tell of what has happened. What begins or is due may lie ahead.
_HAPPENED = (
    "created_at", "asked_at", "opened_at", "sent_at", "answered_at", "first_reply_at", "first_solved_at", "solved_at",
    "closed_at", "resolved_at", "last_seen_at", "completed_at", "decided_at",
)  # fmt: skip


def find(world: World) -> str | None:
    """One row for each row and column that is more than a day ahead (clocks differ, zones differ), or that old."""
    queries = []
    for table in world.tables():
        for column in _times(table):
            name = quoted(column)
            what = f"r.{name}::VARCHAR" if table.events else f"'{column} ' || r.{name}"
            queries.append(
                f"SELECT {failing(table, 'r', what)} FROM {current(table.name)} r "
                f"WHERE {name} > {world.moment} + INTERVAL 1 DAY OR {name} < TIMESTAMP '1990-01-01'"
            )
    return together(queries)


def _times(table: Table) -> list[str]:
    if table.events:
        return [table.known] if table.known else []
    return [column.name for column in table.columns if column.name in _HAPPENED and column.type is Type.TIME]
