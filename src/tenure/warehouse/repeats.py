"""Whether any key occurs twice: the question asked of every load, nearly always answered with no.

Sorting the keys' hashes as plain numbers takes a fifth of the time of grouping by them, so grouping waits for a yes.
"""

from __future__ import annotations

import duckdb
import numpy as np

_AT_ONCE = 1 << 25  # 256 MB of hashes


def has_repeats(con: duckdb.DuckDBPyConnection, hashed: str, rows: str, at_once: int = _AT_ONCE) -> bool:
    """Whether two rows have the same ``hashed`` (SQL, UBIGINT, never null). ``rows``: SQL after FROM, with its WHERE.

    Two keys may share a hash by chance, so yes means probably. At most about ``at_once`` hashes are held in memory.
    """
    known = int(con.execute(f"SELECT count(*) FROM {rows}").fetchall()[0][0])
    parts = known // at_once + 1
    for part in range(parts):
        these = f"SELECT h FROM (SELECT {hashed} AS h FROM {rows}) x" + (
            f" WHERE h % {parts} = {part}" if parts > 1 else ""
        )
        found = np.sort(con.execute(these).fetchnumpy()["h"])
        if bool((found[1:] == found[:-1]).any()):
            return True
    return False
