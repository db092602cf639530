"""The warehouse: one DuckDB file, append-only tables, two clocks.

One process holds the file (the keeper, or a command when no keeper runs); everybody else reads what was published.
There are no indexes, no keys and no upserts in it: rows are appended, versions are derived (``versions``), and the
whole file can be made anew from the inbox and the archive (``rebuild``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime
from pathlib import Path
from threading import Lock
from types import TracebackType
from typing import Any, NamedTuple, Self
from weakref import WeakSet

import duckdb

from tenure.core import freed
from tenure.core.errors import DataError, UnavailableError, UsageError
from tenure.warehouse.schema import SYSTEM_TABLES, lay
from tenure.warehouse.tables import all_tables

FILE = "warehouse.duckdb"
CATALOG = "warehouse"
# Files stay readable by DuckDB 1.4 and newer.
STORAGE_VERSION = "v1.4.0"
STORAGE_FORMAT = 2

BEGINNING = datetime(1, 1, 1)
FAR = datetime(9999, 12, 31)

_SPILL = ".spill"
#: Published files that are attached, by name the name under which they are; and who may attach one.
Lending = tuple[dict[str, str], Lock]


class Store:
    """An open warehouse. ``con`` is the DuckDB connection, standing in the warehouse's catalog.

    A context manager; ``close`` is idempotent. Use ``cursor()`` per thread.
    """

    def __init__(self, home: Path, con: duckdb.DuckDBPyConnection, path: Path) -> None:
        self.home = home
        self.path = path
        self.con = con
        self._cursors: WeakSet[duckdb.DuckDBPyConnection] = WeakSet()
        self._open = True
        self._limit = ""
        #: For those who read of one moment: what is attached for all of them (``figures.lent``).
        self.lending: Lending | None = None

    @classmethod
    def create(cls, home: Path, *, threads: int | None = None, memory: str | None = None, file: str = FILE) -> Store:
        """A new, empty warehouse in the workspace folder ``home``, which must exist.

        Raises ``UsageError`` where there is one already.
        """
        path = home / file
        if path.exists():
            raise UsageError(
                f"There is a warehouse in {home} already.",
                code="warehouse_exists",
                where=str(path),
                fix="Use it, or choose another folder.",
            )
        if not home.is_dir():
            raise UsageError(f"There is no folder {home}.", code="no_folder", fix="Run: tenure init DIR")
        store = cls._attach(home, path, threads, memory)
        with store.reporting():
            store.make_schema()
        return store

    @classmethod
    def open(cls, home: Path, *, threads: int | None = None, memory: str | None = None, file: str = FILE) -> Store:
        """The warehouse of the workspace folder ``home``.

        Tables that a newer Tenure has added are created, columns it has added are appended. Raises ``UsageError``
        where there is none, ``UnavailableError`` when another process holds it, when the disk is full or when the
        file is of a newer format, ``DataError`` when it is damaged.
        """
        path = home / file
        if not path.exists():
            raise UsageError(
                f"There is no warehouse in {home}.",
                code="no_warehouse",
                where=str(path),
                fix="Run: tenure init DIR, or name the workspace with --home.",
            )
        store = cls._attach(home, path, threads, memory)
        try:
            store.check_format()
            with store.reporting():
                store.make_schema()
        except BaseException:
            store.close()
            raise
        return store

    @classmethod
    def _attach(cls, home: Path, path: Path, threads: int | None, memory: str | None) -> Store:
        con = duckdb.connect(":memory:")
        # Nothing is fetched over the network behind the user's back.
        con.execute("SET autoinstall_known_extensions = false")
        con.execute("SET autoload_known_extensions = false")
        con.execute("SET GLOBAL TimeZone = 'UTC'")
        con.execute(f"SET temp_directory = {literal(str(home / _SPILL))}")
        if threads is not None:
            con.execute(f"SET threads = {int(threads)}")
        if memory is not None:
            con.execute(f"SET memory_limit = {literal(memory)}")
        store = cls(home, con, path)
        try:
            with store.reporting():
                con.execute(f"ATTACH {literal(str(path))} AS {CATALOG} (STORAGE_VERSION '{STORAGE_VERSION}')")
                con.execute(f"USE {CATALOG}")
        except BaseException:
            con.close()
            raise
        return store

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """A connection of its own on the same warehouse, for one thread. The caller closes it."""
        cursor = self.con.cursor()
        cursor.execute(f"USE {CATALOG}")
        self._cursors.add(cursor)
        return cursor

    def interrupt(self) -> None:
        """Stop the statements that run, from another thread: they raise ``duckdb.InterruptException``."""
        for con in (self.con, *self._cursors):
            con.interrupt()

    def give_back(self) -> None:
        """Return memory that is free again to the system. DuckDB's allocator keeps what large statements took, until its limit is set,
        and the C library what their results took.
        """
        if not self._limit:  # asked once: it is told rounded down, so that asking each time would lower it each time
            ((self._limit,),) = self.rows("SELECT current_setting('memory_limit')")
        self.con.execute(f"SET GLOBAL memory_limit = {literal(self._limit)}")
        freed.give_back()

    def close(self) -> None:
        """Let go of the file. Afterwards another process can open it."""
        if self._open:
            self._open = False
            self.con.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    @contextmanager
    def transaction(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """All or nothing: commits at the end of the block, rolls back when it raises.

        Failures of the disk become ``UnavailableError``, damage becomes ``DataError``.
        """
        with self.reporting():
            self.con.execute("BEGIN TRANSACTION")
            try:
                yield self.con
                self.con.execute("COMMIT")
            except BaseException:
                self._rollback()
                raise

    def _rollback(self) -> None:
        try:
            self.con.execute("ROLLBACK")
        except duckdb.Error:
            # After a failed write DuckDB has ended the transaction itself and refuses any further statement.
            return

    @contextmanager
    def reporting(self) -> Iterator[None]:
        """Turns what DuckDB and the disk say into a sentence with an exit code."""
        try:
            yield
        except (duckdb.Error, OSError) as error:
            raise explained(error, self.path) from error

    def rows(self, sql: str, parameters: Sequence[Any] = ()) -> list[tuple[Any, ...]]:
        """All rows of a query. (``fetchone`` would leave the connection busy.)"""
        return self.con.execute(sql, list(parameters)).fetchall()

    def value(self, sql: str, parameters: Sequence[Any] = ()) -> Any:
        """The single value of a query, or None when it has no row."""
        rows = self.rows(sql, parameters)
        return rows[0][0] if rows else None

    def meta(self, key: str) -> str | None:
        """A remembered setting of the warehouse, or None."""
        found: str | None = self.value("SELECT value FROM meta WHERE key = ?", [key])
        return found

    def set_meta(self, key: str, value: str) -> None:
        """Remember ``value`` under ``key``, inside the caller's transaction."""
        self.con.execute("DELETE FROM meta WHERE key = ?", [key])
        self.con.execute("INSERT INTO meta VALUES (?, ?)", [key, value])

    def check_format(self) -> None:
        """Raises ``UnavailableError`` when a newer Tenure wrote the file, ``DataError`` when an older one did."""
        with self.reporting():
            known = self.rows(
                "SELECT 1 FROM duckdb_tables() WHERE database_name = ? AND table_name = 'meta'", [CATALOG]
            )
            stamp = self.meta("storage_format") if known else None
        if stamp is not None and int(stamp) > STORAGE_FORMAT:
            raise UnavailableError(
                f"This warehouse has format {stamp}; this Tenure reads up to {STORAGE_FORMAT}.",
                code="newer_format",
                where=str(self.path),
                fix="Use the newer Tenure that wrote it.",
            )
        if stamp is not None and int(stamp) < STORAGE_FORMAT:
            raise DataError(
                f"This warehouse has format {stamp}; this Tenure works with {STORAGE_FORMAT}.",
                code="older_format",
                where=str(self.path),
                fix="Make it anew from the archive: tenure rebuild",
            )

    def make_schema(self) -> None:
        """Create the tables and columns that are not there yet."""
        self.con.execute("BEGIN TRANSACTION")
        lay(self.con, all_tables().values())
        if self.meta("storage_format") is None:
            self.set_meta("storage_format", str(STORAGE_FORMAT))
        self.con.execute("COMMIT")


class _Trouble(NamedTuple):
    """A kind of failure: the signs by which it is known, and the sentence for it."""

    signs: tuple[str, ...]
    code: str
    message: str
    fix: str


_NO_SPACE = ("no space left", "file too large", "could not write all bytes", "disk quota", "disk is full")
_TROUBLES = (
    _Trouble(_NO_SPACE, "no_space", "There is no space left on the disk; nothing was changed.",
             "Free some space and run the command again."),
    _Trouble(("could not set lock", "conflicting lock"), "locked", "Another process is using the warehouse.",
             "Wait for it to finish, or stop it."),
    _Trouble(("permission denied", "read-only"), "not_writable", "The warehouse cannot be written.",
             "Check the rights of the folder and the file."),
    _Trouble(("out of memory",), "no_memory", "There is not enough memory for this.",
             "Set a higher memory limit, or close other programs."),
)  # fmt: skip
_DAMAGED = ("not a valid duckdb", "checksum", "corrupt", "serialization", "failed to deserialize")


def explained(error: Exception, path: Path) -> Exception:
    """The Tenure error for what DuckDB or the operating system said about the warehouse file."""
    text = str(error)
    low = text.lower()
    for trouble in _TROUBLES:
        if any(sign in low for sign in trouble.signs):
            return UnavailableError(trouble.message, code=trouble.code, where=str(path), fix=trouble.fix)
    if isinstance(error, duckdb.Error) and any(sign in low for sign in _DAMAGED):
        return DataError(
            f"The warehouse file is damaged: {_first_line(text)}",
            code="damaged",
            where=str(path),
            fix="Run: tenure rebuild (it makes the warehouse anew from the archive).",
        )
    if isinstance(error, duckdb.IOException | OSError):
        return UnavailableError(
            f"The disk does not answer as it should: {_first_line(text)}",
            code="disk",
            where=str(path),
            fix="Check the disk and run the command again.",
        )
    return error


def literal(text: str) -> str:
    """``text`` as an SQL string."""
    return "'" + text.replace("'", "''") + "'"


def _first_line(text: str) -> str:
    return text.splitlines()[0] if text else text


__all__ = ["BEGINNING", "CATALOG", "FAR", "FILE", "STORAGE_FORMAT", "SYSTEM_TABLES", "Store", "explained", "literal"]
