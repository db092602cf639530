"""Sources that have brought nothing for much longer than usual."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import KIND, World

SEVERITY = Severity.INFORMS
FIX = "Check the export or the connector."


def find(world: World) -> str | None:
    """One row for each table and source with three loads or more whose last is three times its usual gap ago."""
    days = f"SELECT DISTINCT table_name, {KIND} AS kind, known_at::DATE AS day FROM main.batch WHERE read > 0"
    gaps = f"SELECT *, day - lag(day) OVER (PARTITION BY table_name, kind ORDER BY day) AS gap FROM ({days}) d"
    return (
        f"SELECT table_name, kind AS key, 'last on ' || max(day) || ', usually every ' || median(gap)::INTEGER "
        f"|| ' days' AS what, NULL::INTEGER AS batch, NULL::BIGINT AS line FROM ({gaps}) g "
        f"GROUP BY table_name, kind HAVING count(gap) >= 2 AND {world.moment}::DATE - max(day) > 3 * median(gap)"
    )
