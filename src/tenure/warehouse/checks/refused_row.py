"""Rows of files that were refused when they were loaded."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World

SEVERITY = Severity.INFORMS
FIX = "Mend them in the source and load the file again; tenure load prints the reasons."
GUIDE = "import-took-nothing"


def find(world: World) -> str | None:
    """One row for each refused line of a batch that stands."""
    if not world.con.execute("SELECT 1 FROM main.failed_row LIMIT 1").fetchall():
        return None
    return (
        "SELECT table_name, file || ':' || line AS key, string_agg(column_name || ' ' || reason, '; ' "
        "ORDER BY column_name, reason) AS what, batch, line FROM main.failed_row WHERE code <> 'contradicted' "
        "AND batch IN (SELECT batch FROM main.batch WHERE retracted_by IS NULL) "
        "GROUP BY table_name, file, line, batch"
    )
