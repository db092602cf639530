"""Whether other figures may be had than a moment ago, told by a word, from a look at a few files."""

from __future__ import annotations

import hashlib
import time
from datetime import date, datetime
from pathlib import Path
from threading import Lock

from tenure.core import config
from tenure.core.errors import TenureError
from tenure.core.period import local_day
from tenure.core.written import metric_files
from tenure.engine.desk import Clock, utc_now
from tenure.figures.filing import POINTER
from tenure.figures.published import FOLDER, current
from tenure.warehouse.inbox import FILE
from tenure.warehouse.told import covers, told_of

#: What changes when other figures may be had, in the folder of a workspace.
_FILES = (FILE, f"{FILE}-wal", config.FILE, f"{FOLDER}/{POINTER}")
#: Nanoseconds: a file that was written later than this may have been written again under the same stamp.
_SETTLED = 1_000_000_000

Stamps = tuple[tuple[int, int, int] | None, ...]


class Watch:
    """Watches a workspace without opening its warehouse. May be asked from several threads.

    The word tells what was told, or what of events is in the figures; the settings, the workspace's own metrics, the day, and
    the moments known before that have come: what the figures are made of, and not the files that are made of it. So whoever asks for figures never changes it.
    """

    def __init__(self, home: Path, clock: Clock = utc_now) -> None:
        self._home = home
        self._clock = clock
        self._lock = Lock()
        self._stamps: Stamps = ()
        self._zone = "UTC"
        self._day = date.min
        self._next: datetime | None = None  # the moment from which on what is published no longer holds
        self._come: datetime | None = None  # the last such moment that has come
        self._word = ""

    def word(self) -> str:
        """The same as long as the figures are; says nothing else. What cannot be read for now changes nothing."""
        with self._lock:
            now, stamps = self._clock(), tuple(_stamp(path) for path in self._files())
            moved = stamps != self._stamps or not _settled(stamps)
            if moved or self._day != local_day(now, self._zone) or (self._next is not None and now >= self._next):
                try:
                    self._look(now)
                except TenureError:  # a file of settings half written, an inbox that is locked: the next look will do
                    self._stamps = ()
                else:
                    self._stamps = stamps
            return self._word

    def _files(self) -> list[Path]:
        return [*(self._home / name for name in _FILES), *metric_files(self._home)]

    def _look(self, now: datetime) -> None:
        settings, found, seen = config.read(self._home), current(self._home), told_of(self._home).removesuffix("+")
        self._zone, self._day = settings.timezone, local_day(now, settings.timezone)
        self._next = found.holds_until if found and found.holds_until > now else None
        if found and found.holds_until <= now:
            self._come = found.holds_until
        if found is not None and covers(found.seen, seen):
            seen = found.seen  # what came of events is news when it is in the figures
        told = (seen, config.settings_hash(settings), settings.own, self._day, self._come)
        self._word = hashlib.sha256(repr(told).encode()).hexdigest()[:16]


def _stamp(path: Path) -> tuple[int, int, int] | None:
    try:
        found = path.stat()
    except OSError:
        return None
    return found.st_mtime_ns, found.st_size, found.st_ino


def _settled(stamps: Stamps) -> bool:
    before = time.time_ns() - _SETTLED
    return all(stamp is None or stamp[0] < before for stamp in stamps)
