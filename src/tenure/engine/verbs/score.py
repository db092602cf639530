"""``score``: make the scores of today, and keep them."""

from __future__ import annotations

import tempfile
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core.period import add_months, instant, local_day
from tenure.engine.verbs import backtest, fairness
from tenure.engine.verbs.health import model_of
from tenure.engine.verbs.load import Load, load
from tenure.engine.verbs.record import Record, record
from tenure.figures.reader import FAR
from tenure.scores.health.gathered import gathered
from tenure.scores.health.model import NAME

if TYPE_CHECKING:
    import pyarrow as pa

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.reader import Reader
    from tenure.scores.health.model import Model

#: So many month's beginnings are scored besides, when the first scores are made: as they would have been then.
PAST = 12


@dataclass(frozen=True)
class Score:
    """Nothing is to be said: the scores are those of today."""


@dataclass(frozen=True)
class Kept:
    """``day``: of which; ``accounts``: how many were scored. ``days``: of how many days scores were written now: 0 where
    today's were there already, or nobody has a score.
    """

    day: date
    version: str
    accounts: int
    days: int


def score(desk: Desk, _request: Score) -> Kept:
    """Make today's health scores under the model in force, unless they are there, and keep them as rows of ``score``; then
    hold all scores against who left, compare the owners of accounts, and keep both reports.

    The first time those of the beginnings of the months before are made as well, from what was known then. Raises
    ``UsageError`` for a model that is wrong.
    """
    settings, now, model = desk.settings, desk.clock(), model_of(desk)
    today = local_day(now, settings.timezone)
    before = _days_kept(desk, settings)
    past = [add_months(today.replace(day=1), -months) for months in reversed(range(PAST))]
    days = [] if (today, model.version) in before else [*(day for day in past if day < today and not before), today]
    rows = _made(desk, model, days, today) if days else []
    if rows:
        _keep(desk, model, days, rows, instant(days[0], settings.timezone))
        backtest.report(desk)
        fairness.report(desk)
    accounts = int(
        desk.store.value(
            'SELECT count(DISTINCT account_id) FROM main.score WHERE model = ? AND version = ? AND "at" = ?',
            [NAME, model.version, instant(today, settings.timezone)],
        )
    )
    return Kept(today, model.version, accounts, len(rows))


def _days_kept(desk: Desk, settings: Settings) -> set[tuple[date, str]]:
    """The days that were scored, each with the version of the model."""
    rows = desk.store.rows('SELECT DISTINCT "at", version FROM main.score WHERE model = ?', [NAME])
    return {(local_day(at, settings.timezone), version) for at, version in rows}


def _made(desk: Desk, model: Model, days: list[date], today: date) -> list[pa.Table]:
    """The rows of each day on which anybody has a score."""
    settings, rows = desk.settings, []
    with desk.in_warehouse(desk.fresh(desk.clock())) as reader:
        for number, day in enumerate(days):
            desk.progress("scoring", number, len(days))
            known = FAR if day == today else instant(day, settings.timezone)
            rows.append(_scores(model, reader, day, known, settings))
    return [table for table in rows if table.num_rows]


def _scores(model: Model, reader: Reader, day: date, known: datetime, settings: Settings) -> pa.Table:
    import pyarrow as pa

    found = gathered(model, reader, day, known, settings).scoring.scores()
    rows = [one for one in found if one.score is not None]
    columns = {
        "account_id": [one.account_id for one in rows],
        "model": [NAME] * len(rows),
        "version": [model.version] * len(rows),
        "at": pa.array([instant(day, settings.timezone)] * len(rows), pa.timestamp("us", "UTC")),
        "score": pa.array([one.score for one in rows], pa.float64()),
        "coverage": pa.array([round(one.coverage, 6) for one in rows], pa.float64()),
        "band": [one.band for one in rows],
    }
    return pa.table(columns)


def _keep(desk: Desk, model: Model, days: list[date], rows: list[pa.Table], since: datetime) -> None:
    """Write the rows as any file is loaded, after the model that they name."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    used = {"model": NAME, "version": model.version, "at": f"{since.isoformat()}Z", "definition": model.written.text}
    told = desk.store.value(
        "SELECT count(*) FROM main.score_model WHERE model = ? AND version = ?", [NAME, model.version]
    )
    if not told:
        record(desk, Record("score_model", (used,), "tenure", f"score_model {NAME} {model.version}"))
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{NAME}-{days[-1]}-{model.version}.parquet"
        pq.write_table(pa.concat_tables(rows), path)
        load(desk, Load((str(path),), "score"))
