"""``backtest``: whether the scores tell who leaves, shown on those who did."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TYPE_CHECKING

import numpy as np

from tenure.core.errors import UsageError
from tenure.core.period import local_day
from tenure.engine.origins import past
from tenure.engine.verbs.health import model_of
from tenure.engine.verbs.risk import outcome_of
from tenure.scores.evaluate import Bin, Measure
from tenure.scores.risk.backtest import Band, Warned
from tenure.scores.risk.compare import Comparison, Suggestion, column_of, compared
from tenure.scores.risk.outcome import CHURN
from tenure.scores.signal import is_written

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.scores.health.model import Model
    from tenure.scores.risk.backtest import Judged
    from tenure.scores.risk.causes import CauseJudged
    from tenure.scores.risk.panel import Origin

__all__ = ["Backtest", "Bin", "Mattered", "Measure", "ScoreTested", "Tested", "backtest"]

NAME = "backtest"

HORIZON = 90
_LONGEST = 730


@dataclass(frozen=True)
class Backtest:
    """``horizon``: who leaves within so many days. ``of``: churn, or who reduces (contraction) or grows (growth)."""

    horizon: int = HORIZON
    of: str = CHURN.name


@dataclass(frozen=True)
class Mattered:
    """What a score went by: ``weight``, by how much it moves the logarithm of the rate on average; ``worse``: which of its
    values mean more risk, where it works one way.
    """

    name: str
    weight: float
    worse: str | None


@dataclass(frozen=True)
class ScoreTested:
    """How one score told who left. ``name``: ``risk`` (learned from everything), ``health``, ``contract`` (months as a
    customer and days to the renewal only), or another tool's score. ``model``: the learner. ``drift``: PSI of the score from
    the months learned from to those told. ``warned``: of the tenth that the score thinks worst of.
    """

    name: str
    model: str
    auc: Measure
    pr_auc: Measure
    lift: Measure
    brier: Measure
    calibration: list[Bin]
    drift: float | None
    warned: Warned
    columns: list[Mattered]


@dataclass(frozen=True)
class CauseTested:
    """How one cause of leaving was told. ``how``: see ``CauseKnown``. ``leavers``: by it, among those learned from and those
    told; ``expected``: how many of the rows told were to leave by it within the horizon, of which ``came`` did. The measures
    are null where fewer than 20 of those told left by it.
    """

    name: str
    how: str
    leavers: tuple[int, int]
    expected: float
    came: int
    auc: Measure | None
    lift: Measure | None
    calibration: list[Bin]


@dataclass(frozen=True)
class AmountsTested:
    """MRR of the rows told that was expected to change within the horizon, and that did. ``typical``: the share of its MRR by
    which a customer changed, among those learned from.
    """

    expected: float
    came: float
    typical: Measure


@dataclass(frozen=True)
class Tested:
    """A back-test: customers at the beginnings of ``months`` from ``first`` to ``last``; those from ``learned_until`` on are
    told, by models that have learned from other customers and from nothing later. ``leavers``: customers who left, among
    those learned from and those told; ``base_rate``: the share of the rows told that left. ``brier``: of who knows only the
    base rate. ``bands``: of the health score of version ``version``. ``reweighted``: the AUC with the weights suggested.
    ``causes``: of leaving, where any are told. ``of``: churn, contraction or growth: then whatever is said of leaving is said
    of that, with the ``amounts``.
    """

    horizon: int
    as_of: datetime
    months: int
    first: date
    learned_until: date
    last: date
    rows: int
    leavers: tuple[int, int]
    base_rate: float
    brier: float
    scores: tuple[ScoreTested, ...]
    version: str
    bands: tuple[Band, ...]
    suggestions: tuple[Suggestion, ...]
    reweighted: Measure | None
    notes: tuple[str, ...] = ()
    of: str = CHURN.name
    causes: tuple[CauseTested, ...] = ()
    amounts: AmountsTested | None = None


def backtest(desk: Desk, request: Backtest) -> Tested:
    """Hold every score against who left. Raises ``DataError`` where too few did, ``UsageError`` for a horizon that cannot be."""
    if not 1 <= request.horizon <= _LONGEST:
        raise UsageError(
            f"A horizon of {request.horizon} days cannot be.", code="bad_horizon", fix=f"Take 1 to {_LONGEST} days."
        )
    now, settings, model = desk.clock(), desk.settings, model_of(desk)
    outcome = outcome_of(request.of)
    with desk.in_warehouse(desk.fresh(now)) as reader:
        found = past(desk, reader, model, request.horizon, now, outcome=outcome)
        written = frozenset(one.name for one in model.components if is_written(one.signal, reader, settings))
    desk.progress("learning", 0, 0)
    today = local_day(now, settings.timezone)
    comparison = compared(found.origins, found.spells, request.horizon, today, model, written, found.ends)
    days = [part.day for part in found.origins]
    note = _of_risk(model, found.origins, comparison.parts.learned_until)
    return _told(request, comparison, days, model.version, now, note)


def _of_risk(model: Model, found: list[Origin], told_from: date) -> str:
    """What the risk as a part of the health score was in the months told; empty where it is no part of it."""
    columns = [column_of(one.signal) for one in model.components if one.signal.risk]
    if not columns:
        return ""
    told = [part for part in found if part.day >= told_from]
    known = sum(int((~np.isnan(part.values[columns[0]])).sum()) for part in told)
    rows = sum(len(part.customers) for part in told)
    return (
        "In the health score the risk of leaving is what was kept then, by a model of then, and where none was kept it is left "
        f"out: it was known of {known:,} of {rows:,} rows told."
    )


def _told(request: Backtest, of: Comparison, days: list[date], version: str, now: datetime, note: str) -> Tested:
    tell = of.parts.tell
    notes = [
        "Customers are counted once a month: intervals are by customer, not by row.",
        "Scores are learned from other customers than those told, and from nothing that was learned later.",
    ]
    if note:
        notes.append(note)
    if of.parts.scale is None:
        notes.append(
            "Too few left to keep months apart for bringing scores to scale: it was done within those learned from."
        )
    return Tested(
        request.horizon, now.replace(tzinfo=UTC), len(days), days[0], of.parts.learned_until, days[-1], tell.rows,
        (of.parts.learn.leavers, tell.leavers), float(tell.left.mean()),
        float(np.mean((tell.left - of.parts.learn.left.mean()) ** 2)),
        tuple(_tested(one.name, one.judged, one.warned) for one in of.scores), version, of.bands, of.suggestions,
        of.reweighted.measures.auc if of.reweighted else None, tuple(notes), request.of,
        tuple(_cause(one) for one in of.causes),
        AmountsTested(of.amounts.expected, of.amounts.came, of.amounts.share) if of.amounts else None,
    )  # fmt: skip


def _cause(of: CauseJudged) -> CauseTested:
    m = of.measures
    return CauseTested(
        of.name, of.how, of.leavers, of.expected, of.came, m.auc if m else None, m.lift if m else None, of.calibration
    )


def _tested(name: str, judged: Judged, warned: Warned) -> ScoreTested:
    m = judged.measures
    columns = [Mattered(one.name, one.weight, one.highest) for one in judged.columns if one.weight]
    return ScoreTested(
        name, judged.model, m.auc, m.pr_auc, m.lift, m.brier, judged.calibration, judged.drift, warned, columns
    )
