"""Events that bear the id of another event with other content: both are kept, and both count."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, failing, together
from tenure.warehouse.schema import quoted_list

SEVERITY = Severity.WARNS
FIX = "Correct the source, or take one of them back by a row in retraction."
GUIDE = "counted-twice"


def find(world: World) -> str | None:
    """One row for each event beyond the first of its id."""
    queries = []
    for table in world.tables():
        if table.events:
            key = quoted_list(table.key)
            queries.append(
                f"SELECT {failing(table, 'e', repeated)} FROM main.{table.name}_version e "
                "WHERE known_to = TIMESTAMP '9999-12-31' "
                f"QUALIFY row_number() OVER (PARTITION BY {key} ORDER BY batch, line) > 1"
            )
    return together(queries)


repeated = "'the id occurs more than once'"
