"""What was told since a load, when rows that it refused are brought again: they come late, and must not pass for news."""

from __future__ import annotations

import json
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.warehouse.content import content_hash, same_key
from tenure.warehouse.schema import quoted

if TYPE_CHECKING:
    from collections.abc import Iterable

    import duckdb

    from tenure.warehouse.load.report import Delivery
    from tenure.warehouse.table import Table


@dataclass(frozen=True)
class Earlier:
    """The load whose refused rows are brought again. ``beside``: the batches of its file; ``later``: those of later loads;
    ``full``: a later file of its source was a full one, which had the last word on every key.

    What mends an earlier load is as old as that.
    """

    beside: tuple[int, ...]
    later: tuple[int, ...]
    full: bool

    @classmethod
    def of(cls, con: duckdb.DuckDBPyConnection, table: Table, delivery: Delivery) -> Earlier:
        """What stands of the table beside and after the load that a delivery mends."""
        mends = delivery.mends
        assert mends is not None
        rows = con.execute(
            "SELECT batch, message_id, sha256, flags, source FROM main.batch WHERE table_name = ? AND retracted_by IS NULL",
            [table.name],
        ).fetchall()
        numbers = dict(con.execute("SELECT message_id, max(batch) FROM main.batch GROUP BY ALL").fetchall())
        own = numbers.get(mends.of, 0)
        flags = {batch: json.loads(said) for batch, _, _, said, _ in rows}
        age = {batch: numbers.get(flags[batch].get("mends"), batch) for batch, *_ in rows}
        later = tuple(batch for batch, *_ in rows if age[batch] > own)
        beside = tuple(batch for batch, _, sha256, *_ in rows if sha256 == delivery.sha256)
        sources = {batch: source for batch, *_, source in rows}
        full = any(
            flags[b]["mode"] == "full" and "mends" not in flags[b] and sources[b] == delivery.source for b in later
        )
        return cls(beside, later, full)

    def drop_outdated(self, con: duckdb.DuckDBPyConnection, table: Table, rows: str, dropped: str, kind: str) -> int:
        """Write into ``dropped``, as of a ``kind``, and count, the candidates ``rows`` of whose key something newer is known: by a later
        load, or by the row of the same file that would have come before them.
        """
        if self.full:
            found = con.execute(f"INSERT INTO {dropped} SELECT row, '{kind}', NULL FROM ({rows}) c").fetchall()
            return int(found[0][0])
        found = con.execute(
            f"INSERT INTO {dropped} SELECT DISTINCT c.row, '{kind}', NULL FROM ({rows}) c JOIN main.{quoted(table.name)} k "
            f"ON {same_key(table, 'c', 'k')} WHERE k.batch IN ({_listed(self.later)}) OR (k.batch IN ({_listed(self.beside)}) "
            f"AND {_precedence(table, 'k')} > {_precedence(table, 'c')})"
        ).fetchall()
        return int(found[0][0])

    def occurrences(self, con: duckdb.DuckDBPyConnection, table: Table, rows: str) -> str:
        """For events without an id: which time their content occurs in the file, after those that were taken from it."""
        key, made = quoted(table.key[0]), content_hash(table, "c", without=table.key)
        con.execute(
            f"CREATE OR REPLACE TEMP TABLE load_occurrence AS SELECT row, coalesce(taken, 0) + "
            f"row_number() OVER (PARTITION BY made ORDER BY row) AS number "
            f"FROM (SELECT c.row, {made} AS made FROM ({rows}) c WHERE c.{key} IS NULL) LEFT JOIN "
            f"(SELECT left({key}, 32) AS made, count(*) AS taken FROM main.{quoted(table.name)} "
            f"WHERE batch IN ({_listed(self.beside)}) GROUP BY 1) USING (made)"
        )
        return "temp.load_occurrence"


def _listed(batches: Iterable[int]) -> str:
    return ", ".join(map(str, batches)) or "NULL"


def _precedence(table: Table, row: str) -> str:
    """SQL of what of two rows of a key in one file the larger wins by: own time (none is the least), then content."""
    own = f"coalesce({row}.{quoted(table.own_time)}::TIMESTAMP, TIMESTAMP '0001-01-01')" if table.own_time else "true"
    return f"({own}, {content_hash(table, row)})"
