"""Whose turn it is at the desk: one at a time, and whoever waits for an answer before what is done of our own accord."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable

#: Seconds between two looks whether it is still wanted.
LOOK = 0.2
#: Seconds after which what is done of our own accord waits for nobody who asks.
LONGEST = 5.0


class Turns:
    """The turns at one desk."""

    def __init__(self) -> None:
        self._gate = threading.Condition()
        self._taken = False
        self._asking = 0

    def take(self, look: Callable[[], None], *, own: bool = False) -> None:
        """Wait for a turn. ``look`` is called while it has not come, and may raise. ``own``: after everybody who asks, if that does not take
        too long.
        """
        end = time.monotonic() + LONGEST
        with self._gate:
            self._asking += not own
        try:
            while not self._came(own and time.monotonic() < end):
                look()
        finally:
            with self._gate:
                self._asking -= not own
                self._gate.notify_all()

    def _came(self, own: bool) -> bool:
        with self._gate:
            if self._gate.wait_for(lambda: not self._taken and not (own and self._asking), LOOK):
                self._taken = True
                return True
        return False

    def leave(self) -> None:
        """Let the next one come."""
        with self._gate:
            self._taken = False
            self._gate.notify_all()
