"""Rows that were one customer's and are another's now: an id may have been used again."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing, together
from tenure.warehouse.schema import quoted
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.WARNS
FIX = "Give the new thing an id of its own; if the customers are one, say so by merged_into."
GUIDE = "wrong-customer"

_TABLES = ("subscription", "contract", "invoice", "opportunity", "survey_answer", "milestone", "goal")


def find(world: World) -> str | None:
    """One row for each key that named several accounts, none of which is merged into another of them."""
    return together(_moved(name) for name in _TABLES if world.has(name) and world.has("account"))


def _moved(name: str) -> str:
    table = find_table(name)
    key = quoted(table.key[0])
    stands = f"SELECT account_id, any_value(merged_into) AS stands_for FROM {current('account')} GROUP BY account_id"
    rows = (
        f"SELECT v.{key} AS id, coalesce(s.stands_for, v.account_id) AS account_id FROM main.{quoted(name + '_version')} v "
        f"LEFT JOIN ({stands}) s ON s.account_id = v.account_id"
    )
    moved = (
        f"SELECT id, min(account_id) AS one, max(account_id) AS other FROM ({rows}) x GROUP BY id HAVING one <> other"
    )
    what = "'named ' || m.one || ' and ' || m.other"
    return f"SELECT {failing(table, 'r', what)} FROM {current(name)} r JOIN ({moved}) m ON m.id = r.{key}"
