"""When something that runs again and again runs next: local times, as clocks on the wall show them."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from tenure.web.post.models import Every


@dataclass(frozen=True)
class Rule:
    """``day``: 1 (Monday) to 7 of a week, 1 to 31 of a month; of a shorter month it is the last day."""

    every: Every
    at: time
    day: int = 1

    def falls_on(self, day: date) -> bool:
        """Whether it runs on this day."""
        match self.every:
            case Every.DAY:
                return True
            case Every.WORKDAY:
                return day.isoweekday() <= 5
            case Every.WEEK:
                return day.isoweekday() == self.day
        return day.day == min(self.day, calendar.monthrange(day.year, day.month)[1])


def next_after(rule: Rule, zone: ZoneInfo, moment: datetime) -> datetime:
    """The first moment (UTC) after another at which it runs.

    A time that the clocks leave out counts as the same length of time after midnight, so that it is an hour later on the wall;
    of a time that comes twice the first counts.
    """
    day = moment.astimezone(zone).date()
    while True:
        if rule.falls_on(day):
            found = datetime.combine(day, rule.at.replace(tzinfo=None), zone).astimezone(UTC)
            if found > moment:
                return found
        day += timedelta(days=1)
