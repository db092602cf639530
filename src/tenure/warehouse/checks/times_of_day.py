"""Files whose events lie at other times of the day than before: shifted by hours, or all at midnight."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, current, together
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Table, Type

SEVERITY = Severity.INFORMS
FIX = "Check the file's time zone (timezone in the map), and whether the export still writes the time."
GUIDE = "jump"

#: Rows of the file and of the four weeks before it.
_LEAST = 100


def find(world: World) -> str | None:
    """One row for each table: its last file, where its hours differ from those of the four weeks before by more than chance."""
    tables = (table for table in world.tables() if table.events and table.known)
    return together(_shifted(table) for table in tables if table.column(table.known or "").type is Type.TIME)


def _shifted(table: Table) -> str:
    at, name = quoted(table.known or ""), literal(table.name)
    last = f"(SELECT max(batch) FROM main.batch WHERE table_name = {name} AND retracted_by IS NULL AND loaded > 0)"
    first = f"(SELECT min({at}) FROM {current(table.name)} WHERE batch = {last})"
    hours = (
        f"SELECT hour({at}) AS h, count(*) FILTER (batch = {last}) AS n, count(*) FILTER (batch < {last}) AS was, "
        f"count(*) FILTER (batch = {last} AND {at} = date_trunc('day', {at})) AS midnight FROM {current(table.name)} "
        f"WHERE batch = {last} OR {at} >= {first} - INTERVAL 28 DAY GROUP BY h"
    )
    apart = f"SELECT *, sum(n) OVER () AS ns, sum(was) OVER () AS weres FROM ({hours}) x"
    whole = (
        "SELECT sum(abs(n / ns - was / weres)) / 2 AS distance, max(ns) AS n, max(weres) AS was, "
        f"sum(midnight) AS midnight FROM ({apart}) y WHERE ns >= {_LEAST} AND weres >= {_LEAST}"
    )
    return (
        f"SELECT {name} AS table_name, 'last file' AS key, round(100 * distance)::INTEGER || ' % of its events lie at "
        "hours at which others do not' || CASE WHEN midnight > n / 2 THEN ', most at midnight' ELSE '' END AS what, "
        f"{last} AS batch, NULL::BIGINT AS line FROM ({whole}) z WHERE distance > 0.2 + 2 / sqrt(n)"
    )
