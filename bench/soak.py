"""A served workspace under events for a while, with pages open: what is answered, what memory grows by, how soon events are seen.

    .venv/bin/python -m bench.soak [--minutes MINUTES] [--rate EVENTS] [--pages PAGES]

Promised for 10 minutes at 1,000 events/s with pages open: no answer but 2xx; memory grows by less than a tenth after the first fifth of
the time; and from acknowledged to visible (a figure of the workspace has it) less than 10 s at the 95th percentile. Senders pace
themselves, in batches of 20; the day's round, which is made once a day and brings its libraries along, is made before; a CSM's pages are asked for again and again; markers among the events tell when they are visible. Exits 1
where a promise is not kept.
"""

from __future__ import annotations

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import numpy as np

import tenure
from bench.intake import flushes, made
from tenure.keeper.lock import holder
from tenure.keeper.place import Place
from tests.web.serving import served, until

_BATCH, _SENDERS, _MARK = 20, 8, 2.0
_MAKE_PERSON = """
import django; django.setup()
from tenure.web.access.models import User
from tenure.web.access import keys
print(keys.make(User.objects.get(), "pages", 30).secret)
"""


class Sender(threading.Thread):
    """Sends batches at its part of the rate, and counts what is answered."""

    def __init__(self, host: str, key: str, number: int, rate: float, end: float) -> None:
        super().__init__(daemon=True)
        self.host, self.key, self.number, self.pause, self.end = host, key, number, _BATCH / rate, end
        self.answers: Counter[int] = Counter()
        self.took: list[float] = []

    def run(self) -> None:
        connection = http.client.HTTPConnection(self.host, timeout=60)
        nth, due = 0, time.monotonic()
        while time.monotonic() < self.end:
            began = time.monotonic()
            connection.request("POST", "/v1/batch", self.body(nth), {"Authorization": f"Bearer {self.key}"})
            answer = connection.getresponse()
            answer.read()
            self.answers[answer.status] += 1
            self.took.append(time.monotonic() - began)
            nth += 1
            due = max(due + self.pause, time.monotonic() - 1.0)
            time.sleep(max(due - time.monotonic(), 0))

    def body(self, nth: int) -> bytes:
        events = [
            {"type": "track", "userId": f"user-{(nth * _BATCH + n) % 5_000}", "event": f"Feature {n % 7}",
             "messageId": f"s{self.number}-{nth}-{n}", "context": {"groupId": f"account-{n % 50}"}, "properties": {"n": n}}
            for n in range(_BATCH)
        ]  # fmt: skip
        return json.dumps({"batch": events}).encode()


class Pages(threading.Thread):
    """Somebody whose pages ask again and again."""

    def __init__(self, host: str, key: str, end: float) -> None:
        super().__init__(daemon=True)
        self.host, self.key, self.end = host, key, end
        self.answers: Counter[int] = Counter()
        self.took: list[float] = []

    def run(self) -> None:
        while time.monotonic() < self.end:
            for path in (
                "/api/metrics/mrr",
                "/api/accounts?limit=50",
                "/api/metrics/active_usage_rate?grain=day",
                "/healthz",
            ):
                connection = http.client.HTTPConnection(self.host, timeout=120)
                began = time.monotonic()
                connection.request("GET", path, headers={"Authorization": f"Bearer {self.key}"})
                answer = connection.getresponse()
                answer.read()
                self.answers[answer.status] += 1
                self.took.append(time.monotonic() - began)
            time.sleep(0.5)


class Marks(threading.Thread):
    """Sends a person of its own now and then, and looks until the list of people has him."""

    def __init__(self, home: Path, host: str, key: str, end: float) -> None:
        super().__init__(daemon=True)
        self.home, self.host, self.key, self.end = home, host, key, end
        self.seen: list[float] = []
        self.missed = 0

    def run(self) -> None:
        nth, workspace = 0, tenure.open(self.home)
        while time.monotonic() < self.end:
            connection = http.client.HTTPConnection(self.host, timeout=60)
            who = f"marked-{nth}"
            body = json.dumps({"userId": who, "messageId": who, "traits": {"name": who}}).encode()
            connection.request("POST", "/v1/identify", body, {"Authorization": f"Bearer {self.key}"})
            connection.getresponse().read()
            began = time.monotonic()
            while not workspace.rows("person", where=[("person_id", "equals", who)], limit=1).total:
                if time.monotonic() - began > 60:
                    self.missed += 1
                    break
                time.sleep(0.1)
            else:
                self.seen.append(time.monotonic() - began)
            nth += 1
            time.sleep(_MARK)
        workspace.close()


def resident(pid: int) -> float:
    """Megabytes that a process holds in memory."""
    try:
        return int(Path(f"/proc/{pid}/statm").read_text().split()[1]) * os.sysconf("SC_PAGE_SIZE") / 1e6
    except (OSError, IndexError):
        return 0.0


def watched(home: Path, web: int, end: float, seconds: float) -> list[tuple[float, float, float]]:
    """Now and then: seconds since the beginning, and the memory of the web process and of the keeper."""
    began, found = time.monotonic(), []
    while time.monotonic() < end:
        other = holder(Place(home))
        found.append((time.monotonic() - began, resident(web), resident(other.pid) if other else 0.0))
        time.sleep(max(seconds / 60, 1.0))
    return found


def grown(memory: list[tuple[float, float, float]], column: int, seconds: float) -> tuple[float, float]:
    """The most that is held in the second fifth of the time, and in the last: what is made once is made by then."""
    early = [row[column] for row in memory if 0.2 * seconds <= row[0] < 0.4 * seconds]
    late = [row[column] for row in memory if row[0] >= 0.8 * seconds]
    return max(early, default=0.0), max(late, default=0.0)


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--minutes", type=float, default=10)
    options.add_argument("--rate", type=float, default=1_000)
    options.add_argument("--pages", type=int, default=3)
    given = options.parse_args()
    seconds = 60 * given.minutes
    with tempfile.TemporaryDirectory() as scratch:
        print(
            f"= flushes of a file that grew: {flushes(Path(scratch)):,.0f}/s; load of the machine {os.getloadavg()[0]:.1f}",
            flush=True,
        )
        home, key = made(Path(scratch))
        names = {**os.environ, "TENURE_HOME": str(home), "DJANGO_SETTINGS_MODULE": "tenure.web.settings"}
        reading = subprocess.run(
            [sys.executable, "-c", _MAKE_PERSON], env=names, capture_output=True, text=True, check=True
        ).stdout.strip()
        with served(home) as server:
            until(server.is_ready)
            subprocess.run([sys.executable, "-m", "tenure", "run"], env=names, capture_output=True, check=True)
            host, end = server.base.removeprefix("http://"), time.monotonic() + seconds
            senders = [Sender(host, key, n, given.rate / _SENDERS, end) for n in range(_SENDERS)]
            pages = [Pages(host, reading, end) for _ in range(given.pages)]
            marks = Marks(home, host, key, end)
            everybody: list[threading.Thread] = [*senders, *pages, marks]
            for one in everybody:
                one.start()
            memory = watched(home, server.process.pid, end, seconds)
            for one in everybody:
                one.join(120)
        return told(senders, pages, marks, memory, seconds)


def told(
    senders: list[Sender], pages: list[Pages], marks: Marks, memory: list[tuple[float, float, float]], seconds: float
) -> int:
    """Print; 1 where a promise is not kept."""
    answers = sum((one.answers for one in senders), Counter[int]())
    asked = sum((one.answers for one in pages), Counter[int]())
    took = np.array([each for one in senders for each in one.took])
    waited = np.array([each for one in pages for each in one.took] or [0.0])
    seen = np.array(marks.seen or [np.inf])
    events = answers[200] * _BATCH
    print(
        f"= {events:,} events in {seconds:.0f} s, {events / seconds:,.0f}/s; answers {dict(answers)}, p50 {1000 * np.percentile(took, 50):.0f} ms,"
        f" p99 {1000 * np.percentile(took, 99):.0f} ms"
    )
    print(
        f"= pages: answers {dict(asked)}, p50 {np.percentile(waited, 50):.2f} s, p95 {np.percentile(waited, 95):.2f} s"
    )
    print(
        f"= acknowledged to visible: p50 {np.percentile(seen, 50):.1f} s, p95 {np.percentile(seen, 95):.1f} s of {len(marks.seen)};"
        f" {marks.missed} not within a minute"
    )
    good = (
        not marks.missed and np.percentile(seen, 95) < 10 and all(200 <= status < 300 for status in (*answers, *asked))
    )
    for name, column in (("web", 1), ("keeper", 2)):
        early, late = grown(memory, column, seconds)
        print(
            f"= memory of the {name}: {early:,.0f} MB, in the last fifth {late:,.0f} MB ({100 * (late / max(early, 1) - 1):+.0f} %)"
        )
        good = good and late < 1.1 * early
    print("= as promised" if good else "= NOT as promised")
    return 0 if good else 1


if __name__ == "__main__":
    sys.exit(main())
