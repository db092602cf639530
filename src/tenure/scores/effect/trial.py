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
    UNKNOWN,
    Interval,
    mean_difference,
    mean_interval,
    newcombe_difference,
    ratio_bca,
    ratio_delta,
    wilson,
)
from tenure.figures.compiledform import BOOTSTRAP_UP_TO

if TYPE_CHECKING:
    from numpy.typing import NDArray

    Floats = NDArray[np.float64]
    Bools = NDArray[np.bool_]

#: How sure a trial is to find what it is said to be able to find.
POWER = 0.8

_NOISE = 1e-12  # relative differences below this are rounding, not variation

Kind = Literal["share", "ratio", "mean"]
HOW: dict[str, str] = {"share": "Newcombe", "ratio": "Student's t", "mean": "Student's t"}


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
    """``effect``: treated minus held out, in the figure's unit, with its interval at 95 %. ``how`` it was made.

    ``plain``: the difference of the two values, where the effect is adjusted by what was before.
    """

    treated: Arm
    held_out: Arm
    effect: float | None
    low: float | None
    high: float | None
    how: str
    plain: float | None


def kind_of(num: Floats, den: Floats, *, counted: bool, total: bool) -> Kind:
    """Which kind an outcome is. ``counted``: the metric is a share of things; here each account must be one of them."""
    if total:
        return "mean"
    single = bool(np.isin(den, (0, 1)).all() and np.isin(num, (0, 1)).all())
    return "share" if counted and single else "ratio"


def contrast(outcome: Outcome, treated: Bools, before: Floats | None = None) -> Contrast:
    """The difference of the two arms. Of shares by Newcombe; of ratios and means by Student's t.

    A ratio varies by what each account has beyond it, ``(num - ratio * den) / mean(den)``: the delta method. An arm in which
    nothing varies is taken to vary as the other does. ``before``: what each account had before, by which means are
    adjusted (``plain`` is the difference without).
    """
    inside = outcome.den != 0
    parts = [(outcome.num[arm & inside], outcome.den[arm & inside]) for arm in (treated, ~treated)]
    values = [float(num.sum() / den.sum()) if den.sum() else None for num, den in parts]
    bounds = [_interval(outcome.kind, num, den) for num, den in parts]
    arms = [
        Arm(int(arm.sum()), len(num), value, own.low, own.high)
        for arm, (num, _), value, own in zip((treated, ~treated), parts, values, bounds, strict=True)
    ]
    (first, second), (one, other) = arms, values
    if one is None or other is None:
        return Contrast(first, second, None, None, None, HOW[outcome.kind], None)
    plain = effect = one - other
    if outcome.kind == "share":
        found = newcombe_difference(*(float(part.sum()) for pair in parts for part in pair))
    else:
        beyond = [_beyond(num, den, value) for (num, den), value in zip(parts, (one, other), strict=True)]
        if before is not None and outcome.kind == "mean":
            slope = _slope(before, outcome.num, treated)
            was = [before[arm] - before[arm].mean() for arm in (treated, ~treated)]
            beyond = [gap - slope * earlier for gap, earlier in zip(beyond, was, strict=True)]
            effect -= slope * float(before[treated].mean() - before[~treated].mean())
        found = _by_t(effect, beyond)
    return Contrast(first, second, effect, found.low, found.high, HOW[outcome.kind], plain if effect != plain else None)


def _beyond(num: Floats, den: Floats, value: float) -> Floats:
    """What each account has more than the common ratio gives it, in units of the ratio; rounding is nothing."""
    found: Floats = num - value * den
    found[np.abs(found) <= _NOISE * np.abs(num).max()] = 0.0
    return found / float(den.mean())


def _by_t(effect: float, beyond: list[Floats]) -> Interval:
    variances = [float(each.var(ddof=1)) if len(each) > 1 else 0.0 for each in beyond]
    one, other = [own or max(variances) for own in variances]
    return mean_difference(effect, (one, len(beyond[0])), (other, len(beyond[1])))


def _slope(before: Floats, after: Floats, treated: Bools) -> float:
    """How much what comes after goes with what was before, within the arms (CUPED: Deng et al. 2013)."""
    x, y = before.copy(), after.copy()
    for arm in (treated, ~treated):
        x[arm] -= x[arm].mean()
        y[arm] -= y[arm].mean()
    squares = float(x @ x)
    return float(x @ y) / squares if squares > 0 else 0.0


def _interval(kind: Kind, num: Floats, den: Floats) -> Interval:
    """Of one arm by itself. Where nothing varies there is none, however sure it looks."""
    if kind == "share":
        return wilson(float(num.sum()), float(den.sum()))
    n, total, squares = len(num), float(num.sum()), float(num @ num)
    if kind == "mean":
        found = mean_interval(n, total, squares)
    elif n <= BOOTSTRAP_UP_TO:
        found = ratio_bca(num, den)
    else:
        found = ratio_delta(n, total, float(den.sum()), squares, float(den @ den), float(num @ den))
    return UNKNOWN if found.low == found.high else found


def detectable(low: float | None, high: float | None) -> float | None:
    """The least true effect that a comparison as wide as this would have told from none, in 80 of 100 such ones.

    ``(z of 97.5 % + z of 80 %)`` standard errors, of which the interval is ``2 z`` wide.
    """
    if low is None or high is None:
        return None
    certain = NormalDist().inv_cdf((1 + LEVEL) / 2)
    return (high - low) / 2 * (certain + NormalDist().inv_cdf(POWER)) / certain
