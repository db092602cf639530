"""Hundreds of kills at random moments: of a load, then of backups, restores, rebuilds and erasures; a file of 2 GB.

    .venv/bin/python -m bench.crash [KILLS] [--large]

After each kill of a load the workspace must open and hold the file whole or not at all; of the others, hold exactly what it held,
and a backup or a restored workspace must be whole or not there. Kills of the servers while events are sent are in ``bench.intake``,
files that are cut or changed in ``bench.damage``.
"""

from __future__ import annotations

import random
import shutil
import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tenure import keeper
from tenure.engine.desk import Desk
from tenure.warehouse import bundle
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


def tenure(home: Path, *words: str) -> subprocess.Popen[bytes]:
    command = [sys.executable, "-m", "tenure", "--home", str(home), *words]
    return subprocess.Popen(command, cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)


def held(home: Path) -> dict[str, list[tuple[object, ...]]]:
    """What a workspace knows, as it opens after a kill: ids aside, which an erasure changes."""
    with Desk(home) as desk:
        return {
            "payment": desk.store.rows("SELECT * EXCLUDE (batch, line, known_at) FROM payment ORDER BY ALL"),
            "person": desk.store.rows("SELECT account_id, is_champion, count(*) FROM person GROUP BY ALL ORDER BY ALL"),
            "batch": desk.store.rows("SELECT table_name, read, loaded FROM batch ORDER BY batch"),
        }


KINDS = ("backup", "restore", "rebuild", "person")
_BY = ("--by", "bench", "--reason", "bench")


def prepared(folder: Path, rows: int) -> tuple[Path, Path]:
    """A workspace with payments and people, and a backup of it."""
    home, backup = folder / "kept", folder / "kept.tar.zst"
    keeper.create(home, currency="EUR", timezone="UTC", fiscal_year_start=1)
    write(folder / "payment.csv", 0, rows)
    people = [
        f"p-{n:05},A-{n % 50},Person Number{n},p{n}@x.example,{'true' if n % 3 else 'false'}" for n in range(5000)
    ]
    text = "\n".join(["person_id,account_id,name,email,is_champion", *people])
    (folder / "person.csv").write_text(text + "\n")
    for table in ("payment", "person"):
        tenure(home, "load", table, str(folder / f"{table}.csv")).wait()
    assert tenure(home, "backup", str(backup)).wait() == 0
    return home, backup


def is_whole(kind: str, made: Path, wanted: dict[str, list[tuple[object, ...]]]) -> bool:
    """Whether what a command makes is there; it is whole then, or this ends with what is wrong."""
    if kind == "backup" and made.exists():
        bundle.read(made, None, lambda _size: None)
        return True
    if kind == "restore" and (made / "tenure.toml").exists():
        assert held(made) == wanted, "a restored workspace is whole or not there"
        return True
    return False


def commands(folder: Path, times: int, rows: int) -> None:
    """Kill backups, restores, rebuilds and erasures in turn. What is asked for again in the end is done."""
    home, backup = prepared(folder, rows)
    wanted, chance, slowest, whole = held(home), random.Random(2), 0.0, 0
    usual: dict[str, float] = {}
    for number in range(times):
        kind, made = KINDS[number % len(KINDS)], folder / f"made-{number}"
        words = {
            "backup": ("backup", str(made)), "restore": ("restore", str(backup)), "rebuild": ("rebuild",),
            "person": ("person", "erase", f"p-{number:05}", *_BY),
        }[kind]  # fmt: skip
        process = tenure(made if kind == "restore" else home, *words)
        began = time.monotonic()
        try:
            process.wait(chance.uniform(0.3, 1.05) * usual.get(kind, 1e6))
            usual[kind] = min(usual.get(kind, 1e6), time.monotonic() - began)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()
        began = time.monotonic()
        if held(home) != wanted:
            sys.exit(f"kill {number} of {kind}: the workspace holds something else than before")
        slowest = max(slowest, time.monotonic() - began)
        whole += is_whole(kind, made, wanted)
        for path in (made, made.with_name(f".{made.name}.restoring")):
            shutil.rmtree(path, ignore_errors=True) if path.is_dir() else path.unlink(missing_ok=True)
        print(f"{kind} {number}: as before, open again in {time.monotonic() - began:.2f} s", flush=True)
    if times >= len(KINDS):
        ended(home, wanted)
    print(
        f"= {times} kills of backups, restores, rebuilds and erasures: nothing lost, doubled or changed; {whole} came through, the"
        f" others left nothing; open again within {slowest:.1f} s"
    )


def ended(home: Path, wanted: dict[str, list[tuple[object, ...]]]) -> None:
    """What was cut short is done when it is asked for again."""
    for words in (("rebuild",), ("person", "erase", "p-00003", *_BY)):
        assert tenure(home, *words).wait() == 0, words
    assert held(home) == wanted
    found = subprocess.run(["grep", "-rlE", "p-00003[^0-9]|p3@x", str(home)], capture_output=True, check=False)
    assert found.returncode == 1, found.stdout


def main() -> None:
    times = int(sys.argv[1]) if len(sys.argv) > 1 and sys.argv[1].isdigit() else 200
    with tempfile.TemporaryDirectory() as folder:
        kills(Path(folder), times, 30_000)
    with tempfile.TemporaryDirectory() as folder:
        commands(Path(folder), times, 30_000)
    if "--large" in sys.argv:
        with tempfile.TemporaryDirectory() as folder:
            # About 45 bytes a row.
            kills(Path(folder), 3, 45_000_000)


if __name__ == "__main__":
    main()
