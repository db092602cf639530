"""Months as grids: what comes up on each day."""

from __future__ import annotations

import calendar
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from babel import dates, numbers
from django.utils.translation import ngettext

from tenure.core.period import add_months
from tenure.web.kit import formats
from tenure.web.kit.reading import current

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from tenure.engine.verbs.renewal_forecast import Day

#: So many months are shown as grids.
MOST = 3


@dataclass(frozen=True)
class Cell:
    """A day of a month. ``amount``: what comes up then, empty for nothing; ``link`` shows it; ``level``: how much that is of the
    most, from 0 to 4; ``is_decided``: all of it is decided; ``told``: the same in words.
    """

    number: int
    amount: str = ""
    link: str = ""
    level: int = 0
    is_decided: bool = False
    is_today: bool = False
    told: str = ""


@dataclass(frozen=True)
class Month:
    """A month: its name, what comes up in it, the names of the days, and the weeks: no cell where another month's day is."""

    name: str
    total: str
    days: tuple[str, ...]
    weeks: tuple[tuple[Cell | None, ...], ...]


def months(days: Sequence[Day], start: date, end: date, today: date, currency: str) -> tuple[Month, ...]:
    """The months of a window from ``start`` on and before ``end``, up to three; none of a longer one."""
    firsts = [start.replace(day=1)]
    while (following := add_months(firsts[-1], 1)) < end:
        firsts.append(following)
    if len(firsts) > MOST:
        return ()
    by_day = {one.day: one for one in days}
    most = max((one.value for one in days), default=Decimal(0))
    return tuple(_month(first, by_day, most, today, currency) for first in firsts)


def _month(first: date, days: Mapping[date, Day], most: Decimal, today: date, currency: str) -> Month:
    locale = current().locale
    begins = locale.first_week_day
    weeks = calendar.Calendar(begins).monthdatescalendar(first.year, first.month)
    names = dates.get_day_names("narrow", "stand-alone", locale)
    total = sum((one.value for day, one in days.items() if day.replace(day=1) == first), Decimal(0))
    return Month(
        dates.format_skeleton("yMMMM", first, locale=locale),
        formats.money_short(total, currency),
        tuple(names[(begins + place) % 7] for place in range(7)),
        tuple(
            tuple(
                _cell(day, days.get(day), most, today, currency) if day.month == first.month else None for day in week
            )
            for week in weeks
        ),
    )


def _cell(day: date, found: Day | None, most: Decimal, today: date, currency: str) -> Cell:
    if found is None:
        return Cell(day.day, is_today=day == today)
    share = float(found.value / most) if most else 0.0
    count = ngettext("%(count)s renewal", "%(count)s renewals", found.count) % {"count": found.count}
    return Cell(
        day.day, _short(found.value, currency), f"?from={day.isoformat()}&to={day.isoformat()}&state=all",
        1 + (share > 0.15) + (share > 0.4) + (share > 0.75), found.open == 0, day == today, f"{formats.day(day)}: {count}",
    )  # fmt: skip


def _short(amount: Decimal, currency: str) -> str:
    """As short as it can be told: it stands in a small place."""
    return numbers.format_compact_currency(round(amount), currency, locale=current().locale)
