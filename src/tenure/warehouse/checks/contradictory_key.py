"""Rows of one key that say different things at the same moment, so that only chance (a hash) decides."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, failing, together
from tenure.warehouse.content import content_hash
from tenure.warehouse.schema import quoted, quoted_list
from tenure.warehouse.table import Table

SEVERITY = Severity.BLOCKS
FIX = "Load a file in which each key occurs once, or give the rows their own known_at."

STANDING = "(SELECT batch FROM main.batch WHERE retracted_by IS NULL)"


def find(world: World) -> str | None:
    """Within a file (noted when it was loaded), and between files, as long as no later row has settled it."""
    queries = []
    for table in world.tables():
        if not table.events:
            queries += [_between(table), _within(table)]
    return together(queries)


def _between(table: Table) -> str:
    same = [*(quoted(name) for name in table.key), "known_at", *([quoted(table.own_time)] if table.own_time else [])]
    several = f"count(DISTINCT {content_hash(table, 'r')}) > 1"
    groups = (
        f"SELECT {', '.join(same)}, min(batch) AS batch, min(line) AS line, {several} AS contradicts "
        f"FROM main.{quoted(table.name)} r WHERE batch IN {STANDING} GROUP BY ALL HAVING count(*) > 1"
    )
    last = (
        f"SELECT *, max(known_at) OVER (PARTITION BY {quoted_list(table.key)}) AS last FROM "
        f"main.{quoted(table.name)} WHERE batch IN {STANDING}"
    )
    match = " AND ".join(f"g.{name} IS NOT DISTINCT FROM l.{name}" for name in same)
    return (
        f"SELECT {failing(table, 'g', SEVERAL)} FROM ({groups}) g SEMI JOIN ({last}) l "
        f"ON {match} AND l.known_at = l.last WHERE g.contradicts"
    )


def _within(table: Table) -> str:
    return (
        f"SELECT f.table_name, f.value AS key, f.reason AS what, f.batch, f.line FROM main.failed_row f "
        f"WHERE f.table_name = '{table.name}' AND f.code = 'contradicted' AND f.batch IN {STANDING} "
        f"AND f.batch = (SELECT max(batch) FROM main.{quoted(table.name)} r WHERE r.batch IN {STANDING} "
        f"AND concat_ws(' / ', {', '.join('r.' + quoted(name) + '::VARCHAR' for name in table.key)}) = f.value)"
    )


SEVERAL = "'rows of this key contradict each other'"
