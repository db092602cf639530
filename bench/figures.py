"""How fast figures are, beside hand-written SQL over the same tables and the machine's own scan.

    .venv/bin/python -m bench.figures [--accounts 100000]

One run: a simulated company is loaded, the facts of three families are built cold, single figures are asked from the
published parts, and ``tenure show`` is timed as a whole process. Every line gives a ratio to something measured in the
same run; absolute times depend on the machine.
"""

from __future__ import annotations

import argparse
import statistics
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from datetime import date, datetime
from pathlib import Path

from tenure.core import config, newconfig
from tenure.core.config import Settings
from tenure.core.period import Grain, Window, periods
from tenure.engine.desk import Desk
from tenure.engine.verbs.load import Load, load
from tenure.engine.verbs.rows import Query, Rows, from_published
from tenure.figures.answer import answer
from tenure.figures.publish import ground_of, refresh
from tenure.figures.published import PublishedReader, current
from tenure.figures.reader import FEW_PERIODS, Moment, Reader
from tenure.figures.request import Asked, paired, resolved
from tenure.figures.scope import EVERYTHING, Scope
from tenure.metrics.kinds import FactKey
from tenure.sources.demo import simulate, write_canonical
from tenure.warehouse import versions
from tenure.warehouse.inbox import state_of
from tenure.warehouse.store import Store
from tests.workspaces import MEASURED

TODAY, NOW = date(2026, 11, 21), datetime(2026, 11, 21, 11)

# What a good analyst would write for the year's net revenue retention at twelve closes, from the subscriptions.
BY_HAND = """
WITH ends AS (SELECT unnest(generate_series(DATE '2025-12-01', DATE '2026-11-01', INTERVAL 1 MONTH))::DATE AS closes),
line AS (
    SELECT account_id, started_day, monthly,
        least(coalesce(ended_day, DATE '9999-12-31'), coalesce(lead(started_day) OVER (
            PARTITION BY subscription_id ORDER BY started_at), DATE '9999-12-31')) AS ended_day
    FROM subscription_version WHERE known_to = TIMESTAMP '9999-12-31' AND NOT is_trial AND NOT is_paused),
state AS (
    SELECT e.closes, l.account_id,
        sum(l.monthly) FILTER (l.started_day < e.closes - INTERVAL 12 MONTH AND l.ended_day >= e.closes - INTERVAL 12 MONTH) AS a,
        sum(l.monthly) FILTER (l.started_day < e.closes AND l.ended_day >= e.closes) AS b
    FROM ends e JOIN line l ON l.started_day < e.closes AND l.ended_day >= e.closes - INTERVAL 12 MONTH
    GROUP BY ALL)
SELECT closes, sum(b) FILTER (a > 0) / sum(a) FILTER (a > 0), count(*) FILTER (a > 0) FROM state GROUP BY ALL ORDER BY 1
"""

# And for the book that it is a sum of: every account at both ends of the twelve months up to each of 36 closes, in the
# reporting currency at the rate of the beginning.
BOOK_BY_HAND = """
CREATE OR REPLACE TEMP TABLE book_by_hand AS
WITH ends AS (
    SELECT opens, opens + INTERVAL 12 MONTH AS closes
    FROM (SELECT unnest(generate_series(DATE '2022-12-01', DATE '2025-11-01', INTERVAL 1 MONTH))::DATE AS opens)),
rate AS (
    SELECT e.opens, r.currency, max_by(r.rate, r.date) AS rate
    FROM ends e JOIN exchange_rate_version r ON r.date <= e.opens AND r.known_to = TIMESTAMP '9999-12-31' GROUP BY ALL),
line AS (
    SELECT account_id, currency, started_day, monthly,
        least(coalesce(ended_day, DATE '9999-12-31'), coalesce(lead(started_day) OVER (
            PARTITION BY subscription_id ORDER BY started_at), DATE '9999-12-31')) AS ended_day
    FROM subscription_version WHERE known_to = TIMESTAMP '9999-12-31' AND NOT is_trial AND NOT is_paused),
state AS (
    SELECT e.opens, l.account_id,
        l.monthly * CASE WHEN l.currency = 'EUR' THEN 1 ELSE r.rate END AS monthly,
        l.started_day < e.opens AND l.ended_day >= e.opens AS opened,
        l.started_day < e.closes AND l.ended_day >= e.closes AS closed
    FROM ends e JOIN line l ON l.started_day < e.closes AND l.ended_day >= e.opens
    LEFT JOIN rate r ON r.opens = e.opens AND r.currency = l.currency)
SELECT opens, account_id, coalesce(sum(monthly) FILTER (opened), 0)::BIGINT AS opening,
    coalesce(sum(monthly) FILTER (closed), 0)::BIGINT AS closing
FROM state GROUP BY ALL HAVING opening <> 0 OR closing <> 0
"""


def main() -> None:
    """Make the company, measure, print."""
    options = argparse.ArgumentParser(description=__doc__)
    options.add_argument("--accounts", type=int, default=100_000)
    options.add_argument("--home", type=Path, help="a workspace made by an earlier run")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = given.home or Path(scratch) / "home"
        if not home.exists():
            _make(home, given.accounts)
        _measure(home)


def _make(home: Path, accounts: int) -> None:
    newconfig.write_default(home, currency="EUR", timezone="Europe/Berlin", fiscal_year_start=1)
    Store.create(home).close()
    files = home / "files"
    files.mkdir()
    write_canonical(simulate(accounts=accounts, months=24, today=TODAY, seed=7), files, MEASURED, suffix="csv")
    with Desk(home, clock=lambda: NOW) as desk:
        for path in sorted(files.iterdir()):
            took, _ = _timed(lambda path=path: load(desk, Load((str(path),), path.stem, history=True)))
            print(f"  loaded {path.stem} in {took:.1f} s")


def _measure(home: Path) -> None:
    settings = config.read(home)
    with Desk(home, clock=lambda: NOW) as desk:
        took, _ = _timed(lambda: versions.derive(desk.store.con, settings.timezone))
        print(f"  versions derived in {took:.1f} s")
        refresh(home, desk.store, settings, NOW, state_of(home), full=True)  # compiles, so that this is not measured
        cold, _ = _timed(lambda: refresh(home, desk.store, settings, NOW, state_of(home), full=True))
        print(f"= everything published, built cold from versions: {cold:.2f} s (wanted of three families: 10)")
        _measure_book(desk.store, settings)
        by_hand = _best(lambda: desk.store.rows(BY_HAND))
        scan = _best(lambda: desk.store.rows("SELECT sum(monthly) FROM subscription_version"))
    found = current(home)
    assert found is not None
    request = resolved(Asked("net_revenue_retention"), settings, NOW)
    reader = PublishedReader(home, found, settings)
    one = resolved(Asked("net_revenue_retention", start="2026-10", end="2026-10"), settings, NOW)
    figure = _best(lambda: answer(one, reader, settings))
    year = _best(lambda: answer(request, reader, settings))
    sliced = resolved(Asked("net_revenue_retention", by=("segment",)), settings, NOW)
    segments = _best(lambda: answer(sliced, reader, settings))
    facts, cut = _hand_on_facts(reader), _hand_on_facts(reader, "segment")
    print(f"= one figure with its interval and the month before: {figure * 1e3:.0f} ms (wanted: 50)")
    print(f"= twelve months of it: {year * 1e3:.0f} ms; by segment {segments * 1e3:.0f} ms")
    print(f"= hand-written SQL over the same facts: {facts * 1e3:.0f} ms; ours is {year / facts:.2f} x", end="; ")
    print(f"by segment {cut * 1e3:.0f} ms; ours is {segments / cut:.2f} x")
    print(f"= hand-written SQL from the subscriptions: {by_hand * 1e3:.0f} ms; ours is {year / by_hand:.3f} x")
    print(f"= a raw scan of the subscriptions: {scan * 1e3:.1f} ms")
    _measure_scope(home, reader, settings)
    reader.close()
    command = [sys.executable, "-m", "tenure", "--home", str(home), "show", "net_revenue_retention"]
    show = _best(lambda: subprocess.run(command, check=True, capture_output=True))
    bare = _best(lambda: subprocess.run([sys.executable, "-c", "import duckdb; duckdb.connect()"], check=True))
    print(f"= tenure show as a whole process: {show:.2f} s (wanted: 0.5); a bare DuckDB process: {bare:.2f} s")


def _measure_book(store: Store, settings: Settings) -> None:
    """The 12-month book of 36 months, from the subscriptions; ours by way of each day's states, and dated by owners."""
    spans = paired(periods(Grain.MONTH, date(2023, 11, 1), date(2026, 10, 31), 1), Window.M12, settings, NOW)
    ground = ground_of(store, settings)
    took = []
    for _ in range(3):
        with closing(store.cursor()) as con:
            con.execute(FEW_PERIODS)
            reader = Reader(lambda sql, con=con: ([], con.execute(sql).fetchall()), ground, settings)
            reader.stand(spans, Moment(NOW))
            reader.provide(FactKey("stint"))
            took.append(_timed(lambda reader=reader: reader.provide(FactKey("book", "month", "12m")))[0])
            by_hand = _best(lambda con=con: con.execute(BOOK_BY_HAND), 3)
    ours = statistics.median(took)
    print(
        f"= of it the book over twelve months: {ours:.2f} s; hand-written SQL of the same sums: {by_hand:.2f} s;",
        end=" ",
    )
    print(f"ours is {ours / by_hand:.2f} x")


def _measure_scope(home: Path, reader: PublishedReader, settings: Settings) -> None:
    owner = reader.owned("SELECT owner FROM fact_holding GROUP BY ALL ORDER BY count(*) DESC LIMIT 1 OFFSET 1", NOW)[0][
        0
    ]
    asked = Asked("customer_churn_rate", start="2026-10", end="2026-10")
    mine, all_of_it = (resolved(asked, settings, NOW, scope) for scope in (Scope((str(owner),)), EVERYTHING))
    narrow, wide = _best(lambda: answer(mine, reader, settings)), _best(lambda: answer(all_of_it, reader, settings))
    print(f"= a figure of one CSM's accounts: {narrow * 1e3:.0f} ms; of everybody's: {wide * 1e3:.0f} ms")
    listed = Rows("accounts", Query(where=(("mrr", "greater", 100),), order=("-mrr",)))
    accounts = _best(lambda: from_published(home, listed, settings, NOW))
    opened = _best(lambda: PublishedReader(home, reader.published, settings).close())
    print(f"= a page of accounts, filtered, sorted and counted: {accounts * 1e3:.0f} ms (wanted: 60);", end=" ")
    print(f"opening the published files alone: {opened * 1e3:.0f} ms")


def _hand_on_facts(reader: PublishedReader, by: str = "") -> float:
    """The same sums with what their interval needs, written by hand, over the published book."""
    joined = " LEFT JOIN fact_stint s ON s.stint_id = b.stint_id AND s.is_lead" if by else ""
    groups = f"period, no_rate, {by}" if by else "period, no_rate"
    sql = (
        f"SELECT {groups}, sum(closing), sum(opening), count(*), max(opening), sum(closing::DOUBLE * closing::DOUBLE),"
        " sum(opening::DOUBLE * opening::DOUBLE), sum(closing::DOUBLE * opening::DOUBLE)"
        f" FROM fact_book_month_12m b{joined}"
        f" WHERE was_customer AND period >= '2025-10-01' AND period < '2026-11-01' GROUP BY {groups}"
    )
    return _best(lambda: reader.run(sql))


def _timed(work: Callable[[], object]) -> tuple[float, object]:
    start = time.perf_counter()
    result = work()
    return time.perf_counter() - start, result


def _best(work: Callable[[], object], times: int = 7) -> float:
    """The median of several runs after one to warm up."""
    work()
    return statistics.median(_timed(work)[0] for _ in range(times))


if __name__ == "__main__":
    main()
