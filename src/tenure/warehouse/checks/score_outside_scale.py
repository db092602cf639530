"""Survey scores outside their scale."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.INFORMS
FIX = "Correct the score, or scale_min and scale_max."
GUIDE = "no-value"


def find(world: World) -> str | None:
    """One row for each such answer; a recommendation asked on 1 to 10 is reported too, as no 0 can be given."""
    if not world.has("survey_answer"):
        return None
    what = (
        "CASE WHEN score BETWEEN scale_min AND scale_max THEN 'asked on 1 to 10 instead of 0 to 10' ELSE "
        "'score ' || score || ' on ' || scale_min || ' to ' || scale_max END"
    )
    return (
        f"SELECT {failing(find_table('survey_answer'), 'r', what)} FROM {current('survey_answer')} r WHERE "
        "score NOT BETWEEN scale_min AND scale_max OR (survey = 'nps' AND scale_min = 1 AND scale_max = 10)"
    )
