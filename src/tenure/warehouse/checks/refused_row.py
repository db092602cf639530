"""Rows of files that were refused when they were loaded."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World
from tenure.warehouse.refused import LISTED

SEVERITY = Severity.INFORMS
FIX = "Look at them, and mend or discard them: tenure failed"
GUIDE = "import-took-nothing"


def find(world: World) -> str | None:
    """One row for each refused line of a batch that stands, as long as nothing was done about it."""
    if not world.con.execute("SELECT 1 FROM main.failed_row LIMIT 1").fetchall():
        return None
    return (
        "SELECT table_name, file || ':' || line AS key, (SELECT string_agg((p ->> 'column_name') || ' ' || (p ->> 'reason'), '; ' "
        "ORDER BY p ->> 'column_name', p ->> 'reason') FROM (SELECT unnest(json_extract(problems, '$[*]')) AS p)) AS what, "
        f"batch, line FROM ({LISTED}) WHERE state = 'open'"
    )
