"""The desk at which verbs are carried out: one workspace, opened by the one process that holds it."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, closing, contextmanager
from datetime import UTC, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any, NamedTuple, Self

from tenure.core import config
from tenure.core.chain import By, Note
from tenure.figures import kept
from tenure.figures.published import Published, PublishedReader, can_answer, current, is_fresh
from tenure.figures.reader import FEW_PERIODS, Reader
from tenure.figures.request import spans_read
from tenure.warehouse.inbox import state_of

if TYPE_CHECKING:
    import duckdb
    from numpy.typing import NDArray

    from tenure.core.acts import Act
    from tenure.core.config import Settings
    from tenure.figures.compiledform import Plan
    from tenure.figures.dossiers import Dossiers
    from tenure.figures.question import Ground
    from tenure.figures.reader import Columns, Lent, Moment
    from tenure.figures.request import Request
    from tenure.metrics.kinds import FactKey
    from tenure.warehouse.inbox import Inbox
    from tenure.warehouse.replay import Known
    from tenure.warehouse.store import Store

Clock = Callable[[], datetime]
#: Tables whose rows count as known from the beginning, and so tell nothing of when the business was known.
_ATTRIBUTES = {
    "account_version", "csm_version", "exchange_rate_version", "assignment_version", "schedule_version", "holiday_version",
}  # fmt: skip
#: Told how far a long work is: what is being done, how much of it, of how much (0 where unknown).
Progress = Callable[[str, int, int], None]


def utc_now() -> datetime:
    """The time, in UTC, without a zone, as the warehouse stores it. The only clock of the engine."""
    return datetime.now(UTC).replace(tzinfo=None)


#: How often figures are made until the warehouse is opened anew: of every table that was made DuckDB keeps something until
#: it is closed, some 60 kB each time.
_OFTEN = 200


def silent(_what: str, _done: int, _of: int) -> None:
    """Progress that nobody watches."""


def _nobody() -> None:
    """Nobody reads beside."""


def _plain(column: Any) -> NDArray[Any]:
    """A column without a mask: what it hides is nan, or None."""
    import numpy as np

    if not isinstance(column, np.ma.MaskedArray):
        return np.asarray(column)
    hidden, told = np.ma.getmaskarray(column), np.asarray(column.data)
    if told.dtype == object:
        told[hidden] = None
        return told
    return np.where(hidden, np.nan, told.astype(np.float64)) if hidden.any() else told


class Replayed(NamedTuple):
    """The warehouse as it was, and a reader over it."""

    store: Store
    reader: Reader


class Desk:
    """One workspace in the hands of this process. The warehouse is opened when a verb first needs it."""

    def __init__(self, home: Path, *, clock: Clock = utc_now, progress: Progress = silent) -> None:
        self.home = home
        self.clock = clock
        self.progress = progress
        #: Called when other figures were published, and to have everybody leave who reads beside.
        self.after_publishing: Callable[[], None] = _nobody
        self.alone: Callable[[], None] = _nobody
        self.by = By()
        self.settings_seen: object = None
        self._store: Store | None = None
        self._made = 0
        self._inbox: Inbox | None = None

    @property
    def settings(self) -> Settings:
        """The settings as the file says them now."""
        return config.read(self.home)

    @property
    def is_open(self) -> bool:
        """Whether the warehouse is open."""
        return self._store is not None

    @property
    def store(self) -> Store:
        """The warehouse, opened; what a crash left half done is settled first."""
        if self._store is None:
            self._store = self._opened()
        return self._store

    def _opened(self) -> Store:
        """Raises ``DataError`` where inbox and warehouse do not belong together; one of an older format is made anew first."""
        from tenure.engine import frozen, upgrading
        from tenure.warehouse.agreement import hold_together
        from tenure.warehouse.load import recover
        from tenure.warehouse.store import Store

        upgrading.upgrade(self)
        store = Store.open(self.home)
        try:
            hold_together(store, self.inbox)
            recover(store, self.inbox)
            frozen.recover(self.inbox)
        except BaseException:
            store.close()
            raise
        return store

    @property
    def inbox(self) -> Inbox:
        """The inbox, opened. What is done with it is noted as done by whoever asks for it now."""
        if self._inbox is None:
            from tenure.warehouse.inbox import Inbox

            self._inbox = Inbox.open(self.home)
        self._inbox.log.by, self._inbox.log.at = self.by, self.clock()
        return self._inbox

    def note(self, act: Act, kind: str = "", id_: object = "", **detail: Any) -> None:
        """Note in the audit log what was done without a message of the inbox: ids, counts and hashes alone."""
        from tenure.engine import noticed

        noticed.note(self.home, self.inbox, Note(act, kind, str(id_), detail), self.by, self.clock())
        self.settings_seen = None

    def fresh(self, now: datetime, *, full: bool = False) -> Published:
        """What is published, brought up to date if it is not."""
        settings, found = self.settings, current(self.home)
        if not full and is_fresh(found, settings, state_of(self.home), now):
            assert found is not None
            return found
        from tenure.figures import dossiers
        from tenure.figures.publish import refresh

        store = self.store
        if full:
            dossiers.forget(self.home)
        self.progress("figures", 0, 0)
        made = refresh(self.home, store, settings, now, state_of(self.home), full=full)
        self.after_publishing()
        store.give_back()
        self._made += 1
        return made

    def dossiers(self, found: Published) -> Dossiers:
        """What lies ready by account of this state, brought up to date if it is not."""
        from tenure.figures import dossiers

        return dossiers.refresh(self.home, self.store, found.seen)

    @contextmanager
    def reader(self, request: Request, plan: Plan, now: datetime) -> Iterator[Reader]:
        """Where a plan can be answered: the published files, or the warehouse itself. Closed at the end of the block."""
        with self.readers(now) as reader_of:
            yield reader_of(request, plan)

    @contextmanager
    def readers(self, now: datetime) -> Iterator[Callable[[Request, Plan], Reader]]:
        """The same for many plans, one after the other: facts that were made in the warehouse for one serve the next, if it
        is about the same periods.
        """
        found, ready = self.fresh(now), dict[bool, Reader]()
        with ExitStack() as stack:

            def reader_of(request: Request, plan: Plan) -> Reader:
                spans = spans_read(request, plan, self.settings)
                published = request.as_of is None and can_answer(found, plan.tables, spans)
                if published not in ready:
                    opened = self.published(found) if published else self.in_warehouse(found)
                    ready[published] = stack.enter_context(opened)
                return ready[published]

            yield reader_of

    @contextmanager
    def in_warehouse(self, found: Published, *, remember: bool = False) -> Iterator[Reader]:
        """A reader of the warehouse, which answers for any moment. ``remember``: what is known of all accounts on a day is kept,
        and not worked out again while it is true. Closed at the end of the block.
        """
        from tenure.figures.lent import Lender

        with (
            closing(self.store.cursor()) as cursor,
            closing(Lender(cursor, self.home, found, self.settings, self.store.lending)) as lender,
            self._read(cursor, found, lender.lend) as reader,
        ):
            if remember:
                from tenure.engine.remembered import Remembered

                reader.memory = Remembered(self)
            yield reader

    @contextmanager
    def replayed(self, known: Known, now: datetime, tables: Iterable[str] | None = None) -> Iterator[Replayed]:
        """The warehouse with no more than ``known``, of ``tables`` (default: all) only. Closed at the end of the block."""
        from tenure.warehouse.replay import replay

        found = self.fresh(now)
        with replay(self.store, self.settings.timezone, known, tables) as store, self._read(store.con, found) as reader:
            yield Replayed(store, reader)

    @contextmanager
    def _read(
        self,
        con: duckdb.DuckDBPyConnection,
        found: Published,
        lend: Callable[[FactKey, Moment], Lent | None] | None = None,
    ) -> Iterator[Reader]:
        """A reader of the tables among which a connection stands; who owns what now it learns from what is published."""
        con.execute(FEW_PERIODS)

        def run(sql: str) -> tuple[list[str], list[tuple[object, ...]]]:
            done = con.execute(sql)
            return [item[0] for item in done.description or ()], done.fetchall()

        def whole(sql: str) -> Columns:
            return {name: _plain(column) for name, column in con.execute(sql).fetchnumpy().items()}

        with self.published(found) as owners:
            yield Reader(run, found.ground, self.settings, owners=owners, whole=whole, lend=lend)

    @contextmanager
    def published(self, found: Published) -> Iterator[PublishedReader]:
        """A reader of what is published. Closed at the end of the block."""
        with closing(PublishedReader(self.home, found, self.settings)) as reader:
            yield reader

    def interrupt(self) -> None:
        """Stop the statements that run, from another thread."""
        if self._store is not None:
            self._store.interrupt()

    def knew_of(self, plan: Plan, ground: Ground, known: datetime) -> bool:
        """Whether anything that a plan stands on was known before a moment."""
        facts = list(plan.facts)
        tables = {name for name in plan.tables if name.endswith("_version")} - _ATTRIBUTES
        for key in facts:  # grows while it is walked: facts stand on facts
            how = kept.recipe(key, ground, self.settings)
            facts += [needed for needed in how.facts if needed not in facts]
            tables |= {name for name in how.tables if name.endswith("_version")} - _ATTRIBUTES
        return any(
            self.store.rows(f'SELECT 1 FROM "{name}" WHERE known_from < ? LIMIT 1', [known]) for name in sorted(tables)
        )

    def renew(self, *, later: bool = False) -> None:
        """Between two verbs: let go of the warehouse where figures were made in it often; twice as often, where it can be ``later``."""
        if self._made >= _OFTEN * (1 + later):
            self.let_go_of_store()

    def let_go_of_store(self) -> None:
        """Close the warehouse; the next verb that needs it opens it again."""
        self._made = 0
        if self._store is not None:
            self.alone()
            self._store.close()
            self._store = None

    def close(self) -> None:
        """Let go of everything, so that another process can open it."""
        self.let_go_of_store()
        if self._inbox is not None:
            self._inbox.close()
            self._inbox = None

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()
