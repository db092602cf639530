"""A trial: accounts treated against accounts held out by lot, by intention to treat.

Whoever was to be treated counts as treated, whatever was then really done: only what a lot decides is the same on both
sides but for chance.
"""

from __future__ import annotations

from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal

import numpy as np

from tenure.core.confidence import (
    LEVEL,
    Interval,
    mean_interval,
    mover_difference,
    newcombe_difference,
    ratio_bca,
    ratio_delta,
    welch_difference,
    wilson,
)
from tenure.figures.compiledform import BOOTSTRAP_UP_TO

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: How sure a trial is to find what it is said to be able to find.
POWER = 0.8

Kind = Literal["share", "ratio", "mean"]
HOW: dict[str, str] = {"share": "Newcombe", "ratio": "bootstrap", "mean": "Welch"}


@dataclass(frozen=True)
class Outcome:
    """What each account adds to a figure: one row an account in both arrays. ``den`` 0: it is not in the figure's base.

    ``kind``: ``share`` of accounts of which something is so or not (0 or 1 of 1), any other ``ratio`` of sums, or the
    ``mean`` of an amount of which everybody has one, if only 0 (``den`` is 1).
    """

    num: Floats
    den: Floats
    kind: Kind


@dataclass(frozen=True)
class Arm:
    """One side. ``accounts``: that are in the figure's base; ``assigned``: all of them. ``value`` None: nobody is."""

    assigned: int
    accounts: int
    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Contrast:
    """``effect``: treated minus held out, in the figure's unit, with its interval at 95 %. ``how`` it was made."""

    treated: Arm
    held_out: Arm
    effect: float | None
    low: float | None
    high: float | None
    how: str


def kind_of(num: Floats, den: Floats, *, counted: bool, total: bool) -> Kind:
    """Which kind an outcome is. ``counted``: the metric is a share of things; here each account must be one of them."""
    if total:
        return "mean"
    single = bool(np.isin(den, (0, 1)).all() and np.isin(num, (0, 1)).all())
    return "share" if counted and single else "ratio"


def contrast(outcome: Outcome, treated: Bools) -> Contrast:
    """The difference of the two arms. Shares: Newcombe; ratios: the arms' bootstraps, squared and added; means: Welch."""
    inside = outcome.den != 0
    parts = [(outcome.num[arm & inside], outcome.den[arm & inside]) for arm in (treated, ~treated)]
    values = [float(num.sum() / den.sum()) if den.sum() else None for num, den in parts]
    bounds = [_interval(outcome.kind, num, den) for num, den in parts]
    arms = [
        Arm(int(arm.sum()), len(num), value, own.low, own.high)
        for arm, (num, _), value, own in zip((treated, ~treated), parts, values, bounds, strict=True)
    ]
    (one, of_one), (other, of_other) = parts
    if outcome.kind == "share":
        found = newcombe_difference(one.sum(), of_one.sum(), other.sum(), of_other.sum())
    elif outcome.kind == "mean":
        found = welch_difference(one, other)
    else:
        found = mover_difference(values[0], bounds[0], values[1], bounds[1])
    effect = None if values[0] is None or values[1] is None else values[0] - values[1]
    return Contrast(arms[0], arms[1], effect, found.low, found.high, HOW[outcome.kind])


def _interval(kind: Kind, num: Floats, den: Floats) -> Interval:
    if kind == "share":
        return wilson(float(num.sum()), float(den.sum()))
    n, total, squares = len(num), float(num.sum()), float(num @ num)
    if kind == "mean":
        return mean_interval(n, total, squares)
    if n <= BOOTSTRAP_UP_TO:
        return ratio_bca(num, den)
    return ratio_delta(n, total, float(den.sum()), squares, float(den @ den), float(num @ den))


def detectable(low: float | None, high: float | None) -> float | None:
    """The least true effect that a comparison as wide as this would have told from none, in 80 of 100 such ones.

    ``(z of 97.5 % + z of 80 %)`` standard errors, of which the interval is ``2 z`` wide.
    """
    if low is None or high is None:
        return None
    certain = NormalDist().inv_cdf((1 + LEVEL) / 2)
    return (high - low) / 2 * (certain + NormalDist().inv_cdf(POWER)) / certain
