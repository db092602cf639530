"""Rules of recurrence that meetings have. Others are not worked out: some take hours, and whoever sends an invitation writes one.

What is let through gives an occurrence every few years at the least, so that looking for the next one comes to an end. The
library that works them out goes through all periods from the first on, up to the year 9999 if it finds none.
"""

from __future__ import annotations

import re
from calendar import monthrange
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

#: Periods that are gone through for all rules of a calendar, dates that one event may name, and the first year.
MOST_PERIODS, MOST_DATES, FIRST_YEAR = 1_000_000, 5_000, 1970
_PER_YEAR = {"DAILY": 366, "WEEKLY": 53, "MONTHLY": 12, "YEARLY": 1}
_PARTS = {
    "DAILY": {"BYDAY"}, "WEEKLY": {"BYDAY"}, "MONTHLY": {"BYDAY", "BYMONTHDAY", "BYSETPOS"},
    "YEARLY": {"BYDAY", "BYMONTHDAY", "BYSETPOS", "BYMONTH"},
}  # fmt: skip
_PLAIN = {"FREQ", "INTERVAL", "COUNT", "UNTIL", "WKST"}
_DAY = re.compile(r"([+-]?\d{1,2})?(MO|TU|WE|TH|FR|SA|SU)")
_LEAP = 2024


def periods(rule: Mapping[str, Any], first: date, until: date) -> int | None:
    """How many periods are gone through to find the occurrences of a rule up to a date; None: the rule is no meeting's."""
    said = {
        name.upper(): list(values) if isinstance(values, list | tuple) else [values] for name, values in rule.items()
    }
    kind = str(said.get("FREQ", [""])[0]).upper()
    if kind not in _PER_YEAR or not set(said) <= _PLAIN | _PARTS[kind] or first.year < FIRST_YEAR:
        return None
    interval = _number(said.get("INTERVAL", [1])[0])
    if interval < 1 or interval > 400 or not _happens(kind, said, interval, first):
        return None
    return max(0, until.year - first.year + 1) * _PER_YEAR[kind] // interval + 1


def _happens(kind: str, said: Mapping[str, Sequence[Any]], interval: int, first: date) -> bool:
    """Whether a rule has an occurrence now and then, for ever."""
    days = [_DAY.fullmatch(str(day).upper()) for day in said.get("BYDAY", ())]
    numbers = [_number(day) for day in said.get("BYMONTHDAY", ())]
    months = [_number(month) for month in said.get("BYMONTH", ())]
    if None in days or not all(1 <= month <= 12 for month in months) or not all(1 <= abs(day) <= 31 for day in numbers):
        return False
    ordinals = [abs(int(day[1])) for day in days if day and day[1]]
    if kind in ("DAILY", "WEEKLY"):
        return not ordinals and not (kind == "DAILY" and days and interval > 1)
    if (days and numbers and (interval > 1 or "BYSETPOS" in said)) or ("BYSETPOS" in said and (not days or ordinals)):
        return False
    if any(abs(_number(place)) not in range(1, 4 * len(days) + 1) for place in said.get("BYSETPOS", ())):
        return False
    if any(ordinal not in range(1, 6 if kind == "MONTHLY" or months else 53) for ordinal in ordinals):
        return False
    there = months or ([first.month] if kind == "YEARLY" or interval % 12 == 0 else [1])
    return not numbers or any(abs(day) <= monthrange(_LEAP, month)[1] for day in numbers for month in there)


def _number(value: Any) -> int:
    try:
        return int(value)
    except (TypeError, ValueError):
        return 0
