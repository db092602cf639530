"""Periods, windows and instants: the calendar of an organisation.

A period is civil: ``[start, end)`` in days. It becomes a ``Span`` of UTC instants in the organisation's zone. Years, half
years and quarters are fiscal: they are cut at the month the fiscal year starts in. Weeks are ISO weeks. There is no clock here:
every function takes the zone and the time.
"""

from __future__ import annotations

import re
from bisect import bisect_left
from calendar import monthrange
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime, timedelta
from enum import StrEnum
from typing import Literal
from zoneinfo import ZoneInfo

from tenure.core.errors import UsageError

_DAY = timedelta(days=1)
_FORMS = "Write 2026, 2026-H1, 2026-Q1, 2026-03, 2026-W05 or 2026-03-14."
_PERIOD = re.compile(
    r"([1-9]\d{3})(?:-(?:H(?P<half>[12])|Q(?P<quarter>\d)|W(?P<week>\d\d)|(?P<month>\d\d)(?:-(?P<day>\d\d))?))?",
    re.ASCII,
)


class Grain(StrEnum):
    """How long a period is."""

    DAY = "day"
    WEEK = "week"
    MONTH = "month"
    QUARTER = "quarter"
    HALF = "half"
    YEAR = "year"


class Window(StrEnum):
    """What a period's figure looks back over: the period itself, or a trailing number of months."""

    PERIOD = "period"
    M3 = "3m"
    M6 = "6m"
    M12 = "12m"

    @property
    def months(self) -> int | None:
        """The number of trailing months; None for the period itself."""
        return _WINDOW_MONTHS[self]


_WINDOW_MONTHS = {Window.PERIOD: None, Window.M3: 3, Window.M6: 6, Window.M12: 12}
_GRAIN_MONTHS = {Grain.DAY: 0, Grain.WEEK: 0, Grain.MONTH: 1, Grain.QUARTER: 3, Grain.HALF: 6, Grain.YEAR: 12}


@dataclass(frozen=True)
class Period:
    """The civil days ``[start, end)``. ``fiscal_year_start`` (1..12) only names quarters and half years."""

    grain: Grain
    start: date
    end: date
    fiscal_year_start: int = field(default=1, compare=False, repr=False)

    @property
    def label(self) -> str:
        """2026, 2026-H1 and 2026-Q1 (fiscal, named by the year that they are of), 2026-03, 2026-W05 or 2026-03-14."""
        if self.grain is Grain.YEAR:
            return f"{(self.end - _DAY).year}"
        if self.grain in (Grain.QUARTER, Grain.HALF):
            year = period_at(Grain.YEAR, self.start, self.fiscal_year_start)
            part = (self.start.month - self.fiscal_year_start) % 12 // _GRAIN_MONTHS[self.grain] + 1
            return f"{year.label}-{'Q' if self.grain is Grain.QUARTER else 'H'}{part}"
        if self.grain is Grain.MONTH:
            return f"{self.start.year}-{self.start.month:02}"
        if self.grain is Grain.WEEK:
            year_of_week, week, _ = self.start.isocalendar()
            return f"{year_of_week}-W{week:02}"
        return self.start.isoformat()


@dataclass(frozen=True)
class Span:
    """A period resolved with its window: the UTC instants (naive) and the civil days ``[opens, closes)``.

    ``closes`` is earlier than the period's end where the period is unfinished; ``closes_day`` is then the day after
    the last day that has begun.
    """

    period: Period
    opens: datetime
    closes: datetime
    opens_day: date
    closes_day: date


def period_at(grain: Grain, day: date, fiscal_year_start: int) -> Period:
    """The period of that grain which contains ``day``."""
    if grain is Grain.DAY:
        return Period(grain, day, day + _DAY)
    if grain is Grain.WEEK:
        monday = day - timedelta(days=day.weekday())
        return Period(grain, monday, monday + timedelta(days=7))
    months = _GRAIN_MONTHS[grain]
    into = (day.month - fiscal_year_start) % 12 % months
    start = add_months(day.replace(day=1), -into)
    return Period(grain, start, add_months(start, months), fiscal_year_start)


def add_months(day: date, months: int) -> date:
    """``day`` moved by whole months (either way), clamped to the end of the month it lands in."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    return date(year, month + 1, min(day.day, monthrange(year, month + 1)[1]))


def months_between(earlier: date, later: date) -> int:
    """How many months one day's month lies before another's; negative where it lies after."""
    return (later.year - earlier.year) * 12 + later.month - earlier.month


def parse_period(text: str, fiscal_year_start: int) -> Period:
    """The period that ``text`` names: a year, half a year, a quarter, a month, an ISO week or a day. ``UsageError`` if none."""
    found = _PERIOD.fullmatch(text.strip().upper())
    if found is None:
        raise _no_period(text)
    year = int(found[1])
    try:
        if found["week"]:
            return period_at(Grain.WEEK, date.fromisocalendar(year, int(found["week"]), 1), fiscal_year_start)
        if found["day"]:
            return period_at(Grain.DAY, date(year, int(found["month"]), int(found["day"])), fiscal_year_start)
        if found["month"]:
            return period_at(Grain.MONTH, date(year, int(found["month"]), 1), fiscal_year_start)
        first = date(year if fiscal_year_start == 1 else year - 1, fiscal_year_start, 1)
        if found["half"]:
            return period_at(Grain.HALF, add_months(first, 6 * int(found["half"]) - 6), fiscal_year_start)
        if not found["quarter"]:
            return period_at(Grain.YEAR, first, fiscal_year_start)
        quarter = int(found["quarter"])
        if quarter not in (1, 2, 3, 4):
            raise _no_period(text)
        return period_at(Grain.QUARTER, add_months(first, 3 * quarter - 3), fiscal_year_start)
    except (ValueError, OverflowError):  # month 13, week 53 of a year of 52, the year 9999
        raise _no_period(text) from None


def parse_bound(text: str, side: Literal["from", "to"], fiscal_year_start: int) -> date:
    """The first day that ``--from`` means, or the last day, inclusive, that ``--to`` means.

    ``--to 2026`` is the last day of the fiscal year 2026, ``--from 2026-Q1`` the first of that quarter.
    """
    try:
        period = parse_period(text, fiscal_year_start)
    except UsageError as error:
        raise UsageError(error.message, code=error.code, where=f"--{side}", fix=error.fix) from None
    return period.start if side == "from" else period.end - _DAY


def periods(grain: Grain, first: date, last: date, fiscal_year_start: int) -> list[Period]:
    """All periods from the one that contains ``first`` to the one that contains ``last``, both whole, in order.

    ``UsageError`` if ``last`` is before ``first``.
    """
    if last < first:
        raise UsageError(
            f"The period ends before it begins: from {first} to {last}.",
            code="bad_period",
            fix="--to is the last period shown and may not be before --from.",
        )
    found = [period_at(grain, first, fiscal_year_start)]
    while found[-1].end <= last:
        found.append(period_at(grain, found[-1].end, fiscal_year_start))
    return found


def last_complete(grain: Grain, n: int, today: date, fiscal_year_start: int) -> list[Period]:
    """The last ``n`` periods that ended before the local day ``today`` began, oldest first."""
    found: list[Period] = []
    end = period_at(grain, today, fiscal_year_start).start
    for _ in range(n):
        found.append(period_at(grain, end - _DAY, fiscal_year_start))
        end = found[-1].start
    return found[::-1]


def opening(period: Period, window: Window) -> date:
    """The day the window opens: the period's start, or its end minus the window's months, clamped to the month's end.

    ``UsageError`` if the window is shorter than the grain.
    """
    if window.months is None:
        return period.start
    if window.months < _GRAIN_MONTHS[period.grain]:
        raise UsageError(
            f"A window of {window.value} is shorter than a {period.grain.value}.",
            code="window_too_short",
            fix="Ask for a longer window or a finer grain: --window period, or --grain month.",
        )
    return add_months(period.end, -window.months)


def instant(day: date, zone: ZoneInfo | str) -> datetime:
    """The naive UTC time at which ``day`` begins in ``zone``: midnight, or the first instant after it if the clocks
    skip midnight.
    """
    return moment(datetime(day.year, day.month, day.day), zone)


def moment(clock: datetime, zone: ZoneInfo | str) -> datetime:
    """The naive UTC time at which the clocks of ``zone`` first show ``clock`` (naive), or first are past it."""
    zone = _zone(zone)
    before = clock.replace(tzinfo=zone).astimezone(UTC).replace(tzinfo=None)
    after = clock.replace(tzinfo=zone, fold=1).astimezone(UTC).replace(tzinfo=None)
    if after >= before:  # the clocks show it; where they do so twice, the first time counts
        return before
    seconds = round((before - after).total_seconds())
    return after + timedelta(
        seconds=bisect_left(range(seconds), True, key=lambda s: _local(after + timedelta(seconds=s), zone) >= clock)
    )


def local_day(instant: datetime, zone: ZoneInfo | str) -> date:
    """The civil day in ``zone`` of a naive UTC time."""
    return _local(instant, _zone(zone)).date()


def _local(instant: datetime, zone: ZoneInfo) -> datetime:
    """What the clocks of ``zone`` show, naive, at a naive UTC time."""
    return instant.replace(tzinfo=UTC).astimezone(zone).replace(tzinfo=None)


def resolve(periods: Iterable[Period], window: Window, zone: ZoneInfo | str, now: datetime) -> list[Span]:
    """The spans of ``periods``, as things stand at ``now`` (naive UTC).

    An unfinished period closes at ``now``, and a trailing window then opens its months before that day; a period that
    has not begun gives nothing. ``UsageError`` if the window is shorter than the grain.
    """
    return [span for period in periods if (span := _resolve(period, window, _zone(zone), now)) is not None]


def _resolve(period: Period, window: Window, zone: ZoneInfo, now: datetime) -> Span | None:
    opening(period, window)  # a window that makes no sense is an error even where nothing has begun
    if instant(period.start, zone) >= now:
        return None
    closes, closes_day = instant(period.end, zone), period.end
    if closes > now:
        closes, closes_day = now, local_day(now - timedelta.resolution, zone) + _DAY
    opens_day = opening(replace(period, end=closes_day), window)
    return Span(period, instant(opens_day, zone), closes, opens_day, closes_day)


def _zone(zone: ZoneInfo | str) -> ZoneInfo:
    return ZoneInfo(zone) if isinstance(zone, str) else zone


def _no_period(text: str) -> UsageError:
    return UsageError(f"{text!r} is no period or date.", code="bad_period", fix=_FORMS)
