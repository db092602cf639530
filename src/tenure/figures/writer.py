"""Writing the tables of facts. Most statements take longer to be planned than to be carried out where there are few rows: what
cannot have rows is not asked for, and a table's columns are asked for once.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

import duckdb

from tenure.figures import filing, kept
from tenure.warehouse.schema import quoted

if TYPE_CHECKING:
    from tenure.figures.reader import Reader
    from tenure.metrics.kinds import FactKey


class Writer:
    """Writes facts into files that are attached to a connection, over which the ``reader`` stands."""

    def __init__(self, con: duckdb.DuckDBPyConnection, reader: Reader) -> None:
        self.con = con
        self.reader = reader
        self._has: dict[str, bool] = {}

    def batches(self, key: FactKey, *parts: str) -> Iterator[str]:
        """See to it that a fact has a table in these parts, and give the SQL of its rows as ``Reader.batches`` does, if there can
        be any.
        """
        for part in parts:
            filing.make(self.con, _table(key, part), self._columns(key))
        if self._may_have_rows(key):
            yield from self.reader.batches(key)

    def names(self, key: FactKey) -> set[str]:
        """The names of a fact's columns, for the question that stands."""
        return {name for name, _kind in self._columns(key)}

    def write(self, key: FactKey, part: str, rows: str) -> None:
        """Put rows (SQL) of a fact into its table in a part."""
        self.con.execute(f"INSERT INTO {_table(key, part)} {rows}")

    def show(self, key: FactKey, rows: str) -> None:
        """Let other facts find this one by its name, wherever it lies."""
        self.con.execute(f"CREATE TEMP VIEW {key.table} AS {rows}")
        self._has[key.table] = self._found(key.table)

    def _columns(self, key: FactKey) -> kept.Columns:
        how = kept.recipe(key, self.reader.ground, self.reader.settings)

        def look() -> kept.Columns:
            found: kept.Columns = ()
            for rows in self.reader.batches(key):
                found = filing.columns_of(self.con, how.dated(f"({rows})"))
            return found

        return kept.columns(key, self.reader.ground, f"DuckDB {duckdb.__version__}", look)

    def _may_have_rows(self, key: FactKey) -> bool:
        """Whether each group of tables that a fact needs has a row."""
        how = kept.recipe(key, self.reader.ground, self.reader.settings)
        passing = {each.table: each for each in how.passing}

        def has(table: str) -> bool:
            if table in passing:
                return self._may_have_rows(passing[table])
            if table not in self._has:
                # What is neither a fact that was shown nor a canonical table is laid by the reader, and has rows.
                self._has[table] = not table.endswith("_version") or self._found(table)
            return self._has[table]

        return all(any(map(has, group)) for group in how.needed)

    def _found(self, table: str) -> bool:
        return bool(self.con.execute(f"SELECT 1 FROM {quoted(table)} LIMIT 1").fetchall())


def _table(key: FactKey, part: str) -> str:
    return f"{part}.main.{key.table}"
