"""From when to when each row of a state table was known.

Most keys have one row, known from its moment on. Of most others every row simply lasts until the next one: their ends
are found among keys and moments alone, and the wide rows are read once, when they are written. Only keys of which more
is to be said (something was taken back, several rows of one moment, equal neighbours, files that lacked a column) go
the general way (``timeline``), which comes to the same for all.
"""

from __future__ import annotations

import duckdb

from tenure.warehouse.repeats import has_repeats
from tenure.warehouse.schema import quoted, quoted_list
from tenure.warehouse.store import literal
from tenure.warehouse.table import Table
from tenure.warehouse.timeline import FAR_SQL, Timeline, retracted, taken_back, tombstones


def spans(con: duckdb.DuckDBPyConnection, table: Table, stored: str, *, complete: bool = True) -> str:
    """SQL of the versions of the rows in ``stored`` (a relation with the columns of the state table ``table`` and
    ``row``, a number of each row's own): the canonical columns, ``custom``, ``batch``, ``line``, ``known_from``,
    ``known_to`` (exclusive).
    ``complete``: only those with all required columns.

    Reads temporary tables, which ``forget`` removes.
    """
    if not con.execute(f"SELECT 1 FROM {stored} r LIMIT 1").fetchall():
        return _Plain(table, stored, complete).sql()
    return _Spans(con, table, stored, complete).sql()


def forget(con: duckdb.DuckDBPyConnection) -> None:
    """Remove the temporary tables of ``spans``."""
    for temporary in ("several_key", "several_end", "hard_key", "hard_row", "hard_version"):
        con.execute(f"DROP TABLE IF EXISTS temp.{temporary}")


class _Plain:
    """Rows as they stand, each lasting until its end; incomplete ones wait for the rest of their columns."""

    def __init__(self, table: Table, stored: str, complete: bool) -> None:
        self.table, self.stored, self.complete = table, stored, complete

    def values(self) -> list[str]:
        """SQL of the canonical columns of a row ``r``, defaults in the place of what is empty."""
        return [
            f"r.{quoted(column.name)}"
            if column.default is None
            else f"coalesce(r.{quoted(column.name)}, CAST({literal(column.default)} AS {column.type.sql}))"
            for column in self.table.columns
        ]

    def sql(self, joins: str = "", known_to: str = FAR_SQL) -> str:
        where = [
            f"r.{quoted(column.name)} IS NOT NULL" for column in self.table.columns if column.required and self.complete
        ]
        named = [f"{value} AS {quoted(name)}" for value, name in zip(self.values(), self.table.names, strict=True)]
        return (
            f"SELECT {', '.join(named)}, r.custom, r.batch, r.line, r.known_at AS known_from, {known_to} AS known_to "
            f"FROM {self.stored} r{joins} WHERE {' AND '.join(where) or 'true'}"
        )


class _Spans(_Plain):
    """Sorts the keys into those with one row, with several, and the hard ones."""

    def __init__(self, con: duckdb.DuckDBPyConnection, table: Table, stored: str, complete: bool) -> None:
        super().__init__(table, stored, complete)
        self.con = con
        self.key_hash = f"hash({quoted_list(table.key, 'r.')})"

    def sql(self, joins: str = "", known_to: str = FAR_SQL) -> str:
        self._find_taken_back()
        if has_repeats(self.con, self.key_hash, f"{self.stored} r"):
            self._find_ends()
            joins += " LEFT JOIN temp.several_end e ON e.row = r.row"
            known_to = f"coalesce(e.known_to, {known_to})"
        if not self._any("temp.hard_key"):
            return super().sql(joins, known_to)
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE hard_row AS SELECT r.* FROM {self.stored} r SEMI JOIN temp.hard_key k "
            f"ON {self.key_hash} = k.h"
        )
        Timeline(self.con, self.table, "temp.hard_row").write("hard_version", complete=self.complete)
        easy = super().sql(f"{joins} ANTI JOIN temp.hard_key k ON {self.key_hash} = k.h", known_to)
        return f"{easy} UNION ALL SELECT * FROM temp.hard_version"

    def _any(self, relation: str) -> bool:
        return bool(self.con.execute(f"SELECT 1 FROM {relation} x LIMIT 1").fetchall())

    def _find_taken_back(self) -> None:
        """Make ``temp.hard_key``: the hashes (``h``) of the keys of which a row, or the batch of one, was taken back.

        (Here and below a chance collision of hashes sends a key the general way that needs it not.)
        """
        batches, tombs = retracted(self.table), tombstones(self.table)
        self.con.execute("CREATE OR REPLACE TEMP TABLE hard_key (h UBIGINT)")
        if self._any(f"({batches})"):
            self.con.execute(
                f"INSERT INTO hard_key SELECT DISTINCT {self.key_hash} FROM {self.stored} r "
                f"WHERE batch IN (SELECT batch FROM ({batches}) x)"
            )
        if self._any(f"({tombs})"):
            self.con.execute(
                f"INSERT INTO hard_key SELECT DISTINCT {self.key_hash} FROM {self.stored} r "
                f"JOIN ({tombs}) t ON {taken_back(self.table, 'r', 't')}"
            )

    def _find_ends(self) -> None:
        """Make ``temp.several_end``: the ``row`` and ``known_to`` of all rows that another one follows.

        Adds to the hard keys those with two rows of one moment and those with neighbours that say the same; all with
        several rows where a file lacked a column.
        """
        self.con.execute(
            f"CREATE OR REPLACE TEMP TABLE several_key AS SELECT {self.key_hash} AS h FROM {self.stored} r "
            "GROUP BY h HAVING count(*) > 1"
        )
        if Timeline(self.con, self.table, self.stored).lacking:
            self.con.execute("INSERT INTO hard_key FROM temp.several_key")
            self.con.execute("CREATE OR REPLACE TEMP TABLE several_end (row BIGINT, known_to TIMESTAMP)")
            return
        keys = quoted_list(f"k{number}" for number in range(len(self.table.key)))
        named = ", ".join(f"r.{quoted(name)} AS k{number}" for number, name in enumerate(self.table.key))
        self.con.execute(f"""
            CREATE OR REPLACE TEMP TABLE several_end AS
            SELECT row, h, lead(known_at) OVER w AS known_to, lead(said) OVER w = said AS same, known_at
            FROM (SELECT r.row, {self.key_hash} AS h, {named}, r.known_at,
                         hash({", ".join(self.values())}, r.custom) AS said
                  FROM {self.stored} r SEMI JOIN temp.several_key s ON {self.key_hash} = s.h) x
            WINDOW w AS (PARTITION BY {keys} ORDER BY known_at) QUALIFY known_to IS NOT NULL""")
        self.con.execute(
            "INSERT INTO hard_key SELECT DISTINCT h FROM temp.several_end WHERE same OR known_to = known_at"
        )
