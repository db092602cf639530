"""What lies ready of accounts: dossiers beside published facts, and who sees of whom. Verbs about one account read it."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import closing, contextmanager
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.figures import dossiers
from tenure.figures.published import current, is_fresh, opened, staying
from tenure.figures.scope import EVERYTHING, SEEN, Scope, laid
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.told import told_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable
    from datetime import datetime
    from pathlib import Path

    import duckdb

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.dossiers import Dossiers
    from tenure.figures.published import Published, PublishedReader


@dataclass(frozen=True)
class Laid:
    """What is published and what dossiers hold, both of the same state. ``now``: the moment of the answer (UTC)."""

    home: Path
    found: Published
    ready: Dossiers
    settings: Settings
    now: datetime

    @classmethod
    def fresh(cls, desk: Desk) -> Laid:
        """Brought up to date."""
        now = desk.clock()
        found = desk.fresh(now)
        return cls(desk.home, found, desk.dossiers(found), desk.settings, now)

    @classmethod
    def lying(cls, home: Path, settings: Settings, now: datetime) -> Laid | None:
        """As it lies there, without the warehouse; None where it must be brought up to date first."""
        found = current(home)
        if found is None or not is_fresh(found, settings, told_of(home), now):
            return None
        ready = dossiers.current(home, found.seen)
        return cls(home, found, ready, settings, now) if ready else None

    @contextmanager
    def facts(self) -> Iterator[PublishedReader]:
        """A reader of the published facts, which stays for the next question: nothing is to be left there."""
        with staying(self.home, self.found, self.settings, EVERYTHING) as reader:
            yield reader

    @contextmanager
    def rows(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """A connection to the dossiers. Closed at the end of the block."""
        with closing(opened(self.home, **self.ready.files)) as con:
            con.execute(dossiers.FEW_ROWS)
            yield con

    def holds(self, table: str) -> bool:
        """Whether dossiers have any row of a table."""
        return table in self.ready.base_columns or table in self.ready.recent_columns

    def of(self, account: str, table: str, columns: Iterable[str]) -> str:
        """SQL, over ``rows``, of the rows of a table that an account has; ``known_from`` may be among the columns."""
        parts = {name: f"v.{quoted(name)}" for name in columns}
        return dossiers.rows_of(self.ready, dossiers.tables()[table], parts, account)


def is_seen(reader: PublishedReader, account: str, scope: Scope, now: datetime) -> bool:
    """Whether a scope holds an account: cheaper than all accounts that it holds."""
    return bool(seen_among(reader, (account,), scope, now))


def seen_among(reader: PublishedReader, accounts: Collection[str], scope: Scope, now: datetime) -> set[str]:
    """Those of some accounts that a scope holds."""
    if not scope.narrow or not accounts:
        return set(accounts)
    among = ", ".join(map(literal, sorted(accounts)))
    sql = f"SELECT account_id FROM ({laid(SEEN, scope, now)}) seen WHERE account_id IN ({among})"
    return {account for (account,) in reader.owned(sql, now)}
