"""What the periods before lead one to expect of a figure, and whether it is far from that.

Robust (medians, and median distances from them), so that one odd period neither hides the next nor raises an alarm for a year.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from itertools import pairwise
from statistics import fmean, median

#: As many periods have to be known before one is judged, and as many errors before a way to forecast is.
LEAST, _ERRORS = 13, 6
#: A season is believed when two years are known.
_SEASON = 12
#: So many deviations are far. Of twenty metrics each month, one in some years is farther by chance: see the tests.
FAR = 6.0
#: What makes a normal deviation of a median distance.
_NORMAL = 1.4826


@dataclass(frozen=True)
class Known:
    """A figure of a period. ``error``: its standard error, 0 where it is counted and not sampled."""

    value: float
    error: float = 0.0


@dataclass(frozen=True)
class Unlike:
    """A figure that is far from what was ``expected``, by ``deviations``. ``change``: of the expected, as a fraction (of
    shares: in their own unit). ``periods``: on how many it rests.
    """

    value: float
    expected: float
    change: float
    deviations: float
    periods: int


def unlike(series: Sequence[Known | None], *, relative: bool, least: float) -> Unlike | None:
    """Whether the last of a series is far from what those before lead to expect; None where it is not, or cannot be told.

    ``relative``: of amounts and counts, which are compared by their ratio; else of shares and scores, by their difference.
    ``least``: a smaller change is not worth a word, however sure it is.
    """
    known = [each for each in series if each is not None]
    if len(known) < LEAST or series[-1] is None or (relative and min(each.value for each in known) <= 0):
        return None
    values = [math.log(each.value) if relative else each.value for each in known]
    forecasts = [_forecast(how, values) for how in (_level, _drift, *((_season,) if len(values) > 2 * _SEASON else ()))]
    # The way that was nearest to the truth so far, odd periods included: else a season that comes once a year is overlooked.
    expected, spread, _ = min((one for one in forecasts if one), key=lambda one: one[2], default=(0.0, math.inf, 0.0))
    last = known[-1]
    error = last.error / last.value if relative else last.error
    # The figure before was sampled too. A spread that was seen on few periods may well be larger.
    noise = math.hypot(spread * (1 + 3 / len(values)), math.sqrt(2) * error, 0.02 if relative else least / FAR)
    distance = values[-1] - expected
    change = math.expm1(distance) if relative else distance
    if abs(change) < least or abs(distance) < FAR * noise:
        return None
    return Unlike(
        last.value, math.exp(expected) if relative else expected, change, abs(distance) / noise, len(values) - 1
    )


def _forecast(
    how: Callable[[Sequence[float]], float | None], values: Sequence[float]
) -> tuple[float, float, float] | None:
    """What a way to forecast says of the last value, how far it usually is from the truth, and how far on average."""
    expected = how(values[:-1])
    told = [(how(values[:end]), values[end]) for end in range(3, len(values) - 1)]
    errors = [abs(was - said) for said, was in told if said is not None]
    if expected is None or len(errors) < min(_ERRORS, len(values) - 4):
        return None
    return expected, _NORMAL * median(errors), fmean(errors)


def _level(before: Sequence[float]) -> float:
    """As the middle of the last eight."""
    return median(before[-8:])


def _drift(before: Sequence[float]) -> float:
    """On from the last by the usual step."""
    steps = [later - earlier for earlier, later in pairwise(before)]
    return before[-1] + median(steps[-_SEASON:])


def _season(before: Sequence[float]) -> float | None:
    """As a year before, and what has changed since over the whole year."""
    if len(before) < _SEASON + 3:
        return None
    years = [later - earlier for earlier, later in zip(before, before[_SEASON:], strict=False)]
    return before[-_SEASON] + median(years[-6:])
