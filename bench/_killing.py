"""A served workspace whose web process or keeper is killed at random, and served anew."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

from tenure.keeper.lock import holder
from tenure.keeper.place import Place
from tests.web.serving import Served, served, until


class Killed(NamedTuple):
    """How often, and the longest that it took (seconds) until it was ready again."""

    times: int
    slowest: float


def killed(
    home: Path, times: int, goes_on: Callable[[], bool], ready: Callable[[Served], None], words: tuple[str, ...] = (),
    pause: tuple[float, float] = (0.2, 2.0),
) -> Killed:  # fmt: skip
    """Kill so many times, or while ``goes_on``. ``ready`` is told each server that takes what is sent; ``pause``: seconds between two kills,
    by chance between these.
    """
    chance, count, slowest = random.Random(1), 0, 0.0
    while count < times and goes_on():
        with served(home, *words) as server:
            began = time.monotonic()
            until(server.is_ready)
            slowest = max(slowest, time.monotonic() - began)
            ready(server)
            while count < times and goes_on():
                time.sleep(chance.uniform(*pause))
                count += 1
                if chance.random() < 0.5 and (found := holder(Place(home))) is not None:
                    os.kill(found.pid, signal.SIGKILL)
                    continue
                server.process.kill()
                server.process.wait()
                break
    return Killed(count, slowest)
