"""Business days: the local days on which an organisation works, and how to count them."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass, field
from datetime import date, timedelta

_DAY = timedelta(days=1)
#: As many days are looked at for an open one: whoever is closed for longer than that has no business days.
_LONGEST_CLOSED = 60


@dataclass(frozen=True)
class Workdays:
    """``weekdays`` on which work is done (0 is Monday), without the ``holidays``."""

    weekdays: frozenset[int] = frozenset(range(5))
    holidays: Collection[date] = field(default_factory=frozenset)

    def is_open(self, day: date) -> bool:
        """Whether it is a business day."""
        return day.weekday() in self.weekdays and day not in self.holidays

    def after(self, day: date, days: int) -> date:
        """So many business days after a day (before it, where ``days`` is negative), which itself does not count. 0: the day
        itself, or the first business day after it. Where two months pass without one, that is the answer.
        """
        if days == 0:
            return day if self.is_open(day) else self.after(day, 1)
        step = _DAY if days > 0 else -_DAY
        left, closed = abs(days), 0
        while left and closed < _LONGEST_CLOSED:
            day += step
            is_open = self.is_open(day)
            left, closed = left - is_open, 0 if is_open else closed + 1
        return day

    def between(self, start: date, end: date) -> int:
        """The business days after ``start``, up to and with ``end``; negative where ``end`` lies before."""
        if end < start:
            return -self.between(end, start)
        days = (start + _DAY * number for number in range(1, (end - start).days + 1))
        return sum(1 for day in days if self.is_open(day))
