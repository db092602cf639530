"""The organisation's business days, out of its schedule and holidays."""

from __future__ import annotations

from collections import defaultdict
from datetime import date, datetime
from pathlib import Path

from tenure.core.workdays import Workdays
from tenure.engine import Sight
from tenure.web.kit.lasting import Lasting

#: Read once a minute and workspace.
_known: defaultdict[Path, Lasting[Workdays]] = defaultdict(Lasting)


def workdays(sight: Sight) -> Workdays:
    """The business days by the organisation's schedule: that of the settings (``[support] default_schedule``), else the only one
    there is; without one, Monday to Friday. Raises ``UnavailableError`` where they were never read and cannot be.
    """
    return _known[sight.home].get(lambda: _read(sight))


def today(sight: Sight, now: datetime) -> date:
    """The day it is in the organisation's zone."""
    return now.astimezone(sight.settings().zone).date()


def _read(sight: Sight) -> Workdays:
    hours = list(sight.every("schedule", columns=("schedule_id", "weekday")))
    names = {row["schedule_id"] for row in hours}
    chosen = sight.settings().support.default_schedule or (min(names) if len(names) == 1 else "")
    weekdays = frozenset(int(row["weekday"]) for row in hours if row["schedule_id"] == chosen)
    if not weekdays:
        return Workdays()
    days = sight.every("holiday", columns=("date",), where=[("schedule_id", "equals", chosen)])
    return Workdays(weekdays, frozenset(row["date"] for row in days))
