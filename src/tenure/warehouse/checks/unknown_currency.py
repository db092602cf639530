"""Amounts in a currency for which there is no exchange rate."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing, together
from tenure.warehouse.store import literal

SEVERITY = Severity.BLOCKS
FIX = "Load exchange_rate rows for it, or correct the currency."
GUIDE = "held-figure"


def find(world: World) -> str | None:
    """One row for each row with such a currency."""
    rated = f"SELECT currency FROM {current('exchange_rate')} UNION ALL SELECT {literal(world.currency)}"
    return together(
        f"SELECT {failing(table, 'r', 'r.currency')} FROM {current(table.name)} r "
        f"WHERE r.currency IS NOT NULL AND upper(r.currency) NOT IN ({rated})"
        for table in world.tables()
        if "currency" in table.names and table.name not in ("exchange_rate", "account")
    )
