"""The warehouse standing still: as it is at one moment, for who reads it while another writes.

All connections of a ``Still`` began their transactions at the same moment, and can write nothing but tables of their own.
"""

from __future__ import annotations

import contextlib
import re
from threading import Lock
from typing import Any, cast

import duckdb

from tenure.core.errors import UnavailableError
from tenure.warehouse.store import CATALOG, Lending, Store

#: What makes a connection a table or view of its own. Noted as it is said: DuckDB tells of them only by a look into all files that are
#: attached, and lets go of none, not of one that another has detached, before the transaction ends that looked into it.
_MAKES = re.compile(
    r"\s*CREATE (?:OR REPLACE )?TEMP (TABLE|VIEW) (?:IF NOT EXISTS )?(?:temp\.)?(?:main\.)?(\"[^\"]+\"|\w+)"
)
#: What may make one in other words. A text that says so costs a connection, no more.
_CREATES = re.compile(r"\bCREATE\b", re.IGNORECASE)
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

    def put(self, con: duckdb.DuckDBPyConnection, made: dict[str, str]) -> None:
        """Bring a connection back. What was ``made`` in it (by name: a table or a view; without one: who knows what) is dropped, the last first; one in which something failed is closed, and where much is held."""
        if "" in made:
            con.close()
            return
        try:
            for name, kind in reversed(made.items()):
                con.execute(f"DROP {kind} IF EXISTS temp.main.{name}")
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
        self._made: dict[int, dict[str, str]] = {}
        self._mark = Lock()
        first = still.take()
        super().__init__(still.store.home, cast("duckdb.DuckDBPyConnection", _Borrowed(first, self)), still.store.path)
        self._taken = [first]
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

    def note(self, con: duckdb.DuckDBPyConnection, statement: str) -> None:
        """Note what a statement makes for its connection alone."""
        found = _MAKES.match(statement)
        if found:
            self._made.setdefault(id(con), {})[found[2]] = found[1]
        if len(_CREATES.findall(statement)) > bool(found):
            self._made.setdefault(id(con), {})[""] = ""

    def bring_back(self, con: duckdb.DuckDBPyConnection) -> None:
        """Bring one connection back."""
        with self._mark:
            if con not in self._taken:
                return
            self._taken.remove(con)
        self._still.put(con, self._made.pop(id(con), {}))

    def close(self) -> None:
        """Bring all connections back."""
        for con in tuple(self._taken):
            self.bring_back(con)


class _Borrowed:
    """A connection that is brought back where it would be closed."""

    executemany = sql = query = register = None  # what these make is not noted

    def __init__(self, con: duckdb.DuckDBPyConnection, seen: Seen) -> None:
        self._con = con
        self._seen = seen

    def __getattr__(self, name: str) -> Any:
        return getattr(self._con, name)

    def execute(self, statement: str, *given: Any) -> duckdb.DuckDBPyConnection:
        """As the connection does."""
        self._seen.note(self._con, statement)
        return self._con.execute(statement, *given)

    def close(self) -> None:
        """Bring it back."""
        self._seen.bring_back(self._con)
