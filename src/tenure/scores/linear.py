"""Logistic regression, and Poisson regression of rates, with a ridge: by Newton's method, in passes over blocks of rows.

It is straight in each number, but for one with cuts, of which each stretch between them counts for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np

from tenure.core.features import Features, Floats
from tenure.scores.evaluate import Told
from tenure.scores.prepare import Prepared, prepare

NAME = "logistic"

_MOST_STEPS = 30
_CLOSE = 1e-11
_FOR_CURVATURE = 50_000
_STEEPEST = 30.0  # of a logit: beyond it a probability is 0 or 1


@dataclass(frozen=True)
class Linear:
    """A fitted model: the score of a row is the sum of what each column adds to ``base``."""

    prepared: Prepared
    coefficients: Floats
    means: Floats
    base: float

    name = NAME

    def score(self, table: Features) -> Floats:
        """The logit, or the logarithm of the rate, of each row."""
        found = np.empty(table.rows)
        for rows, block in self.prepared.blocks(table.stretched()):
            found[rows] = self.base + (block - self.means) @ self.coefficients
        return found

    def contributions(self, table: Features) -> dict[str, Floats]:
        """What each column adds, in each row; 0 on average over the rows that were learned from."""
        found = {name: np.empty(table.rows) for name, _ in self.prepared.spans()}
        for rows, block in self.prepared.blocks(table.stretched()):
            for name, span in self.prepared.spans():
                found[name][rows] = (block[:, span] - self.means[span]) @ self.coefficients[span]
        return found


def fit(table: Features, outcome: Floats, exposure: Floats | None, penalties: Sequence[float]) -> list[Linear]:
    """Fit with each penalty: half of it times the sum of the squared coefficients (not of the intercept) is added to the
    loss, which is a sum over rows; columns are on one scale (see ``prepare``).
    """
    table = table.stretched()
    prepared = prepare(table)
    means = sum((block.sum(axis=0) for _, block in prepared.blocks(table)), np.zeros(prepared.width)) / table.rows
    total = float(outcome.sum())
    rest = float(table.rows - total) if exposure is None else float(exposure.sum())
    b = np.zeros(prepared.width + 1)
    b[-1] = np.log(max(total, 0.5) / max(rest, 0.5))
    found = []
    for penalty in penalties:
        b = solved(_Passes(prepared, table, outcome, exposure, means, penalty), b)  # from where the last one ended
        found.append(Linear(prepared, b[:-1], means, float(b[-1])))
    return found


class Convex(Protocol):
    """A loss that has one least value."""

    def at(self, b: Floats) -> tuple[float, Floats, Floats]:
        """The loss at these coefficients, how it falls, and its curvature, which may be off: only steps depend on it."""


def solved(passes: Convex, b: Floats) -> Floats:
    """The coefficients of the least loss, by Newton's method from ``b`` on."""
    loss, gradient, hessian = passes.at(b)
    for _ in range(_MOST_STEPS):
        step = np.linalg.solve(hessian, gradient)
        if float(gradient @ step) < _CLOSE * max(1.0, abs(loss)):
            break
        while True:  # half a step where a whole one overshoots
            reached = passes.at(b + step)
            if reached[0] <= loss + _CLOSE * abs(loss) or float(np.abs(step).max()) < _CLOSE:
                break
            step = step / 2
        b = b + step
        loss, gradient, hessian = reached
    return b


@dataclass(frozen=True)
class _Passes:
    prepared: Prepared
    table: Features
    outcome: Floats
    exposure: Floats | None
    means: Floats
    penalty: float

    def at(self, b: Floats) -> tuple[float, Floats, Floats]:
        """The loss at these coefficients (the intercept last), how it falls, and its curvature.

        Of many rows the curvature is taken from every so many: steps are then a little off, where they end is not.
        """
        width, every = len(b), -(-self.table.rows // _FOR_CURVATURE)
        loss, gradient, hessian = 0.0, np.zeros(width), np.zeros((width, width))
        for rows, block in self.prepared.blocks(self.table):
            score = np.clip(block @ b[:-1] + (b[-1] - self.means @ b[:-1]), -_STEEPEST, _STEEPEST)
            y = self.outcome[rows]
            if self.exposure is None:
                expected = 1 / (1 + np.exp(-score))
                curvature = expected * (1 - expected)
                loss += float((np.logaddexp(0, score) - y * score).sum())
            else:
                expected = curvature = self.exposure[rows] * np.exp(score)
                loss += float((expected - y * score).sum())
            rest = y - expected
            gradient[:-1] += rest @ block - self.means * rest.sum()
            gradient[-1] += rest.sum()
            some = np.column_stack([block[::every] - self.means, np.ones(len(block[::every]))])
            hessian += every * ((some * curvature[::every, np.newaxis]).T @ some)
        ridge = np.append(np.full(width - 1, self.penalty), 0.0)
        loss += float((ridge * b**2).sum() / 2)
        hessian[np.diag_indices(width)] += ridge + 1e-9
        return loss, gradient - ridge * b, hessian


def predicted(score: Floats, exposure: Floats | None) -> Floats:
    """The probability of a logit; where there are exposures, the rate of its logarithm."""
    held = np.clip(score, -_STEEPEST, _STEEPEST)
    found: Floats = 1 / (1 + np.exp(-held)) if exposure is None else np.exp(held)
    return found


def loss_of(score: Floats, outcome: Floats, exposure: Floats | None) -> float:
    """The mean log loss of scores."""
    return float(Told(predicted(score, exposure), outcome, exposure).losses.mean())
