"""Amounts thirty times as large or as small as those of the same customer before: a decimal mark may be lost."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing, together
from tenure.warehouse.tables import find as find_table

SEVERITY = Severity.WARNS
FIX = "Check the number format of the export (decimal in the map), or the amount itself."
GUIDE = "two-numbers-differ"

_TIMES = 30
#: Table, SQL of its amount over a row, its time, and the columns within which amounts are alike.
_AMOUNTS = (
    ("subscription", "monthly::DOUBLE / 10000", "started_at", "subscription_id"),
    ("contract", "value::DOUBLE", "started_at", "account_id"),
    ("invoice", "amount::DOUBLE", "issued_at", "account_id, kind"),
)


def find(world: World) -> str | None:
    """One row for each line, contract and invoice, against the median of all earlier ones."""
    return together(_jumps(*one) for one in _AMOUNTS if world.has(one[0]))


def _jumps(name: str, amount: str, time: str, same: str) -> str:
    table = find_table(name)
    before = (
        f"median(abs({amount})) OVER (PARTITION BY {same}, currency ORDER BY {time} "
        "ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)"
    )
    rows = f"(SELECT *, abs({amount}) AS size, {before} AS before FROM {current(name)} WHERE {amount} <> 0)"
    what = "round(r.size, 2) || ', before ' || round(r.before, 2)"
    return (
        f"SELECT {failing(table, 'r', what)} FROM {rows} r "
        f"WHERE r.size > {_TIMES} * r.before OR r.before > {_TIMES} * r.size"
    )
