"""How fast events are taken over HTTP, and that none is lost or doubled though the servers are killed.

    .venv/bin/python -m bench.intake [SECONDS] [--kills KILLS]

Senders send single events, then requests of a hundred, each waiting for its answer before it sends the next: wrk where it is
installed, which takes little of the cores that the server needs, and processes in Python; beside them, how often the machine flushes
a file to disk. Then the web process or the keeper is killed KILLS times while
senders send everything again that was not acknowledged; in the end what is in the warehouse is counted.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import re
import shutil
import subprocess
import sys
import tempfile
import threading
import time
from concurrent.futures import ProcessPoolExecutor
from pathlib import Path
from typing import NamedTuple

import numpy as np

import tenure
from bench._killing import killed
from tenure import keeper
from tenure.engine.intake import counted
from tests.web.serving import Served, served, until

_MAKE_KEY = """
import django; django.setup()
from tenure.web.access import people
from tenure.web.access.roles import Role
from tenure.web.intake import keys
print(keys.make(people.create(email="a@example.com", name="Ada", csm_id="", roles=(Role.ADMINISTRATOR,)), "bench").secret)
"""
_SENDERS = {1: 32, 100: 8}


class Sender(NamedTuple):
    """Where one sends to, and what: ``many`` events a request, named after ``number``, for some ``seconds``."""

    host: str
    key: str
    number: int
    many: int
    seconds: float


def body(name: str, many: int) -> bytes:
    events = [
        {"type": "track", "userId": f"user-{n}", "event": "Report made", "messageId": f"{name}-{n}",
         "context": {"groupId": f"account-{n % 50}"}, "properties": {"seats": n, "plan": "large"}}
        for n in range(many)
    ]  # fmt: skip
    return json.dumps({"batch": events}).encode()


def send(told: Sender) -> list[float]:
    """The seconds that each acknowledgement took."""
    connection = http.client.HTTPConnection(told.host, timeout=30)
    headers = {"Authorization": f"Bearer {told.key}", "Content-Type": "application/json"}
    took, end, nth = [], time.monotonic() + told.seconds, 0
    while (began := time.monotonic()) < end:
        connection.request("POST", "/v1/batch", body(f"{told.many}-{told.number}-{nth}", told.many), headers)
        answer = connection.getresponse()
        answer.read()
        assert answer.status == 200, answer.status
        took.append(time.monotonic() - began)
        nth += 1
    return took


def by_wrk(host: str, key: str, many: int, senders: int, seconds: float, flushed: float) -> int:
    """Measure with wrk, print; gives how many events were acknowledged."""
    command = [
        str(shutil.which("wrk")), "-t1", f"-c{senders}", f"-d{seconds:.0f}s", "-s", str(Path(__file__).with_suffix(".lua")), f"http://{host}", "--",
        key, f"wrk-{many}", str(many),
    ]  # fmt: skip
    done = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    requests, micros, errors, middle, last = (int(text) for text in re.search(r"told (.*)", done)[1].split())
    rate = requests * many / (micros / 1e6)
    print(
        f"= {many} an answer: {rate:,.0f} events/s from {senders} connections of wrk, p50 {middle / 1000:.0f} ms, p99 {last / 1000:.0f} ms,"
        f" {errors} errors; {rate / flushed:.1f} events for each flush that the machine does in that time",
        flush=True,
    )
    return requests * many


def speed(host: str, key: str, seconds: float, flushed: float) -> int:
    """Measure, print; gives how many events were acknowledged."""
    whole = 0
    for many, senders in _SENDERS.items():
        if shutil.which("wrk"):
            whole += by_wrk(host, key, many, senders, seconds, flushed)
        with ProcessPoolExecutor(senders) as pool:
            took = np.concatenate(list(pool.map(send, [Sender(host, key, n, many, seconds) for n in range(senders)])))
        whole += len(took) * many
        print(
            f"= {many} an answer: {len(took) * many / seconds:,.0f} events/s from {senders} senders on the same {os.cpu_count()}"
            f" cores, p50 {1000 * np.percentile(took, 50):.0f} ms, p99 {1000 * np.percentile(took, 99):.0f} ms",
            flush=True,
        )
    return whole


def flushes(folder: Path, seconds: float = 2.0) -> float:
    """How often a second the machine flushes a file that grew by 4 KB."""
    with (folder / "flush").open("wb") as file:
        end, count = time.monotonic() + seconds, 0
        while time.monotonic() < end:
            file.write(b"x" * 4096)
            file.flush()
            os.fsync(file.fileno())
            count += 1
    return count / seconds


def made(folder: Path) -> tuple[Path, str]:
    """A workspace, and a key for its events."""
    home = folder / "home"
    keeper.create(home, currency="EUR", timezone="Europe/Berlin", fiscal_year_start=1)
    with served(home) as server:
        until(server.is_ready)
        names = {**os.environ, "TENURE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tenure.web.settings"}
        done = subprocess.run([sys.executable, "-c", _MAKE_KEY], env=names, capture_output=True, text=True, check=True)
    return home, done.stdout.strip()


def settled(home: Path, events: int) -> float:
    """Wait until so many uses are in the warehouse; gives the seconds that it took."""
    began = time.monotonic()
    workspace = tenure.open(home)
    until(lambda: workspace.rows("usage", limit=1).total >= events, 600)
    workspace.close()
    return time.monotonic() - began


class Stubborn(threading.Thread):
    """Sends requests one after the other, each until it is acknowledged."""

    def __init__(self, base: list[str], key: str, number: int, requests: int) -> None:
        super().__init__(daemon=True)
        self.base, self.key, self.number, self.requests, self.done = base, key, number, requests, 0

    def run(self) -> None:
        while self.done < self.requests:
            try:
                connection = http.client.HTTPConnection(self.base[0], timeout=5)
                connection.request(
                    "POST",
                    "/v1/batch",
                    body(f"k{self.number}-{self.done}", 20),
                    {"Authorization": f"Bearer {self.key}"},
                )
                self.done += connection.getresponse().status == 200
            except (OSError, http.client.HTTPException):
                time.sleep(0.05)


def kills(folder: Path, times: int) -> None:
    """Kill, and count what is there in the end."""
    home, key = made(folder)
    base = [""]
    senders = [Stubborn(base, key, n, 25 * times) for n in range(4)]

    def ready(server: Served) -> None:
        base[0] = server.base.removeprefix("http://")
        for sender in senders:
            if sender.ident is None:
                sender.start()

    done = killed(home, times, lambda: True, ready)
    with served(home) as server:
        base[0] = server.base.removeprefix("http://")
        for sender in senders:
            sender.join()
        sent = sum(sender.requests for sender in senders) * 20
        settled(home, sent)
        workspace = tenure.open(home)
        there = workspace.rows("usage", limit=1).total
        workspace.close()
        again = sum(one.again for one in counted(home))
    print(
        f"= {times} kills of the web process or the keeper: {sent:,} events acknowledged, {there:,} in the warehouse;"
        f" {again:,} were sent again; {done}; load of the machine {os.getloadavg()[0]:.1f}"
    )


def main() -> None:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("seconds", nargs="?", type=float, default=10)
    options.add_argument("--kills", type=int, default=30)
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch)
        flushed = flushes(folder)
        print(f"= flushes of a file that grew: {flushed:,.0f}/s", flush=True)
        home, key = made(folder)
        with served(home) as server:
            until(server.is_ready)
            events = speed(server.base.removeprefix("http://"), key, given.seconds, flushed)
            print(f"= {events:,} events were in the warehouse {settled(home, events):.0f} s after the last", flush=True)
    with tempfile.TemporaryDirectory() as scratch:
        kills(Path(scratch), given.kills)


if __name__ == "__main__":
    main()
