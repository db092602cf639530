"""How much the product was used in the months before a hand-over, and whether more or less than before that.

Use is read as it is known today, of the months that lie ready: uses are only ever added, and those of the months before a
hand-over are not the new owner's doing. Where they do not lie ready, use is unknown.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from math import log, log1p
from typing import TYPE_CHECKING

from tenure.core.period import Grain, Window, add_months, periods
from tenure.figures.reader import Moment
from tenure.figures.request import paired
from tenure.metrics.kinds import FactKey

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.core.config import Settings
    from tenure.figures.reader import Reader

ATTENDANCE = FactKey("attendance", "month", "period")
_QUARTER = 3


@dataclass(frozen=True)
class Used:
    """``days``: by account and month, on how many days people used key features, summed over people. ``since``: the first month
    that lies ready.
    """

    days: Mapping[str, Mapping[date, int]]
    since: date

    def before(self, account: str, handed: date) -> dict[str, float]:
        """``use``: of a month of the three before, in orders of magnitude; ``use_trend``: against the three before those. Only what is
        known: the account has used it by then, and for as long.
        """
        own = {month: days for month, days in self.days.get(account, {}).items() if month < handed}
        last, before = add_months(handed, -_QUARTER), add_months(handed, -2 * _QUARTER)
        first = min(own, default=handed)
        if not own or last < self.since:
            return {}
        recent = sum(days for month, days in own.items() if month >= last)
        found = {"use": log1p(recent / _QUARTER)}
        if first <= before and before >= self.since:
            earlier = sum(days for month, days in own.items() if before <= month < last)
            found["use_trend"] = log(recent + _QUARTER) - log(earlier + _QUARTER)
        return found


def used(reader: Reader, settings: Settings, now: datetime, since: date, until: date) -> Used:
    """The use from the month ``since`` until before ``until``, through a reader of what is published."""
    if since >= until:
        return Used({}, until)
    spans = paired(
        periods(Grain.MONTH, since, add_months(until, -1), settings.fiscal_year_start), Window.PERIOD, settings, now
    )
    sql = f"SELECT account_id, period, person_days FROM {ATTENDANCE.table} WHERE person_days > 0"
    found: dict[str, dict[date, int]] = {}
    for row in reader.fetch([ATTENDANCE], sql, spans, Moment(now)):
        found.setdefault(row["account_id"], {})[row["period"]] = row["person_days"]
    return Used(found, since)
