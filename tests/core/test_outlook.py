"""What is to be expected at the end of a window."""

from __future__ import annotations

import doctest

import pytest

from tenure.core import outlook as module
from tenure.core.outlook import outlook


def test_what_is_to_come_varies_as_what_came() -> None:
    """Parts 1, 2, 3, 1, 2, 3: mean 2, squared differences 4 x 1, variance 4 / 5, t of 5 degrees of freedom 2.570582.

    10 is there and two parts are to come: 14, give or take 2.570582 x sqrt(0.8) x sqrt(2 + 4 / 6) = 3.754575.
    """
    found = outlook(10, [1, 2, 3, 1, 2, 3], 2)
    assert found is not None
    assert found.value == pytest.approx(14)
    assert (found.low, found.high) == pytest.approx((14 - 3.754575, 14 + 3.754575), abs=1e-5)


def test_at_the_end_it_is_what_is_there() -> None:
    assert outlook(10, [1, 2, 3, 1, 2, 3], 0) == module.Outlook(10, 10, 10)


def test_a_part_of_a_part_counts() -> None:
    found = outlook(0, [4.0] * 6, 0.25)
    assert found == module.Outlook(1.0, 1.0, 1.0)


def test_too_few_parts_say_nothing() -> None:
    assert outlook(10, [1, 2, 3, 1, 2], 2) is None


def test_its_example_is_right() -> None:
    assert doctest.testmod(module, optionflags=doctest.ELLIPSIS).failed == 0
