"""The windows that scorecards are of: a month, a quarter, half a year, a year, or any twelve months; each is compared with one as long before it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.core.period import (
    Grain,
    Period,
    add_months,
    instant,
    last_complete,
    months_between,
    parse_bound,
    period_at,
)
from tenure.figures.request import Asked

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.engine.scorecards.rules import Measure

_GRAINS = (Grain.MONTH, Grain.QUARTER, Grain.HALF, Grain.YEAR)
_YEAR = 12
#: Of the windows before, so many of each grain are offered, and what was to be expected in them is kept.
OFFERED = ((Grain.QUARTER, 5), (Grain.HALF, 2), (Grain.YEAR, 2), (Grain.MONTH, 1))


def offered(today: date, year_start: int) -> list[Period]:
    """The windows that are over and offered, besides the last twelve months: of each grain the latest first."""
    return [one for grain, count in OFFERED for one in reversed(last_complete(grain, count, today, year_start))]


@dataclass(frozen=True)
class Window:
    """Days ``[start, end)``, and how figures of them are asked for: ``at`` names the period, ``window`` what lies behind it,
    ``compare`` the one that they are compared with. ``opens``, ``closes``: the moments (UTC); a window that runs closes now.
    """

    start: date
    end: date
    grain: str
    at: str
    window: str
    compare: str
    opens: datetime
    closes: datetime
    over: bool

    @property
    def before(self) -> tuple[date, date]:
        """The days that it is compared with."""
        return add_months(self.start, -months_between(self.start, self.end)), self.start

    def asked(self, one: Measure, *whose: tuple[str, str], by: tuple[str, ...] = ()) -> Asked:
        """A measure of the accounts of somebody."""
        return Asked(
            one.metric, self.at, self.at, self.grain, self.window, by, tuple(whose), one.variant, "", self.compare
        )


def window_of(start: str, end: str, settings: Settings, now: datetime, today: date) -> Window:
    """The window from one period to another; without either the last twelve months that are over.

    Raises ``UsageError`` for one that has not begun, and for what is no month, quarter, half year, year or twelve months.
    """
    first, last = _days(start, end, settings.fiscal_year_start, today)
    if first > today:
        raise UsageError("This window has not begun.", code="no_period", where="--from", fix="Ask for one up to today.")
    after = last + timedelta(days=1)
    opens, ends = instant(first, settings.timezone), instant(after, settings.timezone)
    moments = opens, min(ends, now), ends <= now
    for grain in _GRAINS:
        period = period_at(grain, first, settings.fiscal_year_start)
        if (period.start, period.end) == (first, after):
            return Window(first, after, grain.value, period.label, "period", "before", *moments)
    if first.day == 1 and add_months(first, _YEAR) == after:
        return Window(first, after, "month", f"{last:%Y-%m}", f"{_YEAR}m", "year", *moments)
    raise UsageError(
        f"{first} to {last} is no month, quarter, half year, year or twelve months.", code="bad_window", where="--from",
        fix="Write --from 2026-Q3, or --from 2025-11 --to 2026-10.",
    )  # fmt: skip


def _days(start: str, end: str, year_start: int, today: date) -> tuple[date, date]:
    if start:
        return parse_bound(start, "from", year_start), parse_bound(end or start, "to", year_start)
    last = parse_bound(end, "to", year_start) if end else today.replace(day=1) - timedelta(days=1)
    return add_months(last.replace(day=1), 1 - _YEAR), last
