"""``schedule``, ``holiday``, ``sla_target``: when we work, and how fast we promise to be."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pyarrow as pa

from tenure.sources.demo.columns import civil, money, texts, whole, word
from tenure.sources.demo.days import NEVER, WARM_UP, Calendar
from tenure.sources.demo.words import PRIORITIES, TIERS

OFFICE, SUPPORT = "office", "support"
_EPOCH = date(1970, 1, 1)
_HOURS = {  # stretches by weekday: until noon and after lunch, a short Friday, a Saturday morning for support
    OFFICE: [(day, "09:00", "12:30") for day in range(5)]
    + [(day, "13:30", "17:30") for day in range(4)]
    + [(4, "13:30", "15:30")],
    SUPPORT: [(day, "08:00", "18:00") for day in range(5)] + [(5, "09:00", "13:00")],
}
_FIXED = {
    (1, 1): "New Year",
    (5, 1): "Labour Day",
    (10, 3): "National Day",
    (12, 25): "Christmas",
    (12, 26): "Boxing Day",
}
_AROUND_EASTER = {-2: "Good Friday", 1: "Easter Monday", 39: "Ascension", 50: "Whit Monday"}
_FIRST_REPLY = (480, 240, 120, 60)  # minutes, by priority
_RESOLUTION = (5400, 2700, 1350, 600)
_INQUIRY = (960, 480, 240)  # by tier


def schedule_table(calendar: Calendar) -> pa.Table:
    """The canonical ``schedule`` rows: the office's hours and support's longer ones, in the company's zone."""
    rows = [(schedule, *stretch) for schedule, stretches in _HOURS.items() for stretch in sorted(stretches)]
    names, days, opens, closes = zip(*rows, strict=True)
    return pa.table(
        {
            "schedule_id": texts(names),
            "time_zone": texts([calendar.zone] * len(rows)),
            "weekday": whole(np.array(days)),
            "opens": texts(opens),
            "closes": texts(closes),
        }
    )


def holiday_table(calendar: Calendar) -> pa.Table:
    """The canonical ``holiday`` rows of both schedules, from the first year of the window to the end of this one."""
    first, last = (_EPOCH + timedelta(days=int(day)) for day in (calendar.starts[WARM_UP], calendar.today))
    days = {
        day: name
        for year in range(first.year, last.year + 1)
        for day, name in [
            *((date(year, *month_day), name) for month_day, name in _FIXED.items()),
            *((easter(year) + timedelta(days=after), name) for after, name in _AROUND_EASTER.items()),
        ]
    }
    rows = [(schedule, day, days[day]) for schedule in _HOURS for day in sorted(days)]
    return pa.table(
        {
            "schedule_id": texts([schedule for schedule, _, _ in rows]),
            "date": civil(np.array([(day - _EPOCH).days for _, day, _ in rows])),
            "name": texts([name for _, _, name in rows]),
        }
    )


def easter(year: int) -> date:
    """Easter Sunday, by the anonymous Gregorian computus."""
    century, rest = divmod(year, 100)
    golden = year % 19
    epact = (19 * golden + century - century // 4 - (century - (century + 8) // 25 + 1) // 3 + 15) % 30
    weekday = (32 + 2 * (century % 4) + 2 * (rest // 4) - epact - rest % 4) % 7
    late = (golden + 11 * epact + 22 * weekday) // 451
    month, day = divmod(epact + weekday - 7 * late + 114, 31)
    return date(year, month, day + 1)


def sla_target_table(calendar: Calendar) -> pa.Table:
    """The canonical ``sla_target`` rows. First replies are promised faster from the middle of the window on."""
    begins, middle = int(calendar.starts[0]), int(calendar.starts[WARM_UP + (calendar.steps - WARM_UP) // 2])
    rows = [("first_reply", p, -1, minutes * 2, 0, begins) for p, minutes in enumerate(_FIRST_REPLY)]
    rows += [("first_reply", p, -1, minutes, 0, middle) for p, minutes in enumerate(_FIRST_REPLY)]
    rows += [("next_reply", -1, -1, 960, 0, begins)]
    rows += [("resolution", p, -1, minutes, 0, begins) for p, minutes in enumerate(_RESOLUTION)]
    rows += [("inquiry", -1, -1, 1440, 1, begins)]
    rows += [("inquiry", -1, t, minutes, 0, begins) for t, minutes in enumerate(_INQUIRY)]
    measures, priorities, tiers, minutes, clocks, days = zip(*rows, strict=True)
    return pa.table(
        {
            "measure": texts(measures),
            "priority": word(np.array(priorities), PRIORITIES),
            "tier": word(np.array(tiers), TIERS),
            "minutes": money(np.array(minutes), 0),
            "clock": word(np.array(clocks), ("business", "calendar")),
            "valid_from": civil(np.minimum(np.array(days), NEVER)),
        }
    )
