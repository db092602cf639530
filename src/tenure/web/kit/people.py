"""The names of our people, by the ids that figures and tables have of them."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping
from pathlib import Path
from threading import Lock

from tenure.core.errors import UnavailableError
from tenure.engine import Sight

#: Seconds for which names are taken as they were last read.
FRESH = 60.0
_AT_ONCE = 1_000


class Names:
    """Names are asked for once a minute and workspace; while the engine cannot be asked, those of before still hold."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._known: dict[Path, tuple[float, Mapping[str, str]]] = {}

    def of(self, sight: Sight) -> Mapping[str, str]:
        """Names by id; none where they were never read and cannot be. Whoever sees an account sees who looks after it,
        so that they are the same through every scope.
        """
        with self._lock:
            until, found = self._known.get(sight.home, (0.0, {}))
        if time.monotonic() < until:
            return found
        try:
            found = dict(_read(sight))
        except UnavailableError:
            return found
        with self._lock:
            self._known[sight.home] = time.monotonic() + FRESH, found
        return found


def _read(sight: Sight) -> Iterator[tuple[str, str]]:
    """Ids and names, the latest last."""
    offset, total = 0, 1
    while offset < total:
        page = sight.rows(
            "csm", columns=("csm_id", "name"), order=("csm_id", "valid_from"), offset=offset, limit=_AT_ONCE
        )
        yield from ((row["csm_id"], row["name"] or row["csm_id"]) for row in page.rows)
        total, offset = page.total, offset + _AT_ONCE


names = Names()
