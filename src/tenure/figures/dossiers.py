"""Dossiers: what is known now of each account, laid by accounts, so that the rows of one are found without the others.

The file ``base-N`` holds the rows that were known at one moment; ``recent-N`` those of keys of which more was told since,
which stand in the place of theirs in the base. So a row that is told costs no more than itself. The base is made anew when
much has become recent, or when rows were taken back. What belongs to no account, or must not be told of one (anonymous
answers), is not there; neither is what is counted every day, of which figures tell.
"""

from __future__ import annotations

from collections.abc import Iterable
from contextlib import closing
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from tenure.core import whole
from tenure.figures import filing, kept
from tenure.figures.publish import last_of
from tenure.figures.published import FOLDER as PUBLISHED
from tenure.warehouse import versions
from tenure.warehouse.schema import columns_on_disk, is_on_disk, quoted, quoted_list, shown
from tenure.warehouse.store import literal
from tenure.warehouse.tables import all_tables
from tenure.warehouse.timeline import FAR_SQL

if TYPE_CHECKING:
    import duckdb

    from tenure.warehouse.store import Store
    from tenure.warehouse.table import Table

#: Where they lie, inside the folder of what is published.
FOLDER = "dossiers"
ACCOUNT = "account_id"
BASE, RECENT = "base_part", "recent_part"
#: For DuckDB: an account has few rows: to find first which are shown, and then read those, is slower than to read all.
FEW_ROWS = "SET disabled_optimizers = 'late_materialization'"
#: As many rows may be recent: beyond, the base is made anew.
MOST_RECENT = 50_000
#: SQL of the key that a retraction names, of tables whose key is one column: as a text, or a list of one.
_TAKEN = "CASE WHEN key LIKE '[%' AND json_valid(key) THEN key ->> '$[0]' ELSE key END"
_COUNTED_DAILY = {"usage", "usage_daily"}
#: Tables without an account, whose rows belong to one through another's: by which column, and which.
THROUGH = {"payment": ("invoice_id", "invoice")}
#: Of every row beside its columns: since when what it says is known.
KNOWN = "known_from"


class Dossiers(msgspec.Struct, frozen=True):
    """What the pointer says. ``seen`` names the state of the inbox that they contain, ``batch`` and ``retraction`` the last
    batches that the base does. ``base_columns, recent_columns``: by table, the columns that hold something; ``custom``:
    the columns of one's own; ``brought``: of each source, when it last brought something (ISO, UTC), and of which tables.
    """

    base: str
    recent: str
    seen: str
    batch: int
    retraction: int
    code: str
    base_columns: dict[str, tuple[str, ...]]
    recent_columns: dict[str, tuple[str, ...]]
    custom: dict[str, tuple[str, ...]]
    brought: dict[str, tuple[str, tuple[str, ...]]]

    @property
    def files(self) -> dict[str, str]:
        """The files by the names under which ``rows_of`` looks for them, from the folder of what is published on."""
        return {BASE: f"{FOLDER}/{self.base}", RECENT: f"{FOLDER}/{self.recent}"}


@cache
def tables() -> dict[str, Table]:
    """The tables that dossiers hold."""
    return {
        name: table
        for name, table in all_tables().items()
        if not table.reference and name not in _COUNTED_DAILY and (ACCOUNT in table.names or name in THROUGH)
    }


def current(home: Path, seen: str) -> Dossiers | None:
    """The dossiers of a workspace as of this state of its inbox; None where they must be brought up to date first."""
    found = _pointed(home)
    return found if found and found.seen == seen else None


def refresh(home: Path, store: Store, seen: str) -> Dossiers:
    """Bring the dossiers up to date. The versions in the warehouse must be.

    ``seen`` names the state of the inbox that the warehouse contains.
    """
    before = _pointed(home)
    if before and before.seen == seen:
        return before
    folder = home / PUBLISHED / FOLDER
    folder.mkdir(parents=True, exist_ok=True)
    with store.reporting(), closing(store.cursor()) as con:
        return _Writer(folder, store, con, before).write(seen)


def forget(home: Path) -> None:
    """See to it that the next refresh makes everything anew."""
    (home / PUBLISHED / FOLDER / filing.POINTER).unlink(missing_ok=True)


def rows_of(found: Dossiers, table: Table, parts: dict[str, str], *accounts: str) -> str:
    """SQL of the rows of a table that some accounts have, with ``parts`` (SQL by name, over a row ``v``)."""
    kinds = [(column.name, column.type.sql) for column in table.columns] + [("custom", "VARCHAR"), (KNOWN, "TIMESTAMP")]
    its = f"{ACCOUNT} IN ({', '.join(map(literal, accounts)) or 'NULL'})"
    rows = []
    if table.name in found.base_columns:
        told = (
            f"SELECT {shown(kinds, found.base_columns[table.name])} FROM {BASE}.main.{quoted(table.name)} b WHERE {its}"
        )
        newer = _newer(found, table)
        rows.append(f"{told} AND NOT EXISTS ({newer})" if newer else told)
    if table.name in found.recent_columns:
        some = shown(kinds, found.recent_columns[table.name])
        rows.append(f"SELECT {some} FROM {RECENT}.main.{quoted(table.name)} WHERE {its}")
    if not rows:
        rows.append(f"SELECT {shown(kinds, ())} WHERE false")
    listed = ", ".join(f"{sql} AS {quoted(name)}" for name, sql in parts.items())
    return f"SELECT {listed} FROM ({' UNION ALL '.join(rows)}) v"


def _newer(found: Dossiers, table: Table) -> str:
    """SQL of what says that a row ``b`` of the base is not to be read: it is among the recent ones. Empty where none can be."""
    if table.name in THROUGH:
        column, owner = THROUGH[table.name]
        told = quoted(_told_of(all_tables()[owner]))
        same = f"t.{quoted(column)} = b.{quoted(column)}"
        return f"SELECT 1 FROM {RECENT}.main.{told} t WHERE {same}" if owner in found.recent_columns else ""
    if table.name not in found.recent_columns or table.events:
        return ""
    return f"SELECT 1 FROM {RECENT}.main.{quoted(_told_of(table))} t WHERE {_same(table, 'b')}"


def _pointed(home: Path) -> Dossiers | None:
    try:
        found = msgspec.json.decode(whole.read(home / PUBLISHED / FOLDER / filing.POINTER), type=Dossiers)
    except (OSError, msgspec.MsgspecError):
        return None
    if found.code != kept.code_hash() or not all((home / PUBLISHED / name).exists() for name in found.files.values()):
        return None
    return found


def _told_of(table: Table) -> str:
    """The table of the keys of which more was told."""
    return f"{table.name}_told"


def _same(table: Table, row: str) -> str:
    """SQL: the row has a key of which more was told, ``t``."""
    return " AND ".join(f"{row}.{quoted(key)} IS NOT DISTINCT FROM t.{quoted(key)}" for key in table.key)


def _is_told_anew(name: str) -> bool:
    """Whether of a row of that table that was taken back it is enough to know the key: one column of text, of no other's account."""
    table = tables().get(name)
    if table is None:
        return name not in {owner for _column, owner in THROUGH.values()}
    text = len(table.key) == 1 and table.column(table.key[0]).type.sql == "VARCHAR"
    return text and not table.events and name not in {owner for _column, owner in THROUGH.values()}


class _Writer:
    """One refresh: writes what is recent, and the base where it does not do any more; then moves the pointer."""

    def __init__(self, folder: Path, store: Store, con: duckdb.DuckDBPyConnection, before: Dossiers | None) -> None:
        self.folder = folder
        self.con = con
        self.before = before
        self.last, self.retraction = last_of(store)

    def write(self, seen: str) -> Dossiers:
        grown = self.before if self.before and self._only_grew(self.before, seen) else None
        base = grown.base if grown else filing.next_name(self.folder, "base")
        recent = filing.next_name(self.folder, "recent")
        batch = grown.batch if grown else self.last
        made = [self.folder / name for name in ((recent,) if grown else (base, recent))]
        threshold = filing.let_logs_grow(self.con, filing.NEVER)
        try:
            if grown is None:
                filing.attach(self.con, self.folder / base, BASE)
            filing.attach(self.con, self.folder / recent, RECENT)
            base_columns = grown.base_columns if grown else self._written(BASE, tables().values(), None)
            recent_columns = self._written(RECENT, self._told_since(batch), batch)
        except BaseException:
            filing.detach(self.con, BASE, RECENT, threshold=threshold)
            for path in made:
                path.unlink(missing_ok=True)
            raise
        filing.detach(self.con, BASE, RECENT, threshold=threshold)
        custom = {name: tuple(versions.custom_keys(self.con, name)) for name in {*base_columns, *recent_columns}}
        found = Dossiers(
            base, recent, seen, batch, self.retraction, kept.code_hash(), base_columns, recent_columns,
            {name: keys for name, keys in custom.items() if keys}, self._brought(),
        )  # fmt: skip
        before = (self.before.base, self.before.recent) if self.before else ()
        filing.point(self.folder, msgspec.json.encode(found), (base, recent), before)
        return found

    def _only_grew(self, before: Dossiers, seen: str) -> bool:
        """Whether the base of before does: it holds for every key of which nothing was told since."""
        if before.retraction != self.retraction:
            return False
        if before.seen.partition(":")[0] != seen.partition(":")[0]:  # an inbox of another epoch: other batches
            return False
        if not all(_is_told_anew(name) for name in self._taken_back(before.batch)):
            return False
        told = self._told_since(before.batch)
        # Of an event that was learned of twice, which one counts is seen among all.
        repeated = {key for (key,) in self.con.execute("SELECT key FROM main.meta").fetchall()}
        if any(f"repeated:{table.name}" in repeated for table in told):
            return False
        names = [table.name for table in told]
        rows = self.con.execute(
            "SELECT coalesce(sum(loaded + superseded), 0) FROM main.batch WHERE batch > ? AND list_contains(?, table_name)",
            [before.batch, names],
        ).fetchall()
        return bool(rows[0][0] <= MOST_RECENT)

    def _told_since(self, batch: int) -> list[Table]:
        """The tables of which later batches told something, those through which rows belong to accounts first."""
        found = self.con.execute("SELECT DISTINCT table_name FROM main.batch WHERE batch > ?", [batch]).fetchall()
        told = {name for (name,) in found} | self._taken_back(batch)
        told |= {name for name, (_column, owner) in THROUGH.items() if owner in told}
        return [tables()[name] for name in sorted(told & tables().keys(), key=lambda name: (name in THROUGH, name))]

    def _taken_back(self, batch: int) -> set[str]:
        """The tables of which later batches took rows back."""
        rows = self.con.execute("SELECT DISTINCT table_name FROM main.retraction WHERE batch > ?", [batch]).fetchall()
        return {name for (name,) in rows}

    def _brought(self) -> dict[str, tuple[str, tuple[str, ...]]]:
        """When each source last brought something, and of which tables."""
        rows = self.con.execute(
            "SELECT source, max(known_at), list(DISTINCT table_name ORDER BY table_name) FROM main.batch "
            "WHERE read > 0 GROUP BY source ORDER BY source"
        ).fetchall()
        return {source: (at.isoformat(), tuple(names)) for source, at, names in rows if source}

    def _written(self, part: str, wanted: Iterable[Table], batch: int | None) -> dict[str, tuple[str, ...]]:
        """Write tables into a part: all their rows, or those of which batches after ``batch`` told. Their columns."""
        written = {}
        for table in wanted:
            # Versions of events are a view over the rows as they were told.
            versions = f"{table.name}_version"
            there = columns_on_disk(self.con, versions if is_on_disk(self.con, versions) else table.name)
            columns = tuple(name for name in (*table.names, "custom") if name in there)
            if ACCOUNT not in columns and not self._through(table):
                continue
            if batch is not None and not table.events:
                keys = quoted_list(table.key)
                later = f"SELECT DISTINCT {keys} FROM main.{quoted(table.name)} WHERE batch > {batch}"
                if _is_told_anew(table.name):  # what was taken back is not to be read in the base either
                    later += f" UNION SELECT {_TAKEN} FROM main.retraction WHERE batch > {batch} AND table_name = "
                    later += literal(table.name)
                filing.write(self.con, f"{part}.main.{quoted(_told_of(table))}", later)
            whose = f"o.{ACCOUNT}, " if table.name in THROUGH else ""
            rows = f"SELECT {whose}{quoted_list((*columns, KNOWN), 'v.')} FROM {quoted(table.name + '_version')} v"
            filing.write(
                self.con, f"{part}.main.{quoted(table.name)}",
                f"{rows}{self._through(table)} WHERE {self._belongs(table, part, batch)} ORDER BY {ACCOUNT}",
            )  # fmt: skip
            written[table.name] = (*columns, KNOWN)
        return written

    def _through(self, table: Table) -> str:
        """SQL of the join that gives rows without an account one, as ``o``; empty for others, and where nothing gives it."""
        if table.name not in THROUGH:
            return ""
        column, owner = THROUGH[table.name]
        owners = f"{owner}_version"
        if ACCOUNT not in columns_on_disk(self.con, owners if is_on_disk(self.con, owners) else owner):
            return ""
        return f" JOIN {quoted(owners)} o ON o.{quoted(column)} = v.{quoted(column)} AND o.known_to = {FAR_SQL}"

    def _belongs(self, table: Table, part: str, batch: int | None) -> str:
        """SQL: a version ``v`` is known now, of an account, and recent."""
        where = [f"v.known_to = {FAR_SQL}", f"{'o' if table.name in THROUGH else 'v'}.{ACCOUNT} IS NOT NULL"]
        if table.anonymous:
            where.append("NOT coalesce(v.is_anonymous, false)")
        if batch is not None and table.name in THROUGH:
            where.append(self._later_through(table, part, batch))
        elif batch is not None and table.events:
            where.append(f"v.batch > {batch}")
        elif batch is not None:
            same = _same(table, "v")
            where.append(f"EXISTS (SELECT 1 FROM {part}.main.{quoted(_told_of(table))} t WHERE {same})")
        return " AND ".join(where)

    def _later_through(self, table: Table, part: str, batch: int) -> str:
        """SQL: a row ``v`` was told later, or more was told of what it belongs to."""
        column, owner = THROUGH[table.name]
        told = quoted(_told_of(all_tables()[owner]))
        if not self.con.execute(
            "SELECT 1 FROM duckdb_tables() WHERE database_name = ? AND table_name = ?",
            [part, _told_of(all_tables()[owner])],
        ).fetchall():
            return f"v.batch > {batch}"
        of_told = f"EXISTS (SELECT 1 FROM {part}.main.{told} t WHERE t.{quoted(column)} = v.{quoted(column)})"
        return f"(v.batch > {batch} OR {of_told})"
