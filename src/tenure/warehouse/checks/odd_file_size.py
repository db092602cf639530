"""Files that are far shorter or longer than the files of their kind before."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import KIND, World

SEVERITY = Severity.INFORMS
FIX = "Check whether the export was cut off or made twice; load it again whole."
GUIDE = "import-took-nothing"


def find(_world: World) -> str | None:
    """One row for each table and kind of file, where its last day brought less than half of the least or more than double
    of the most of the fourteen days before.
    """
    days = (
        f"SELECT table_name, {KIND} AS kind, known_at::DATE AS day, sum(read)::BIGINT AS n, max(batch) AS batch "
        "FROM main.batch WHERE retracted_by IS NULL AND read > 0 GROUP BY ALL"
    )
    aged = f"SELECT *, row_number() OVER (PARTITION BY table_name, kind ORDER BY day DESC) AS age FROM ({days}) d"
    sides = (
        "SELECT table_name, kind, max(batch) AS batch, max(n) FILTER (age = 1) AS last, median(n) FILTER (age > 1) AS usual, "
        "min(n) FILTER (age > 1) AS least, max(n) FILTER (age > 1) AS most, count(*) FILTER (age > 1) AS days "
        f"FROM ({aged}) a WHERE age <= 15 GROUP BY table_name, kind"
    )
    return (
        "SELECT table_name, kind AS key, last || ' rows, usually ' || usual::BIGINT || ', from ' || least || ' to ' || most "
        f"AS what, batch, NULL::BIGINT AS line FROM ({sides}) s WHERE days >= 8 AND usual >= 20 "
        "AND ((last < least / 2 AND least - last > 4 * sqrt(least)) OR (last > most * 2 AND last - most > 4 * sqrt(most)))"
    )
