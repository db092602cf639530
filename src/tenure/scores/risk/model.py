"""The model of risk in force: learned from all that is known, and what it says of today's customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tenure.core.features import Features, Floats
from tenure.scores.evaluate import Measure
from tenure.scores.folds import FOLDS, deal
from tenure.scores.learn import Calibrated, learn, learn_all, level, platt
from tenure.scores.risk import hazard
from tenure.scores.risk.amount import Typical, typical
from tenure.scores.risk.backtest import LATEST, judged, parted, rival_of, scores_of
from tenure.scores.risk.causes import Cause, apart, by_cause
from tenure.scores.risk.compare import RISK
from tenure.scores.risk.outcome import Ends, Spells
from tenure.scores.risk.panel import Origin, panel, whole

_ANY_WAY = Ends()


@dataclass(frozen=True)
class Learned:
    """A model of who comes to an outcome when. ``leavers``: how many it has learned from; ``auc``: how well its like told out
    of time who does within ``horizon`` days (see ``backtest``). Of leaving the ``causes``; of what is no leaving its
    ``rival``, the hazard of leaving before, and the ``typical`` change of revenue.
    """

    model: Calibrated
    horizon: int
    leavers: int
    auc: Measure
    causes: tuple[Cause, ...] = ()
    rival: Calibrated | None = None
    typical: Typical | None = None

    def probability(self, of: Origin, days: Floats | int) -> Floats:
        """That each customer comes to the outcome within so many days (of all, or of each)."""
        return hazard.probability(self.model, _table(of), days, self.rival)

    def by_cause(self, of: Origin) -> dict[str, Floats]:
        """That each customer leaves within the horizon by each cause."""
        found = by_cause(self.model, self.causes, _table(of), self.horizon) if self.causes else []
        return {cause.name: own for cause, own in zip(self.causes, found, strict=True)}

    def factors(self, of: Origin) -> dict[str, Floats]:
        """By what each thing that is known multiplies each customer's hazard over the horizon; all of them, times ``usual``,
        are the hazard.
        """
        return hazard.factors(self.model, _table(of), self.horizon)

    @property
    def usual(self) -> float:
        """The hazard over the horizon of a customer of whom all is usual."""
        return hazard.usual(self.model, self.horizon)


def learned(origins: Sequence[Origin], spells: Spells, horizon: int, today: date, became: Ends = _ANY_WAY) -> Learned:
    """Learn from every customer and month, those whose outcome is open for as long as they were watched.

    Which learner, a back-test over ``horizon`` days says; scores are brought to scale by customers that were not learned
    from, how high they are by the latest quarter of the origins. Raises ``DataError`` where too few customers came to the outcome.
    """
    complete = [part for part in origins if (today - part.day).days >= horizon]
    tested = judged(parted(complete, spells, horizon, today, became), RISK, horizon)
    everybody = panel(origins, spells, horizon, today, became)
    rows = hazard.stacked(everybody, RISK)
    known = rows.known
    folds = deal(known.outcome, known.keys, known.groups)
    taught = [known.take(np.flatnonzero(folds != own)) for own in range(FOLDS)]
    scores = scores_of([Calibrated(model) for model in learn_all(tested.model, taught)], known, folds)
    slope, shift = platt(scores, known.outcome, known.exposure, steady=True)
    since = origins[round(len(origins) * (1 - LATEST))].day.toordinal()
    latest = np.flatnonzero(everybody.days[rows.rows] >= since)
    shift = level(slope * scores[latest], known.take(latest), shift)
    model = Calibrated(learn(tested.model, known), slope, shift)
    if not became.among:
        return Learned(model, horizon, everybody.leavers, tested.measures.auc, apart(everybody, RISK))
    return Learned(
        model, horizon, everybody.leavers, tested.measures.auc, (), rival_of(everybody, RISK),
        typical(became.steps, origins[0].day, today),
    )  # fmt: skip


def _table(of: Origin) -> Features:
    table = whole(of)
    return Features({name: table.columns[name] for name in RISK}, table.rows)
