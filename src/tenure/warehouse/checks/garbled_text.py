"""Names whose letters are garbled: the file was read in another encoding than it was written in."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing, together
from tenure.warehouse.schema import quoted
from tenure.warehouse.table import Type

SEVERITY = Severity.INFORMS
FIX = "Say the file's encoding in the map, and load it again."
GUIDE = "wrong-customer"

#: What UTF-8 looks like where it was read as Latin, and the sign of what could not be read.
_GARBLED = "(Ã[^ A-Za-z]|Â[^ A-Za-z]|â€|\ufffd)"
_COLUMNS = ("name", "title", "subject", "reason", "theme", "segment", "tier", "industry", "region", "plan", "feature")
_FEW = ("account", "person", "csm", "product", "plan", "feature", "ticket", "churn")


def find(world: World) -> str | None:
    """One row for each such row of the tables that hold names. The text of a person is not shown."""
    queries = []
    for table in world.tables():
        names = [name for name in _COLUMNS if name in table.names and table.column(name).type is Type.TEXT]
        if table.name in _FEW and names:
            said = " || ' ' || ".join(f"coalesce(r.{quoted(name)}, '')" for name in names)
            what = "'in one of: " + ", ".join(names) + "'"
            queries.append(
                f"SELECT {failing(table, 'r', what)} FROM {current(table.name)} r WHERE regexp_matches({said}, '{_GARBLED}')"
            )
    return together(queries)
