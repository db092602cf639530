"""Hundreds of kills at random moments of a load, and a file of 2 GB killed and then loaded.

    .venv/bin/python -m bench.crash [KILLS] [--large]

After each kill the workspace must open and hold the file whole or not at all.
"""

from __future__ import annotations

import random
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tenure.warehouse.inbox import Inbox
from tenure.warehouse.load import recover
from tenure.warehouse.store import Store

ROOT = Path(__file__).resolve().parents[1]


def write(file: Path, number: int, rows: int) -> None:
    with file.open("w") as target:
        target.write("payment_id,invoice_id,amount,paid_at\n")
        for row in range(rows):
            target.write(f"p{number}-{row},i{row % 100},{row % 977}.25,2025-01-01T00:00:00Z\n")


def start(home: Path, file: Path) -> subprocess.Popen[bytes]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.warehouse.crash_program", str(home), "payment", str(file), "0"],
        cwd=ROOT,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    )


def state(home: Path) -> tuple[int, int, int]:
    """Rows, batches, and messages that the inbox and the warehouse disagree on."""
    with Store.open(home) as store, Inbox.open(home) as inbox:
        recover(store, inbox)
        stored = {row[0] for row in store.rows("SELECT inbox_seq FROM batch")}
        done = {record.seq for record in inbox.records(state="done")}
        [(rows,)] = store.rows("SELECT count(*) FROM payment")
        return rows, len(stored), len(stored ^ done) + len(inbox.records(state="pending"))


def kills(folder: Path, times: int, rows: int) -> None:
    home = folder / "home"
    home.mkdir()
    Store.create(home).close()
    chance = random.Random(1)
    write(folder / "0.csv", 0, rows)
    began = time.monotonic()
    start(home, folder / "0.csv").wait()
    usual = time.monotonic() - began
    batches = 1
    for number in range(1, times + 1):
        file = folder / f"{number}.csv"
        write(file, number, rows)
        process = start(home, file)
        time.sleep(chance.uniform(0.1, 1.05) * usual)
        process.kill()
        process.wait()
        began = time.monotonic()
        found, now, disagreeing = state(home)
        if found != now * rows or now not in (batches, batches + 1) or disagreeing:
            sys.exit(f"kill {number}: {found} rows in {now} batches of {rows}, {disagreeing} messages disagree")
        batches = now
        file.unlink()
        print(f"kill {number}: {now} batches whole, open again in {time.monotonic() - began:.2f} s", flush=True)
    print(f"= {times} kills of a file of {rows:,} rows: {batches} loads whole, the others as if they had not begun")


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 200
    with tempfile.TemporaryDirectory() as folder:
        kills(Path(folder), times, 30_000)
    if "--large" in sys.argv:
        with tempfile.TemporaryDirectory() as folder:
            # About 45 bytes a row.
            kills(Path(folder), 3, 45_000_000)


if __name__ == "__main__":
    main()
