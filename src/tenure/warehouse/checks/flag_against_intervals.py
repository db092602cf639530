"""Accounts and subscriptions that the source calls churned while they run, or the other way round."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing
from tenure.warehouse.checks.world import lines as lines_known
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.WARNS
FIX = "Figures follow the intervals; correct the flag or the dates."
GUIDE = "two-numbers-differ"

_ENDED = "('churned', 'cancelled', 'canceled', 'ended', 'expired', 'inactive', 'terminated')"
_RUNS = "('active', 'live', 'current', 'running')"


def find(world: World) -> str | None:
    """One row for each account whose churn_flag, and each subscription whose status, denies its intervals now."""
    if not world.has("subscription"):
        return None
    runs = f"started_at <= {world.moment} AND ended_at > {world.moment}"
    last = f"(SELECT * FROM {lines_known()} QUALIFY row_number() OVER (PARTITION BY subscription_id ORDER BY started_at DESC) = 1)"
    status = "'status ' || r.status || ', ' || CASE WHEN " + runs + " THEN 'runs' ELSE 'does not run' END"
    lines = (
        f"SELECT {failing(find_table('subscription'), 'r', status)} FROM {last} r WHERE "
        f"(lower(status) IN {_ENDED} AND {runs}) OR (lower(status) IN {_RUNS} AND NOT ({runs}))"
    )
    states = (
        f"SELECT account_id, bool_or({runs}) AS runs FROM {lines_known()} WHERE started_at <= "
        f"{world.moment} AND NOT coalesce(is_trial, false) GROUP BY account_id"
    )
    flag = "'flag ' || r.churn_flag || ', ' || CASE WHEN s.runs THEN 'pays' ELSE 'does not pay' END"
    accounts = (
        f"(SELECT * FROM {current('account')} QUALIFY row_number() OVER (PARTITION BY account_id "
        "ORDER BY valid_from DESC NULLS LAST) = 1)"
    )
    return (
        f"{lines} UNION ALL SELECT {failing(find_table('account'), 'r', flag)} FROM {accounts} r "
        f"JOIN ({states}) s USING (account_id) WHERE r.churn_flag = s.runs"
    )
