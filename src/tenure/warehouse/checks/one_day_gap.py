"""Intervals that begin exactly a day after the one before has ended: its end may name the last day, not the first after it."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, failing, together
from tenure.warehouse.schema import quoted, quoted_list
from tenure.warehouse.table import Table, Type

SEVERITY = Severity.WARNS
FIX = 'If the export writes the last day, load it with ends = "inclusive" in its map.'
GUIDE = "two-numbers-differ"


def find(world: World) -> str | None:
    """One row for each interval with such a gap before it, among those of one account and thing."""
    return together(_gaps(table) for table in world.tables() if _has_days(table))


def _has_days(table: Table) -> bool:
    return bool(table.ends and not table.events and table.column(table.ends).type in (Type.TIME, Type.DATE))


def _gaps(table: Table) -> str:
    start, end = quoted(table.starts or ""), quoted(table.ends or "")
    things = ("account_id", "csm_id", "role", "product_id", "feature_id", "plan", "kind")
    same = [name for name in things if name in table.names]
    if not same:  # of no account, as targets: all of the key but the time
        same = [name for name in table.key if name not in (table.starts, table.ends)]
    before = f"lag({end}) OVER (PARTITION BY {quoted_list(same)} ORDER BY {start}, {end})"
    what = f"'begins ' || r.{start} || ', a day after ' || r.before"
    return (
        f"SELECT {failing(table, 'r', what)} FROM (SELECT *, {before} AS before FROM {current(table.name)}) r "
        f"WHERE r.{start} = r.before + INTERVAL 1 DAY"
    )
