"""Exact arithmetic on money and on ratios.

Amounts are whole numbers of ten-thousandths of the currency's unit (``SCALE``), so that sums are exact in any order
and on any engine. Division happens last, once, rounded half to even. Floats never enter.
"""

from __future__ import annotations

from decimal import Decimal

SCALE = 10_000
"""Units in one of a currency: an amount of 12.5 is 125,000 units."""

_UNIT_PLACES = 4
_RATIO_PLACES = 10


def to_decimal(units: int) -> Decimal:
    """The amount of ``units`` ten-thousandths, exact, without trailing zeros or an exponent.

    >>> to_decimal(12_621_130_000), to_decimal(-5), to_decimal(125_000)
    (Decimal('1262113'), Decimal('-0.0005'), Decimal('12.5'))
    """
    return _shifted(units, _UNIT_PLACES)


def from_decimal(amount: Decimal | int) -> int:
    """The ten-thousandths of ``amount``, half-even where it is finer. ``ValueError`` if it is not a finite number.

    >>> from_decimal(Decimal("12.5")), from_decimal(Decimal("0.00025")), from_decimal(Decimal("-0.00015"))
    (125000, 2, -2)
    """
    top, bottom = _parts(amount)
    return divide_half_even(top * SCALE, bottom)


def divide_half_even(top: int, bottom: int) -> int:
    """``top / bottom`` to the nearest whole number, a tie to the even one. ``ZeroDivisionError`` if bottom is 0.

    >>> [divide_half_even(n, 2) for n in (-5, -3, -1, 1, 3, 5)]
    [-2, -2, 0, 0, 2, 2]
    """
    if bottom < 0:
        top, bottom = -top, -bottom
    whole, rest = divmod(top, bottom)
    twice = 2 * rest
    return whole + 1 if twice > bottom or (twice == bottom and whole % 2) else whole


def ratio(num: int | Decimal, den: int | Decimal) -> Decimal | None:
    """``num / den`` rounded once, half-even, to 10 decimals; None where ``den`` is 0, for that is undefined.

    >>> ratio(95, 100), ratio(1, 3), ratio(Decimal("0.5"), 0)
    (Decimal('0.95'), Decimal('0.3333333333'), None)
    """
    if den == 0:
        return None
    num_top, num_bottom = _parts(num)
    den_top, den_bottom = _parts(den)
    rounded = divide_half_even(num_top * den_bottom * 10**_RATIO_PLACES, num_bottom * den_top)
    return _shifted(rounded, _RATIO_PLACES)


def _parts(value: int | Decimal) -> tuple[int, int]:
    """The exact fraction a value is."""
    if isinstance(value, Decimal) and not value.is_finite():
        raise ValueError(f"{value} is not a finite number")
    return value.as_integer_ratio()


def _shifted(whole: int, places: int) -> Decimal:
    """``whole`` divided by 10 to the ``places``, exactly; no context rounds it, and 1E+1 never appears."""
    while places and whole % 10 == 0:
        whole //= 10
        places -= 1
    sign, digits, _ = Decimal(whole).as_tuple()
    return Decimal((sign, digits, -places))
