"""The warehouse standing still: as it is at one moment, for who reads it while another writes.

All connections of a ``Still`` began their transactions at the same moment, and can write nothing but tables of their own.
"""

from __future__ import annotations

import contextlib
from threading import Lock
from typing import Any, cast

import duckdb

from tenure.core.errors import UnavailableError
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import CATALOG, Lending, Store

#: SQL of what a connection has made for itself.
_OWN = (
    "SELECT 'VIEW' AS kind, view_name AS name FROM duckdb_views() WHERE temporary AND NOT internal"
    " UNION ALL SELECT 'TABLE', table_name FROM duckdb_tables() WHERE temporary AND NOT internal"
)
#: SQL of the bytes that tables in memory take. What is dropped in a transaction takes them until that ends.
_TAKEN = "SELECT coalesce(sum(memory_usage_bytes), 0) FROM duckdb_memory() WHERE tag = 'IN_MEMORY_TABLE'"
#: Beyond, connections that come back are closed, so that what was made in them goes.
MOST = 512 << 20
#: So many connections stay, whatever is held: without them everybody would wait for whoever writes.
SPARE = 6


class Still:
    """One moment of a warehouse. ``batch`` and ``retraction``: the last ones that it knows of, as ``publish.last_of`` says.

    To be made, and given more connections, only while nobody writes.
    """

    def __init__(self, store: Store) -> None:
        self.store = store
        self._mark = Lock()
        self._free: list[duckdb.DuckDBPyConnection] = []
        self._all: list[duckdb.DuckDBPyConnection] = []
        self.lending: Lending = {}, Lock()
        self._begin()

    def more(self, number: int) -> None:
        """See to it that so many connections are free."""
        while len(self._free) < number:
            self._begin()

    def _begin(self) -> None:
        # Not among the warehouse's own cursors: who stops what is written does not stop who reads.
        con = self.store.con.cursor()
        try:
            con.execute(f"USE {CATALOG}")
            con.execute("BEGIN TRANSACTION READ ONLY")
            con.execute("SELECT 1 FROM main.batch LIMIT 1").fetchall()  # the first look says of which moment it is
        except BaseException:
            con.close()
            raise
        with self._mark:
            self._all.append(con)
            self._free.append(con)

    def take(self) -> duckdb.DuckDBPyConnection:
        """A free connection, for one thread. Raises ``UnavailableError`` where none is."""
        with self._mark:
            if self._free:
                return self._free.pop()
        raise UnavailableError("Too many ask at once.", code="busy", fix="Ask again.")

    def put(self, con: duckdb.DuckDBPyConnection) -> None:
        """Bring a connection back. What was made in it is dropped; one in which something failed is closed, and where much is held."""
        try:
            for kind, name in con.execute(_OWN).fetchall():
                con.execute(f"DROP {kind} temp.main.{quoted(name)}")
            ((taken,),) = con.execute(_TAKEN).fetchall()
        except duckdb.Error:
            con.close()
            return
        with self._mark:
            if taken <= MOST or len(self._free) < SPARE:
                self._free.append(con)
                return
        con.close()

    def close(self) -> None:
        """Let go of the moment."""
        with self._mark:
            gone, self._all, self._free = self._all, [], []
        for con in gone:
            con.close()
        aliases = [one for one in self.lending[0].values() if one]
        self.lending[0].clear()
        if aliases:
            with contextlib.closing(self.store.con.cursor()) as side:
                for alias in aliases:
                    with contextlib.suppress(duckdb.Error):
                        side.execute(f"DETACH {alias}")


class Seen(Store):
    """A warehouse that stands still, as one reader holds it. ``close`` brings its connections back."""

    def __init__(self, still: Still) -> None:
        self._still = still
        self._mark = Lock()
        super().__init__(still.store.home, still.take(), still.store.path)
        self._taken = [self.con]
        self.lending = still.lending
        self.is_stopped = False

    def cursor(self) -> duckdb.DuckDBPyConnection:
        """Another connection of the same moment. Raises ``UnavailableError`` where none is free."""
        con = self._still.take()
        with self._mark:
            self._taken.append(con)
        return cast("duckdb.DuckDBPyConnection", _Borrowed(con, self))

    def interrupt(self) -> None:
        """Stop this reader's statements, from another thread, and what asks ``is_stopped`` between them."""
        self.is_stopped = True
        with self._mark:  # none of them becomes another's meanwhile
            for con in self._taken:
                con.interrupt()

    def give_back(self) -> None:
        """Nothing: the warehouse's memory is its holder's to give."""

    def bring_back(self, con: duckdb.DuckDBPyConnection) -> None:
        """Bring one connection back."""
        with self._mark:
            if con not in self._taken:
                return
            self._taken.remove(con)
        self._still.put(con)

    def close(self) -> None:
        """Bring all connections back."""
        for con in tuple(self._taken):
            self.bring_back(con)


class _Borrowed:
    """A connection that is brought back where it would be closed."""

    def __init__(self, con: duckdb.DuckDBPyConnection, seen: Seen) -> None:
        self._con = con
        self._seen = seen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)

    def close(self) -> None:
        """Bring it back."""
        self._seen.bring_back(self._con)
