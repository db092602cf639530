"""The model of churn risk in force: learned from all that is known, and what it says of today's customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from tenure.core.features import Features, Floats
from tenure.scores.evaluate import Measure
from tenure.scores.folds import FOLDS, deal
from tenure.scores.learn import Calibrated, learn, learn_all, platt
from tenure.scores.risk import hazard
from tenure.scores.risk.backtest import judged, parted, scores_of
from tenure.scores.risk.compare import RISK
from tenure.scores.risk.panel import Origin, Spells, features_of, panel


@dataclass(frozen=True)
class Learned:
    """A model of who leaves when. ``leavers``: how many it has learned from; ``auc``: how well its like told out of time who
    leaves within ``horizon`` days (see ``backtest``).
    """

    model: Calibrated
    horizon: int
    leavers: int
    auc: Measure

    def probability(self, of: Origin, days: Floats | int) -> Floats:
        """That each customer leaves within so many days (of all, or of each)."""
        return hazard.probability(self.model, _table(of), days)

    def factors(self, of: Origin) -> dict[str, Floats]:
        """By what each thing that is known multiplies each customer's hazard over the horizon; all of them, times ``usual``,
        are the hazard.
        """
        return hazard.factors(self.model, _table(of), self.horizon)

    @property
    def usual(self) -> float:
        """The hazard over the horizon of a customer of whom all is usual."""
        return hazard.usual(self.model, self.horizon)


def learned(origins: Sequence[Origin], spells: Spells, horizon: int, today: date) -> Learned:
    """Learn from every customer and month, those whose outcome is open for as long as they were watched.

    Which learner, a back-test over ``horizon`` days says; scores are brought to scale by customers that were not learned
    from. Raises ``DataError`` where too few customers left.
    """
    complete = [part for part in origins if (today - part.day).days >= horizon]
    tested = judged(parted(complete, spells, horizon, today), RISK, horizon)
    whole = panel(origins, spells, horizon, today)
    rows = hazard.stacked(whole, RISK)
    known = rows.known
    folds = deal(known.outcome, known.keys, known.groups)
    taught = [known.take(np.flatnonzero(folds != own)) for own in range(FOLDS)]
    scores = scores_of([Calibrated(model) for model in learn_all(tested.model, taught)], known, folds)
    slope, shift = platt(scores, known.outcome, known.exposure, steady=True)
    return Learned(Calibrated(learn(tested.model, known), slope, shift), horizon, whole.leavers, tested.measures.auc)


def _table(of: Origin) -> Features:
    table = features_of([(of, number) for number in range(len(of.customers))])
    return Features({name: table.columns[name] for name in RISK}, table.rows)
