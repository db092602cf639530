"""Use before a hand-over, by hand."""

from __future__ import annotations

from datetime import date
from math import log

import pytest

from tenure.scores.casemix.used import Used

USED = Used(
    {"acme": {date(2025, month, 1): days for month, days in zip(range(1, 8), (20, 20, 17, 9, 9, 9, 90), strict=True)}},
    date(2025, 1, 1),
)


def test_use_is_of_the_three_months_before_and_the_trend_against_the_three_before_those():
    found = USED.before("acme", date(2025, 7, 1))  # July itself is the new owner's
    assert found == {"use": pytest.approx(log(1 + 27 / 3)), "use_trend": pytest.approx(log(30) - log(60))}


def test_what_is_not_known_is_left_out():
    assert USED.before("acme", date(2025, 6, 1)).keys() == {"use"}  # the months before March do not lie ready
    assert USED.before("acme", date(2025, 3, 1)) == {}
    assert USED.before("birch", date(2025, 7, 1)) == {}
    young = Used({"acme": {date(2025, 5, 1): 6}}, date(2024, 1, 1))
    assert young.before("acme", date(2025, 7, 1)) == {"use": pytest.approx(log(3))}
    assert young.before("acme", date(2025, 5, 1)) == {}  # nothing yet


def test_who_has_stopped_using_it_is_known_to():
    gone = Used({"acme": {date(2025, 1, 1): 30}}, date(2024, 1, 1))
    assert gone.before("acme", date(2025, 9, 1)) == {"use": 0, "use_trend": 0}
    assert gone.before("acme", date(2025, 7, 1))["use_trend"] == pytest.approx(log(3) - log(33))
