"""The watcher of the folder ``drop``: files that stand still are taken in."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, Any

from tenure.core.errors import TenureError
from tenure.engine.drops import Sending, looked
from tenure.engine.verbs.run import Run
from tenure.engine.verbs.take_drop import Dropped, TakeDrop
from tenure.keeper import faults

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.keeper.place import Place

#: Seconds between two looks, after one that failed, and for which a file must have stood still.
LOOK, AGAIN, QUIET = 2.0, 15.0, 5.0


class Still:
    """Tells what stands still: of which nothing has changed for a while, by a clock that nobody sets."""

    def __init__(self, clock: Callable[[], float] = time.monotonic, quiet: float = QUIET) -> None:
        self._clock = clock
        self._quiet = quiet
        self._since: dict[Sending, float] = {}

    def of(self, seen: Iterable[Sending]) -> tuple[Sending, ...]:
        """Those of what is seen now that were seen like this for long enough."""
        now = self._clock()
        self._since = {sending: self._since.get(sending, now) for sending in seen}
        return tuple(sending for sending, since in self._since.items() if now - since >= self._quiet)


class Dropping(threading.Thread):
    """Looks into the folder, and has taken in what stands still. ``call`` carries a verb out in its turn."""

    def __init__(self, place: Place, stopping: threading.Event, call: Callable[[str, Any], Any]) -> None:
        super().__init__(daemon=True, name="dropping")
        self._place = place
        self._stopping = stopping
        self._call = call
        self._still = Still()
        self._told: set[tuple[str, str]] = set()

    def run(self) -> None:
        """Look until the keeper stops."""
        pause = LOOK
        while not self._stopping.wait(pause):
            pause = LOOK if self.look() else AGAIN

    def look(self) -> bool:
        """Take in what stands still. False where something has to wait, which is logged, once for each reason."""
        try:
            ready = self._still.of(looked(self._place.home))
            if not ready:
                return True
            found: Dropped = self._call("take_drop", TakeDrop(ready))
            if any(one.outcome and one.outcome.tables for one in found.arrivals):
                self._call("run", Run())
        except TenureError as error:
            if not self._stopping.is_set():
                self._tell({("drop", error.code)})
            return False
        waiting = {(one.name, one.outcome.error["code"]) for one in waits(found)}
        self._tell(waiting)
        return not waiting

    def _tell(self, waiting: set[tuple[str, str]]) -> None:
        for code in sorted({code for _, code in waiting - self._told}):
            faults.log(self._place, f"what was dropped waits: {code}")
        self._told = waiting


def waits(found: Dropped) -> list[Any]:
    """Those that could not be loaded, or not be put away, for now."""
    return [one for one in found.arrivals if one.outcome and one.outcome.error and one.state != "dropped"]


def by_hand(
    home: Path, call: Callable[[str, Any], Any], pause: Callable[[float], None] = time.sleep
) -> tuple[Dropped, int]:
    """One round without a server: look, wait, and take in what stood still. Gives it, and how many sendings did not."""
    seen = looked(home)
    if not seen:
        return Dropped(()), 0
    pause(QUIET)
    ready = tuple(sending for sending in looked(home) if sending in set(seen))
    found: Dropped = call("take_drop", TakeDrop(ready))
    return found, len(seen) - len(ready)
