"""Customers who pay for the same product and plan twice at the same time."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, failing, lines
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.INFORMS
FIX = "If one replaced the other, end it where the other begins. Two that are meant may stay."
GUIDE = "two-numbers-differ"


def find(world: World) -> str | None:
    """One row for each subscription that runs now beside an earlier one of the same account, product, plan and amount."""
    if not world.has("subscription"):
        return None
    runs = f"started_at <= {world.moment} AND ended_at > {world.moment} AND NOT coalesce(is_trial, false)"
    what = "'beside ' || r.first"
    first = "first_value(subscription_id) OVER (PARTITION BY account_id, product_id, plan, monthly ORDER BY started_at, subscription_id)"
    return (
        f"SELECT {failing(find_table('subscription'), 'r', what)} FROM (SELECT *, {first} AS first FROM {lines()} "
        f"WHERE {runs} AND monthly > 0) r WHERE r.first <> r.subscription_id"
    )
