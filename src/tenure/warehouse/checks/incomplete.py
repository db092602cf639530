"""Rows that wait for a required column no file has brought for their key."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, failing, together
from tenure.warehouse.content import same_key
from tenure.warehouse.schema import quoted
from tenure.warehouse.table import Table

SEVERITY = Severity.WARNS
FIX = "Load the file that has the missing columns."
GUIDE = "missing-account"


def find(world: World) -> str | None:
    """One row for each stored row whose key has no complete version. They count nowhere."""
    return together(_waiting(table) for table in world.tables() if not table.events)


def _waiting(table: Table) -> str:
    required = [column.name for column in table.columns if column.required and column.name not in table.key]
    missing = " OR ".join(f"r.{quoted(name)} IS NULL" for name in required) or "false"
    names = ", ".join(f"CASE WHEN r.{quoted(name)} IS NULL THEN '{name}' END" for name in required) or "NULL"
    what = f"'without ' || concat_ws(', ', {names})"
    version = quoted(table.name + "_version")
    return (
        f"SELECT {failing(table, 'r', what)} FROM main.{quoted(table.name)} r "
        f"ANTI JOIN main.{version} v ON {same_key(table, 'r', 'v')} WHERE ({missing}) "
        "AND r.batch NOT IN (SELECT batch FROM main.batch WHERE retracted_by IS NOT NULL)"
    )
