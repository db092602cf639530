"""The daily round: what `tenure run` does, what a day's first pages would wait for, and a backup where one is planned, done once a
day by the keeper itself.
"""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tenure.core import config
from tenure.core.errors import TenureError
from tenure.core.period import instant, local_day
from tenure.engine.daily_round import ROUND
from tenure.keeper import faults

if TYPE_CHECKING:
    from tenure.engine.desk import Clock
    from tenure.keeper.place import Place

#: Local hours after midnight from which on a day's round is due: what is loaded nightly has come in by then.
HOUR = 3
#: How long a keeper that has just been started is left to the people who started it.
QUIET = timedelta(minutes=5)
#: How long after a round that failed the next is tried.
AGAIN = timedelta(hours=1)
#: Seconds between two looks at the clock.
_LOOK = 20.0


class Daily(threading.Thread):
    """Calls the verbs of the round once on every local day. ``call`` carries one out when its turn has come."""

    def __init__(
        self, place: Place, clock: Clock, stopping: threading.Event, call: Callable[[str, Any], object]
    ) -> None:
        super().__init__(daemon=True, name="daily")
        self._place = place
        self._clock = clock
        self._stopping = stopping
        self._call = call
        self._from = clock() + QUIET
        self._last: date | None = None

    def run(self) -> None:
        """Look at the clock until the keeper stops."""
        while not self._stopping.wait(_LOOK):
            self.look()

    def look(self) -> None:
        """Make the round if it is due. What goes wrong is logged, and tried again later."""
        now = self._clock()
        if now < self._from:
            return
        try:
            today = self._due(now)
            if today is None:
                return
            for verb, request in ROUND:
                self._call(verb, request)
            self._back_up(now)
        except TenureError as error:
            if not self._stopping.is_set():
                faults.log(self._place, f"the daily round failed: {error.code}")
            self._from = now + AGAIN
        else:
            self._last = today
            faults.log(self._place, f"the daily round of {today} is made")

    def _back_up(self, now: datetime) -> None:
        """Make the backup of the day, where one is planned. It waits for its turn with the databases only."""
        from tenure.engine.workspace import Workspace
        from tenure.keeper import backups

        wanted = backups.plan(self._place.home)
        if wanted is not None:
            saved = backups.by_plan(Workspace(self._place.home, backups.Called(self._call)), wanted, now)
            damaged = f", with {len(saved.manifest.damaged)} damaged files" if saved.manifest.damaged else ""
            faults.log(self._place, f"backed up to {saved.file}{damaged}")

    def _due(self, now: datetime) -> date | None:
        """The local day whose round is to be made; None where it is made, or not yet due."""
        zone = config.read(self._place.home).zone
        today = local_day(now, zone)
        due = self._last != today and now >= instant(today, zone) + timedelta(hours=HOUR)
        return today if due else None
