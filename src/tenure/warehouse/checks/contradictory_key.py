"""Rows of one key that say different things at the same moment, so that only chance (a hash) decides."""

from __future__ import annotations

from tenure.core.accept import Severity
from tenure.warehouse.checks.world import World, failing, together
from tenure.warehouse.content import content_hash, same_key
from tenure.warehouse.repeats import has_repeats
from tenure.warehouse.schema import quoted
from tenure.warehouse.table import Table

SEVERITY = Severity.BLOCKS
FIX = "Load a file in which each key occurs once, or give the rows their own known_at."
GUIDE = "held-figure"

STANDING = "(SELECT batch FROM main.batch WHERE retracted_by IS NULL)"


def find(world: World) -> str | None:
    """Within a file (noted when it was loaded), and between files, as long as no later row has settled it."""
    queries = []
    for table in world.tables():
        if not table.events:
            queries += _between(world, table)
            queries.append(_within(table))
    return together(queries)


def _between(world: World, table: Table) -> list[str]:
    """SQL of the rows of one key and moment that several files brought; nothing where there can be none."""
    standing = f"main.{quoted(table.name)} r WHERE r.batch IN {STANDING}"
    files = f"SELECT count(*) FROM main.batch WHERE table_name = '{table.name}' AND batch IN {STANDING}"
    same = [*(quoted(name) for name in table.key), "known_at", *([quoted(table.own_time)] if table.own_time else [])]
    hashed = f"hash({', '.join('r.' + name for name in same)})"
    if world.con.execute(files).fetchall()[0][0] < 2 or not has_repeats(world.con, hashed, standing):
        return []
    repeated = f"SELECT {hashed} AS h FROM {standing} GROUP BY h HAVING count(*) > 1"
    groups = (
        f"SELECT {', '.join(same)}, min(batch) AS batch, min(line) AS line FROM "
        f"(SELECT * FROM {standing} AND {hashed} IN ({repeated})) r "
        f"GROUP BY ALL HAVING count(DISTINCT {content_hash(table, 'r')}) > 1"
    )
    later = f"ANTI JOIN (SELECT * FROM {standing}) l ON {same_key(table, 'g', 'l')} AND l.known_at > g.known_at"
    return [f"SELECT {failing(table, 'g', SEVERAL)} FROM ({groups}) g {later}"]


def _within(table: Table) -> str:
    return (
        f"SELECT f.table_name, f.value AS key, f.reason AS what, f.batch, f.line FROM main.failed_row f "
        f"WHERE f.table_name = '{table.name}' AND f.code = 'contradicted' AND f.batch IN {STANDING} "
        f"AND f.batch = (SELECT max(batch) FROM main.{quoted(table.name)} r WHERE r.batch IN {STANDING} "
        f"AND concat_ws(' / ', {', '.join('r.' + quoted(name) + '::VARCHAR' for name in table.key)}) = f.value)"
    )


SEVERAL = "'rows of this key contradict each other'"
