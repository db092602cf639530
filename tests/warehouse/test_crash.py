from __future__ import annotations

import random
import subprocess
import sys
import time
from pathlib import Path

from tenure.warehouse import archive
from tenure.warehouse.inbox import Inbox
from tenure.warehouse.load import recover
from tenure.warehouse.store import Store

ROOT = Path(__file__).resolve().parents[2]
ROWS = 30_000


def start(home: Path, file: Path, limit: int = 0) -> subprocess.Popen[str]:
    return subprocess.Popen(
        [sys.executable, "-m", "tests.warehouse.crash_program", str(home), "payment", str(file), str(limit)],
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        cwd=ROOT,
    )


def finish(home: Path, file: Path, limit: int = 0) -> tuple[int, str, str]:
    process = start(home, file, limit)
    out, err = process.communicate()
    return process.returncode, out, err


def write(file: Path, number: int) -> None:
    rows = (f"p{number}-{row},i{row % 100},{row % 977}.25,2025-01-01T00:00:00Z" for row in range(ROWS))
    file.write_text("\n".join(["payment_id,invoice_id,amount,paid_at", *rows]) + "\n")


def state(home: Path) -> tuple[int, int, int]:
    """Rows, batches and pending messages, after the workspace was opened and settled."""
    with Store.open(home) as store, Inbox.open(home) as inbox:
        recover(store, inbox)
        rows, batches = store.rows("SELECT (SELECT count(*) FROM payment), (SELECT count(*) FROM batch)")[0]
        done = {record.seq for record in inbox.records(state="done")}
        assert done == {row[0] for row in store.rows("SELECT inbox_seq FROM batch")}
        for record in inbox.records(state="done"):
            archive.verify(home, record.payload["archived"], record.payload["sha256"])
        return rows, batches, len(inbox.records(state="pending"))


def test_killed_at_any_moment_it_is_as_before_or_fully_loaded(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    Store.create(home).close()
    chance = random.Random(7)
    write(tmp_path / "0.csv", 0)
    began = time.monotonic()
    assert finish(home, tmp_path / "0.csv") == (0, "", "")
    usual = time.monotonic() - began
    loaded = 1
    for number in range(1, 21):
        file = tmp_path / f"{number}.csv"
        write(file, number)
        process = start(home, file)
        time.sleep(chance.uniform(0.3, 1.05) * usual)
        process.kill()
        process.communicate()
        rows, batches, pending = state(home)
        assert rows == batches * ROWS
        assert batches in (loaded, loaded + 1)
        assert pending == 0
        loaded = batches
        file.unlink()
    # The program can still do all of it, and a file that was cut short can be loaded again.
    write(tmp_path / "last.csv", 99)
    assert finish(home, tmp_path / "last.csv")[0] == 0
    assert state(home)[1] == loaded + 1


def test_a_full_disk_is_a_sentence_and_changes_nothing(tmp_path: Path) -> None:
    home = tmp_path / "home"
    home.mkdir()
    Store.create(home).close()
    write(tmp_path / "0.csv", 0)
    assert finish(home, tmp_path / "0.csv")[0] == 0
    before = state(home)
    write(tmp_path / "1.csv", 1)
    for limit in (1_000_000, 1_400_000):  # the archive is full, then the warehouse's log
        code, out, err = finish(home, tmp_path / "1.csv", limit)
        assert code == 3, err
        assert "no space left" in out
        assert "Traceback" not in err
        assert state(home) == before
    assert finish(home, tmp_path / "1.csv")[0] == 0
    assert state(home)[0] == 2 * ROWS
