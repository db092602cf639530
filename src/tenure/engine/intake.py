"""Events as they come: the one writer, with which whoever comes while a flush is under way goes with the next one, and what
was counted.
"""

from __future__ import annotations

import threading
from collections.abc import Callable, Sequence
from concurrent.futures import Future
from contextlib import suppress
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from queue import Empty, Full, SimpleQueue

from tenure.core.errors import TenureError, UnavailableError
from tenure.warehouse.inbox import Event, Inbox, waits

__all__ = ["Counted", "Event", "Writer", "counted", "waits"]

#: Events that may wait for the disk, and how many go with one flush.
_MOST_WAITING, _TOGETHER = 50_000, 5_000


@dataclass(frozen=True)
class Counted:
    """The events of a source since its first: all that were ``received``, of which some had come before (``again``), and when the
    last day (UTC) was.
    """

    source: str
    received: int
    again: int
    last: date


def counted(home: Path) -> list[Counted]:
    """What came in, by source. Raises ``UnavailableError`` where the inbox cannot be read."""
    found: dict[str, Counted] = {}
    with Inbox.open(home) as inbox:
        for one in inbox.received():
            so_far = found.get(one.source, Counted(one.source, 0, 0, one.day))
            found[one.source] = Counted(one.source, so_far.received + one.events, so_far.again + one.again, one.day)
    return list(found.values())


class Writer(threading.Thread):
    """Takes events into the inbox of a workspace. ``put`` may be called from any thread."""

    def __init__(self, home: Path, clock: Callable[[], datetime] = lambda: datetime.now(UTC)) -> None:
        super().__init__(daemon=True, name="intake")
        self._home = home
        self._clock = clock
        self._queue: SimpleQueue[tuple[Sequence[Event], Future[None]] | None] = SimpleQueue()
        self._waiting = 0
        self._lock = threading.Lock()
        self._inbox: Inbox | None = None

    def put(self, events: Sequence[Event]) -> Future[None]:
        """Done when the events are on disk; fails with a ``TenureError`` where they are not. Raises ``Full`` at once where too
        many wait.
        """
        future: Future[None] = Future()
        with self._lock:
            if self._waiting + len(events) > _MOST_WAITING:
                raise Full
            self._waiting += len(events)
        self._queue.put((events, future))
        return future

    def stop(self) -> None:
        """Write what waits, and end."""
        self._queue.put(None)
        if self.is_alive():
            self.join()

    def run(self) -> None:
        """Write until stopped."""
        while True:
            first = self._queue.get()
            if first is None:
                break
            together, last = [first], False
            with suppress(Empty):
                while sum(len(events) for events, _ in together) < _TOGETHER:
                    more = self._queue.get_nowait()
                    if more is None:
                        last = True
                        break
                    together.append(more)
            self._write(together)
            if last:
                break
        if self._inbox is not None:
            self._inbox.close()

    def _write(self, together: Sequence[tuple[Sequence[Event], Future[None]]]) -> None:
        events = [event for own, _ in together for event in own]
        error: Exception | None = None
        try:
            if self._inbox is None:
                self._inbox = Inbox.open(self._home)
            self._inbox.take(events, self._clock())
        except TenureError as failed:
            error = failed
        except Exception as failed:  # noqa: BLE001 - nobody must wait for ever
            error = UnavailableError("Events cannot be taken.", code="intake", fix="Look into the log.")
            error.__cause__ = failed
        if error is not None and self._inbox is not None:  # the next flush tries with the file anew
            with suppress(Exception):
                self._inbox.close()
            self._inbox = None
        with self._lock:
            self._waiting -= len(events)
        for _, future in together:
            if error is None:
                future.set_result(None)
            else:
                future.set_exception(error)
