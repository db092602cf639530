"""Months as slides name them."""

from __future__ import annotations

from datetime import date

from babel.dates import format_date

from tenure.core.period import add_months
from tenure.web.kit.reading import current


def called(day: date, *, short: bool = False) -> str:
    """``September 2026``, or ``Sep 26``."""
    return str(format_date(day, "MMM yy" if short else "MMMM y", locale=current().locale))


def between(start: date, last: date) -> list[date]:
    """The first days of the months from one day to another."""
    found = [start.replace(day=1)]
    while (following := add_months(found[-1], 1)) <= last:
        found.append(following)
    return found
