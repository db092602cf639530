"""The keeper: the one process that holds a workspace's warehouse and answers the others."""

from __future__ import annotations

import contextlib
import errno
import os
import threading
from functools import partial
from multiprocessing import AuthenticationError
from multiprocessing.connection import Connection, Listener, answer_challenge, deliver_challenge
from pathlib import Path
from typing import TYPE_CHECKING, Any

from duckdb import InterruptException

from tenure.core.chain import KEEPER
from tenure.core.errors import DataError, TenureError, UnavailableError, UsageError
from tenure.engine.beside import READS, NotNowError
from tenure.engine.desk import utc_now
from tenure.engine.workspace import Local
from tenure.keeper import faults, wire
from tenure.keeper.client import await_turn
from tenure.keeper.daily import Daily
from tenure.keeper.dropping import Dropping
from tenure.keeper.labour import Labour
from tenure.keeper.loading import Loading
from tenure.keeper.lock import Lock
from tenure.keeper.place import Place
from tenure.keeper.syncing import Syncing
from tenure.keeper.turns import Turns

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenure.engine.desk import Clock, Progress

_WAIT = 0.2
_BACKLOG = 64
#: How many read at once beside the one at the desk.
_SEATS = 3
#: Failures to greet somebody that pass: too many files are open, or who came has gone.
_PASSING = (errno.EMFILE, errno.ENFILE, errno.ECONNABORTED)


class _GoneError(Exception):
    """Nobody waits for the answer any more."""


class Server:
    """Holds a workspace and carries out the calls of others, each connection in a thread of its own: those that may write one at a
    time, those that only read beside it.

    Raises ``UnavailableError`` where another process holds the workspace.
    """

    def __init__(self, home: Path, *, clock: Clock = utc_now) -> None:
        self.place = Place(home)
        self._local = Local(self.place.home, clock, shared=True)
        self._turns = Turns()
        self._seats = threading.Semaphore(_SEATS)
        self._mark = threading.Lock()
        self._stops: dict[int, Callable[[], None]] = {}  # by the calls that are carried out
        self._stopping = threading.Event()
        self._at_work: set[threading.Thread] = set()
        self._daily = Daily(self.place, clock, self._stopping, self._of_our_own)
        self._loading = Loading(self.place, self._stopping, self._of_our_own)
        self._dropping = Dropping(self.place, self._stopping, self._of_our_own)
        self._syncing = Syncing(self.place, clock, self._stopping, self._of_our_own)
        wire.code_hash()  # of the code as it is now, not as it will be when somebody calls
        lock = await_turn(self.place, serves=True)
        assert isinstance(lock, Lock)
        self._lock = lock
        self._key = self.place.new_key()
        path = self.place.new_socket()
        self._listener = Listener(str(path), "AF_UNIX", backlog=_BACKLOG)
        path.chmod(0o600)

    def serve(self) -> None:
        """Answer until the thread is interrupted by an exception (a signal's) or ``close`` is called elsewhere."""
        faults.log(self.place, f"serving as process {os.getpid()}")
        self._daily.start()
        self._loading.start()
        self._dropping.start()
        self._syncing.start()
        while not self._stopping.is_set():
            try:
                connection = self._listener.accept()
            except OSError as error:
                if self._stopping.is_set():
                    return
                if error.errno not in _PASSING:
                    raise
                faults.logged(error, self.place)  # who waits is served when some files are closed
                self._stopping.wait(_WAIT)
                continue
            thread = threading.Thread(target=self._attend, args=(connection,), daemon=True)
            self._at_work.add(thread)
            thread.start()

    def close(self) -> None:
        """Stop what is being done, and let go of the workspace."""
        self._stopping.set()
        self._listener.close()  # first: who comes now waits for the lock instead
        self.place.clear()
        for thread in (*self._at_work, self._daily, self._loading, self._dropping, self._syncing):
            if thread.is_alive():
                thread.join(timeout=_WAIT * 50)
        self._local.close()
        self._lock.release()
        faults.log(self.place, f"process {os.getpid()} stopped")

    def _attend(self, connection: Connection) -> None:
        """One command, from the greeting to the end."""
        try:
            with connection, contextlib.suppress(OSError, EOFError, AuthenticationError):
                deliver_challenge(connection, self._key)
                answer_challenge(connection, self._key)
                connection.send({"home": wire.identity(self.place.home), "code": wire.code_hash(), "pid": os.getpid()})
                self._answer(connection, connection.recv())
        finally:
            self._at_work.discard(threading.current_thread())

    def _answer(self, connection: Connection, call: wire.Call) -> None:
        """Have a call carried out while watching whether its command is still there."""
        gone = threading.Event()
        work: Labour[None] = Labour(lambda: self._carry_out(connection, call, gone), lambda: self._interrupt(call))
        work.start()
        while not work.over and not self._stopping.is_set():
            if connection.poll(_WAIT):  # a command says nothing more: this is its end
                break
        gone.set()
        work.stop()

    def _of_our_own(self, verb: str, request: Any) -> Any:
        """The answer to a verb that no command asked for. Raises ``TenureError``, also where the keeper stops before its end."""
        call = wire.Call(verb, request, KEEPER)

        def progress(_what: str, _done: int, _of: int) -> None:
            if self._stopping.is_set():
                raise _GoneError

        def work() -> Any:
            try:
                return self._at_desk(call, progress, self._stopping, own=True)
            except Exception as error:
                raise self._told(error, self._stopping) from error

        return Labour(work, lambda: self._interrupt(call)).result(unless=self._stopping)

    def _interrupt(self, call: wire.Call) -> None:
        """Stop a call, if it is being carried out."""
        with self._mark:
            stop = self._stops.get(id(call))
            if stop:
                stop()

    def _carry_out(self, connection: Connection, call: wire.Call, gone: threading.Event) -> None:
        """Do what is asked, and say what came of it."""

        def progress(what: str, done: int, of: int) -> None:
            if gone.is_set():
                raise _GoneError
            connection.send(wire.Progress(what, done, of))

        said: wire.Answer | wire.Failure
        try:
            said = wire.Answer(self._answered(call, progress, gone))
        except Exception as error:  # noqa: BLE001 - told to the command, and logged
            said = wire.Failure.of(self._told(error, gone))
        try:
            connection.send(said)
        except OSError:
            return  # the command has gone; nobody else wants to know
        except Exception as error:  # noqa: BLE001 - an answer that cannot be sent is a fault of ours
            connection.send(wire.Failure.of(faults.told(error, self.place)))

    def _answered(self, call: wire.Call, progress: Progress, gone: threading.Event) -> Any:
        """The answer to a call: from beside the desk where that will do, else when its turn has come."""
        try:
            return self._beside(call, progress, gone)
        except NotNowError:
            return self._at_desk(call, progress, gone)

    def _beside(self, call: wire.Call, progress: Progress, gone: threading.Event) -> Any:
        """The answer to a call that only reads. Raises ``NotNowError`` where it is to be carried out at the desk."""
        if call.verb not in READS:
            raise NotNowError
        while not self._seats.acquire(timeout=_WAIT):
            if gone.is_set():
                raise _GoneError
        try:
            return self._local.beside(call.verb, call.request, progress, call.by, partial(self._stopped_by, call))
        except (NotNowError, UsageError, DataError):
            raise
        except Exception as error:
            if gone.is_set():
                raise
            if not isinstance(error, TenureError | InterruptException):
                faults.logged(error, self.place)
            raise NotNowError from error  # there it is known what is to be done about it
        finally:
            self._stopped_by(call, None)
            self._seats.release()

    def _at_desk(self, call: wire.Call, progress: Progress, gone: threading.Event, *, own: bool = False) -> Any:
        """The answer to a call, when its turn has come. A failure of our own leaves nothing open."""
        told = False

        def look() -> None:
            nonlocal told
            if gone.is_set():
                raise _GoneError
            if not told:
                told = True
                progress("waiting for another command", 0, 0)

        self._turns.take(look, own=own)
        try:
            self._stopped_by(call, self._local.interrupt)
            return self._local.call(call.verb, call.request, progress, call.by)
        except TenureError:
            raise
        except BaseException:
            self._local.close()
            raise
        finally:
            self._stopped_by(call, None)
            self._turns.leave()

    def _stopped_by(self, call: wire.Call, stop: Callable[[], None] | None) -> None:
        """Say how a call is stopped while it is carried out."""
        with self._mark:
            if stop:
                self._stops[id(call)] = stop
            else:
                self._stops.pop(id(call), None)

    def _told(self, error: Exception, gone: threading.Event) -> TenureError:
        if gone.is_set():  # stopped by its command or by the keeper's end: no fault, and nothing was done
            fix = "Run the command again."
            return UnavailableError("The keeper was stopped.", code="keeper_gone", fix=fix)
        return faults.told(error, self.place)
