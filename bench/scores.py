"""How fast scores are: a day's health of all accounts, one account's, and the risk of leaving, learned and told.

    .venv/bin/python -m bench.scores [USES] [--accounts 100000] [--home FOLDER] [--months 24]

One run: a company as ``bench.scale`` makes it, with a morning at support, is published; the health of today's customers is
worked out and written as history, beside a scan of the uses of those days, one statement by hand, and the same rows written
and flushed by themselves; then one account's, with why it changed. Churn risk is learned from a made-up panel of as many accounts and ``--months``, beside
one plain fit of scikit-learn to all of its rows. In brackets, from the processor time, what idle cores would take at least.
``--home`` keeps what was made, or uses what an earlier run of this bench or of ``bench.scale`` has made.
"""

from __future__ import annotations

import argparse
import os
import resource
import tempfile
from datetime import timedelta
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from bench import _panel
from bench.scale import MEMORY, NOW, make, timed
from tenure.core.period import instant, local_day
from tenure.engine.desk import Desk
from tenure.engine.verbs.health import Health, health, model_of
from tenure.engine.verbs.load import Load, load
from tenure.engine.verbs.score import kept_as, scores_of
from tenure.figures.reader import FAR
from tenure.scores.health.gathered import gathered
from tenure.scores.learn import LEARNERS
from tenure.scores.risk.compare import RISK
from tenure.scores.risk.model import learned
from tenure.scores.risk.panel import SIGNALS, origin, panel

if TYPE_CHECKING:
    from bench.scale import Took

MAIN, HORIZONS = 90, (30, 90, 180)

# What a good analyst would write for one of the eight components: active people over seats in the last 28 days.
BY_HAND = """
CREATE OR REPLACE TEMP TABLE by_hand AS
WITH used AS (
    SELECT account_id, count(DISTINCT person_id) AS people FROM main.usage
    WHERE occurred_at >= TIMESTAMP '{since}' AND occurred_at < TIMESTAMP '{until}' AND feature <> 'login' GROUP BY ALL),
seats AS (
    SELECT account_id, sum(seats) AS seats FROM main.entitlement
    WHERE valid_from < TIMESTAMP '{until}' AND coalesce(valid_to, TIMESTAMP '{until}') >= TIMESTAMP '{until}' GROUP BY ALL)
SELECT account_id, coalesce(people, 0) / seats AS rate FROM seats LEFT JOIN used USING (account_id)
"""
#: What support did until noon the day before: it does it again today, to tickets and questions that are new and to those that were
#: there. By table: the column that says when, others that move along, and those that are new.
MORNING = {
    "ticket": ("created_at", ("first_reply_at", "first_solved_at", "solved_at", "closed_at"), ("ticket_id",)),
    "ticket_comment": ("at", (), ("comment_id",)),
    "ticket_status": ("at", (), ()),
    "ticket_assignee": ("at", (), ()),
    "escalation": ("opened_at", ("closed_at",), ("escalation_id",)),
    "inquiry": ("asked_at", ("answered_at", "resolved_at"), ("inquiry_id",)),
}
SCAN = "SELECT count(*), sum(seconds) FROM main.usage WHERE occurred_at >= TIMESTAMP '{since}'"


def main() -> None:
    """Make the company, measure, print."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("uses", nargs="?", type=int, default=6_000_000)
    options.add_argument("--accounts", type=int, default=100_000)
    options.add_argument("--months", type=int, default=24, help="of the panel that risk is learned from")
    options.add_argument("--home", type=Path, help="where the company is made, or was made by an earlier run")
    given = options.parse_args()
    with tempfile.TemporaryDirectory() as scratch:
        home = given.home or Path(scratch) / "home"
        if not (home / "made").exists():
            make(home, given.uses, given.accounts)
        if not (home / "files" / "inquiry-new.parquet").exists():
            stir(home)
        with Desk(home, clock=lambda: NOW) as desk:
            desk.store.con.execute(f"SET memory_limit = '{MEMORY}'; SET enable_progress_bar = false")
            measure_health(desk)
    measure_risk(given.accounts, given.months)
    print(f"= most memory: {resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20:.1f} GiB")


def stir(home: Path) -> None:
    """Load what happens at support in the morning of the day."""
    eve = NOW.replace(hour=0) - timedelta(days=1)
    with Desk(home, clock=lambda: NOW) as desk:
        for table, (when, along, new) in MORNING.items():
            path = home / "files" / f"{table}-new.parquet"
            moved = [f'"{name}" + INTERVAL 1 DAY AS "{name}"' for name in (when, *along)]
            moved += [f"{name} || '/new' AS {name}" for name in new]
            rows = f"FROM '{home}/files/{table}.parquet' WHERE \"{when}\" >= '{eve}+00' AND \"{when}\" < '{NOW - timedelta(days=1)}+00'"
            desk.store.con.execute(f"COPY (SELECT * REPLACE ({', '.join(moved)}) {rows}) TO '{path}' (FORMAT parquet)")
            load(desk, Load((str(path),), table, history=True))


def measure_health(desk: Desk) -> None:
    """The health of today's customers, and of one."""
    settings, model = desk.settings, model_of(desk)
    today = local_day(NOW, settings.timezone)
    until = instant(today, settings.timezone)
    published = timed(lambda: desk.fresh(NOW))
    con = desk.store.con
    accounts, uses = (desk.store.value(f"SELECT count(*) FROM {name}_version") for name in ("account", "usage"))
    print(f"= {uses:,} uses at {accounts:,} accounts; published in {published} s")
    scan = timed(lambda: con.execute(SCAN.format(since=until - timedelta(days=91))))
    by_hand = timed(lambda: con.execute(BY_HAND.format(since=until - timedelta(days=28), until=until)))
    with desk.in_warehouse(desk.fresh(NOW)) as reader:
        gathered(model, reader, today, FAR, settings)  # compiles
    rows = []
    with desk.in_warehouse(desk.fresh(NOW)) as reader:
        found = timed(lambda: rows.append(scores_of(gathered(model, reader, today, FAR, settings), settings)))
    flushed = timed(lambda: _flush(desk.home / "flushed.parquet", rows[0]))
    written = timed(lambda: kept_as(desk, model, until, rows))
    whole = found + written
    print(
        f"= the health of {rows[0].num_rows:,} customers: {found} s, written as history in {written}, together {whole}"
        f" (wanted: 1.5); {found.idle / by_hand.idle:.1f} x one of its 8 components by hand in one statement ({by_hand}),"
        f" {found.idle / scan.idle:.0f} x a scan of 91 days of use ({scan}); {written.idle / flushed.idle:.0f} x the rows"
        f" written to a file and flushed ({flushed})"
    )
    account = rows[0]["account_id"][0].as_py()
    health(desk, Health(account))
    one = timed(lambda: health(desk, Health(account)))
    print(f"= one account's health, with why it changed since a quarter of a year: {one} s (wanted: 1)")
    with desk.in_warehouse(desk.fresh(NOW)) as reader:
        day = today.replace(day=1)
        past = timed(lambda: origin(reader, day, instant(day, settings.timezone), settings, SIGNALS))
    print(f"= what was known at the beginning of a month, of {len(SIGNALS)} signals: {past} s")


def _flush(path: Path, rows: object) -> None:
    import pyarrow.parquet as pq

    pq.write_table(rows, path)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    path.unlink()


def measure_risk(accounts: int, months: int) -> None:
    """Who leaves when, learned from a panel and told of today's customers."""
    origins, spells, today = _panel.made(accounts, months)
    laid: list[Took] = [timed(lambda: panel(origins, spells, MAIN, today))]
    models = []
    took = timed(lambda: models.append(learned(origins, spells, MAIN, today)))
    model, here = models[0], origins[-1]
    told = timed(lambda: [model.probability(here, horizon) for horizon in HORIZONS] + [model.factors(here)])
    whole = panel(origins, spells, MAIN, today)
    plain = timed(lambda: _plain_fit(whole))
    print(
        f"= churn risk of {accounts:,} accounts and {months} months ({whole.rows:,} rows, {whole.leavers:,} left): learned in"
        f" {took} s (wanted: 180), of which the panel {laid[0]}; {took.idle / plain.idle:.1f} x one fit of scikit-learn's"
        f" boosted trees to all rows ({plain}), for {len(LEARNERS)} learners held against each other and told out of time;"
        f" {len(here.customers):,} customers told over {len(HORIZONS)} horizons with their factors in {told} s (wanted: 10)"
    )


def _plain_fit(whole: object) -> None:
    """What anybody would begin with."""
    from sklearn.ensemble import HistGradientBoostingClassifier

    table = whole.features  # type: ignore[attr-defined]
    x = np.column_stack(
        [getattr(table.columns[name], "values", getattr(table.columns[name], "codes", np.zeros(0))) for name in RISK]
    )
    HistGradientBoostingClassifier(early_stopping=False).fit(x, whole.left)  # type: ignore[attr-defined]


if __name__ == "__main__":
    main()
