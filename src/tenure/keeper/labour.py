"""Work that can be stopped: a verb in a thread of its own, so that Ctrl C need not wait for a statement to end."""

from __future__ import annotations

import contextlib
import threading
from collections.abc import Callable
from typing import Generic, TypeVar

T = TypeVar("T")
#: Seconds between two attempts at stopping: one that comes between two statements meets nothing.
_AGAIN = 0.1


class Labour(threading.Thread, Generic[T]):
    """A function being carried out. ``interrupt`` stops the statement that it waits for, from another thread."""

    def __init__(self, work: Callable[[], T], interrupt: Callable[[], None]) -> None:
        super().__init__(daemon=True)
        self._work = work
        self._interrupt = interrupt
        self._done: T | None = None
        self._error: BaseException | None = None
        # Not join and is_alive: Python 3.11 takes a thread for ended once Ctrl C has interrupted a join.
        self._over = threading.Event()

    def run(self) -> None:
        """Do the work."""
        try:
            self._done = self._work()
        except BaseException as error:  # noqa: BLE001 - raised again by whoever waits
            self._error = error
        finally:
            self._over.set()

    @property
    def over(self) -> bool:
        """Whether it has ended, one way or the other."""
        return self._over.is_set()

    def result(self, unless: threading.Event | None = None) -> T:
        """Do the work and wait for its end. Ctrl C while waiting stops it, and so does the event ``unless``."""
        self.start()
        try:
            while not self._over.wait(_AGAIN):
                if unless is not None and unless.is_set():
                    self.stop()
        except BaseException:
            self.stop()
            raise
        if self._error is not None:
            raise self._error
        return self._done  # type: ignore[return-value]

    def stop(self) -> None:
        """Stop the work and wait until it has stopped."""
        while not self.over:
            with contextlib.suppress(Exception):  # the connection may close while it is being stopped
                self._interrupt()
            self._over.wait(_AGAIN)
