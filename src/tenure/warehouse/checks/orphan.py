"""Rows that name something no file has brought yet; they join it when it comes."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing, together
from tenure.warehouse.schema import quoted
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.INFORMS
FIX = "Load the table that is named, or correct the id."
GUIDE = "missing-account"


def find(world: World) -> str | None:
    """One row for each reference that leads nowhere. A table that nobody has loaded is not missed."""
    queries = []
    for table in world.tables():
        for column in table.columns:
            parent = column.references
            if parent and world.has(parent):
                name, key = quoted(column.name), quoted(find_table(parent).key[0])
                what = f"'{column.name} ' || r.{name} || ' is no known {parent}'"
                queries.append(
                    f"SELECT {failing(table, 'r', what)} FROM {current(table.name)} r "
                    f"ANTI JOIN {current(parent)} p ON p.{key} = r.{name} WHERE r.{name} IS NOT NULL"
                )
    return together(queries)
