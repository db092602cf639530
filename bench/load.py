"""How fast files are loaded, beside what DuckDB itself does with the same file in the same run.

    python bench/load.py [ROWS]

Prints rows a second of: DuckDB counting the file's rows, DuckDB writing the file typed into a table of its own (four
columns), DuckDB writing it into a table with all stored columns, and Tenure loading it (typed, judged, deduplicated,
committed). The ratios are what to compare between machines.
"""

from __future__ import annotations

import hashlib
import sys
import tempfile
import time
from collections.abc import Callable
from datetime import datetime
from pathlib import Path

from tenure.warehouse.load import Delivery, Terms, load
from tenure.warehouse.versions import derive
from tests.warehouse.files import Workspace, incoming

FILES = {
    "usage_daily": (
        (
            "'acc-' || (i % 20000) AS account_id, (DATE '2024-01-01' + (i // 800000)::INTEGER) AS \"day\", "
            "'f' || ((i // 20000) % 40) AS feature, i % 97 AS \"events\""
        ),
        'account_id, try_cast("day" AS DATE) AS d, feature, try_cast("events" AS BIGINT) AS n',
    ),
    "payment": (
        (
            "'p' || i AS payment_id, 'inv-' || (i % 20000) AS invoice_id, (i % 9700) / 100 AS amount, "
            "strftime(TIMESTAMP '2024-01-01' + INTERVAL (i) SECOND, '%Y-%m-%dT%H:%M:%SZ') AS paid_at"
        ),
        (
            "payment_id, invoice_id, try_cast(amount AS DECIMAL(18,4)) AS a, "
            "make_timestamp(epoch_us(try_cast(paid_at AS TIMESTAMPTZ))) AS p"
        ),
    ),
    "subscription": (
        (
            "'s-' || i AS subscription_id, 'a-' || (i % 20000) AS account_id, (i % 100) / 2 AS amount, "
            "(DATE '2020-01-01' + (i % 2000)::INTEGER) AS started_at"
        ),
        ("subscription_id, account_id, try_cast(amount AS DECIMAL(18,4)) AS a, try_cast(started_at AS TIMESTAMP) AS s"),
    ),
}


def timed(rows: int, work: Callable[[], object]) -> float:
    """Millions of rows a second."""
    began = time.perf_counter()
    work()
    return rows / (time.perf_counter() - began) / 1e6


def measure(folder: Path, table: str, rows: int) -> None:
    made, typed = FILES[table]
    workspace = Workspace(folder / table)
    con = workspace.store.con
    file = folder / f"{table}.csv"
    con.execute(f"COPY (SELECT {made} FROM range({rows}) t(i)) TO '{file}' (HEADER)")
    given = incoming(file, table)
    delivery = Delivery(given, "", hashlib.sha256(table.encode()).hexdigest())
    count = timed(rows, lambda: con.execute(f"SELECT count(*) FROM {given.relation}").fetchall())
    bare = timed(rows, lambda: con.execute(f"CREATE TABLE bare AS SELECT {typed} FROM {given.relation}").fetchall())
    own = timed(rows, lambda: load(workspace.store, workspace.inbox, [delivery], Terms(datetime(2025, 1, 1), "UTC")))
    same = timed(rows, lambda: con.execute(f"CREATE TABLE again AS SELECT * FROM {table}").fetchall())
    versions = timed(rows, lambda: derive(con, "UTC", [table]))
    print(
        f"{table:12} count {count:5.2f}  bare typed {bare:5.2f}  copy of all stored columns {same:5.2f}  "
        f"load {own:5.2f} M rows/s = {own / bare:.0%} of bare, {own / count:.0%} of count; versions {versions:5.2f}"
    )
    workspace.close()


def main() -> None:
    rows = int(sys.argv[1]) if len(sys.argv) > 1 else 5_000_000
    with tempfile.TemporaryDirectory() as folder:
        for table in FILES:
            measure(Path(folder), table, rows)


if __name__ == "__main__":
    main()
