"""What other tools take on the same rows of use: MetricFlow, pandas, polars, PostgreSQL."""

from __future__ import annotations

import os
import subprocess
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import duckdb
import pandas as pd
import polars as pl
import psycopg

from tests import postgres

#: As much of the newest use goes to tools that hold it in memory, or take long to load it.
AT_MOST = 5_000_000
BY_HAND = """
SELECT account_id, date_trunc('month', occurred_at) AS month, feature, count(DISTINCT person_id) AS users
FROM uses GROUP BY 1, 2, 3
"""
PROJECT = {
    "dbt_project.yml": "name: bench\nversion: 1.0.0\nprofile: bench\nmodel-paths: [models]\n",
    "profiles.yml": (
        "bench:\n  target: dev\n  outputs:\n    dev:\n      type: duckdb\n      path: peers.duckdb\n      threads: 2\n"
    ),
    "models/uses.sql": "SELECT 1 AS account_id",
    "models/accounts.sql": "SELECT 1 AS account_id",
    "models/days.sql": "SELECT 1 AS day",
    "models/bench.yml": """
models:
  - name: days
    time_spine: {standard_granularity_column: day}
    columns: [{name: day, granularity: day}]
semantic_models:
  - name: uses
    model: ref('uses')
    defaults: {agg_time_dimension: occurred_at}
    entities: [{name: use, type: primary, expr: event_id}, {name: account, type: foreign, expr: account_id}]
    dimensions: [{name: occurred_at, type: time, type_params: {time_granularity: day}}]
    measures: [{name: people, agg: count_distinct, expr: person_id}]
  - name: accounts
    model: ref('accounts')
    entities: [{name: account, type: primary, expr: account_id}]
    dimensions: [{name: segment, type: categorical}]
metrics:
  - {name: people, label: People, type: simple, type_params: {measure: people}}
""",
}


def measure(files: Path, environment: Path | None, ours: float) -> None:
    """Print what each takes. ``files``: the company's; ``ours``: seconds of a figure by segment from published parts."""
    with tempfile.TemporaryDirectory() as scratch:
        _metricflow(files, environment, Path(scratch), ours)
        _same_question(files, Path(scratch))


def _metricflow(files: Path, environment: Path | None, scratch: Path, ours: float) -> None:
    """MetricFlow asked for people by month and segment, beside ours."""
    mf = (environment / "bin" / "mf").absolute() if environment else None
    if mf is None or not mf.exists():
        print("= MetricFlow: skipped, there is no environment with bench/peers.txt (--peers)")
        return
    for name, text in PROJECT.items():
        (scratch / name).parent.mkdir(exist_ok=True)
        (scratch / name).write_text(text)
    with duckdb.connect(str(scratch / "peers.duckdb")) as con:
        con.execute("SET enable_progress_bar = false")
        con.execute(f"CREATE TABLE uses AS FROM '{files}/usage-[0-9]*.parquet'")
        con.execute(
            f"CREATE TABLE accounts AS FROM '{files}/account.parquet' QUALIFY row_number() OVER (PARTITION BY account_id) = 1"
        )
        con.execute(
            "CREATE TABLE days AS SELECT unnest(generate_series(DATE '2024-01-01', DATE '2027-01-01', INTERVAL 1 DAY))::DATE AS day"
        )
    told = os.environ | {"DBT_PROFILES_DIR": str(scratch), "PATH": f"{mf.parent}:{os.environ['PATH']}"}
    asked = [str(mf), "query", "--metrics", "people", "--group-by", "metric_time__month,account__segment"]
    took, done = 0.0, subprocess.CompletedProcess[str]([], 0, "", "")
    for command in ([str(mf.parent / "dbt"), "parse"], asked, asked):
        start = time.perf_counter()
        done = subprocess.run(command, cwd=scratch, env=told, capture_output=True, text=True, check=False)
        took = time.perf_counter() - start
        if done.returncode:
            print(f"= MetricFlow: failed, {(done.stdout + done.stderr).strip().splitlines()[-1]}")
            return
    inside = [line for line in done.stdout.splitlines() if "completed after" in line]
    print(f"  MetricFlow says: {' '.join(inside)}")
    print(
        f"= MetricFlow, people by month and segment: {took:.1f} s, process start included;"
        f" stickiness by segment from parts: {ours * 1e3:.0f} ms, {took / ours:.0f} x as fast (wanted: 100)"
    )


def _same_question(files: Path, scratch: Path) -> None:
    """Distinct people by account, month and feature, of the newest rows, by each tool."""
    con = duckdb.connect()
    con.execute("SET enable_progress_bar = false")
    con.execute(f"""
        CREATE TABLE uses AS SELECT account_id, person_id, feature, occurred_at
        FROM '{files}/usage-[0-9]*.parquet' ORDER BY occurred_at DESC LIMIT {AT_MOST}""")
    rows = con.execute("SELECT count(*) FROM uses").fetchall()[0][0]
    frame = con.execute("FROM uses").df()
    table = pl.from_arrow(con.sql("FROM uses").to_arrow_table())
    took = {
        "DuckDB": _seconds(lambda: con.execute(f"CREATE OR REPLACE TABLE counted AS {BY_HAND}")),
        "pandas": _seconds(lambda: _pandas(frame)),
        "polars": _seconds(lambda: _polars(table)),
    }
    folder = postgres.binaries()
    if folder:
        path = scratch / "uses.csv"
        con.execute(f"COPY uses TO '{path}' (HEADER false)")
        took["PostgreSQL"] = _postgres(folder, path)
    told = ", ".join(f"{name} {seconds:.1f} s ({seconds / took['DuckDB']:.1f} x)" for name, seconds in took.items())
    print(f"= distinct people by account, month and feature of the newest {rows:,} uses: {told}")


def _pandas(frame: pd.DataFrame) -> object:
    month = frame["occurred_at"].dt.to_period("M")
    return frame.groupby(["account_id", month, "feature"])["person_id"].nunique()


def _polars(table: object) -> object:
    assert isinstance(table, pl.DataFrame)
    month = pl.col("occurred_at").dt.truncate("1mo")
    return table.group_by("account_id", month, "feature").agg(pl.col("person_id").drop_nulls().n_unique())


def _postgres(folder: Path, path: Path) -> float:
    """Seconds of the query; what loading takes is not counted."""
    with postgres.cluster(folder) as address, psycopg.connect(address, autocommit=True) as con:
        con.execute("SET work_mem = '1GB'")
        con.execute("CREATE UNLOGGED TABLE uses (account_id text, person_id text, feature text, occurred_at timestamp)")
        with con.cursor().copy("COPY uses FROM STDIN (FORMAT csv)") as copy, path.open("rb") as file:
            while block := file.read(1 << 20):
                copy.write(block)
        con.execute("ANALYZE uses")
        return _seconds(lambda: con.execute(f"SELECT count(*) FROM ({BY_HAND}) counted").fetchall())


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start
