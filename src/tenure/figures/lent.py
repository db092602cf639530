"""Published facts, lent to a reader of the warehouse for an earlier moment at which they tell the same.

Scores look at the beginning of the day, facts are published for a moment in it. A time line tells all of what was before; and where
nothing has happened between the two in the tables that a fact stands on, it is the same. Neither need be made again.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from tenure.figures import filing, footing, kept
from tenure.figures.published import FOLDER, SEALED
from tenure.figures.reader import FAR
from tenure.warehouse.schema import quoted
from tenure.warehouse.tables import all_tables

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.figures.published import Published
    from tenure.figures.reader import Moment
    from tenure.metrics.kinds import FactKey


class Lender:
    """Lends the facts of what is published to a connection of the warehouse. ``close`` takes the files back."""

    def __init__(self, con: duckdb.DuckDBPyConnection, home: Path, found: Published, settings: Settings) -> None:
        self.con = con
        self.folder = home / FOLDER
        self.found = found
        self.settings = settings
        self._attached: dict[str, str] = {}
        self._quiet: dict[tuple[str, Moment], bool] = {}

    def lend(self, key: FactKey, moment: Moment) -> str:
        """SQL of a fact as it was at a moment; empty where it must be made, since it may be another than is published."""
        found = self.found
        if key.grain or key.table not in found.facts or moment.known < FAR or moment.now > found.now:
            return ""
        how = kept.recipe(key, found.ground, self.settings)
        if how.timeline:
            if not self._are_who_they_were(moment):
                return ""
        else:
            tables = footing.canonical((), [key], found.ground, self.settings)
            if not how.steady or not all(self._is_quiet(table, moment) for table in tables):
                return ""
        part = SEALED if key.table in found.base else found.open_part(key.table)
        alias = self._opened(found.files[part])
        return f"SELECT * FROM {alias}.main.{key.table}" if alias else ""

    def _is_quiet(self, table: str, moment: Moment) -> bool:
        """Whether nothing in a table has its time between the moment and that of the publishing."""
        if (table, moment) not in self._quiet:
            about = all_tables()[table]
            times = [column.name for column in about.columns if column.type.value == "time"]
            times += [derived.name for derived in about.derived if derived.ibis.startswith("timestamp")]
            between = f">= TIMESTAMP '{moment.now}' AND {{}} < TIMESTAMP '{self.found.now}'"
            some = " OR ".join(f"({quoted(name)} {between.format(quoted(name))})" for name in times)
            sql = f"SELECT 1 FROM {quoted(table + '_version')} WHERE {some} LIMIT 1"
            self._quiet[table, moment] = not some or not self.con.execute(sql).fetchall()
        return self._quiet[table, moment]

    def _are_who_they_were(self, moment: Moment) -> bool:
        """Whether no account was merged or found to be a test between the two: that is so for all its time."""
        if ("", moment) not in self._quiet:
            self._quiet["", moment] = not self.con.execute(
                "SELECT 1 FROM account_version WHERE (merged_into IS NOT NULL OR is_test)"
                f" AND valid_from >= TIMESTAMP '{moment.now}' AND valid_from < TIMESTAMP '{self.found.now}' LIMIT 1"
            ).fetchall()
        return self._quiet["", moment]

    def _opened(self, name: str) -> str:
        """The name under which a file is attached; empty where another reader of the warehouse has it."""
        if name not in self._attached:
            alias = f"lent_{len(self._attached)}"
            try:
                filing.attach(self.con, self.folder / name, alias, read_only=True)
            except duckdb.BinderException:
                alias = ""
            self._attached[name] = alias
        return self._attached[name]

    def close(self) -> None:
        """Take back what was lent."""
        for alias in filter(None, self._attached.values()):
            self.con.execute(f"DETACH {alias}")
        self._attached.clear()
