"""What senders of events are told while the disk is full, and how soon they are taken again.

    .venv/bin/python -m bench.full_disk [SECONDS]

Needs root: a small disk (tmpfs) is mounted for the workspace. Senders go on all the time, each until its events are acknowledged. Three
times, for SECONDS each, the disk is filled to the last byte. Nothing but 200 and 503 with Retry-After of five seconds at most may be
answered; ten seconds after the disk is well again events must be taken, and in the end each must be there once. Exits 1 where that
is not so. A disk that turns read-only, or fails (EIO), is put in between in the tests: nothing here can make one while files are open.
"""

from __future__ import annotations

import argparse
import http.client
import os
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from pathlib import Path

import tenure
from bench.intake import body, made, settled
from tests.web.serving import served, until

_SIZE = "96m"
_SOON = 10.0


class Sender(threading.Thread):
    """Sends events of its own, one request after the other, each again until it is acknowledged."""

    def __init__(self, host: str, key: str, number: int) -> None:
        super().__init__(daemon=True)
        self.host, self.key, self.number = host, key, number
        self.told: list[tuple[float, int, str]] = []
        self.acknowledged = 0
        self.stopping = threading.Event()

    def run(self) -> None:
        while not self.stopping.is_set():
            connection = http.client.HTTPConnection(self.host, timeout=30)
            headers = {"Authorization": f"Bearer {self.key}"}
            connection.request("POST", "/v1/batch", body(f"f{self.number}-{self.acknowledged}", 10), headers)
            answer = connection.getresponse()
            answer.read()
            self.told.append((time.monotonic(), answer.status, answer.headers.get("Retry-After", "")))
            if answer.status == 200:
                self.acknowledged += 1
            time.sleep(0.02 if answer.status == 200 else 0.2)


def fill(folder: Path) -> Path:
    """A file that takes all that is free."""
    ballast = folder / "ballast"
    with ballast.open("wb", buffering=0) as file:
        try:
            while True:
                file.write(b"x" * 65536)
        except OSError:
            pass
        try:
            while True:
                file.write(b"x")
        except OSError:
            pass
    return ballast


def main() -> int:
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("seconds", nargs="?", type=float, default=10)
    given = options.parse_args()
    if os.geteuid() != 0:
        print("This needs root, to mount a small disk.")
        return 1
    with tempfile.TemporaryDirectory() as scratch:
        disk = Path(scratch) / "disk"
        disk.mkdir()
        subprocess.run(["mount", "-t", "tmpfs", "-o", f"size={_SIZE}", "tmpfs", str(disk)], check=True)
        try:
            return measured(disk, given.seconds)
        finally:
            subprocess.run(["umount", "-l", str(disk)], check=True)


def measured(disk: Path, seconds: float) -> int:
    home, key = made(disk)
    good = True
    with served(home) as server:
        until(server.is_ready)
        senders = [Sender(server.base.removeprefix("http://"), key, n) for n in range(4)]
        for sender in senders:
            sender.start()
        time.sleep(3)
        for _ in range(3):
            began = time.monotonic()
            ballast = fill(disk)
            time.sleep(seconds)
            ballast.unlink()
            well = time.monotonic()
            time.sleep(_SOON)
            told = [one for sender in senders for one in sender.told]
            during = Counter(status for at, status, _ in told if began + 0.5 < at <= well)
            first = min((at for at, status, _ in told if at > well and status == 200), default=float("inf")) - well
            late = Counter(status for at, status, _ in told if at > well + _SOON / 2 and status != 200)
            waits = {again for at, status, again in told if status == 503}
            fine = not set(during) - {200, 503} and 503 in during and first < _SOON and not late
            fine = fine and all(again.isdigit() and int(again) <= 5 for again in waits)
            good = good and fine
            print(
                f"= disk full for {seconds:.0f} s: answers {dict(during)}, Retry-After {sorted(waits)}; taken again"
                f" {first:.1f} s after it was well{'' if fine else ' - NOT AS PROMISED'}",
                flush=True,
            )
        for sender in senders:
            sender.stopping.set()
            sender.join()
        sent = sum(sender.acknowledged for sender in senders) * 10
        waited = settled(home, sent)
        workspace = tenure.open(home)
        there = workspace.rows("usage", limit=1).total
        workspace.close()
    print(f"= {sent:,} events acknowledged, {there:,} in the warehouse {waited:.0f} s after the last")
    return 0 if good and there == sent else 1


if __name__ == "__main__":
    sys.exit(main())
