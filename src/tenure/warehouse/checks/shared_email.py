"""E-mail addresses that stand for people at several accounts."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.INFORMS
FIX = "Survey answers and tickets found by e-mail may go to the wrong account."
GUIDE = "wrong-customer"


def find(world: World) -> str | None:
    """One row for each person with such an address. Our own people are left out; the address itself is not shown."""
    if not world.has("person"):
        return None
    same = "lower(trim(r.email))"
    what = "'the same e-mail address at another account'"
    return (
        f"SELECT {failing(find_table('person'), 'r', what)} FROM {current('person')} r WHERE r.email IS NOT NULL "
        "AND r.account_id IS NOT NULL AND NOT coalesce(r.is_internal, false) "
        f"QUALIFY min(r.account_id) OVER (PARTITION BY {same}) <> max(r.account_id) OVER (PARTITION BY {same})"
    )
