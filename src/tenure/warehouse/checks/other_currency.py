"""Amounts in another currency than the customer's other amounts."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing, together
from tenure.warehouse.store import literal
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.INFORMS
FIX = "Check the currency; without one in the file, the reporting currency is taken."
GUIDE = "two-numbers-differ"

_TABLES = ("subscription", "contract", "invoice")


def find(world: World) -> str | None:
    """One row for each amount in a currency that makes up less than half of its account's rows."""
    home = literal(world.currency)
    there = [name for name in _TABLES if world.has(name)]
    if not there:
        return None
    code = f"upper(coalesce(currency, {home}))"
    every = " UNION ALL ".join(f"SELECT account_id, {code} AS code FROM {current(name)}" for name in there)
    shares = (
        "SELECT account_id, code, count(*) AS n, sum(count(*)) OVER (PARTITION BY account_id) AS of_all, "
        f"arg_max(code, count(*)) OVER (PARTITION BY account_id) AS usual FROM ({every}) e GROUP BY account_id, code"
    )
    what = "s.code || ', usually ' || s.usual"
    return together(
        f"SELECT {failing(find_table(name), 'r', what)} FROM {current(name)} r JOIN ({shares}) s ON "
        f"s.account_id = r.account_id AND s.code = upper(coalesce(r.currency, {home})) WHERE s.n * 2 < s.of_all"
        for name in there
    )
