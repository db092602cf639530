"""Readers beside the one who writes: verbs that only read are carried out on the last state that is published, while the next one
is made.

A state is what is published and the warehouse as it stood then (``warehouse.still``), both of the same rows. It is held from before
a verb writes until what that wrote is published, and somebody reads in it.
"""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Iterator
from typing import TYPE_CHECKING

import duckdb

from tenure.core.chain import KEEPER
from tenure.core.errors import TenureError
from tenure.engine.desk import Desk
from tenure.figures import dossiers, filing
from tenure.figures.publish import last_of
from tenure.figures.published import Published, PublishedReader, current, is_fresh, opened
from tenure.warehouse.inbox import Inbox
from tenure.warehouse.still import Seen, Still
from tenure.warehouse.told import told_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tenure.core.chain import By
    from tenure.engine.desk import Progress
    from tenure.figures.dossiers import Dossiers
    from tenure.warehouse.store import Store

#: The verbs that only read: what they keep for later is worth nothing but time.
READS = frozenset({
    "account_revenue", "account_tickets", "account_use", "agenda", "attainable", "audit", "away", "beside", "billing", "blocking",
    "bridge", "changes", "check_rows", "disagreements", "dossier", "effect", "explain", "failed", "fairness", "flow",
    "growth_pipeline", "handovers", "health", "kept_risk", "lines", "measured", "next_steps", "objectives", "optimism",
    "place_tiers", "plays", "preview", "rated", "renewal_accuracy", "renewal_forecast", "review", "rolled_up", "rows", "score_before",
    "scorecard", "scorecard_rows", "scorecard_rules", "show", "staffing", "tally", "timeline", "trainings",
})  # fmt: skip
#: What the keeper does by itself and others wait for: whoever sends rows may read them once they are in.
AWAITED = frozenset({"take_rows"})
#: How many connections a state has for one who reads, and for all who read while another writes.
FEW, CONNECTIONS = 3, 12
#: Bytes of the warehouse's log (what is in it is in memory, too) that are brought into its file once nobody reads, and those for which readers have to leave.
LONG, TOO_LONG = 4 << 20, 64 << 20
#: Seconds that readers are left when the warehouse is to be closed, before they are stopped; and between two attempts at that.
PATIENCE, AGAIN = 2.0, 0.1
#: And those after which nobody is waited for any more: in the midst of long arithmetic nobody can be stopped.
LAST = 20.0

_TROUBLE = (TenureError, duckdb.Error, OSError)


class NotNowError(Exception):
    """This is to be asked at the desk, when its turn has come."""


class _State:
    """What is published, the warehouse as it stood then, and who reads in it."""

    def __init__(self, found: Published, still: Still) -> None:
        self.found = found
        self.still = still
        self.files: duckdb.DuckDBPyConnection | None = (
            None  # where what is published lies open: it may be dropped meanwhile
        )
        self.readers: set[Seen] = set()
        self.is_past = False  # since it was made somebody began to write
        self.is_left = False  # nobody comes in any more

    def close(self) -> None:
        """Let go of all of it."""
        self.still.close()
        if self.files is not None:
            self.files.close()


class Reading(Desk):
    """The desk of one who reads. What is not of this state, and what would write, is to be asked at the other desk."""

    def __init__(self, of: Desk, state: _State, seen: Seen, progress: Progress, by: By) -> None:

        def look(what: str, done: int, total: int) -> None:
            progress(what, done, total)  # first: it says whether anybody still waits
            if seen.is_stopped:
                raise NotNowError

        super().__init__(of.home, clock=of.clock, progress=look)
        self.by = by
        self._found, self._files = state.found, state.files
        self._store: Store | None = seen

    @property
    def inbox(self) -> Inbox:
        """The inbox, in which nothing can be written. What people told and had done is in the state, too."""
        if self._inbox is None:
            self._inbox = Inbox.to_read(self.home)
        return self._inbox

    def fresh(self, now: datetime, *, full: bool = False) -> Published:  # noqa: ARG002 - it was when its reader came
        """What is published of this state. Raises ``NotNowError`` where it is to be made anew."""
        if full:
            raise NotNowError
        return self._found

    @contextlib.contextmanager
    def published(self, found: Published) -> Iterator[PublishedReader]:
        """A reader of what is published of this state."""
        con = self._files.cursor() if self._files is not None and found == self._found else None
        with contextlib.closing(PublishedReader(self.home, found, self.settings, con)) as reader:
            yield reader

    def dossiers(self, found: Published) -> Dossiers:
        """What lies ready by account. Raises ``NotNowError`` where it is not of this state."""
        ready = dossiers.current(self.home, found.seen)
        if ready is None:
            raise NotNowError
        return ready

    def note(self, *_: object, **__: object) -> None:
        """Raises ``NotNowError``: who notes something did something."""
        raise NotNowError

    def let_go_of_store(self) -> None:
        """Leave: what is held is brought back."""
        if self._store is not None:
            self._store.close()


class Readers:
    """Who reads beside the desk at which is written. ``begins`` and ``ends`` are called there, around each verb.

    While somebody writes, what others told before is in what is read. What the keeper takes in by itself is there once it is published.
    """

    def __init__(self, desk: Desk) -> None:
        self._desk = desk
        self._gate = threading.Condition()
        self._now: _State | None = None
        self._there: set[_State] = set()
        self._writes = False
        self._before: str | None = None  # what was told when the verb began that is at the desk
        self._told: str | None = None  # what the last verb that somebody waited for left, as ``told_of`` says it
        desk.after_publishing, desk.alone = self.move, self.leave

    def begins(self) -> None:
        """Before something is written: what is known now stays to be read."""
        with contextlib.suppress(*_TROUBLE):  # the verb will say what is wrong
            _ = self._desk.store
        with self._gate:
            self._writes = True
            if not self._desk.is_open:
                return
            with contextlib.suppress(*_TROUBLE):
                self._before = self._told_now()
                if self._told is None:
                    self._told = self._before
                self._hold()

    def move(self) -> None:
        """Other figures are published: who comes from now on reads these."""
        with self._gate:
            if self._now is not None:
                self._retire(self._now)
            with contextlib.suppress(*_TROUBLE):
                if self._writes:
                    self._hold()
            self._gate.notify_all()

    def ends(self, verb: str, by: By) -> None:
        """After it: who comes from now on reads what is published, if it is all that was told."""
        with self._gate:
            self._writes = False
            try:
                told = self._told_now()
                if told != self._before and (by != KEEPER or verb in AWAITED):
                    self._told = told
                if self._now is not None and (self._matches(self._now.found) or not self._is_told_of()):
                    self._retire(self._now)
                self._shorten_log()
            except _TROUBLE:
                self._desk.let_go_of_store()

    @contextlib.contextmanager
    def desk(self, progress: Progress, by: By, came: Callable[[Seen], None]) -> Iterator[Reading]:
        """A desk to read at. ``came`` is told what can be interrupted. Raises ``NotNowError``."""
        state, seen = self._enter()
        try:
            came(seen)
            with Reading(self._desk, state, seen, progress, by) as desk:
                yield desk
        finally:
            with self._gate:
                state.readers.discard(seen)
                if state is self._now and not state.is_past and not state.readers:
                    self._retire(state)  # nobody writes: who comes next finds the same
                self._drop_empty()
                self._gate.notify_all()

    @property
    def are_there(self) -> bool:
        """Whether anybody reads."""
        with self._gate:
            return any(state.readers for state in self._there)

    def leave(self) -> None:
        """Have everybody leave: who reads is waited for a little, then stopped; who cannot be stopped finds everything closed. Until the next
        verb ends, nobody comes in.
        """
        with self._gate:
            self._writes = True
            if self._now is not None:
                self._retire(self._now)
            began = time.monotonic()
            while self._there and time.monotonic() < began + LAST:
                self._gate.wait(AGAIN)
                if time.monotonic() > began + PATIENCE:
                    for seen in {seen for state in self._there for seen in state.readers}:
                        seen.interrupt()
            for state in tuple(self._there):
                self._there.discard(state)
                state.close()

    def _enter(self) -> tuple[_State, Seen]:
        with self._gate:
            try:
                if not self._gate.wait_for(self._is_told_of, PATIENCE):
                    raise NotNowError
                if self._now is None and not self._writes and self._desk.is_open:
                    self._now = self._state()
                state = self._now
                if state is None or not self._is_true(state):
                    raise NotNowError
                if not state.is_past:
                    state.still.more(FEW * (len(state.readers) + 1))  # those who are there may still take theirs
                if state.files is None:
                    state.files = opened(self._desk.home, **state.found.files)
                seen = Seen(state.still)
            except _TROUBLE as error:
                raise NotNowError from error
            state.readers.add(seen)
            return state, seen

    def _is_told_of(self) -> bool:
        """Whether it is known here what is published: it is told a moment later (``move``)."""
        return self._now is None or self._now.found == current(self._desk.home)

    def _hold(self) -> None:
        """Keep the state as it is, for whoever comes while it is written."""
        store = self._desk.store
        filing.let_logs_grow(store.con, filing.NEVER)  # a file is put in order while nobody reads in it
        if self._now is None:
            self._now = self._state()
        if self._now is not None and not self._now.is_past:
            self._now.is_past = True  # first: from here on no connection can be begun at its moment
            self._now.still.more(CONNECTIONS)

    def _state(self) -> _State | None:
        """The state as it is; None where what is published is of another."""
        found = current(self._desk.home)
        if found is None or not self._matches(found):
            return None
        state = _State(found, Still(self._desk.store))
        self._there.add(state)
        return state

    def _matches(self, found: Published) -> bool:
        """Whether what is published is of the rows that the warehouse has."""
        return last_of(self._desk.store) == (found.last_batch, found.last_retraction)

    def _told_now(self) -> str:
        return told_of(self._desk.home).removesuffix("+")

    def _is_true(self, state: _State) -> bool:
        """Whether a state answers what would be asked at the desk now."""
        desk = self._desk
        if not self._writes and state.is_past:  # nobody is about to publish what is told since
            return False
        told = self._told if self._writes else told_of(desk.home)
        return is_fresh(state.found, desk.settings, told or "", desk.clock())

    def _retire(self, state: _State) -> None:
        state.is_left = True
        if state is self._now:
            self._now = None
        self._drop_empty()

    def _drop_empty(self) -> None:
        for state in [one for one in self._there if one.is_left and not one.readers]:
            self._there.discard(state)
            state.close()

    def _shorten_log(self) -> None:
        """Bring the warehouse's log into its file, if it is long and nobody reads."""
        if not self._desk.is_open:
            return
        path = self._desk.store.path
        log = path.with_name(f"{path.name}.wal")
        size = log.stat().st_size if log.exists() else 0
        if size > TOO_LONG:
            self.leave()
            self._writes = False
        if size > LONG and not self._there:
            self._desk.store.con.execute("CHECKPOINT")


__all__ = ["READS", "NotNowError", "Readers", "Reading"]
