"""How well predictions told outcomes, with 95 % intervals.

| measure | says | interval |
|---|---|---|
| AUC | how often who left had the higher prediction than who stayed; ties count half | DeLong (1988) |
| PR-AUC | average precision: among those predicted highest, how many it was | logit (Boyd and others 2013) |
| Brier | the mean squared distance of probability and outcome | Student's t |
| log loss | the mean surprise, in natural logarithms | Student's t |
| lift | the share of events among the highest tenth, as a multiple of all | delta method on the logarithm |
| calibration | by tenths of the prediction: predicted, and observed | Wilson; exact Poisson for rates |

Where rows belong to groups (an account's months), all intervals come from a bootstrap over groups instead. Ties are
exact: nothing depends on the order of rows with the same prediction.

With an ``exposure`` predictions are rates, events per unit of it. Whoever had no event then counts in the AUC and the lift
for as long as she was watched, the calibration compares events with those expected, and probabilities are those of an
event within the row's exposure, ``1 - exp(-rate * exposure)``.
"""

from __future__ import annotations

from dataclasses import dataclass
from math import exp, isfinite, log, sqrt
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

from tenure.core.confidence import LEVEL, SEED, UNKNOWN, Interval, mean_interval, poisson_exact, wilson
from tenure.core.features import Codes, Floats

TOP = 0.1
BINS = 10

_Z = NormalDist().inv_cdf((1 + LEVEL) / 2)
_DRAWS = 1000
_TINY = 1e-15
_NOISE = 1e-9


@dataclass(frozen=True)
class Measure:
    """A value with its bounds at 95 %; None where there is none."""

    value: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Bin:
    """Rows of like predictions: ``predicted`` is their mean, ``observed`` the share (with an exposure the rate) of events."""

    predicted: float
    observed: float
    low: float | None
    high: float | None
    n: int
    events: int


@dataclass(frozen=True)
class Measures:
    """All measures of one set of predictions over ``n`` rows, of which ``events`` had the event."""

    n: int
    events: int
    base_rate: float
    auc: Measure
    pr_auc: Measure
    brier: Measure
    log_loss: Measure
    lift: Measure


@dataclass(frozen=True)
class Told:
    """Predictions beside what happened: ``predicted`` probabilities (rates, if ``exposure`` is given), ``outcome`` 0 or 1.

    ``groups``: which rows belong together. Hard labels are refused (``ValueError``): a curve of them has one corner, and
    its area is not the AUC of any score.
    """

    predicted: Floats
    outcome: Floats
    exposure: Floats | None = None
    groups: Codes | None = None

    def __post_init__(self) -> None:
        if not np.isfinite(self.predicted).all():
            raise ValueError("a prediction is no number")
        if not np.isin(self.outcome, (0, 1)).all():
            raise ValueError("an outcome is neither 0 nor 1")
        if self.exposure is None and len(self.predicted) and np.isin(self.predicted, (0, 1)).all():
            raise ValueError("these are labels, not probabilities: no measure of a score can be taken of them")

    @property
    def exposures(self) -> Floats:
        """The exposure of each row, 1 where none is given."""
        return np.ones(len(self.outcome)) if self.exposure is None else self.exposure

    @property
    def probabilities(self) -> Floats:
        """The probability of an event in each row."""
        return self.predicted if self.exposure is None else -np.expm1(-self.predicted * self.exposure)

    @property
    def losses(self) -> Floats:
        """The log loss of each row: its log-likelihood, negative."""
        if self.exposure is None:
            right = np.where(self.outcome == 1, self.predicted, 1 - self.predicted)
            return -np.log(np.maximum(right, _TINY))
        expected = np.maximum(self.predicted * self.exposure, _TINY)
        return expected - self.outcome * np.log(expected)


def measures(told: Told) -> Measures:
    """Every measure with its interval. ``ValueError`` unless some rows had the event and some had not."""
    events = int(told.outcome.sum())
    if not 0 < events < len(told.outcome):
        raise ValueError("all rows have the same outcome")
    curve = Curve(told)
    values = curve.values(None)
    squares = (told.probabilities - told.outcome) ** 2
    means = {"brier": squares, "log_loss": told.losses}
    if told.groups is None:
        bounds = {
            "auc": curve.delong(values["auc"]),
            "pr_auc": _logit_interval(values["pr_auc"], events),
            "lift": _lift_interval(told, curve, values["lift"]),
        } | {name: _mean_interval(rows) for name, rows in means.items()}
    else:
        bounds = _bootstrap(told.groups, curve, means)
    values |= {name: float(rows.mean()) for name, rows in means.items()}
    found = {name: Measure(value, bounds[name].low, bounds[name].high) for name, value in values.items()}
    return Measures(len(told.outcome), events, events / float(told.exposures.sum()), **found)


def auc_change(before: Told, after: Told) -> Measure:
    """By how much the AUC of one score of the same rows is above that of another, with a bootstrap over groups: both are
    drawn together, so that it is narrower than the two intervals say. Both need the same ``groups``.
    """
    if before.groups is None:
        raise ValueError("rows without groups")
    _, own = np.unique(before.groups, return_inverse=True)
    curves, count = (Curve(before), Curve(after)), int(own.max()) + 1
    generator, drawn = np.random.default_rng(SEED), []
    for _ in range(_DRAWS):
        weights = np.bincount(generator.integers(0, count, count), minlength=count).astype(np.float64)[own]
        if 0 < (weights * before.outcome).sum() < weights.sum():
            ends = [curve.values(weights)["auc"] for curve in curves]
            drawn.append(ends[1] - ends[0])
    bounds = _percentiles(drawn)
    return Measure(curves[1].values(None)["auc"] - curves[0].values(None)["auc"], bounds.low, bounds.high)


class Curve:
    """Rows in the order of their predictions, the highest first, those with the same prediction as one step."""

    def __init__(self, told: Told) -> None:
        order = np.argsort(-told.predicted, kind="stable")
        self.order = order
        ranked = told.predicted[order]
        self.ends = np.flatnonzero(np.append(ranked[1:] != ranked[:-1], True))
        self.events = told.outcome[order]
        self.exposures = told.exposures[order]
        # at risk without an event: a person, or with an exposure all the time that was watched
        self.others = 1 - self.events if told.exposure is None else self.exposures

    def _steps(self, rows: Floats) -> Floats:
        """Running sums at the end of each step, from 0."""
        return np.append(0.0, np.cumsum(rows)[self.ends])

    def values(self, weights: Floats | None) -> dict[str, float]:
        """AUC, PR-AUC and lift, rows counting ``weights`` times (in the order of the rows as they were given)."""
        count = np.ones(len(self.order)) if weights is None else weights[self.order]
        hit, passed = self._steps(count * self.events), self._steps(count * self.others)
        size = self._steps(count * self.exposures)
        rows = hit + self._steps(count * (1 - self.events))
        gained = np.diff(hit)
        precision = np.divide(hit[1:], rows[1:], out=np.zeros(len(gained)), where=rows[1:] > 0)
        auc = float((np.diff(passed) * (hit[1:] + hit[:-1])).sum() / 2 / max(hit[-1] * passed[-1], _TINY))
        # of the step in which the tenth ends a part counts: what any order within it gives on average
        top = float(np.interp(TOP * size[-1], size, hit))
        return {
            "auc": auc,
            "pr_auc": float((gained * precision).sum() / max(hit[-1], _TINY)),
            "lift": float(top / (TOP * max(hit[-1], _TINY))),
        }

    def delong(self, auc: float) -> Interval:
        """The interval of the AUC from the placements of each event among the others and of these among the events."""
        hit, passed = self._steps(self.events), self._steps(self.others)
        steps = np.repeat(np.arange(len(self.ends)), np.diff(self.ends, prepend=-1))
        below = 1 - (passed[1:] + passed[:-1]) / 2 / passed[-1]
        above = (hit[1:] + hit[:-1]) / 2 / hit[-1]
        events = self.events == 1
        weights = self.others / passed[-1]
        variance = _spread(below[steps[events]], np.full(int(events.sum()), 1 / hit[-1]))
        variance += _spread(above[steps[self.others > 0]], weights[self.others > 0])
        half = _Z * sqrt(variance)
        if half < _NOISE and auc > 1 - _NOISE:
            return _perfect(min(hit[-1], len(self.events) - hit[-1]))
        return Interval(float(max(0.0, auc - half)), float(min(1.0, auc + half)))


def _spread(values: Floats, weights: Floats) -> float:
    """The variance of a weighted mean of independent values; weights add up to 1."""
    n = len(values)
    if n < 2:
        return 0.0
    return float((weights**2 * (values - (weights * values).sum()) ** 2).sum() * n / (n - 1))


def _perfect(count: float) -> Interval:
    """Of what was never wrong in ``count`` independent cases."""
    return Interval(float(((1 - LEVEL) / 2) ** (1 / count)), 1.0)


def _logit_interval(value: float, events: int) -> Interval:
    if value > 1 - _NOISE:
        return _perfect(events)
    centre, half = log(value / (1 - value)), _Z / sqrt(events * value * (1 - value))
    return Interval(1 / (1 + exp(half - centre)), 1 / (1 + exp(-half - centre)))


def _mean_interval(rows: Floats) -> Interval:
    found = mean_interval(len(rows), float(rows.sum()), float((rows**2).sum()))
    return Interval(None if found.low is None else max(0.0, found.low), found.high)


def _lift_interval(told: Told, curve: Curve, lift: float) -> Interval:
    """From what each row does to the logarithm of the lift, those at the edge in the part that counts."""
    size = np.append(0.0, np.cumsum(curve.exposures)[curve.ends])
    inside = np.interp(TOP * size[-1], size, np.arange(len(size), dtype=np.float64))
    steps = np.repeat(np.arange(len(curve.ends)), np.diff(curve.ends, prepend=-1))
    top = np.clip(inside - steps, 0, 1)
    rate = told.outcome.sum() / size[-1]
    if lift == 0:
        beyond = wilson(0, TOP * len(told.outcome))
        return Interval(0.0, None if beyond.high is None else min(1 / TOP, beyond.high / rate))
    own = lift * rate
    influence = top * (curve.events - own * curve.exposures) / (TOP * size[-1] * own)
    influence -= (curve.events - rate * curve.exposures) / (size[-1] * rate)
    half = _Z * sqrt(float((influence**2).sum()))
    return Interval(float(lift * exp(-half)), float(min(1 / TOP, lift * exp(half))))


def _bootstrap(groups: Codes, curve: Curve, means: dict[str, Floats]) -> dict[str, Interval]:
    """Percentiles over draws of groups with replacement. The draws depend on nothing but how many groups there are."""
    _, own = np.unique(groups, return_inverse=True)
    count = int(own.max()) + 1
    sums = {name: np.bincount(own, rows, count) for name, rows in means.items()}
    sizes = np.bincount(own, minlength=count)
    events = np.bincount(own[curve.order], curve.events, count)
    generator = np.random.default_rng(SEED)
    drawn: dict[str, list[float]] = {name: [] for name in ("auc", "pr_auc", "lift", *means)}
    for _ in range(_DRAWS):
        times = np.bincount(generator.integers(0, count, count), minlength=count).astype(np.float64)
        if not 0 < (times * events).sum() < (times * sizes).sum():
            continue
        for name, value in curve.values(times[own]).items():
            drawn[name].append(value)
        for name, total in sums.items():
            drawn[name].append(float((times * total).sum() / (times * sizes).sum()))
    return {name: _percentiles(values) for name, values in drawn.items()}


def _percentiles(values: list[float]) -> Interval:
    if len(values) < _DRAWS // 2:
        return UNKNOWN
    low, high = np.quantile(values, [(1 - LEVEL) / 2, (1 + LEVEL) / 2])
    return Interval(float(low), float(high))


def calibration(told: Told, bins: int = BINS) -> list[Bin]:
    """Rows by quantiles of the prediction, the lowest first, as many bins as they allow; same predictions stay together."""
    edges = np.unique(np.quantile(told.predicted, np.linspace(0, 1, bins + 1)[1:-1], method="inverted_cdf"))
    place = np.searchsorted(edges, told.predicted, side="left")
    found = []
    for number in np.unique(place):
        rows = place == number
        exposure, n, events = float(told.exposures[rows].sum()), int(rows.sum()), int(told.outcome[rows].sum())
        expected = float((told.predicted[rows] * told.exposures[rows]).sum())
        bounds = wilson(events, n) if told.exposure is None else poisson_exact(events)
        low, high = (None if end is None else end / (1 if told.exposure is None else exposure)
                     for end in (bounds.low, bounds.high))  # fmt: skip
        found.append(Bin(expected / exposure, events / exposure, low, high, n, events))
    return found


def population_stability(before: Floats, after: Floats, bins: int = BINS) -> float | None:
    """PSI: how far values have moved, over ``bins`` quantiles of those before; None without any on one side.

    The sum of ``(q - p) * ln(q / p)`` with p and q the shares in each bin, before and after; half a row is added to every
    bin, so that an empty one does not make it infinite. Missing values (NaN) are a bin of their own. Below 0.1 little has
    changed, above 0.25 much (Siddiqi 2006).
    """
    if not len(before) or not len(after):
        return None
    known = before[~np.isnan(before)]
    levels = np.linspace(0, 1, bins + 1)[1:-1]
    edges = np.unique(np.quantile(known, levels, method="inverted_cdf")) if len(known) else np.empty(0)
    counts = np.stack([_counts(values, edges) for values in (before, after)])
    filled = counts[:, counts.any(axis=0)] + 0.5
    p, q = filled / filled.sum(axis=1, keepdims=True)
    return float(((q - p) * np.log(q / p)).sum())


def _counts(values: Floats, edges: Floats) -> NDArray[np.intp]:
    place = np.where(np.isnan(values), len(edges) + 1, np.searchsorted(edges, values, side="left"))
    return np.bincount(place, minlength=len(edges) + 2)


def event_rate_auc(bins: NDArray[np.intp], outcome: Floats) -> float:
    """The AUC of the event rates of some bins: how well one column tells the outcome, whatever its course. 0.5 to 1."""
    events = np.bincount(bins, outcome)
    sizes = np.bincount(bins)
    order = np.argsort(-(events / np.maximum(sizes, 1)), kind="stable")
    hit, passed = np.cumsum(events[order]), np.cumsum((sizes - events)[order])
    area = (np.diff(passed, prepend=0.0) * (hit + np.append(0.0, hit[:-1]))).sum() / 2
    value = float(area / max(hit[-1] * passed[-1], _TINY))
    return value if isfinite(value) else 0.5
