"""How fast figures about use are at scale, beside the machine's own scan, hand-written SQL and other tools.

    .venv/bin/python -m bench.scale [ROWS] [--accounts 100000] [--home FOLDER] [--peers ENVIRONMENT]
    .venv/bin/python -m bench.scale --curve

One run: a company with 24 months of use is loaded through the front door, everything is published cold, a day is added,
figures are asked from the published parts. F is what the machine takes to count and sum all rows of use as they lie; all
that can be is told in F or as another ratio within the run, since other work on the machine makes absolute times waver;
in brackets, from the processor time, what idle cores would take at least, if all of them could be kept busy.
``--home`` keeps what was made, or uses what an earlier run has made. ``--peers``: an environment with what
``bench/peers.txt`` names (``uv venv E; uv pip install --python E/bin/python -r bench/peers.txt``).
"""

from __future__ import annotations

import argparse
import os
import resource
import statistics
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass
from datetime import date, datetime
from functools import partial
from pathlib import Path

from bench import _peers
from bench._company import MONTHS, TODAY, write_company, write_usage
from tenure.core import config, newconfig
from tenure.core.config import Settings
from tenure.core.period import Grain, Window, periods
from tenure.engine.desk import Desk
from tenure.engine.verbs.load import Load, load
from tenure.figures import kept
from tenure.figures.answer import answer
from tenure.figures.plan import published_facts
from tenure.figures.publish import ground_of, refresh
from tenure.figures.published import PublishedReader, current
from tenure.figures.reader import FEW_PERIODS, Moment, Reader
from tenure.figures.request import Asked, paired, resolved
from tenure.metrics.kinds import FactKey
from tenure.warehouse import versions
from tenure.warehouse.inbox import state_of
from tenure.warehouse.store import Store

NOW = datetime(2026, 11, 21, 11)
NEW_DAY = "occurred_at >= TIMESTAMP '2026-11-20' AND occurred_at < TIMESTAMP '2026-11-21'"
BEFORE = "occurred_at < TIMESTAMP '2026-11-20'"
MEMORY = "3GB"
#: Companies that are smaller in uses, and in accounts.
CURVE = ((1_000_000, 100_000), (5_000_000, 100_000), (10_000_000, 100_000), (10_000_000, 10_000), (10_000_000, 1_000))
CORES = os.cpu_count() or 1
SCAN = "SELECT count(*), sum(seconds) FROM main.usage"
DISTINCT = """
CREATE OR REPLACE TEMP TABLE by_hand AS
SELECT account_id, date_trunc('month', occurred_at) AS month, feature, count(DISTINCT person_id) AS users
FROM main.usage GROUP BY ALL
"""
USE = (FactKey("use", "month", "period"), FactKey("attendance", "month", "period"))
SLICED = ("segment", "tier", "region", "industry", "owner")
KPIS = ("stickiness", "active_usage_rate", "net_revenue_retention", "customer_churn_rate", "mrr")


def main() -> None:
    """Make the company, measure, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("rows", nargs="?", type=int, default=50_000_000)
    options.add_argument("--accounts", type=int, default=100_000)
    options.add_argument("--home", type=Path, help="where it is made, or was made by an earlier run")
    options.add_argument("--peers", type=Path, help="an environment with what bench/peers.txt names")
    options.add_argument("--curve", action="store_true", help="measure smaller companies, too: how cost grows")
    given = options.parse_args()
    for rows, accounts in CURVE if given.curve else ():
        with tempfile.TemporaryDirectory() as scratch:
            make(Path(scratch) / "home", rows, accounts)
            measure(Path(scratch) / "home")
    with tempfile.TemporaryDirectory() as scratch:
        home = given.home or Path(scratch) / "home"
        if not (home / "made").exists():
            make(home, given.rows, given.accounts)
        _peers.measure(home / "files", given.peers, measure(home))


def make(home: Path, rows: int, accounts: int) -> None:
    """The company in ``home``: all but its newest day is loaded."""
    home.mkdir(parents=True)
    newconfig.write_default(home, currency="EUR", timezone="Europe/Berlin", fiscal_year_start=1)
    Store.create(home).close()
    files = home / "files"
    with Desk(home, clock=lambda: NOW) as desk:
        desk.store.con.execute(f"SET memory_limit = '{MEMORY}'")
        for table, path in write_company(files, accounts):
            took = timed(partial(load, desk, Load((str(path),), table, history=True)))
            print(f"  loaded {table} in {took} s", flush=True)
        began = time.perf_counter()
        for month in range(MONTHS):
            path = write_usage(files, rows, month, only=BEFORE)
            took = timed(partial(load, desk, Load((str(path),), "usage", history=True)))
            print(f"  loaded a month of use in {took} s", flush=True)
        write_usage(files, rows, MONTHS - 1, "new", NEW_DAY)
        print(f"  made and loaded all use in {time.perf_counter() - began:.0f} s")
    (home / "made").touch()


def measure(home: Path) -> float:
    """From the warehouse, then from what is published. Gives the seconds of one figure from there."""
    settings = config.read(home)
    with Desk(home, clock=lambda: NOW) as desk:
        store = desk.store
        store.con.execute(f"SET memory_limit = '{MEMORY}'")
        versions.derive(store.con, settings.timezone)
        compile_all(store, settings)
        ((rows, _),) = store.rows(SCAN)
        accounts, people = (store.value(f"SELECT count(*) FROM {name}_version") for name in ("account", "person"))
        users = store.value("SELECT count(DISTINCT person_id) FROM main.usage")
        print(f"= {rows:,} uses by {users:,} of {people:,} people at {accounts:,} accounts in {MONTHS} months")
        scan = best(lambda: store.rows(SCAN))
        print(f"= F, to count and sum all uses: {scan * 1e3:.0f} ms")
        measure_use(store, settings, scan)
        everything = timed(lambda: refresh(home, store, settings, NOW, state_of(home), full=True))
        print(f"= all families published cold: {everything} s (wanted: 60)")
        day = timed(lambda: load(desk, Load((str(home / "files" / "usage-new.parquet"),), "usage", history=True)))
        new = timed(lambda: refresh(home, store, settings, NOW, state_of(home)))
        print(
            f"= one new day: loaded in {day} s, refreshed and published in {new} s (wanted: 1),"
            f" 1/{everything.idle / new.idle:.0f} of all cold (wanted: 1/60)"
        )
    print(f"= most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB (wanted: 4)")
    return measure_parts(home, settings, scan)


def measure_use(store: Store, settings: Settings, scan: float) -> None:
    """The facts about use, worked out cold of all months."""
    spans = paired(periods(Grain.MONTH, date(2024, 12, 1), TODAY, 1), Window.PERIOD, settings, NOW)
    ground = ground_of(store, settings)
    with closing(store.cursor()) as con:
        con.execute(FEW_PERIODS)
        by_hand = timed(lambda: con.execute(DISTINCT))
        con.execute("DROP TABLE by_hand")
        reader = Reader(lambda sql: ([], con.execute(sql).fetchall()), ground, settings)
        reader.stand(spans, Moment(NOW))
        for key in USE:
            for needed in kept.recipe(key, ground, settings).facts:
                reader.provide(needed)
            if kept.recipe(key, ground, settings).stints:
                reader.provide(FactKey("stint"))
        took = {key.fact: timed(partial(reader.provide, key)) for key in USE}
    cold = sum(took.values(), Took(0, 0))
    print(
        f"= facts about use cold: {cold} s (wanted: 5), {cold.seen / scan:.0f} F: "
        + ", ".join(f"{name} {each}" for name, each in took.items())
    )
    print(
        f"= distinct people by account, month and feature, by hand in one statement: {by_hand} s; the fact use, which"
        f" has them and five more counts: {took['use'].idle / by_hand.idle:.2f} x (wanted of the one count: 0.55)"
    )


def measure_parts(home: Path, settings: Settings, scan: float) -> float:
    """Figures from what is published; gives the seconds of stickiness by segment."""
    found = current(home)
    assert found is not None
    reader = PublishedReader(home, found, settings)

    def ask(metric: str, by: str) -> Callable[[], object]:
        request = resolved(Asked(metric, "2024-12", "2026-11", by=(by,)), settings, NOW)
        return lambda: answer(request, reader, settings)

    once = {(metric, by): best(ask(metric, by), 3) for metric in KPIS for by in SLICED}
    each = ", ".join(f"{metric} {max(once[metric, by] for by in SLICED) * 1e3:.0f}" for metric in KPIS)
    print(
        f"= a KPI by a slice over {MONTHS} months, with its interval, the slowest slice of each: {each} ms (wanted: 50)"
    )
    every = sum(once.values())
    print(f"= {len(once)} slices of {len(KPIS)} KPIs: {every * 1e3:.0f} ms, {every / scan:.1f} F (wanted: 10 F)")
    reader.close()
    return once["stickiness", "segment"]


def compile_all(store: Store, settings: Settings) -> None:
    """So that compiling is not measured."""
    ground = ground_of(store, settings)
    for key in [*published_facts(), *published_facts(latest=True)]:
        kept.recipe(key, ground, settings)


@dataclass(frozen=True)
class Took:
    """Seconds: ``seen`` by the clock, and ``idle``: as cores with nothing else to do would give at least."""

    seen: float
    idle: float

    def __add__(self, other: Took) -> Took:
        return Took(self.seen + other.seen, self.idle + other.idle)

    def __str__(self) -> str:
        return f"{self.seen:.1f} ({self.idle:.1f})"


def timed(work: Callable[[], object]) -> Took:
    began, used = time.perf_counter(), time.process_time()
    work()
    return Took(time.perf_counter() - began, (time.process_time() - used) / CORES)


def best(work: Callable[[], object], times: int = 5) -> float:
    """The median of several runs after one to warm up."""
    work()
    return statistics.median(timed(work).seen for _ in range(times))


if __name__ == "__main__":
    main()
