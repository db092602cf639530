"""Business time: the stretches of time in which a schedule is open, in UTC.

A schedule opens on weekdays at local clock times, in its zone. A clock time that comes twice counts the first time, one
that the clocks skip counts when they have skipped it, so that stretches that follow each other on the clock do so in
time. A holiday is a local day on which nothing is open: of hours over midnight, those of the other day remain.

There is no clock here, and no table: whoever measures lays the stretches over the time that is needed.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from collections.abc import Collection, Iterable, Iterator, Sequence
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

from tenure.core.period import moment

Stretch = tuple[datetime, datetime]
_DAY = timedelta(days=1)
_MINUTES = 24 * 60
#: Local days are at most so far from the days of UTC.
_ZONES_APART = timedelta(days=2)


@dataclass(frozen=True)
class Hours:
    """Open hours of a weekday (0 is Monday): ``opens`` and ``closes`` as HH:MM. Where ``closes`` is not after ``opens``
    it is on the day after; 24:00 is the end of the day.
    """

    weekday: int
    opens: str
    closes: str
    zone: str


@dataclass(frozen=True)
class Reading:
    """A piece of a UTC day over which a schedule's own clock is easily read: from ``starts`` on it runs for ``running``
    seconds, and then stands until ``ends``. ``shown`` is what it shows at ``starts``.
    """

    day: date
    starts: datetime
    ends: datetime
    shown: int
    running: int


def stretches(hours: Iterable[Hours], holidays: Collection[date], opens: datetime, closes: datetime) -> list[Stretch]:
    """The stretches ``[from, to)`` within ``[opens, closes)`` (naive UTC) in which a schedule is open, in order, none
    touching another.
    """
    if opens >= closes:
        return []
    by_weekday: dict[int, list[tuple[int, int, ZoneInfo]]] = {}
    for weekday, start, end, name in _within_days(hours):
        by_weekday.setdefault(weekday, []).append((start, end, ZoneInfo(name)))
    found = []
    day, last = opens.date() - _ZONES_APART, closes.date() + _ZONES_APART
    while day <= last:
        for start, end, zone in by_weekday.get(day.weekday(), ()) if day not in holidays else ():
            begins = max(moment(_clock(day, start), zone), opens)
            over = min(moment(_clock(day, end), zone), closes)
            if begins < over:
                found.append((begins, over))
        day += _DAY
    return list(_joined(sorted(found)))


def open_seconds(open_stretches: Iterable[Stretch], start: datetime, end: datetime) -> int:
    """The whole seconds between two instants in which the schedule is open; 0 where the end is not after the start."""
    inside = (min(over, end) - max(begins, start) for begins, over in open_stretches)
    return sum((part for part in inside if part > timedelta()), timedelta()) // timedelta(seconds=1)


def readings(open_stretches: Sequence[Stretch], first: date, last: date) -> Iterator[Reading]:
    """The schedule's own clock over the UTC days from ``first`` to ``last``, both whole, in pieces that leave no gap.

    Business time between two instants is the difference of what the clock shows.
    """
    begins = [start for start, _ in open_stretches]
    shown, day = 0, first
    while day <= last:
        midnight, following = datetime.combine(day, time()), datetime.combine(day + _DAY, time())
        inside = begins[bisect_right(begins, midnight) : bisect_left(begins, following)]
        for starts, ends in pairwise([midnight, *inside, following]):
            place = bisect_right(begins, starts) - 1
            over = min(open_stretches[place][1], ends) if place >= 0 else starts
            running = max(over - starts, timedelta()) // timedelta(seconds=1)
            yield Reading(day, starts, ends, shown, running)
            shown += running
        day += _DAY


def _within_days(hours: Iterable[Hours]) -> Iterator[tuple[int, int, int, str]]:
    """Weekday, minutes of the day and zone; hours over midnight as two pieces."""
    for each in hours:
        start, end = _minutes(each.opens), _minutes(each.closes)
        if start < end:
            yield each.weekday, start, end, each.zone
            continue
        yield each.weekday, start, _MINUTES, each.zone
        if end:
            yield (each.weekday + 1) % 7, 0, end, each.zone


def _minutes(clock: str) -> int:
    hour, minute = clock.split(":")[:2]
    return int(hour) * 60 + int(minute)


def _clock(day: date, minutes: int) -> datetime:
    return datetime.combine(day, time()) + timedelta(minutes=minutes)


def _joined(ordered: Iterable[Stretch]) -> Iterator[Stretch]:
    """Stretches that touch or overlap as one."""
    pending: Stretch | None = None
    for begins, over in ordered:
        if pending and begins <= pending[1]:
            pending = pending[0], max(pending[1], over)
            continue
        if pending:
            yield pending
        pending = begins, over
    if pending:
        yield pending
