"""Published facts, lent to a reader of the warehouse for another moment at which they tell the same.

Scores look at the beginning of the day, figures at now, facts are published for a moment in between. A time line tells all of what was
before. Of other facts only what is told of a time between the two can be different: where nothing is, they are the same, and a fact
that is about one thing a row is so for all things but those of which something is. Neither need be made again. At a later moment a
fact is the same where nothing that it stands on tells of a time in between.
"""

from __future__ import annotations

import os
from itertools import count
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb

from tenure.figures import filing, footing, kept
from tenure.figures.published import FOLDER, SEALED
from tenure.figures.reader import FAR, Lent
from tenure.warehouse.schema import quoted
from tenure.warehouse.tables import all_tables

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tenure.core.config import Settings
    from tenure.figures.published import Published
    from tenure.figures.reader import Moment
    from tenure.metrics.kinds import FactKey
    from tenure.warehouse.store import Lending


class Lender:
    """Lends the facts of what is published to a connection of the warehouse. ``close`` takes the files back; those that are ``shared`` by
    all who read of one moment stay with these.
    """

    def __init__(
        self, con: duckdb.DuckDBPyConnection, home: Path, found: Published, settings: Settings, shared: Lending | None = None
    ) -> None:  # fmt: skip
        self.con = con
        self._side = con.cursor()
        self.folder = home / FOLDER
        self.found = found
        self.settings = settings
        self._shared = shared
        self._attached: dict[str, str] = {}
        self._quiet: dict[tuple[str, str, Moment], bool] = {}

    def lend(self, key: FactKey, moment: Moment) -> Lent | None:
        """A fact as it was at a moment; None where it must be made, since it may be another than is published."""
        found = self.found
        if key.grain or key.table not in found.facts or moment.known < FAR:
            return None
        how, stirred = kept.recipe(key, found.ground, self.settings), dict[str, str]()
        if moment.now > found.now:
            if not (how.steady or how.timeline) or not self._stands_still(key, moment):
                return None
        elif how.timeline:
            if not self._are_who_they_were(moment):
                return None
        elif not how.steady or not self._differs_by(key, how.apiece, moment, stirred):
            return None
        part = SEALED if key.table in found.base else found.open_part(key.table)
        alias = self._opened(found.files[part])
        return Lent(f"{alias}.main.{key.table}", stirred) if alias else None

    def _stands_still(self, key: FactKey, moment: Moment) -> bool:
        """Whether nothing that a fact stands on tells of a time between the two."""
        told = footing.times(key, self.found.ground, self.settings)
        return all(self._is_quiet(table, column, moment) for table, column in sorted(told))

    def _differs_by(self, key: FactKey, apiece: tuple[str, ...], moment: Moment, stirred: dict[str, str]) -> bool:
        """Whether a steady fact differs by no more than the rows about certain things: SQL of these, by what names them."""
        told: dict[str, list[tuple[str, str]]] = {}
        for table, column in footing.compared(key, self.found.ground, self.settings):
            if self._is_quiet(table, column, moment):
                continue
            names = [name for name in apiece if name in all_tables()[table].names]
            if names:
                told.setdefault(names[0], []).append((table, column))
            elif not apiece or table != "account" or not self._are_who_they_were(moment):
                return False
        stirred |= {name: self._stirred(name, columns, moment) for name, columns in told.items()}
        return True

    def _stirred(self, name: str, columns: Iterable[tuple[str, str]], moment: Moment) -> str:
        """SQL of the things, by the column that names them, of which one of these columns tells a time in between; and of
        those that they were merged into, or otherwise belong to.
        """
        told = " UNION ".join(
            f"SELECT {quoted(name)} AS thing FROM {quoted(table + '_version')} WHERE {self._between(column, moment)}"
            for table, column in columns
        )
        links = " UNION ALL ".join(
            f"SELECT {quoted(name)} AS thing, {quoted(link.name)} AS onward FROM {quoted(own.name + '_version')}"
            f" WHERE {quoted(link.name)} IS NOT NULL"
            for own in all_tables().values()
            for link in own.columns
            if own.key[0] == name and link.references == own.name and link.name != name
        )
        onward = f" UNION SELECT onward FROM stirring JOIN ({links}) AS linked USING (thing)" if links else ""
        return f"WITH RECURSIVE stirring AS (({told}){onward}) SELECT thing FROM stirring WHERE thing IS NOT NULL"

    def _is_quiet(self, table: str, column: str, moment: Moment) -> bool:
        """Whether a column tells of no time between the moment and that of the publishing."""
        if (table, column, moment) not in self._quiet:
            sql = f"SELECT 1 FROM {quoted(table + '_version')} WHERE {self._between(column, moment)} LIMIT 1"
            self._quiet[table, column, moment] = not self.con.execute(sql).fetchall()
        return self._quiet[table, column, moment]

    def _are_who_they_were(self, moment: Moment) -> bool:
        """Whether of no account that was ever merged, or a test, a row begins to hold between the two: these are told of all its
        time.
        """
        if ("", "", moment) not in self._quiet:
            self._quiet["", "", moment] = not self.con.execute(
                "SELECT 1 FROM account_version AS of SEMI JOIN (SELECT account_id FROM account_version"
                " WHERE merged_into IS NOT NULL OR is_test) AS odd ON odd.account_id = of.account_id"
                f" WHERE {self._between('valid_from', moment)} LIMIT 1"
            ).fetchall()
        return self._quiet["", "", moment]

    def _between(self, column: str, moment: Moment) -> str:
        """SQL: whether a column's time lies between the moment and that of the publishing."""
        first, last = sorted((moment.now, self.found.now))
        return f"{quoted(column)} BETWEEN TIMESTAMP '{first}' AND TIMESTAMP '{last}'"

    def _opened(self, name: str) -> str:
        """The name under which a file is attached, by this reader or for all of its moment; empty where it cannot be."""
        if self._shared is None:
            return self._attach(name, self._attached)
        there, lock = self._shared
        with lock:
            return self._attach(name, there)

    def _attach(self, name: str, into: dict[str, str]) -> str:
        """Attach a file that is not yet; the name under which it is.

        By a path of its own, so that several may have it, and from beside: a transaction can let go of nothing that it looked into.
        """
        if name not in into:
            alias = f"lent_{next(_numbers)}"
            path = self._linked(name, self.folder / f"{alias}.part")
            try:
                filing.attach(self._side, path, alias, read_only=True)
            except (
                duckdb.BinderException,
                duckdb.IOException,
            ):  # open by its own path, or gone: what it tells is made then
                alias = ""
            finally:
                if path.name != name:
                    path.unlink(missing_ok=True)
            into[name] = alias
        return into[name]

    def _linked(self, name: str, path: Path) -> Path:
        """Another path to a file, which goes once it is opened; its own, where the disk knows no such paths."""
        try:
            path.unlink(missing_ok=True)
            os.link(self.folder / name, path)
        except OSError:
            return self.folder / name
        return path

    def close(self) -> None:
        """Take back what was lent."""
        for alias in filter(None, self._attached.values()):
            self._side.execute(f"DETACH {alias}")
        self._attached.clear()
        self._side.close()


#: No name is given twice by one process.
_numbers = count(1)
