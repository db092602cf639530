"""``score``: make the scores of today, and keep them."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from tenure.core.acts import Act
from tenure.core.errors import DataError
from tenure.core.horizons import WITH_RENEWAL
from tenure.core.period import add_months, instant, local_day
from tenure.engine import reports
from tenure.engine.standing import MAIN, standing
from tenure.engine.verbs import backtest
from tenure.engine.verbs.health import model_of
from tenure.engine.verbs.load import Load, load
from tenure.engine.verbs.record import Record, record
from tenure.engine.verbs.risk import HORIZONS, with_renewal
from tenure.figures.reader import FAR
from tenure.scores.health.gathered import gathered
from tenure.scores.health.model import NAME
from tenure.scores.risk.compare import RISK
from tenure.scores.risk.outcome import CHURN, CONTRACTION, GROWTH, OUTCOMES

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from tenure.core.config import Settings
    from tenure.core.features import Floats
    from tenure.engine.desk import Desk
    from tenure.scores.health.gathered import Gathered
    from tenure.scores.health.model import Model
    from tenure.scores.risk.outcome import Outcome

#: So many month's beginnings are scored besides, when the first scores are made: as they would have been then.
PAST = 12
#: Signs of a version that names of files do without.
_IN_FILES = str.maketrans(" :", "--")
#: What is kept of each outcome: the names of the models, each with its days.
KEPT = {
    CHURN.name: {f"churn_risk_{days}": days for days in HORIZONS},
    CONTRACTION.name: {f"contraction_{MAIN}": MAIN},
    GROWTH.name: {f"growth_{MAIN}": MAIN},
}


@dataclass(frozen=True)
class Score:
    """The scores are those of today. ``anew``: also where there are some already, of what is known now."""

    anew: bool = False


@dataclass(frozen=True)
class Kept:
    """``day``: of which; ``accounts``: how many were scored. ``days``: of how many days scores were written now: 0 where
    today's were there already, or nobody has a score.
    """

    day: date
    version: str
    accounts: int
    days: int


def score(desk: Desk, request: Score) -> Kept:
    """Make today's health scores under the model in force, unless they are there, and keep them as rows of ``score``, with
    today's risks of leaving and of reducing, and who is ready to grow; then hold all scores against who left, and keep that
    report. Made anew, they take the place of those of this morning, which stay what was known then.

    The first time those of the beginnings of the months before are made as well, from what was known then. Raises
    ``UsageError`` for a model that is wrong.
    """
    settings, now, model = desk.settings, desk.clock(), model_of(desk)
    today = local_day(now, settings.timezone)
    before = _days_kept(desk, settings)
    past = [add_months(today.replace(day=1), -months) for months in reversed(range(PAST))]
    if request.anew:
        desk.note(Act.SCORED, "day", today)
    there = (today, model.version) in before and not request.anew
    days = [] if there else [*(day for day in past if day < today and not before), today]
    if days:
        for outcome, horizons in KEPT.items():  # before the scores, which go by them
            _keep_risks(desk, today, OUTCOMES[outcome], horizons, anew=request.anew)
    rows = _made(desk, model, days, today) if days else []
    if rows:
        kept_as(desk, model, instant(days[0], settings.timezone), rows)
    if rows or reports.kept(desk.home, backtest.NAME, backtest.Tested) is None:
        reports.make(desk.home, backtest.NAME, now, lambda: backtest.backtest(desk, backtest.Backtest()))
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
    settings, rows, published = desk.settings, [], desk.fresh(desk.clock())
    with desk.in_warehouse(published, remember=True) as reader:
        for number, day in enumerate(days):
            desk.progress("scoring", number, len(days))
            known = FAR if day == today else instant(day, settings.timezone)
            rows.append(scores_of(gathered(model, reader, day, known, settings, held=published.held), settings))
    return [table for table in rows if table.num_rows]


@dataclass(frozen=True)
class Version:
    """A version of the models ``names``, first used at a moment: what scores are kept under. ``definition``: word for word."""

    names: tuple[str, ...]
    version: str
    at: datetime
    definition: str


def scores_of(of: Gathered, settings: Settings) -> pa.Table:
    """The rows of ``score`` of a day: of everybody who has one."""
    scoring = of.scoring
    model, found = scoring.model, scoring.columns()
    rows = np.flatnonzero(~np.isnan(found.score))
    told = found.score[rows]
    bands = np.select([told >= float(model.good), told >= float(model.fair)], ["good", "fair"], "poor")
    at = instant(of.day, settings.timezone)
    return _table(
        NAME, model.version, at, [scoring.accounts.ids[row] for row in rows.tolist()], told, found.coverage[rows], bands
    )


def _table(
    name: str,
    version: str,
    at: datetime,
    accounts: Sequence[str],
    score: Floats,
    coverage: Floats | None = None,
    bands: NDArray[np.str_] | None = None,
) -> pa.Table:
    """Rows of ``score``: of each account the score, the coverage and the band."""
    import pyarrow as pa

    def all_of(value: object, kind: pa.DataType) -> pa.Array:
        return pa.repeat(pa.scalar(value, kind), len(accounts))

    return pa.table(
        {
            "account_id": pa.array(accounts, pa.string()),
            "model": all_of(name, pa.string()),
            "version": all_of(version, pa.string()),
            "at": all_of(at, pa.timestamp("us", "UTC")),
            "score": pa.array(score, pa.float64()),
            "coverage": all_of(None, pa.float64()) if coverage is None else pa.array(coverage.round(6), pa.float64()),
            "band": all_of(None, pa.string()) if bands is None else pa.array(bands.tolist(), pa.string()),
        }
    )


def _keep_risks(desk: Desk, today: date, outcome: Outcome, horizons: Mapping[str, int], *, anew: bool) -> None:
    """Keep the risks of today's customers, under the day's model, unless they are there; none where too few came to the
    outcome to learn from. Made ``anew``, they are of another model, which was used later.
    """
    at = used = instant(today, desk.settings.timezone)
    there = desk.store.value('SELECT count(*) FROM main.score WHERE model = ? AND "at" = ?', [next(iter(horizons)), at])
    if there and not anew:
        return
    try:
        stands = standing(desk, outcome)
    except DataError:
        return
    here, model = stands.gathered.here, stands.model
    version = f"{model.model.name} {here.day}"
    if there:
        used = desk.clock()
        version += f" {used:%H:%M:%S}"
    auc = {"value": model.auc.value, "low": model.auc.low, "high": model.auc.high}
    told = {"learner": model.model.name, "leavers": model.leavers, "auc": auc, "columns": list(RISK)}
    rows = [
        _table(name, version, at, here.ids, (100 * model.probability(here, days)).round(4))
        for name, days in horizons.items()
    ]
    names = tuple(horizons)
    if outcome is CHURN:
        chance = with_renewal(here, model)
        near = np.flatnonzero(~np.isnan(chance))
        names += (WITH_RENEWAL,)
        rows.append(
            _table(WITH_RENEWAL, version, at, [here.ids[row] for row in near.tolist()], (100 * chance[near]).round(4))
        )
    _keep(desk, Version(names, version, used, json.dumps(told)), rows)


def kept_as(desk: Desk, model: Model, since: datetime, rows: list[pa.Table]) -> None:
    """Keep a model's scores, and by what they were made from ``since`` on."""
    _keep(desk, Version((NAME,), model.version, since, model.written.text), rows)


def tell(desk: Desk, of: Version, by: str = "tenure") -> None:
    """Keep a version word for word, unless it is kept already. ``by``: who put it in force."""
    told = desk.store.value(
        "SELECT count(*) FROM main.score_model WHERE model = ? AND version = ?", [of.names[0], of.version]
    )
    if not told:
        used = {"version": of.version, "at": f"{of.at.isoformat()}Z", "definition": of.definition, "by": by}
        models = tuple({"model": name, **used} for name in of.names)
        record(desk, Record("score_model", models, by, f"score_model {of.names[0]} {of.version}"))


def _keep(desk: Desk, of: Version, rows: list[pa.Table]) -> None:
    """Write the rows as any file is loaded, after the models that they name."""
    import pyarrow as pa
    import pyarrow.parquet as pq

    tell(desk, of)
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / f"{of.names[0]}-{of.version.translate(_IN_FILES)}.parquet"
        pq.write_table(pa.concat_tables(rows), path)
        load(desk, Load((str(path),), "score"))
