"""What the value of a setting may be: a function for each kind, from what TOML gave to what is kept.

A value that is not taken raises ``RefusedError``, which says what it must be and, where one is near, what was meant.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable
from decimal import Decimal, InvalidOperation
from enum import StrEnum
from typing import Any
from zoneinfo import ZoneInfo


class Severity(StrEnum):
    """What a failing check does to the figures it concerns."""

    BLOCKS = "blocks"
    WARNS = "warns"
    INFORMS = "informs"


class RefusedError(ValueError):
    """A value that a key does not take: what it must be, and the nearest that it may be."""

    def __init__(self, must_be: str, near: str = "") -> None:
        super().__init__(must_be)
        self.near = near


def whole(least: int, most: int | None = None) -> Callable[[Any], int]:
    """A function that takes a whole number from ``least`` to ``most``."""
    limits = f"a whole number from {least} to {most}" if most else f"a whole number, {least} or more"

    def check(value: Any) -> int:
        if isinstance(value, bool) or not isinstance(value, int) or value < least or (most and value > most):
            raise RefusedError(limits)
        return value

    return check


def days(least: int = 0) -> Callable[[Any], int]:
    """A number of days: ten years at most, so that what is counted back from today stays within the calendar."""
    return whole(least, 3_650)


def boolean(value: Any) -> bool:
    """True or false; 0 and "no" are neither."""
    if not isinstance(value, bool):
        raise RefusedError("true or false")
    return value


def currency(value: Any) -> str:
    """The code of a currency, by its form."""
    if not isinstance(value, str) or not re.fullmatch("[A-Z]{3}", value):
        near = value.upper() if isinstance(value, str) and re.fullmatch("[A-Za-z]{3}", value) else ""
        raise RefusedError('an ISO 4217 code of three capital letters, as "EUR"', near)
    return value


def timezone(value: Any) -> str:
    """The name of an IANA zone that every machine reads alike."""
    must_be = 'an IANA time zone, as "Europe/Berlin" or "UTC"'
    if not isinstance(value, str):
        raise RefusedError(must_be)
    try:
        ZoneInfo(value)
    except (KeyError, ValueError, OSError):  # not there; not a path inside; a folder such as "Europe"
        raise RefusedError(must_be, _nearest_zone(value)) from None
    if value.startswith(("posix", "right/")) or value == "localtime":  # other machines read these otherwise
        raise RefusedError(must_be)
    return value


def _nearest_zone(value: str) -> str:
    from zoneinfo import available_timezones  # reads the whole database: only for an error

    zones = {zone.lower(): zone for zone in sorted(available_timezones(), key=len, reverse=True)}
    wanted = value.lower().replace(" ", "_")
    cities = [zone for zone in zones.values() if zone.lower().rpartition("/")[2] == wanted]
    near = difflib.get_close_matches(wanted, list(zones), n=1)
    return next(iter(sorted(cities)), "") or (zones[near[0]] if near else "")


def words(value: Any) -> tuple[str, ...]:
    """A list of texts, each once."""
    if not isinstance(value, list) or not all(isinstance(word, str) and word for word in value):
        raise RefusedError('a list of texts, as ["region", "tier"]')
    return tuple(dict.fromkeys(value))


def word(value: Any) -> str:
    """A text that says something."""
    if not isinstance(value, str) or not value.strip():
        raise RefusedError("a text that is not empty")
    return value


def text(value: Any) -> str:
    """A text, which may be empty."""
    if not isinstance(value, str):
        raise RefusedError("a text")
    return value.strip()


def rate(value: Any) -> Decimal:
    """An exchange rate, exact, as a text or a number."""
    must_be = 'a number above 0, as "1.0832"'
    try:
        rate = Decimal(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else Decimal(0)
    except InvalidOperation:
        raise RefusedError(must_be) from None
    if not rate.is_finite() or rate <= 0:
        raise RefusedError(must_be)
    return rate


def hours(value: Any) -> Decimal:
    """A number of hours, exact to a ten-thousandth, as a text or a number."""
    must_be = 'a number of hours, 0 or more, as "6.5"'
    try:
        found = (
            Decimal(value) if isinstance(value, str | int | Decimal) and not isinstance(value, bool) else Decimal(-1)
        )
    except InvalidOperation:
        raise RefusedError(must_be) from None
    if not found.is_finite() or not 0 <= found < 10_000 or found != round(found, 4):
        raise RefusedError(must_be)
    return found


#: Milestones that use of the product may tell.
BY_USE = ("live", "onboarded", "first_value")


def milestone(value: Any) -> str:
    """A milestone that use of the product may tell."""
    if not isinstance(value, str) or value not in BY_USE:
        near = difflib.get_close_matches(str(value), BY_USE, n=1)
        raise RefusedError(", ".join(BY_USE[:-1]) + f" or {BY_USE[-1]}", near[0] if near else "")
    return value


def uses(value: Any) -> str:
    """So many uses of a feature, as ``report_created x 3``; one where no number is said."""
    feature, times = uses_of(value) if isinstance(value, str) else ("", 0)
    if not feature or times < 1:
        raise RefusedError('a feature and how often, as "report_created x 3"')
    return f"{feature} x {times}"


def uses_of(rule: str) -> tuple[str, int]:
    """The feature of a rule and how often it is to be used."""
    found = re.fullmatch(r"(?P<feature>.*\S)\s+x\s*(?P<times>\d+)", rule.strip())
    return (found["feature"], int(found["times"])) if found else (rule.strip(), 1)


def severity(value: Any) -> Severity:
    """One of the three severities."""
    if not isinstance(value, str) or value not in list(Severity):
        raise RefusedError('"blocks", "warns" or "informs"')
    return Severity(value)
