"""What objectives have come to: their metric's figures in the window and in those before, and what is to be expected."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from decimal import Decimal
from itertools import pairwise
from typing import TYPE_CHECKING, Literal, NamedTuple

from tenure.core.confidence import wilson
from tenure.core.errors import UsageError
from tenure.core.outlook import outlook
from tenure.core.period import Grain, Period, instant, local_day, period_at
from tenure.engine.objectives.told import FAR
from tenure.engine.verbs.show import Show, shown
from tenure.figures import kept
from tenure.figures.attain import aim, named_in
from tenure.figures.request import Asked

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.engine.objectives.told import Objective
    from tenure.figures.figure import Figure
    from tenure.metrics.kinds import Entry

#: How many windows before are looked back on.
BACK = 8
GRAINS = (Grain.MONTH, Grain.QUARTER, Grain.HALF, Grain.YEAR)
_MONTHS, _WEEKS = 12, 13
_DAYS = {Grain.MONTH: 365.25 / 12, Grain.WEEK: 7.0}
How = Literal["final", "run_rate", "so_far", "trend"]
#: Why nothing can be expected: the window has not begun; there is no value; it has no interval; too little is known of before.
WhyNot = Literal["", "not_begun", "no_value", "no_interval", "too_short", "milestone", "refused"]


@dataclass(frozen=True)
class Point:
    """The value of a stretch of time, and its interval where it has one."""

    start: date
    end: date
    value: Decimal | None
    low: Decimal | None = None
    high: Decimal | None = None


@dataclass(frozen=True)
class Past:
    """In how many of the windows before that had a value (``of``) the target would have been reached, as a share with its
    interval, and the windows, the oldest first.
    """

    points: tuple[Point, ...]
    reached: int
    of: int
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Forecast:
    """What is expected at the end of the window, with its 95 % interval, and ``how``: final (the window is over), run_rate (what is
    there, and the rest as the stretches before it went), trend (where it stands, and changes as the months before had them), so_far
    (the rest goes as it went so far).
    """

    value: Decimal
    low: Decimal | None
    high: Decimal | None
    how: How


@dataclass(frozen=True)
class Measured:
    """``figure``: of the window so far; None before it begins. ``flow``: it adds up over the window; ``level``: it tells how things stand at
    the close. ``course``: what of the window is over, month by month or week by week (of a flow what there was by then). ``grain``,
    ``window``, ``only`` and ``variant`` (the options by axis): what the figure was asked with.
    """

    figure: Figure | None
    unit: str
    flow: bool
    level: bool
    baseline: Decimal | None
    past: Past
    course: tuple[Point, ...]
    forecast: Forecast | None
    why_not: WhyNot
    grain: str = ""
    window: str = ""
    only: tuple[tuple[str, str], ...] = ()
    variant: tuple[tuple[str, str], ...] = ()


class Clock(NamedTuple):
    """``now`` (UTC, no zone), its local ``today``, and the date whose knowledge is asked for."""

    now: datetime
    today: date
    as_of: str

    @property
    def known(self) -> datetime:
        """What was learned before it is known."""
        return self.now if self.as_of else FAR


def clock_of(desk: Desk, as_of: str) -> Clock:
    """The moment that is looked at. Raises ``UsageError`` for what is no date."""
    now, zone = desk.clock(), desk.settings.timezone
    if not as_of:
        return Clock(now, local_day(now, zone), "")
    try:
        day = date.fromisoformat(as_of)
    except ValueError:
        raise UsageError(f"{as_of!r} is no date.", code="no_date", fix="Write it as 2026-03-31.") from None
    end = instant(day + timedelta(days=1), zone)
    return Clock(now, local_day(now, zone), "") if end > now else Clock(end, day + timedelta(days=1), as_of)


@dataclass(frozen=True)
class Gauge:
    """With what objectives are measured: a moment, and whoever answers for figures."""

    clock: Clock
    settings: Settings
    ask: Callable[[Asked], tuple[Figure, ...]]


@contextmanager
def gauge(desk: Desk, clock: Clock) -> Iterator[Gauge]:
    """Measure many objectives, one after the other."""
    now = desk.clock()
    with desk.readers(now) as reader_of:
        yield Gauge(clock, desk.settings, lambda words: shown(desk, Show(words), now, reader_of))


def window_of(one: Objective, year_start: int) -> Period:
    """The month, quarter, half year or year that is an objective's window. Raises ``UsageError`` for another."""
    for grain in GRAINS:
        period = period_at(grain, one.opens, year_start)
        if (period.start, period.end) == (one.opens, one.closes):
            return period
    raise UsageError(
        f"{one.opens} to {one.closes} (exclusive) is no month, quarter, half year or year.", code="bad_window", where="period",
        fix="Write 2026-10, 2026-Q4, 2026-H2 or 2026.",
    )  # fmt: skip


def meets(value: Decimal | float, goal: Decimal | float, direction: str) -> bool:
    """Whether a value reaches a target."""
    return value >= goal if direction == "at_least" else value <= goal


def measured(by: Gauge, one: Objective, *, closely: bool) -> Measured:
    """The figures of an objective with a metric; ``closely``: with the course of its window. Raises ``UsageError`` where it names what there
    is not.
    """
    entry, year_start = kept.entry(one.metric, by.settings), by.settings.fiscal_year_start
    window = window_of(one, year_start)
    first = min(window, period_at(window.grain, by.clock.today, year_start), key=lambda each: each.start)
    for _ in range(BACK):
        first = period_at(window.grain, first.start - timedelta(days=1), year_start)
    figures = asked(by, one, window.grain, first.start, window.end)
    now = next((each for each in figures if each.period_start == one.opens), None)
    if len({each.period_start for each in figures}) < len(figures):
        raise UsageError(
            f"{one.metric} comes in parts.", code="bad_slice", where="slice", fix="Name one of them, as kind=expansion."
        )
    over = [each for each in figures if each.period_start < one.opens and each.period_end <= by.clock.today]
    before = _since_first(over)
    known = [each for each in before if each.value is not None]
    whose = aim(entry, one.slice)
    trailing = whose.window != "period"
    flow = entry.kind == "total" and not entry.level and not trailing
    level = entry.level or (trailing and (now is None or now.low is None))
    needed = now is not None and (closely or ((flow or level) and one.closes > by.clock.today))
    course, parts = _parts(by, one, window) if needed else ((), [])
    if flow and closely and needed and window.grain is Grain.MONTH:  # weeks begin before a month does
        end = min(by.clock.today + timedelta(days=1), one.closes)
        course = tuple(_point(each) for each in asked(by, one, Grain.DAY, one.opens, end))
    forecast, why = _forecast(by, one, entry, now, flow, level, parts)
    return Measured(
        now, entry.unit, flow, level, known[-1].value if known and known[-1] is before[-1] else None, _past(one, before),
        _course(course, flow), forecast, why, window.grain.value, whose.window, whose.slice, whose.variant,
    )  # fmt: skip


def asked(by: Gauge, one: Objective, grain: Grain, start: date, end: date) -> tuple[Figure, ...]:
    """The figures of an objective's metric, slice and variant by periods of days ``[start, end)``; of the whole company: what somebody is
    held to is measured as it is for everybody.
    """
    entry = kept.entry(one.metric, by.settings)
    whose, pieces = aim(entry, one.slice), named_in(one.slice)
    variant = tuple(value for name, value in pieces if name == "variant")
    words = Asked(
        one.metric, start.isoformat(), (end - timedelta(days=1)).isoformat(), grain.value, whose.window, (), whose.slice,
        variant, by.clock.as_of,
    )  # fmt: skip
    return by.ask(words)


def _since_first(figures: Sequence[Figure]) -> list[Figure]:
    """The figures, without values of the time before the first rows: a sum is 0 there, which tells nothing."""
    first = next((place for place, each in enumerate(figures) if each.n), len(figures))
    return [replace(each, value=None) if place < first else each for place, each in enumerate(figures)]


def _past(one: Objective, before: Sequence[Figure]) -> Past:
    points = tuple(_point(each) for each in before)
    values = [each.value for each in before if each.value is not None]
    reached = sum(one.target is not None and meets(value, one.target, one.direction) for value in values)
    share = wilson(reached, len(values)) if values else None
    return Past(points, reached, len(values), share.low if share else None, share.high if share else None)


def _parts(by: Gauge, one: Objective, window: Period) -> tuple[tuple[Point, ...], list[Point]]:
    """Shorter stretches: those of the window that are over or run, and the last that were over before now."""
    year_start, today = by.settings.fiscal_year_start, by.clock.today
    grain, most = (Grain.WEEK, _WEEKS) if window.grain is Grain.MONTH else (Grain.MONTH, _MONTHS)
    running = period_at(grain, today, year_start)
    first = running
    for _ in range(most + 1):
        first = period_at(grain, first.start - timedelta(days=1), year_start)
    start, end = min(first.start, one.opens), min(today + timedelta(days=1), one.closes)
    points = [_point(each) for each in _since_first(asked(by, one, grain, start, max(end, running.end)))]
    inside = tuple(each for each in points if one.opens <= each.start < end and each.end <= one.closes)
    return inside, [each for each in points if each.end <= today][-most - 1 :]


def _course(points: tuple[Point, ...], flow: bool) -> tuple[Point, ...]:
    if not flow:
        return points
    total, found = Decimal(0), []
    for each in points:
        total += each.value or 0
        found.append(Point(each.start, each.end, total))
    return tuple(found)


def _forecast(
    by: Gauge, one: Objective, entry: Entry, now: Figure | None, flow: bool, level: bool, parts: list[Point]
) -> tuple[Forecast | None, WhyNot]:
    clock, zone = by.clock, by.settings.timezone
    if now is None or one.opens >= clock.today:
        return None, "not_begun"
    if now.value is None:
        return None, "no_value"
    if one.closes <= clock.today:
        return Forecast(now.value, None, None, "final"), ""
    if not flow and not level:
        sure = now.status == "small" and now.low == now.high  # the few are alike: that says nothing of others
        if sure or (now.low is None and now.high is None):
            return None, "no_interval"
        return Forecast(now.value, now.low, now.high, "so_far"), ""
    if flow:  # the first part is there for levels, which are told by what they changed since the one before
        added = [float(each.value) for each in parts[1:] if each.value is not None]
    else:
        levels = [float(each.value) for each in parts if each.value is not None]
        added = [after - before for before, after in pairwise(levels)]
    length = _DAYS[Grain.WEEK if (one.closes - one.opens).days < 32 else Grain.MONTH]
    left = (instant(one.closes, zone) - clock.now) / timedelta(days=1) / length
    found = outlook(float(now.value), added, left)
    if found is None:
        return None, "too_short"
    ends = [_rounded(end, entry.unit) for end in (found.value, found.low, found.high)]
    if flow and min(added) >= 0:  # what is there stays, to the last place of it
        ends = [max(end, now.value) for end in ends]
    return Forecast(ends[0], ends[1], ends[2], "run_rate" if flow else "trend"), ""


def _rounded(value: float, unit: str) -> Decimal:
    return Decimal(str(round(value, 2 if unit == "money" else 6)))


def _point(each: Figure) -> Point:
    return Point(each.period_start, each.period_end, each.value, each.low, each.high)
