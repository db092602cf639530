"""Accounts merged into themselves, in a circle, into one that is not known, or suspiciously many into one."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, accounts, failing
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.WARNS
FIX = "Correct merged_into: it names the account that goes on."
GUIDE = "wrong-customer"

#: So many accounts merged into one by one file are no everyday merger.
_MANY = 5
_STEPS = 8


def find(world: World) -> str | None:
    """One row for each such account."""
    if not world.has("account"):
        return None
    if not world.con.execute("SELECT 1 FROM main.account WHERE merged_into IS NOT NULL LIMIT 1").fetchall():
        return None
    walk = (
        f"WITH RECURSIVE now AS ({accounts()}), walk AS (SELECT account_id, merged_into AS goes, 1 AS step FROM now "
        "WHERE merged_into IS NOT NULL UNION ALL SELECT w.account_id, n.merged_into, w.step + 1 FROM walk w JOIN now n "
        f"ON n.account_id = w.goes WHERE n.merged_into IS NOT NULL AND w.step < {_STEPS} AND w.goes <> w.account_id)"
    )
    many = (
        "SELECT merged_into, batch FROM now WHERE merged_into IS NOT NULL GROUP BY merged_into, batch "
        f"HAVING count(*) >= {_MANY}"
    )
    what = (
        "CASE WHEN c.account_id IS NOT NULL THEN 'merged into itself' || CASE WHEN r.merged_into = r.account_id THEN '' "
        "ELSE ' by way of ' || r.merged_into END WHEN k.account_id IS NULL THEN 'merged into ' || r.merged_into || ', "
        "which is not known' ELSE 'one of many merged into ' || r.merged_into || ' by one file' END"
    )
    return (
        f"{walk} SELECT {failing(find_table('account'), 'r', what)} FROM now r "
        "LEFT JOIN (SELECT DISTINCT account_id FROM walk WHERE goes = account_id) c ON c.account_id = r.account_id "
        "LEFT JOIN now k ON k.account_id = r.merged_into "
        f"LEFT JOIN ({many}) m ON m.merged_into = r.merged_into AND m.batch = r.batch "
        "WHERE r.merged_into IS NOT NULL AND (c.account_id IS NOT NULL OR k.account_id IS NULL OR m.batch IS NOT NULL)"
    )
