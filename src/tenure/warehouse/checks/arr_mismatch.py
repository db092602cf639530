"""Subscriptions whose yearly amount according to the source is not twelve times their monthly one."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.WARNS
FIX = "Check the interval, the discount and the amount's meaning in the map."
GUIDE = "two-numbers-differ"


def find(world: World) -> str | None:
    """One row for each line that is off by more than a hundredth and by more than 1 %."""
    if not world.has("subscription"):
        return None
    yearly = "(monthly::HUGEINT * 12)::DECIMAL(38,4) / 10000"
    what = f"'arr ' || arr || ', 12 x monthly ' || ({yearly})"
    return (
        f"SELECT {failing(find_table('subscription'), 'r', what)} FROM {current('subscription')} r "
        f"WHERE abs(arr - {yearly}) > greatest(0.01, 0.01 * abs(arr))"
    )
