"""How an objective stands: what is expected by now, whether it will be reached as far as its interval says, and what is missing."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Literal

from tenure.core.errors import UsageError
from tenure.core.period import local_day
from tenure.engine.objectives.measured import Measured, measured, meets

if TYPE_CHECKING:
    from datetime import date

    from tenure.engine.objectives.measured import Forecast, Gauge, WhyNot
    from tenure.engine.objectives.told import Objective

#: ``off_track``: the window runs, and the whole interval misses the target; ``missed``: it is over.
Status = Literal["reached", "on_track", "in_doubt", "off_track", "missed", "not_measurable"]
Phase = Literal["ahead", "running", "over"]
_DIGITS = Decimal("0.000001")


@dataclass(frozen=True)
class Gap:
    """What is expected to be ``missing`` at the end, in the metric's unit (0 or less: nothing); as a share of the ``way`` from where the
    window before stood (a flow: from 0) to the target, null where there is none to go; and in halves of the interval's width
    (``spreads``), null without one.
    """

    missing: Decimal
    way: float | None
    spreads: float | None


@dataclass(frozen=True)
class Standing:
    """An objective with what has come of it. ``goal``: the target at the end of the window, with the ramp; ``expected``: what was to be
    there by now; ``elapsed``: the share of the window's days that are over. ``told``: what its metric refuses, if it does.
    ``may_set``: whoever asks may change it, ``may_check_in``: say how sure she is.
    """

    objective: Objective
    phase: Phase
    status: Status
    elapsed: float
    goal: Decimal | None = None
    expected: Decimal | None = None
    gap: Gap | None = None
    measured: Measured | None = None
    why_not: WhyNot = ""
    told: str = ""
    may_set: bool = False
    may_check_in: bool = False

    @property
    def forecast(self) -> Forecast | None:
        """What is expected at the end."""
        return self.measured.forecast if self.measured else None


def phase_of(one: Objective, today: date) -> Phase:
    """Whether a window is ahead, runs or is over."""
    return "ahead" if today < one.opens else "running" if today < one.closes else "over"


def untried(by: Gauge, one: Objective) -> Standing:
    """What is told of it, without its figures."""
    phase = phase_of(one, by.clock.today)
    return Standing(one, phase, "not_measurable", _elapsed(one, by.clock.today))


def standing(by: Gauge, one: Objective, *, closely: bool = False) -> Standing:
    """How it stands at a moment; ``closely``: with its course."""
    phase, elapsed = phase_of(one, by.clock.today), _elapsed(one, by.clock.today)
    if not one.metric or one.target is None:
        return Standing(one, phase, _done(one, phase, by.settings.timezone), elapsed, why_not="milestone")
    try:
        found = measured(by, one, closely=closely)
    except UsageError as error:
        return Standing(one, phase, "not_measurable", elapsed, why_not="refused", told=error.message)
    goal = goal_of(one, found.flow)
    return Standing(
        one, phase, status_of(one, found, goal, phase), elapsed, goal, _expected(one, found, goal, by.clock.today),
        _gap(one, found, goal), found, found.why_not,
    )  # fmt: skip


def _elapsed(one: Objective, today: date) -> float:
    days = max((one.closes - one.opens).days, 1)
    return min(max((today - one.opens).days, 0), days) / days


def _done(one: Objective, phase: Phase, zone: str) -> Status:
    """Of a milestone: done by its day, or not."""
    if one.done_at is not None:
        in_time = local_day(one.done_at.replace(tzinfo=None), zone) < one.closes
        return "reached" if in_time else "missed"
    return "missed" if phase == "over" else "not_measurable"


def weight_on(one: Objective, day: date) -> float:
    """What a day's target is of the whole: less during a ramp, more where less is better."""
    if one.ramp is None:
        return 1.0
    factor = one.ramp.factor(day)
    return factor if one.direction == "at_least" else 1 / factor


def goal_of(one: Objective, flow: bool) -> Decimal:
    """The target at the end of the window: of a flow the mean of its days' parts, else that of the last day."""
    assert one.target is not None
    if one.ramp is None:
        return one.target
    days = (one.closes - one.opens).days
    last = one.closes - timedelta(days=1)
    if not flow:
        return _times(one.target, weight_on(one, last))
    return _times(one.target, sum(weight_on(one, one.opens + timedelta(days=n)) for n in range(days)) / days)


def _expected(one: Objective, found: Measured, goal: Decimal, today: date) -> Decimal | None:
    """What was to be there by now: of a flow the parts of the days that are over; of a level the way from where it stood in equal steps;
    else the target of the day.
    """
    assert one.target is not None
    days = (one.closes - one.opens).days
    over = min((today - one.opens).days, days)
    if over <= 0:
        return None
    if found.flow:
        return _times(one.target, sum(weight_on(one, one.opens + timedelta(days=n)) for n in range(over)) / days)
    if found.level:
        start = found.baseline
        return None if start is None else start + _times(goal - start, over / days)
    return _times(one.target, weight_on(one, one.opens + timedelta(days=over - 1)))


def status_of(one: Objective, found: Measured, goal: Decimal, phase: Phase) -> Status:
    """By the interval of what is expected at the end: whole on the good side on track, whole on the other off it, else in doubt. What
    adds up and cannot fall is decided as soon as it passes the target.
    """
    forecast = found.forecast
    if forecast is None:
        return "not_measurable"
    if phase == "over":
        return "reached" if meets(forecast.value, goal, one.direction) else "missed"
    value = found.figure.value if found.figure else None
    rises = found.flow and value is not None and forecast.low is not None and forecast.low >= value
    if rises and value is not None and one.direction == "at_least" and value >= goal:
        return "reached"
    if rises and value is not None and one.direction == "at_most" and value > goal:
        return "missed"
    worst, best = (forecast.low, forecast.high) if one.direction == "at_least" else (forecast.high, forecast.low)
    if worst is not None and meets(worst, goal, one.direction):
        return "on_track"
    return (
        "in_doubt" if best is None or meets(best, goal, one.direction) else "off_track"
    )  # an open end reaches anything


def _gap(one: Objective, found: Measured, goal: Decimal) -> Gap | None:
    """What is missing of what is expected at the end."""
    forecast = found.forecast
    if forecast is None:
        return None
    sign = 1 if one.direction == "at_least" else -1
    missing = (goal - forecast.value) * sign
    start = Decimal(0) if found.flow else found.baseline
    way = None if start is None else (goal - start) * sign
    half = None if forecast.low is None or forecast.high is None else (forecast.high - forecast.low) / 2
    spreads = float(missing / half) if half else None
    return Gap(missing, float(missing / way) if way is not None and way > 0 else None, spreads)


def _times(value: Decimal, factor: float) -> Decimal:
    return (value * Decimal(repr(factor))).quantize(_DIGITS)
