"""Two learners of one kind: a score is a sum over columns, so that what each has added can be said exactly.

``logistic`` is straight in each number, ``boosted`` has any course. Both give logits (with an exposure: logarithms of rates).
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tenure.core.features import Codes, Features, Floats, Places
from tenure.scores import additive, linear
from tenure.scores.folds import Keys, deal
from tenure.scores.linear import loss_of, predicted

LEARNERS = (linear.NAME, additive.NAME)

PENALTIES = (300.0, 30.0, 3.0, 0.3)
_PLENTY = 200  # events a column: no ridge of these matters any more
_INNER = 4
_INNER_OF_MANY = 10
_LARGE = 100_000
_TINY = 1e-6
_BEFOREHAND, _GIVE_OR_TAKE = 0.9, 1 / 17
_SHIFTS = 0.1


class Sum(Protocol):
    """A score that is ``base`` plus what each column adds."""

    @property
    def name(self) -> str:
        """Which learner made it."""

    @property
    def base(self) -> float:
        """The score of a row to which no column adds anything: the mean over the rows that were learned from."""

    def score(self, table: Features) -> Floats:
        """Of each row."""

    def contributions(self, table: Features) -> dict[str, Floats]:
        """What each column adds, in each row."""


@dataclass(frozen=True)
class Known:
    """Rows of which the outcome is known. ``keys``: of rows, or of their groups (see ``folds``)."""

    table: Features
    outcome: Floats
    keys: Keys
    groups: Codes | None = None
    exposure: Floats | None = None

    def take(self, rows: Places) -> Known:
        """Some of them."""
        return Known(
            self.table.take(rows), self.outcome[rows], self.keys[rows],
            None if self.groups is None else self.groups[rows],
            None if self.exposure is None else self.exposure[rows],
        )  # fmt: skip

    def joined(self, more: Known) -> Known:
        """These rows, and then others with the same columns."""
        groups = None
        if self.groups is not None and more.groups is not None:  # lists of their own: no group is in both
            groups = np.concatenate([self.groups, more.groups + self.groups.max() + 1])
        exposure = None
        if self.exposure is not None and more.exposure is not None:
            exposure = np.concatenate([self.exposure, more.exposure])
        return Known(
            self.table.joined(more.table), np.concatenate([self.outcome, more.outcome]),
            np.concatenate([self.keys, more.keys]), groups, exposure,
        )  # fmt: skip


@dataclass(frozen=True)
class Calibrated:
    """A model whose scores are stretched by ``slope`` and moved by ``shift``: still a sum over columns."""

    model: Sum
    slope: float = 1.0
    shift: float = 0.0

    @property
    def name(self) -> str:
        """Which learner made it."""
        return self.model.name

    @property
    def base(self) -> float:
        """As ``Sum.base``."""
        return self.slope * self.model.base + self.shift

    def score(self, table: Features) -> Floats:
        """As ``Sum.score``."""
        return self.slope * self.model.score(table) + self.shift

    def contributions(self, table: Features) -> dict[str, Floats]:
        """As ``Sum.contributions``."""
        return {name: self.slope * added for name, added in self.model.contributions(table).items()}


def learn_all(name: str, each: Sequence[Known]) -> list[Sum]:
    """Learn from each of several sets of rows, by themselves, side by side where they are small."""
    import os
    from concurrent.futures import ThreadPoolExecutor

    from threadpoolctl import threadpool_limits

    if max(known.table.rows for known in each) > _LARGE:
        return [learn(name, known) for known in each]
    # on so few rows several threads of one sum wait for each other longer than they work; OpenMP asks thread by thread
    workers = min(len(each), os.cpu_count() or 1)
    with (
        threadpool_limits(1, "blas"),
        ThreadPoolExecutor(workers, initializer=threadpool_limits, initargs=(1, "openmp")) as pool,
    ):
        return list(pool.map(lambda known: learn(name, known), each))


def learn(name: str, known: Known) -> Sum:
    """Learn by one of ``LEARNERS``. How much to hold back is found by folds within these rows, groups kept together."""
    folds = _INNER if known.table.rows <= _LARGE else _INNER_OF_MANY
    inner = deal(known.outcome, known.keys, known.groups, folds)
    if name == additive.NAME:
        return additive.fit(known.table, known.outcome, known.exposure, inner == 0)
    if name == linear.NAME:
        return linear.fit(known.table, known.outcome, known.exposure, [_penalty(known, inner)])[0]
    raise ValueError(f"no learner is called {name!r}")


def _penalty(known: Known, inner: Places) -> float:
    """The ridge with which the rows of each inner fold were told best by the others."""
    from tenure.scores.prepare import prepare

    events = min(known.outcome.sum(), (1 - known.outcome).sum())
    if events > _PLENTY * prepare(known.table).width:
        return PENALTIES[2]
    losses = dict.fromkeys(PENALTIES, 0.0)
    for fold in range(int(inner.max()) + 1):
        others, own = known.take(np.flatnonzero(inner != fold)), known.take(np.flatnonzero(inner == fold))
        models = linear.fit(others.table, others.outcome, others.exposure, PENALTIES)
        for penalty, model in zip(PENALTIES, models, strict=True):
            losses[penalty] += loss_of(model.score(own.table), own.outcome, own.exposure) * own.table.rows
    return min(losses, key=losses.__getitem__)


def platt(scores: Floats, outcome: Floats, exposure: Floats | None, *, steady: bool = False) -> tuple[float, float]:
    """The slope and the shift with which scores tell these outcomes best (Platt 1999, without his targets). ``steady``: what is
    expected of the slope beforehand, nine tenths give or take a seventeenth, weighs in, so that few rows do not turn it far:
    in made-up companies scores spread by as much more than what came later (docs/explanation/do-the-scores-work.md).

    A slope that is not above 0 would turn the order around, which a slice of rows is too little reason for: then only the
    shift is learned. ``ValueError`` unless some rows had the event and some had not.
    """
    if not 0 < outcome.sum() < len(outcome):
        raise ValueError("all rows have the same outcome")
    slope, shift = _fitted(
        scores, outcome, exposure, *((1 / _GIVE_OR_TAKE**2, _BEFOREHAND) if steady else (_TINY, 1.0))
    )
    if slope > _TINY and np.isfinite([slope, shift]).all():
        return slope, shift
    return 1.0, _fitted(scores, outcome, exposure, None, 1.0)[1]


def level(scores: Floats, known: Known, shift: float) -> float:
    """The shift with which the latest rows are told best, where ``shift`` is that of all: what all say weighs in, give or take a
    tenth, so that a few rows do not move it far. ``scores``: of the rows ``known``, brought to scale but for the shift.

    Customers who are likely to leave leave first, and rates change with the years: what was so on average no longer is.
    """
    found = shift
    for _ in range(50):
        expected = predicted(scores + found, known.exposure)
        curvature = expected * (1 - expected)
        if known.exposure is not None:
            expected = curvature = expected * known.exposure
        step = (float((known.outcome - expected).sum()) - (found - shift) / _SHIFTS**2) / (
            float(curvature.sum()) + 1 / _SHIFTS**2
        )
        found += min(max(step, -1.0), 1.0)
        if abs(step) < 1e-10:
            break
    return found


def _fitted(
    scores: Floats, outcome: Floats, exposure: Floats | None, steadiness: float | None, beforehand: float
) -> tuple[float, float]:
    """By Newton's method. ``steadiness``: of the slope expected ``beforehand``; None: that is the slope."""
    b = np.array([beforehand, 0.0])
    x = np.column_stack([scores, np.ones(len(scores))])
    for _ in range(50):
        expected = predicted(x @ b, exposure)
        if exposure is None:
            curvature = expected * (1 - expected)
        else:
            expected = curvature = expected * exposure
        ridge = np.array([steadiness or 0.0, _TINY])
        gradient = x.T @ (outcome - expected) - ridge * (b - [beforehand, 0])
        hessian = (x * curvature[:, np.newaxis]).T @ x + np.diag(ridge + _TINY)
        step = (
            np.array([0.0, gradient[1] / hessian[1, 1]]) if steadiness is None else np.linalg.solve(hessian, gradient)
        )
        b = b + np.clip(step, -1, 1)
        if float(np.abs(step).max()) < 1e-10:
            break
    return float(b[0]), float(b[1])
