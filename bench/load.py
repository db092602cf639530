"""How fast files are loaded, beside what DuckDB itself does with the same file in the same run.

    .venv/bin/python -m bench.load [ROWS]

Prints millions of rows a second of: DuckDB counting the file's rows; DuckDB writing the file typed into a table of its
own (four columns), and into one with all stored columns; Tenure loading it (opened, typed, judged, deduplicated,
committed); DuckDB copying the loaded table, and Tenure deriving its versions. In brackets, from the processor time: what
idle cores would give at most, if all of them could be kept busy. The ratios, made from that, are what to compare between
machines.
"""

from __future__ import annotations

import hashlib
import os
import sys
import tempfile
import time
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path

from tenure.sources.files.read import open_incoming
from tenure.warehouse.load import Delivery, Terms, load
from tenure.warehouse.tables import find
from tenure.warehouse.versions import derive
from tests.warehouse.files import Workspace, incoming

CORES = os.cpu_count() or 1
FILES = {
    "usage_daily": (
        (
            "'acc-' || (i % 20000) AS account_id, (DATE '2024-01-01' + (i // 800000)::INTEGER) AS \"day\", "
            "'f' || ((i // 20000) % 40) AS feature, i % 97 AS \"events\""
        ),
        'account_id, try_cast("day" AS DATE) AS "day", feature, try_cast("events" AS BIGINT) AS "events"',
    ),
    "payment": (
        (
            "'p' || i AS payment_id, 'inv-' || (i % 20000) AS invoice_id, (i % 9700) / 100 AS amount, "
            "strftime(TIMESTAMP '2024-01-01' + INTERVAL (i) SECOND, '%Y-%m-%dT%H:%M:%SZ') AS paid_at"
        ),
        (
            "payment_id, invoice_id, try_cast(amount AS DECIMAL(18,4)) AS amount, "
            "make_timestamp(epoch_us(try_cast(paid_at AS TIMESTAMPTZ))) AS paid_at"
        ),
    ),
    "subscription": (
        (
            "'s-' || i AS subscription_id, 'a-' || (i % 20000) AS account_id, (i % 100) / 2 AS amount, "
            "(DATE '2020-01-01' + (i % 2000)::INTEGER) AS started_at"
        ),
        (
            "subscription_id, account_id, try_cast(amount AS DECIMAL(18,4)) AS amount, try_cast(started_at AS TIMESTAMP) AS started_at"
        ),
    ),
}


@dataclass(frozen=True)
class Speed:
    """Millions of rows a second: ``seen`` by the clock, and ``idle`` as two cores with nothing else to do would give."""

    seen: float
    idle: float

    def __str__(self) -> str:
        return f"{self.seen:.2f} ({self.idle:.2f})"


def timed(rows: int, work: Callable[[], object]) -> Speed:
    began, used = time.perf_counter(), time.process_time()
    work()
    seen, idle = time.perf_counter() - began, (time.process_time() - used) / CORES
    return Speed(rows / seen / 1e6, rows / idle / 1e6)


def measure(folder: Path, table: str, rows: int) -> None:
    made, typed = FILES[table]
    workspace = Workspace(folder / table)
    con = workspace.store.con
    file = folder / f"{table}.csv"
    con.execute(f"COPY (SELECT {made} FROM range({rows}) t(i)) TO '{file}' (HEADER)")
    relation = incoming(file, table).relation

    def own() -> None:
        delivery = Delivery(
            open_incoming(file, find(table), zone="UTC"), "", hashlib.sha256(table.encode()).hexdigest()
        )
        [report] = load(workspace.store, workspace.inbox, [delivery], Terms(datetime(2025, 1, 1), "UTC"))
        assert report.loaded == rows

    con.execute(f"CREATE TABLE stored AS FROM {table}")
    stored = (
        f"INSERT INTO stored BY NAME SELECT {typed}, 1 AS batch, TIMESTAMP '2025-01-01' AS known_at FROM {relation}"
    )
    count = timed(rows, lambda: con.execute(f"SELECT count(*) FROM {relation}").fetchall())
    bare = timed(rows, lambda: con.execute(f"CREATE TABLE bare AS SELECT {typed} FROM {relation}").fetchall())
    wide = timed(rows, lambda: con.execute(stored).fetchall())
    loaded = timed(rows, own)
    same = timed(rows, lambda: con.execute(f"CREATE TABLE again AS SELECT * FROM {table}").fetchall())
    versions = timed(rows, lambda: derive(con, "UTC", [table]))
    print(
        f"= {table:12} count {count}  bare typed {bare}  bare with all stored columns {wide}  load {loaded} M rows/s = "
        f"{loaded.idle / bare.idle:.0%} of bare typed, {loaded.idle / wide.idle:.0%} of bare with all columns; "
        f"copy of the table {same}"
        + ("" if find(table).events else f", versions {versions} = {versions.idle / same.idle:.0%}"),
        flush=True,
    )
    workspace.close()


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    with tempfile.TemporaryDirectory() as folder:
        for table in FILES:
            measure(Path(folder), table, rows)


if __name__ == "__main__":
    main()
