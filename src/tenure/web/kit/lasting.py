"""What is read from the engine once in a while, and holds until it is read again."""

from __future__ import annotations

import time
from collections.abc import Callable
from threading import Lock
from typing import Generic, TypeVar

from tenure.core.errors import UnavailableError

T = TypeVar("T")
#: Seconds for which it is taken as it was last read.
FRESH = 60.0


class Lasting(Generic[T]):
    """Read at most once a minute. While the engine is busy, what was read before still holds."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = Lock()
        self._found: tuple[T] | None = None
        self._until = 0.0

    def get(self, read: Callable[[], T]) -> T:
        """What ``read`` gives, or gave. Raises ``UnavailableError`` where it never did and cannot now."""
        with self._lock:
            if self._found is None or self._clock() >= self._until:
                try:
                    self._found = (read(),)
                except UnavailableError:
                    if self._found is None:
                        raise
                self._until = self._clock() + FRESH
            return self._found[0]
