"""A served workspace whose web process or keeper is killed at random, and served anew."""

from __future__ import annotations

import os
import random
import signal
import time
from collections.abc import Callable
from pathlib import Path
from typing import NamedTuple

import numpy as np

from tenure.keeper.lock import holder
from tenure.keeper.place import Place
from tests.web.serving import Served, served, until


class Killed(NamedTuple):
    """How often, and the seconds that it took until it was ready, at each start: the middle, the 95th percentile and the longest."""

    times: int
    middle: float
    p95: float
    slowest: float

    def __str__(self) -> str:
        return f"ready again after {self.middle:.1f} s (p95 {self.p95:.1f}, longest {self.slowest:.1f})"


def killed(
    home: Path, times: int, goes_on: Callable[[], bool], ready: Callable[[Served], None], words: tuple[str, ...] = (),
    pause: tuple[float, float] = (0.2, 2.0),
) -> Killed:  # fmt: skip
    """Kill so many times, or while ``goes_on``. ``ready`` is told each server that takes what is sent; ``pause``: seconds between two kills,
    by chance between these.
    """
    chance, count, took = random.Random(1), 0, list[float]()
    while count < times and goes_on():
        with served(home, *words) as server:
            began = time.monotonic()
            until(server.is_ready)
            took.append(time.monotonic() - began)
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
    middle, p95 = np.percentile(took, [50, 95])
    return Killed(count, float(middle), float(p95), max(took))
