"""The fetcher: sources are fetched from when they are due, each by itself, so that none keeps another waiting."""

from __future__ import annotations

import threading
from collections.abc import Callable
from datetime import UTC
from typing import TYPE_CHECKING, Any

from tenure.core.errors import TenureError
from tenure.engine.desk import silent
from tenure.engine.verbs.run import Run
from tenure.keeper import faults

if TYPE_CHECKING:
    from tenure.engine.desk import Clock
    from tenure.engine.sync.configured import Configured
    from tenure.keeper.place import Place

#: Seconds between two looks at the clock, and how many sources are fetched from at once.
LOOK, TOGETHER = 10.0, 3


class Syncing(threading.Thread):
    """Looks which sources are due. ``call`` carries a verb out in its turn."""

    def __init__(self, place: Place, clock: Clock, stopping: threading.Event, call: Callable[[str, Any], Any]) -> None:
        super().__init__(daemon=True, name="syncing")
        self._place = place
        self._clock = clock
        self._stopping = stopping
        self._call = call
        self._at_work: dict[str, threading.Thread] = {}
        self._fault = ""

    def run(self) -> None:
        """Look until the keeper stops, and until what is being fetched has stopped."""
        while not self._stopping.wait(LOOK):
            self.look()
        for thread in self._at_work.values():
            thread.join()

    def look(self) -> None:
        """Begin with the sources that are due. What is wrong with the settings is logged, once for each fault."""
        self._at_work = {name: thread for name, thread in self._at_work.items() if thread.is_alive()}
        if not (self._place.home / "sources.toml").is_file():
            return
        from tenure.engine.sync import configured
        from tenure.engine.sync.status import freshness

        now = self._clock().replace(tzinfo=UTC)
        try:
            for source in configured.read(self._place.home).values():
                if len(self._at_work) >= TOGETHER:
                    return
                due = freshness(self._place.home, source, now).next
                if due is not None and due <= now and source.name not in self._at_work:
                    thread = threading.Thread(
                        target=self.fetch, args=(source,), daemon=True, name=f"sync {source.name}"
                    )
                    self._at_work[source.name] = thread
                    thread.start()
            self._fault = ""
        except TenureError as error:
            if error.code != self._fault:
                faults.log(self._place, f"no source is fetched from: {error.code}")
            self._fault = error.code

    def fetch(self, source: Configured) -> None:
        """Fetch from one source, load what changed, bring the figures up to date, and write what is wanted there. How it ended is noted with the source."""
        from tenure.engine.sync.means import Means
        from tenure.engine.sync.pull import sync
        from tenure.engine.sync.writing import write

        means = Means(
            clock=lambda: self._clock().replace(tzinfo=UTC), sleep=self._stopping.wait, stopping=self._stopping.is_set
        )
        try:
            done = sync(self._place.home, source, means, self._call, silent)
            if done.reports:
                self._call("run", Run())
            if done.loaded:
                write(self._place.home, source, means, self._call)
        except TenureError as error:
            if not self._stopping.is_set():
                faults.log(self._place, f"source {source.name}: {error.code}")
        except Exception as error:  # noqa: BLE001 - one source's fault is not another's
            reference = faults.logged(error, self._place)
            faults.log(self._place, f"source {source.name}: failed unexpectedly, reference {reference}")
