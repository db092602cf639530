"""The loader: events and rows that wait in the inbox are taken into the warehouse as they come."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from tenure.core.errors import TenureError
from tenure.engine.verbs.run import Run
from tenure.engine.verbs.take_in import TakeIn, TakenIn
from tenure.engine.verbs.take_rows import TakeRows
from tenure.keeper import faults
from tenure.warehouse.inbox import ARRIVAL, waits

if TYPE_CHECKING:
    from tenure.keeper.place import Place

#: Seconds between two looks, and after one that failed.
LOOK, AGAIN = 1.0, 10.0


class Loading(threading.Thread):
    """Looks for what came in, and has it taken in and the figures brought up to date. ``call`` carries a verb out in its turn."""

    def __init__(self, place: Place, stopping: threading.Event, call: Callable[[str, Any], Any]) -> None:
        super().__init__(daemon=True, name="loading")
        self._place = place
        self._stopping = stopping
        self._call = call
        self._fault = ""

    def run(self) -> None:
        """Look until the keeper stops."""
        pause = LOOK
        while not self._stopping.wait(pause):
            pause = LOOK if self.look() else AGAIN

    def look(self) -> bool:
        """Take in what waits. False where that went wrong, which is logged, once for each fault."""
        try:
            events, rows = waits(self._place.home), waits(self._place.home, ARRIVAL)
            if rows:
                self._call("take_rows", TakeRows())
            if events:
                found: TakenIn = self._call("take_in", TakeIn())
                while found.more and not self._stopping.is_set():
                    found = self._call("take_in", TakeIn())
            if events or rows:
                self._call("run", Run())
        except TenureError as error:
            if not self._stopping.is_set() and error.code != self._fault:
                faults.log(self._place, f"what came in waits: {error.code}")
            self._fault = error.code
            return False
        self._fault = ""
        return True
