"""The model of churn risk in force: learned from all that is known, and what it says of today's customers."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np
from numpy.typing import NDArray

from tenure.core.features import Floats
from tenure.scores.folds import FOLDS, deal
from tenure.scores.learn import Calibrated, Sum, learn, learn_all, platt
from tenure.scores.risk.backtest import judged, known_rows, parted
from tenure.scores.risk.compare import RISK
from tenure.scores.risk.panel import Origin, Spells, features_of, panel


@dataclass(frozen=True)
class Learned:
    """A model of who leaves within ``horizon`` days. ``auc``: how well its like told who left (see ``backtest``)."""

    model: Sum
    horizon: int
    leavers: int
    auc: tuple[float | None, float | None, float | None]

    def probability(self, of: Origin) -> Floats:
        """That each customer leaves within the horizon."""
        table = features_of([(of, number) for number in range(len(of.customers))])
        return np.asarray(-np.expm1(-np.exp(self.model.score(table)) * self.horizon))

    def reasons(self, of: Origin) -> dict[str, Floats]:
        """By what each thing that is known multiplies each customer's rate; all of them, times ``usual``, are the rate."""
        table = features_of([(of, number) for number in range(len(of.customers))])
        return {name: np.exp(added) for name, added in self.model.contributions(table).items()}

    @property
    def usual(self) -> float:
        """The rate a day of a customer of whom everything is as usual."""
        return float(np.exp(self.model.base))


def learned(origins: Sequence[Origin], spells: Spells, horizon: int, today: date) -> Learned:
    """Learn from every customer and month, those whose outcome is open for as long as they were watched.

    Which learner, a back-test says; scores are brought to scale by customers that were not learned from. Raises
    ``DataError`` where too few customers left.
    """
    complete = [part for part in origins if (today - part.day).days >= horizon]
    tested = judged(parted(complete, spells, horizon, today), RISK, horizon)
    whole = panel(origins, spells, horizon, today)
    known = known_rows(whole, RISK)
    fold: NDArray[np.intp] = deal(known.outcome, known.keys, known.groups)
    scores = np.empty(whole.rows)
    for own, model in enumerate(
        learn_all(tested.model, [known.take(np.flatnonzero(fold != own)) for own in range(FOLDS)])
    ):
        rows = np.flatnonzero(fold == own)
        scores[rows] = model.score(known.table.take(rows))
    slope, shift = platt(scores, known.outcome, known.exposure)
    auc = tested.measures.auc
    return Learned(
        Calibrated(learn(tested.model, known), slope, shift), horizon, whole.leavers, (auc.value, auc.low, auc.high)
    )
