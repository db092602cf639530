"""Tables whose last complete week brought far fewer or far more events than the weeks before."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, together
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Table

SEVERITY = Severity.INFORMS
FIX = "Check whether a file is missing or was doubled."
GUIDE = "jump"


def find(world: World) -> str | None:
    """One row for each table whose last week is beyond half or double, and beyond three deviations, of the eight before."""
    return together(_odd(world, table) for table in world.tables() if table.events and table.known)


def _odd(world: World, table: Table) -> str:
    this = f"date_trunc('week', {world.moment})"
    weeks = (
        f"SELECT date_trunc('week', {quoted(table.known or '')}) AS week, count(*) AS n FROM {current(table.name)} "
        f"WHERE {quoted(table.known or '')} < {this} GROUP BY week"
    )
    full = (
        f"SELECT w.week, coalesce(n, 0) AS n FROM (SELECT unnest(range({this} - INTERVAL 63 DAY, {this}, "
        f"INTERVAL 7 DAY)) AS week) w LEFT JOIN ({weeks}) x ON x.week = w.week "
        f"WHERE w.week >= (SELECT min(week) FROM ({weeks}) first)"
    )
    last = f"week = {this} - INTERVAL 7 DAY"
    before = f"week < {this} - INTERVAL 7 DAY"
    return (
        f"SELECT {literal(table.name)} AS table_name, 'last week' AS key, last || ' rows, usually ' || "
        "mean::BIGINT AS what, NULL::INTEGER AS batch, NULL::BIGINT AS line FROM (SELECT "
        f"max(n) FILTER ({last}) AS last, avg(n) FILTER ({before}) AS mean, stddev_samp(n) FILTER ({before}) AS sd, "
        f"count(*) FILTER ({before} AND n > 0) AS weeks FROM ({full}) f) s "
        "WHERE weeks >= 4 AND mean >= 20 AND (last < mean / 2 OR last > mean * 2) AND abs(last - mean) > 3 * sd"
    )
