import doctest
from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.core import money
from tenure.core.money import divide_half_even, from_decimal, ratio, to_decimal


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(money).failed == 0


@pytest.mark.parametrize(
    ("units", "text"),
    [(0, "0"), (1, "0.0001"), (-1, "-0.0001"), (10_000, "1"), (100_000_000, "10000"), (1_005_000, "100.5")],
)
def test_units_become_a_decimal_without_exponent_or_trailing_zeros(units, text):
    assert str(to_decimal(units)) == text


def test_no_context_rounds_an_amount_of_thirty_five_digits():
    units = 12345678901234567890123456789012345
    assert str(to_decimal(units)) == "1234567890123456789012345678901.2345"
    assert from_decimal(to_decimal(units)) == units


@given(st.integers())
def test_units_survive_the_way_there_and_back(units):
    assert from_decimal(to_decimal(units)) == units


@given(st.integers(), st.integers().filter(bool))
def test_division_rounds_as_an_exact_fraction_does(top, bottom):
    assert divide_half_even(top, bottom) == round(Fraction(top, bottom))


def test_division_by_nothing_is_an_error():
    with pytest.raises(ZeroDivisionError):
        divide_half_even(1, 0)


def test_a_yearly_amount_is_rounded_once_to_a_ten_thousandth_a_month():
    # 1,200 a year is 100 a month; 1 a year is 0.08333... ; 0.0006 a year is 0.00005, a tie, to the even 0
    assert [divide_half_even(units, 12) for units in (12_000_000, 10_000, 6, 18)] == [1_000_000, 833, 0, 2]


@pytest.mark.parametrize(
    ("num", "den", "value"),
    [
        (1869, 7043, "0.2653698708"),  # 0.26536987079...
        (1, 20_000_000_000, "0"),  # 0.00000000005, a tie, to the even 0
        (3, 20_000_000_000, "0.0000000002"),
        (-1, 3, "-0.3333333333"),
        (Decimal("139130.85"), Decimal("456116.60"), "0.3050335156"),  # 0.305033515552...
        (100, 10, "10"),
    ],
)
def test_a_ratio_is_rounded_half_even_to_ten_decimals(num, den, value):
    found = ratio(num, den)
    assert found is not None
    assert f"{found:f}" == value


def test_a_ratio_without_a_denominator_is_undefined():
    assert ratio(5, 0) is None
    assert ratio(0, Decimal("0.00")) is None


@pytest.mark.parametrize("value", ["NaN", "Infinity"])
def test_what_is_no_number_is_refused(value):
    with pytest.raises(ValueError, match="finite"):
        from_decimal(Decimal(value))
