"""What fetching needs of the world outside: a clock, patience, a way out. Tests give others."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import UTC, datetime

import httpx

from tenure.sources.fetching.guard import Guarded


def _now() -> datetime:
    return datetime.now(UTC)


def _running() -> bool:
    return False


def _way_out(hosts: Iterable[str], internal: bool) -> httpx.BaseTransport:
    return Guarded(hosts, internal=internal)


@dataclass(frozen=True)
class Means:
    """``clock``: UTC, with its zone. ``sleep``: waits for seconds. ``stopping``: whether to end soon. ``way_out``: what sends
    requests to these hosts only, internal ones too or not.
    """

    clock: Callable[[], datetime] = _now
    sleep: Callable[[float], object] = time.sleep
    stopping: Callable[[], bool] = _running
    way_out: Callable[[Iterable[str], bool], httpx.BaseTransport] = _way_out
