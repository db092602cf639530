"""Use by an account after all of its subscriptions had ended."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.INFORMS
FIX = "The account may have come back without a subscription, or its end is wrong."
GUIDE = "wrong-customer"


def find(world: World) -> str | None:
    """One row for each account: the latest use, where it is more than a day after the end."""
    if not world.has("usage", "subscription"):
        return None
    account = find_table("account")
    ends = (
        "SELECT account_id, max(coalesce(ended_at, TIMESTAMP '9999-12-31')) AS ended FROM "
        f"{current('subscription')} GROUP BY account_id"
    )
    used = f"SELECT account_id, max(occurred_at) AS used FROM {current('usage')} GROUP BY account_id"
    what = "'last used ' || u.used || ', ended ' || s.ended"
    return (
        f"SELECT {failing(account, 'a', what)} FROM {current('account')} a JOIN ({ends}) s USING (account_id) "
        "JOIN (" + used + ") u USING (account_id) WHERE u.used > s.ended + INTERVAL 1 DAY"
    )
