"""Numbers as people read them: shares in percent, points signed, thousands set apart."""

from __future__ import annotations

from collections.abc import Iterable
from decimal import Decimal

MINUS = "−"
NOTHING = "–"


def plain(value: Decimal | float, places: int, *, sign: bool = False) -> str:
    """A number with that many decimals, thousands set apart by commas, and a minus as wide as a plus."""
    text = f"{value:{'+' if sign else ''},.{places}f}"
    if not text.strip("+-0.,"):
        text = text.lstrip("+-")
    return text.replace("-", MINUS)


def places_for(unit: str, values: Iterable[Decimal | None]) -> int:
    """How many decimals a column of such values needs."""
    known = [abs(value) for value in values if value is not None]
    if unit == "share":
        return 2 if known and max(known) < Decimal("0.1") else 1
    if unit == "count":
        return 0 if all(value == value.to_integral_value() for value in known) else 2
    return 1 if unit in ("points", "minutes", "days") else 2


def figure(value: Decimal | None, unit: str, places: int) -> str:
    """A value in its unit: ``104.9 %``, ``+32.0``, ``1,262,113.00``."""
    if value is None:
        return NOTHING
    if unit == "share":
        return f"{plain(value * 100, places)} %"
    return plain(value, places, sign=unit == "points")


def change(value: Decimal, unit: str, places: int) -> str:
    """A difference of two values, signed; of shares in percentage points."""
    if unit == "share":
        return f"{plain(value * 100, places, sign=True)} pp"
    return plain(value, places, sign=True)


def interval(low: Decimal | None, high: Decimal | None, unit: str, places: int) -> str:
    """Both ends: ``91.2 % – 94.0 %``, ``40.0 – …`` where one of them is open; empty where there is none."""
    if low is None and high is None:
        return ""
    return " – ".join("…" if end is None else figure(end, unit, places) for end in (low, high))


def counted(number: int, one: str, many: str = "") -> str:
    """``1 row``, ``2,450 rows``."""
    return f"{number:,} {one if number == 1 else many or one + 's'}"
