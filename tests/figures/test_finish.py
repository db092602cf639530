"""Compounding months and the intervals of what is compounded."""

from __future__ import annotations

import math
from decimal import Decimal

import pytest

from tenure.figures.compiledform import Plan
from tenure.figures.finish import Sums, compounded, finish

BASE = {"kind": "ratio", "unit": "share", "by": (), "where": (), "sums": "", "values": "", "rows": "", "facts": (),
        "tables": (), "adds": (), "spread": "ratio", "stepped": True}  # fmt: skip


def plan(**more):
    names = Plan.__dataclass_fields__
    return Plan(**{name: value for name, value in {**BASE, **more}.items() if name in names})


def month(*pairs):
    """The sums of single numerators and denominators."""
    x, y = [pair[0] for pair in pairs], [pair[1] for pair in pairs]
    return Sums(
        n=len(pairs), clusters=len(pairs), num=Decimal(sum(x)), den=Decimal(sum(y)), xx=sum(v * v for v in x),
        yy=sum(v * v for v in y), xy=sum(a * b for a, b in pairs),
    )  # fmt: skip


def test_what_is_kept_is_multiplied_and_a_month_without_a_base_is_skipped():
    total = compounded([month((8, 10), (10, 10)), month(), month((9, 9), (0, 9))], complement=False)
    done = finish(plan(), total, None)
    assert (done.value, done.numerator, done.denominator) == (Decimal("0.45"), 9, 20)  # 0.9 x 0.5 of 20


def test_of_what_is_lost_the_rest_is_multiplied():
    total = compounded([month((2, 10), (0, 10)), month((0, 9), (9, 9))], complement=True)
    done = finish(plan(complement=True), total, None)
    assert (done.value, done.numerator, done.denominator) == (Decimal("0.55"), 11, 20)


def test_the_interval_is_the_same_told_either_way():
    kept = [month((8, 10), (10, 10), (9, 12)), month((9, 9), (4, 9), (6, 7))]
    lost = [month((2, 10), (0, 10), (3, 12)), month((0, 9), (5, 9), (1, 7))]
    one = finish(plan(), compounded(kept, complement=False), None)
    other = finish(plan(complement=True), compounded(lost, complement=True), None)
    assert float(one.value) == pytest.approx(1 - float(other.value))
    assert (one.interval.low, one.interval.high) == pytest.approx((1 - other.interval.high, 1 - other.interval.low))
    # By the delta method on the logarithm: residuals x - r y, times n / (n - 1), over the squared sum.
    variance = 0.0
    for pairs in ([(8, 10), (10, 10), (9, 12)], [(9, 9), (4, 9), (6, 7)]):
        x, y = sum(a for a, _ in pairs), sum(b for _, b in pairs)
        variance += sum((a - x / y * b) ** 2 for a, b in pairs) * 3 / 2 / x**2
    assert one.interval.low == pytest.approx(float(one.value) * math.exp(-1.959963984540054 * math.sqrt(variance)))


def test_what_cannot_pass_all_has_no_bound_beyond_it_told_either_way():
    """18 of 20. Residuals -1 and 1, twice 2 over 18 x 18 is the variance of the logarithm, 1/9 its root, times 1.96 reaches 0.217774. So
    the plain upper bound is 0.9 x 1.243305 = 1.118975. On log(-log): 0.217774 / 0.105361 = 2.066939, e to that 7.900604: 0.9 to
    that is 0.434999, and to one 7.900604th of it 0.986753.
    """
    kept, lost = [month((8, 10), (10, 10))], [month((2, 10), (0, 10))]
    plain = finish(plan(), compounded(kept, complement=False), None).interval
    assert plain.high == pytest.approx(1.118975, abs=1e-6)
    within = finish(plan(capped=True), compounded(kept, complement=False), None).interval
    assert (within.low, within.high) == pytest.approx((0.434999, 0.986753), abs=2e-6)
    other = finish(plan(capped=True, complement=True), compounded(lost, complement=True), None).interval
    assert (other.low, other.high) == pytest.approx((1 - 0.986753, 1 - 0.434999), abs=2e-6)
    whole = finish(plan(capped=True), compounded([month((9, 9), (1, 1))], complement=False), None).interval
    assert (whole.low, whole.high) == (1, 1)
    nearly = finish(plan(capped=True), compounded([month((10**9, 10**9 + 1), (10**9, 10**9))], complement=False), None)
    assert 0 <= nearly.interval.low <= nearly.interval.high <= 1


def test_nor_has_the_bound_of_a_single_ratio():
    """Of two accounts one keeps 8 of 10 and the other all: 0.9 +- 1.96 x root(2 x 2 / 400), cut at 1."""
    for more, ends in (({}, (0.704004, 1.095996)), ({"capped": True}, (0.704004, 1.0))):
        found = finish(plan(stepped=False, **more), month((8, 10), (10, 10)), None).interval
        assert (found.low, found.high) == pytest.approx(ends, abs=1e-6)
    lost = finish(plan(stepped=False, capped=True, complement=True), month((2, 10), (0, 10)), None).interval
    assert (lost.low, lost.high) == pytest.approx((0, 0.295996), abs=1e-6)


def test_nothing_held_is_undefined():
    assert finish(plan(), compounded([month()], complement=False), None).value is None
