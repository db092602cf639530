"""Files of which many events are months old, where those before brought fresh ones: day and month may be swapped."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import KIND, World, together
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.table import Table, Type

SEVERITY = Severity.INFORMS
FIX = "Check the date format (dates in the map). If the past was loaded on purpose, this passes with the next file."
GUIDE = "import-took-nothing"

#: Days that make an event old, and the shares of a file that are many and few.
_OLD, _MANY, _FEW = 60, 0.2, 0.05


def find(world: World) -> str | None:
    """One row for each table and kind of file with three loads or more: its last file."""
    tables = (
        table
        for table in world.tables()
        if table.events and table.known and table.column(table.known).type is Type.TIME
    )
    return together(_late(table) for table in tables)


def _late(table: Table) -> str:
    at, name = quoted(table.known or ""), literal(table.name)
    loads = (
        f"SELECT batch, {KIND} AS kind, known_at, row_number() OVER (PARTITION BY {KIND} ORDER BY batch DESC) AS age "
        f"FROM main.batch WHERE table_name = {name} AND retracted_by IS NULL AND loaded > 0"
    )
    shares = (
        f"SELECT l.kind, l.age, l.batch, count(*) AS n, avg((r.{at} < l.known_at - INTERVAL {_OLD} DAY)::INTEGER) AS old "
        f"FROM main.{quoted(table.name)} r JOIN ({loads}) l ON l.batch = r.batch WHERE l.age <= 4 AND r.{at} IS NOT NULL GROUP BY 1, 2, 3"
    )
    sides = (
        "SELECT kind, max(old) FILTER (age = 1) AS now, max(old) FILTER (age IN (2, 3)) AS was, max(n) FILTER (age = 1) "
        f"AS n, count(*) FILTER (age > 1) AS before, max(batch) AS batch FROM ({shares}) s GROUP BY kind"
    )
    return (
        f"SELECT {name} AS table_name, kind AS key, round(100 * now)::INTEGER || ' % are older than {_OLD} days, of the "
        f"files before ' || round(100 * was)::INTEGER || ' %' AS what, batch, NULL::BIGINT AS line FROM ({sides}) x "
        f"WHERE before >= 2 AND n >= 5 AND now > {_MANY} AND was < {_FEW}"
    )
