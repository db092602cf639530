"""Use of a subscription (or, where none is named, of an account) after it had ended."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.WARNS
FIX = "Check the subscription's dates, or the ids in the usage file."


def find(world: World) -> str | None:
    """One row for each such event."""
    if not world.has("usage", "subscription"):
        return None
    usage = find_table("usage")
    term = "min(started_at) AS starts, max(coalesce(ended_at, TIMESTAMP '9999-12-31')) AS ends"
    what = "'used ' || u.occurred_at || ', ended ' || s.ends"
    parts = []
    for column, none in (("subscription_id", ""), ("account_id", " AND u.subscription_id IS NULL")):
        spans = f"SELECT {column}, {term} FROM {current('subscription')} GROUP BY {column}"
        parts.append(
            f"SELECT {failing(usage, 'u', what)} FROM {current('usage')} u JOIN ({spans}) s "
            f"ON s.{column} = u.{column} WHERE u.occurred_at > s.ends{none}"
        )
    return " UNION ALL ".join(parts)
