"""Figures and times as text, in the reader's locale. What is not known is an en dash, never a zero.

Templates use these as filters of the same names (``{{ figure.value|percent:1 }}``).
"""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from decimal import Decimal

from babel import dates, numbers, units
from django.utils.translation import gettext as _

from tenure.web.kit.reading import current

UNKNOWN = "–"
Number = Decimal | float  # and int

_MINUTE = timedelta(minutes=1)
_HOUR = timedelta(hours=1)
_SOON = timedelta(hours=36)
#: From this many hours on, a duration is told in days.
_HOURS_TOLD = 48
#: From so many business hours on, parts of one do not matter.
_WHOLE_HOURS = 10


def number(value: Number | None, decimals: int | None = None) -> str:
    """``12,345.6``: with that many decimals, or with those it has (up to three)."""
    if value is None:
        return UNKNOWN
    return numbers.format_decimal(_without_sign_of_zero(value, decimals), _pattern(decimals), locale=current().locale)


#: Units of time, and from how many minutes on they are used.
_TIMES = ((2_880, 1_440, "day"), (120, 60, "hour"), (0, 1, "minute"))


def lasting(value: Number | None, unit: str) -> str:
    """``3.5 hours`` of a length of time in ``minutes``, ``42.0 days`` of one in ``days``."""
    if value is None:
        return UNKNOWN
    minutes = float(value) * (1_440 if unit == "days" else 1)
    kinds = _TIMES[:1] if unit == "days" else _TIMES
    _least, size, name = next(kind for kind in kinds if minutes >= kind[0] or kind is kinds[-1])
    pattern = _pattern(1 if size > 1 else 0)
    return units.format_unit(minutes / size, name, "short", pattern, locale=current().locale)


def percent(share: Number | None, decimals: int = 1) -> str:
    """``91.7%`` of a share between 0 and 1."""
    if share is None:
        return UNKNOWN
    locale = current().locale
    pattern = locale.percent_formats[None].pattern.replace("#,##0", _pattern(decimals) or "#,##0")
    return numbers.format_percent(_without_sign_of_zero(share, decimals + 2), pattern, locale=locale)


def money(amount: Number | None, currency: str) -> str:
    """``€1,234.50``: with the decimals of its currency."""
    if amount is None:
        return UNKNOWN
    return numbers.format_currency(amount, currency, locale=current().locale)


def money_short(amount: Number | None, currency: str) -> str:
    """``€3.3M``: two or three digits that matter, for headings and axes."""
    if amount is None:
        return UNKNOWN
    if -1000 < amount < 1000:
        return numbers.format_compact_currency(round(amount), currency, locale=current().locale)
    return numbers.format_compact_currency(amount, currency, locale=current().locale, fraction_digits=1)


def day(value: date | datetime | None) -> str:
    """``24 Nov 2026``. A moment is the day it was in the organisation's zone."""
    if value is None:
        return UNKNOWN
    return dates.format_date(_local(value) if isinstance(value, datetime) else value, "medium", current().locale)


def month(day: date) -> str:
    """The month of a day: ``Oct 2026``."""
    return str(dates.format_skeleton("yMMM", day, locale=current().locale))


def quarter(label: str) -> str:
    """A quarter as readers write it: ``Q4 2026`` for 2026-Q4, which is fiscal; what is no quarter stays as it is."""
    year, sign, number = label.partition("-Q")
    return _("Q%(quarter)s %(year)s") % {"quarter": number, "year": year} if sign else label


def weekday(value: date) -> str:
    """``Monday``."""
    return dates.format_date(value, "EEEE", current().locale)


def moment(value: datetime | None) -> str:
    """``24 Nov 2026, 16:05`` in the organisation's zone."""
    if value is None:
        return UNKNOWN
    local = _local(value)
    locale = current().locale
    return f"{dates.format_date(local, 'medium', locale)}, {dates.format_time(local, 'short', locale=locale)}"


def duration(value: timedelta | Number | None) -> str:
    """``3 hr, 20 min`` or ``12 days``, of a duration or of minutes."""
    if value is None:
        return UNKNOWN
    whole = value if isinstance(value, timedelta) else timedelta(minutes=float(value))
    locale, sign = current().locale, "−" if whole < timedelta() else ""
    minutes = round(abs(whole) / _MINUTE)
    hours, minutes_left = divmod(minutes, 60)
    if hours >= _HOURS_TOLD:
        return sign + units.format_unit(round(hours / 24), "day", "short", locale=locale)
    parts = [(hours, "hour"), (minutes_left, "minute")]
    told = [units.format_unit(n, unit, "short", locale=locale) for n, unit in parts if n] or [
        units.format_unit(0, "minute", "short", locale=locale)
    ]
    return sign + ", ".join(told)


def lasted(seconds: Number, clock: str) -> str:
    """How long something took; of ``business`` time in its hours, whose days are shorter than the calendar's."""
    if clock != "business":
        return duration(float(seconds) / 60)
    hours = Decimal(seconds) / 3600
    told = number(hours, 0 if hours >= _WHOLE_HOURS or hours == hours.to_integral_value() else 1)
    return _("%(hours)s business hours") % {"hours": told}


def since(value: datetime | None, now: datetime | None = None) -> str:
    """``2 hours ago`` or ``in 12 days``, from now."""
    if value is None:
        return UNKNOWN
    distance = _aware(value) - _aware(now or datetime.now(UTC))
    locale = current().locale
    if abs(distance) < _SOON:
        return dates.format_timedelta(distance, add_direction=True, threshold=1.5, locale=locale)
    # In days for two months, as renewals are told; then in weeks, months and years.
    return dates.format_timedelta(distance, "day", threshold=9, add_direction=True, locale=locale)


def _without_sign_of_zero(value: Number, decimals: int | None) -> Number:
    """What is nothing after rounding (halves to even, as on the command line) is not less than nothing."""
    if decimals is not None and round(value, decimals) == 0:
        return Decimal(0)
    return value


def _pattern(decimals: int | None) -> str | None:
    return None if decimals is None else f"#,##0.{'0' * decimals}".removesuffix(".")


def _local(value: datetime) -> datetime:
    return _aware(value).astimezone(current().zone)


def _aware(value: datetime) -> datetime:
    """A moment of the warehouse has no zone and is in UTC."""
    return value if value.tzinfo else value.replace(tzinfo=UTC)
