"""Columns that each of the last files of a kind brought and the newest one lacks."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import KIND, World

SEVERITY = Severity.WARNS
FIX = "Check the export: a column was renamed or left out. Rename it in the map, and load the file again."
GUIDE = "import-took-nothing"

#: So many files of a kind have had the column before it is missed.
_BEFORE = 3


def find(_world: World) -> str | None:
    """One row for each column of a table and kind of file. Columns of your own count too."""
    loads = (
        f"SELECT *, {KIND} AS kind, row_number() OVER (PARTITION BY table_name, {KIND}, source ORDER BY batch DESC) AS age "
        "FROM main.batch WHERE retracted_by IS NULL AND read > 0"
    )
    brought = (
        "SELECT table_name, kind, source, unnest(from_json(columns, '[\"VARCHAR\"]')) AS name, age, batch FROM "
        f"({loads}) l WHERE age <= {_BEFORE + 1}"
    )
    return (
        "SELECT b.table_name, b.name AS key, 'each of the last files had it, the newest does not: ' || b.kind AS what, "
        f"n.batch, NULL::BIGINT AS line FROM ({brought}) b JOIN ({loads}) n ON n.age = 1 AND n.table_name = b.table_name "
        "AND n.kind = b.kind AND n.source IS NOT DISTINCT FROM b.source GROUP BY b.table_name, b.name, b.kind, n.batch "
        f"HAVING count(DISTINCT b.age) FILTER (b.age > 1) = {_BEFORE} AND count(*) FILTER (b.age = 1) = 0"
    )
