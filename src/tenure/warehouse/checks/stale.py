"""Sources that have brought nothing for much longer than usual."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import KIND, World

SEVERITY = Severity.INFORMS
FIX = "Check the export or the connector."
GUIDE = "import-took-nothing"


#: Gaps between loads that are looked at, and that have to be known.
_GAPS, _LEAST = 20, 5


def find(world: World) -> str | None:
    """One row for each table and kind of file that is silent for more than three times its longest gap of late.

    Where nothing ever came on a weekend, days are working days.
    """
    days = f"SELECT DISTINCT table_name, {KIND} AS kind, known_at::DATE AS day FROM main.batch WHERE read > 0"
    dated = (
        "SELECT table_name, kind, day, row_number() OVER (PARTITION BY table_name, kind ORDER BY day DESC) AS age, "
        f"max((isodow(day) > 5)::INTEGER) OVER (PARTITION BY table_name, kind) AS always FROM ({days}) d"
    )
    counted = f"SELECT *, CASE WHEN always = 1 THEN {_since('day')} ELSE {_workdays('day')} END AS nth FROM ({dated}) d"
    gaps = f"SELECT *, nth - lag(nth) OVER (PARTITION BY table_name, kind ORDER BY day) AS gap FROM ({counted}) c WHERE age <= {_GAPS + 1}"
    today = f"{world.moment}::DATE"
    silent = f"CASE WHEN max(always) = 1 THEN {_since(today)} ELSE {_workdays(today)} END - max(nth)"
    return (
        "SELECT table_name, kind AS key, 'last on ' || max(day) || ', usually every ' || greatest(median(gap), 1)::INTEGER "
        "|| CASE WHEN max(always) = 1 THEN ' days' ELSE ' working days' END AS what, NULL::INTEGER AS batch, "
        f"NULL::BIGINT AS line FROM ({gaps}) g GROUP BY table_name, kind HAVING count(gap) >= {_LEAST} "
        f"AND {silent} > 3 * max(gap)"
    )


def _since(day: str) -> str:
    """SQL of a day's number; 0 is a Monday."""
    return f"({day} - DATE '1970-01-05')"


def _workdays(day: str) -> str:
    """SQL of the number of working days before a day."""
    return f"(5 * ({_since(day)} // 7) + least({_since(day)} % 7, 5))"
