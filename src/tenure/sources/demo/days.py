"""Days, months and instants of the simulated company, as integers.

A day is the number of days since 1970-01-01, a month the number of months since then, an instant the number of seconds
in UTC. ``NEVER`` stands for "has not happened": it is later than any day, so that comparisons need no special case.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Floats = npt.NDArray[np.float64]
Flags = npt.NDArray[np.bool_]

NEVER = 10_000_000
DAY = 86_400
WARM_UP = 36  # months before the window in which the older customers signed
_AHEAD = 48  # months after today for terms that end in the future
_EPOCH = date(1970, 1, 1)


@dataclass(frozen=True)
class Calendar:
    """The company's days: ``today``, the months simulated (``first`` to ``last``) and the one the window ``opens``."""

    today: int
    opens: int
    zone: str
    starts: Ints  # the first day of each month, from ``first`` on
    offsets: Ints  # seconds ahead of UTC at noon of each day, from ``starts[0]`` on

    @property
    def first(self) -> int:
        """The first month simulated."""
        return self.opens - WARM_UP

    @property
    def steps(self) -> int:
        """How many months are simulated, the running one included."""
        return self.month_of(self.today) - self.first + 1

    def month_of(self, day: int) -> int:
        """The month a day lies in."""
        return int(np.searchsorted(self.starts, day, side="right")) - 1 + self.first

    def step_of(self, day: Ints, day_of_month: Ints) -> Ints:
        """Which billing month, counted from ``first``, a day lies in, for accounts whose months begin on that day."""
        step = np.clip(np.searchsorted(self.starts, day, side="right") - 1, 0, self.steps - 1)
        before: Ints = step - (day < self.starts[step] + day_of_month - 1)
        return np.maximum(before, 0)

    def day(self, month: Ints | int, day_of_month: Ints | int) -> Ints:
        """The day with that number (1 to 28) in that month."""
        found: Ints = self.starts[np.asarray(month) - self.first] + day_of_month - 1
        return found

    @property
    def now(self) -> int:
        """The instant at which today begins: nothing later has happened yet."""
        yesterday = self.today - 1 - self.starts[0]  # its offset still holds at midnight, where clocks change at two
        return self.today * DAY - int(self.offsets[yesterday])

    def instant(self, day: Ints, second: Ints) -> Ints:
        """The instant of a local wall-clock time by day; ``NEVER`` where it has not come yet."""
        return np.where(day >= NEVER, NEVER * DAY, self.past(day * DAY + second - self._ahead(day)))

    def local(self, at: Ints) -> Ints:
        """Seconds since 1970 by the local clock of instants, right to the second outside the small hours."""
        return np.where(at >= NEVER * DAY, at, at + self._ahead(at // DAY))

    def awake(self, at: Ints) -> Ints:
        """The instants, those between midnight and six by the local clock moved to the morning."""
        return np.where(self.local(at) % DAY < 6 * 3600, at + 6 * 3600, at)

    def past(self, at: Ints) -> Ints:
        """The instants, ``NEVER`` where they have not come yet."""
        return np.where(at >= self.now, NEVER * DAY, at)

    def _ahead(self, day: Ints) -> Ints:
        ahead: Ints = self.offsets[np.clip(day - self.starts[0], 0, len(self.offsets) - 1)]
        return ahead


def calendar(today: date, months: int, zone: str) -> Calendar:
    """The calendar of a window of ``months`` complete months before the one ``today`` lies in."""
    opens = (today.year - 1970) * 12 + today.month - 1 - months
    first = opens - WARM_UP
    count = WARM_UP + months + _AHEAD
    starts = np.arange(first, first + count).astype("datetime64[M]").astype("datetime64[D]").astype(np.int64)
    return Calendar((today - _EPOCH).days, opens, zone, starts, _offsets(starts, zone))


def _offsets(starts: Ints, zone: str) -> Ints:
    info = ZoneInfo(zone)
    noon = datetime(1970, 1, 1, 12, tzinfo=UTC)
    days = (noon + timedelta(days=int(day)) for day in range(starts[0], starts[-1] + 1))
    seconds = [int((day.astimezone(info).utcoffset() or timedelta()).total_seconds()) for day in days]
    return np.array(seconds, dtype=np.int64)


def workday(day: Ints) -> Ints:
    """The day itself, or the Friday before where it lies on a weekend."""
    moved: Ints = day - np.maximum((day + 3) % 7 - 4, 0)
    return np.where(day >= NEVER, NEVER, moved)
