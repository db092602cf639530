"""Boosted trees of one column each: what a column adds may have any course, and still all add up exactly.

Numbers are cut at quantiles of the rows that are learned from, so that in the end the model is a small table a column: what
each bin adds. Scikit-learn makes the trees and is not needed afterwards.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from itertools import islice
from typing import Any

import numpy as np
from numpy.typing import NDArray

from tenure.core.confidence import SEED
from tenure.core.features import Features, Floats
from tenure.scores.prepare import LabelPart, Prepared, prepare

NAME = "boosted"

MOST_TREES = 150
_BINS = 128
_RATE = 0.3
_LEAVES = 3
_PATIENCE = 20
_FEWEST_IN_LEAF = 20
_RIDGE = 1.0
_MANY = 100_000

Places = NDArray[np.intp]


@dataclass(frozen=True)
class Additive:
    """A fitted model: the score of a row is ``base`` plus what the bin of each column adds (the last: missing)."""

    prepared: Prepared
    edges: tuple[Floats, ...]
    adds: tuple[Floats, ...]
    base: float
    trees: int

    name = NAME

    def score(self, table: Features) -> Floats:
        """The logit, or the logarithm of the rate, of each row."""
        return self.base + sum(self.contributions(table).values(), np.zeros(table.rows))

    def contributions(self, table: Features) -> dict[str, Floats]:
        """What each column adds, in each row; 0 on average over the rows that were learned from."""
        places = _binned(self.prepared, self.edges, table)
        return {
            part.name: adds[places[:, number]]
            for number, (part, adds) in enumerate(zip(self.prepared.parts, self.adds, strict=True))
        }


def fit(table: Features, outcome: Floats, exposure: Floats | None, held_out: NDArray[np.bool_]) -> Additive:
    """Fit. The number of trees is that with which rows ``held_out``, of which none was learned, were told best; then all
    rows are learned from, unless there are so many that it would make no difference.
    """
    prepared = prepare(table)
    edges = tuple(_edges(prepared, table))
    places = _binned(prepared, edges, table)
    bins = [len(own) + 1 for own in edges]
    x = np.where(places < bins, places, np.nan)
    if not x.shape[1] or not 0 < outcome[~held_out].sum() < (~held_out).sum():
        return _nothing(prepared, edges, outcome, exposure)
    labels = [isinstance(part, LabelPart) for part in prepared.parts]
    trial = _learn(x, outcome, exposure, labels, MOST_TREES, held_out)
    trees = max(1, int(np.argmax(trial.validation_score_[1:])) + 1)  # the first is that of no tree at all
    if len(x) > _MANY:
        return _tables(trial, prepared, edges, places, exposure, trees)
    full = _learn(x, outcome, exposure, labels, trees)
    return _tables(full, prepared, edges, places, exposure, trees)


def _edges(prepared: Prepared, table: Features) -> Iterable[Floats]:
    """Where each column's bins begin but the first."""
    codes, is_label = prepared.coded(table)
    for number in range(codes.shape[1]):
        values = codes[:, number]
        known = values[~np.isnan(values)]
        if is_label[number]:
            yield np.arange(0.5, prepared.parts[number].width - 1)
            continue
        distinct = np.unique(known)
        if len(distinct) > _BINS:
            cuts = np.quantile(known, np.linspace(0, 1, _BINS + 1)[1:-1], method="inverted_cdf")
            yield np.asarray(np.unique(cuts), dtype=np.float64)
        else:
            yield np.asarray(distinct[1:] / 2 + distinct[:-1] / 2, dtype=np.float64)


def _binned(prepared: Prepared, edges: tuple[Floats, ...], table: Features) -> Places:
    """The bin of each cell; the last is that of missing ones."""
    codes, _ = prepared.coded(table)
    found = np.empty(codes.shape, dtype=np.intp)
    for number, own in enumerate(edges):
        values = codes[:, number]
        found[:, number] = np.where(np.isnan(values), len(own) + 1, np.searchsorted(own, values, side="left"))
    return found


def _learn(
    x: Floats,
    outcome: Floats,
    exposure: Floats | None,
    labels: list[bool],
    trees: int,
    held_out: NDArray[np.bool_] | None = None,
) -> Any:
    """``trees``, or fewer if rows ``held_out`` have not been told better for a while."""
    from sklearn.ensemble import HistGradientBoostingClassifier, HistGradientBoostingRegressor

    settings: dict[str, Any] = {
        "max_iter": trees, "learning_rate": _RATE, "max_leaf_nodes": _LEAVES, "min_samples_leaf": _FEWEST_IN_LEAF,
        "l2_regularization": _RIDGE, "interaction_cst": "no_interactions", "categorical_features": labels,
        "random_state": SEED, "early_stopping": held_out is not None, "scoring": "loss",
        "n_iter_no_change": _PATIENCE, "tol": 0.0,
    }  # fmt: skip
    # a Poisson model of the rate, weighted by exposure, has the likelihood of one of counts with log exposure as offset
    target = outcome if exposure is None else outcome / exposure
    own = np.ones(len(x), dtype=np.bool_) if held_out is None else ~held_out
    data: dict[str, Any] = {} if held_out is None else {"X_val": x[held_out], "y_val": target[held_out]}
    if exposure is None:
        return HistGradientBoostingClassifier(**settings).fit(x[own], target[own], **data)
    data |= {} if held_out is None else {"sample_weight_val": exposure[held_out]}
    model = HistGradientBoostingRegressor(loss="poisson", **settings)
    return model.fit(x[own], target[own], sample_weight=exposure[own], **data)


def _tables(
    model: Any, prepared: Prepared, edges: tuple[Floats, ...], places: Places, exposure: Floats | None, trees: int
) -> Additive:
    """What each bin adds, read off the model: no tree has two columns, so one may be changed while the others stay."""
    sizes = [len(own) + 2 for own in edges]
    still = np.array([0.0] * len(edges))
    probe = np.tile(still, (1 + sum(sizes), 1))
    start = 1
    for number, size in enumerate(sizes):
        probe[start : start + size, number] = [*range(size - 1), np.nan]
        start += size
    stages = model.staged_decision_function(probe) if exposure is None else model.staged_predict(probe)
    scores = np.ravel(next(islice(stages, trees - 1, None)))
    scores = scores if exposure is None else np.log(scores)
    base, adds, start = float(scores[0]), [], 1
    for number, size in enumerate(sizes):
        own = scores[start : start + size] - scores[0]
        share = np.bincount(places[:, number], minlength=size) / len(places)
        middle = float((own * share).sum())
        base += middle
        adds.append(own - middle)
        start += size
    return Additive(prepared, edges, tuple(adds), base, trees)


def _nothing(prepared: Prepared, edges: tuple[Floats, ...], outcome: Floats, exposure: Floats | None) -> Additive:
    """The model that knows the base rate only."""
    events, rest = outcome.sum(), (1 - outcome).sum() if exposure is None else exposure.sum()
    base = float(np.log(max(events, 0.5) / max(rest, 0.5)))
    return Additive(prepared, edges, tuple(np.zeros(len(own) + 2) for own in edges), base, 0)
