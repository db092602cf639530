"""Accounts with the name or the domain of another account: they may be one customer."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.WARNS
FIX = "If they are one, say so by merged_into."
GUIDE = "counted-twice"


def find(world: World) -> str | None:
    """One row for each account with such a twin. Accounts merged into another, and test accounts, are left out."""
    if not world.has("account"):
        return None
    rows = (
        f"(SELECT * FROM {current('account')} WHERE merged_into IS NULL AND coalesce(is_test, false) = false "
        "QUALIFY row_number() OVER (PARTITION BY account_id ORDER BY valid_from DESC NULLS LAST) = 1)"
    )
    parts = []
    for column in ("domain", "name"):
        what = f"'{column} ' || r.{column}"
        same = f"lower(trim(r.{column}))"
        parts.append(
            f"SELECT {failing(find_table('account'), 'r', what)} FROM {rows} r "
            f"WHERE r.{column} IS NOT NULL QUALIFY count(*) OVER (PARTITION BY {same}) > 1"
        )
    return " UNION ALL ".join(parts)
