"""What a ratio's parts did to it, and what their weights did."""

from __future__ import annotations

from decimal import Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.core.mix import effects, printed

#: Admitted and applied by department, men and women: Bickel, Hammel, O'Connell, "Sex Bias in Graduate Admissions: Data
#: from Berkeley", Science 187 (1975), the six largest departments, as in Freedman, Pisani, Purves, "Statistics".
MEN = {"A": (512, 825), "B": (353, 560), "C": (120, 325), "D": (138, 417), "E": (53, 191), "F": (22, 373)}
WOMEN = {"A": (89, 108), "B": (17, 25), "C": (202, 593), "D": (131, 375), "E": (94, 393), "F": (24, 341)}
#: Successes and operations by the size of the stone, by keyhole and by open surgery: Charig, Webb, Payne, Wickham,
#: "Comparison of treatment of renal calculi by open surgery, percutaneous nephrolithotomy, and extracorporeal shockwave
#: lithotripsy", BMJ 292 (1986); Julious and Mullee, "Confounding and Simpson's paradox", BMJ 309 (1994).
KEYHOLE = {"small": (234, 270), "large": (55, 80)}
OPEN = {"small": (81, 87), "large": (192, 263)}


def summed(found):
    return sum(each.rate for each in found.values()), sum(each.mix for each in found.values())


def test_the_admissions_at_berkeley():
    """Of men 44.5 % were admitted, of women 30.4 %: where they applied, not how it was decided there.

    By department, in points of a percent: +3.72 +0.55 -0.63 +0.33 -0.55 +0.18 by their rates.
    """
    rate, mix = summed(effects(MEN, WOMEN))
    assert rate + mix == Fraction(557, 1835) - Fraction(1198, 2691)
    assert (round(float(rate), 4), round(float(mix), 4)) == (0.0360, -0.1777)


def test_the_kidney_stones():
    """Open surgery did better with small stones and with large ones, and worse with all: it was given the large ones.

    Small: mean weight 357/700, 81/87 - 234/270; large: mean weight 343/700, 192/263 - 55/80.
    """
    found = effects(KEYHOLE, OPEN)
    assert found["small"].rate == Fraction(357, 700) * (Fraction(81, 87) - Fraction(234, 270))
    assert found["large"].rate == Fraction(343, 700) * (Fraction(192, 263) - Fraction(55, 80))
    rate, mix = summed(found)
    assert rate + mix == Fraction(-16, 350)
    assert (round(float(rate), 4), round(float(mix), 4)) == (0.0537, -0.0994)


numbers = st.tuples(st.integers(-1000, 1000), st.integers(0, 1000))
tables = st.dictionaries(st.sampled_from("abcdefg"), numbers, min_size=1).filter(
    lambda t: sum(d for _, d in t.values())
)


def whole(parts):
    return Fraction(sum(num for num, _ in parts.values()), sum(den for _, den in parts.values()))


@given(tables, tables)
def test_all_parts_add_up_whatever_the_order_and_back_again(before, after):
    found = effects(before, after)
    rate, mix = summed(found)
    assert rate + mix == whole(after) - whole(before)
    assert effects(dict(reversed(before.items())), dict(reversed(after.items()))) == found
    back = effects(after, before)
    assert {name: (-each.rate, -each.mix) for name, each in back.items()} == {
        name: (each.rate, each.mix) for name, each in found.items()
    }


@given(tables, numbers.filter(lambda pair: pair[1]))
def test_one_part_has_no_mix_and_the_same_twice_has_no_change(parts, one):
    assert {(each.rate, each.mix) for each in effects(parts, parts).values()} == {(0, 0)}
    (only,) = effects({"all": one}, {"all": (1, 2)}).values()
    assert (only.mix, only.rate) == (0, Fraction(1, 2) - Fraction(*one))


def test_what_is_there_at_one_end_only_is_mix():
    """a: 5/10, then 10/20 of 40; b comes with 15/20. R goes from 1/2 to 25/40: all of the 1/8 is b's coming.

    b: (3/4 - 9/16) * 1/2 = 3/32; a lost weight: (1/2 - 9/16) * -1/2 = 1/32.
    """
    found = effects({"a": (5, 10)}, {"a": (10, 20), "b": (15, 20)})
    assert [(each.rate, each.mix) for each in (found["a"], found["b"])] == [(0, Fraction(1, 32)), (0, Fraction(3, 32))]


def test_nothing_has_no_ratio():
    with pytest.raises(ZeroDivisionError):
        effects({}, {"a": (1, 1)})


@given(st.lists(st.fractions(-1000, 1000, max_denominator=10**6), min_size=1, max_size=9))
def test_as_printed_they_add_up_to_the_last_digit(values):
    total = Decimal(round(sum(values) * 10**10)).scaleb(-10)
    told = printed(values, total, 10)
    assert sum(told) == total
    assert all(abs(Fraction(each) - value) <= Fraction(1, 10**10) for each, value in zip(told, values, strict=True))
