"""Where each CSM or team stands: observed beside expected, with what chance makes and what may be believed of it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from tenure.core.confidence import Interval
from tenure.scores.casemix.funnel import Dispersion, amount_limits, dispersion, event_limits
from tenure.scores.casemix.ranking import Ranking, ranking
from tenure.scores.casemix.shrunk import Belief, belief, effective

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True)
class Months:
    """Account-months, one entry each in every array.

    ``group``: whose, a whole number from 0; -1: nobody's, of whom nothing is said. ``account``: a whole number.
    ``outcome``: 0 or 1, or of amounts the share that was lost or won; ``amount``: what that is a share of, 1 for events. ``part``:
    the group's part of a shared account. ``share``: what share was to be expected.
    """

    group: Ints
    account: Ints
    outcome: Floats
    amount: Floats
    part: Floats
    share: Floats

    @property
    def weight(self) -> Floats:
        """How much each counts."""
        return self.amount * self.part


@dataclass(frozen=True)
class Standing:
    """One group. ``months``: account-months; ``observed``, ``expected``: events, or the amount; ``ratio``: the one through the
    other, None where nothing is expected. ``limits``: what chance keeps the ratio within, at 95 and 99.8 %. ``shrunk``: the
    ratio to be believed, with its 95 % ``interval``; ``better``: the probability that it is really better than expected.
    ``inherited``: what was expected of an account-month, as a multiple of the company's. ``rank``: the ranks it may have, 1
    being the best; None where nobody is ranked. ``events``: the expected events that tell as much. ``before``, ``behind``:
    the groups, by number, that it is told apart from as the better and as the worse one.
    """

    group: int
    months: float
    observed: float
    expected: float
    ratio: float | None
    limits: tuple[Interval, ...]
    shrunk: float
    interval: Interval
    better: float
    inherited: float | None
    events: float
    rank: tuple[int, int] | None
    before: tuple[int, ...]
    behind: tuple[int, ...]

    @property
    def outside(self) -> str:
        """Beyond which limits the ratio lies: ``95``, ``99.8`` or nothing."""
        inner, outer = (self.ratio is None or limits.covers(self.ratio) is not False for limits in self.limits)
        return "" if inner else "95" if outer else "99.8"


@dataclass(frozen=True)
class Standings:
    """All groups, in the order of their numbers. ``spread``: the standard deviation of true ratios that is believed in;
    ``ranked``: whether as many events are expected as ranks take; ``alike``: nobody can be told from anybody.
    """

    groups: tuple[Standing, ...]
    dispersion: Dispersion
    spread: float
    ranked: bool
    alike: bool


def standings(
    months: Months, groups: int, *, counted: bool, less_is_better: bool, doubt: Floats | None = None
) -> Standings:
    """Where ``groups`` groups stand. ``counted``: outcomes are events, else shares of amounts. ``doubt``: the variance of what is
    expected of each group; none: expectations are certain.
    """
    inside = months.group >= 0
    sums = _sums(months, inside, groups, counted=counted)
    variance = sums.variance if doubt is None else sums.variance + doubt
    spread = dispersion(sums.observed, sums.expected, variance)
    believed = belief(sums.observed, sums.expected, variance)
    events = effective(sums.expected, sums.variance)
    ranked = ranking(believed, events, less_is_better=less_is_better)
    wider = np.sqrt(np.divide(variance, sums.variance, out=np.ones(groups), where=sums.variance > 0))
    limits = [
        tuple(spread.widened(own, float(wider[each])) for own in _limits(months, each, sums, counted=counted))
        for each in range(groups)
    ]
    rate = float((months.weight * months.share).sum() / months.weight.sum()) if months.weight.any() else 0.0
    told = _told(sums, believed, events, ranked, limits, rate, less_is_better=less_is_better)
    return Standings(tuple(told), spread, believed.spread, ranked is not None, not (ranked and ranked.apart))


@dataclass(frozen=True)
class _Sums:
    months: Floats
    weight: Floats
    observed: Floats
    expected: Floats
    variance: Floats


def _sums(months: Months, inside: NDArray[np.bool_], groups: int, *, counted: bool) -> _Sums:
    def by_group(values: Floats) -> Floats:
        return np.bincount(months.group[inside], values[inside], groups).astype(np.float64)

    weight, p = months.weight, months.share
    # A shared account is taken for one that is wholly theirs with that probability: limits rather too wide.
    chances = weight * p
    variance = chances * (1 - chances) if counted else _surprise(months) * weight**2 * p * (1 - p)
    return _Sums(
        by_group(months.part),
        by_group(weight),
        by_group(weight * months.outcome),
        by_group(weight * p),
        by_group(variance),
    )


def _surprise(months: Months) -> float:
    """How much more accounts' amounts differ from what was expected than if each was lost whole, or kept whole, month by
    month: the variance of the residuals of whole accounts over the one of that.
    """
    weight = months.amount * months.part
    residual = np.bincount(months.account, weight * (months.outcome - months.share))
    by_chance = float((weight**2 * months.share * (1 - months.share)).sum())
    return float((residual**2).sum()) / by_chance if by_chance > 0 else 1.0


def _limits(months: Months, group: int, sums: _Sums, *, counted: bool) -> tuple[Interval, ...]:
    if counted:
        return event_limits((months.weight * months.share)[months.group == group])
    return amount_limits(float(sums.expected[group]), float(sums.variance[group]))


def _told(
    sums: _Sums, believed: Belief, events: Floats, ranked: Ranking | None, limits: Sequence[tuple[Interval, ...]],
    rate: float, *, less_is_better: bool,
) -> list[Standing]:  # fmt: skip
    low, high = believed.interval()
    below, mean = believed.below(1), believed.mean
    better = below if less_is_better else 1 - below
    apart = ranked.apart if ranked else ()
    return [
        Standing(
            group=each, months=float(sums.months[each]), observed=float(sums.observed[each]),
            expected=float(sums.expected[each]),
            ratio=float(sums.observed[each] / sums.expected[each]) if sums.expected[each] > 0 else None,
            limits=limits[each], shrunk=float(mean[each]), interval=Interval(float(low[each]), float(high[each])),
            better=float(better[each]),
            inherited=float(sums.expected[each] / sums.weight[each] / rate) if rate and sums.weight[each] else None,
            events=float(events[each]), rank=(ranked.low[each], ranked.high[each]) if ranked else None,
            before=tuple(worse for one, worse in apart if one == each),
            behind=tuple(one for one, worse in apart if worse == each),
        )
        for each in range(len(limits))
    ]  # fmt: skip
