"""Accounts whose yearly contract value differs by more than 1 % from twelve times their monthly revenue today."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, accounts, failing
from tenure.warehouse.reconciling import reconciled
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.WARNS
FIX = "Find out which of the two systems is right: tenure billing lists both amounts of every account, with the likely cause."
GUIDE = "two-numbers-differ"


def find(world: World) -> str | None:
    """One row for each account with both a contract and a subscription running now, in one currency."""
    if not world.has("contract", "subscription", "account"):
        return None
    what = "'contracts ' || r.signed || ', billed ' || r.billed || ' (' || r.cause || ')'"
    rows = f"SELECT d.cause, d.signed, d.billed, a.* FROM ({reconciled(world)}) d JOIN ({accounts()}) a USING (account_id) WHERE "
    differ = "NOT d.agrees AND d.signed IS NOT NULL AND d.billed IS NOT NULL AND d.signed_currency = d.billed_currency"
    return f"SELECT {failing(find_table('account'), 'r', what)} FROM ({rows}{differ}) r"
