"""What is expected of a figure: odd ones are found, chance is not."""

from __future__ import annotations

import math

import numpy as np
import pytest

from tenure.figures.expected import LEAST, Known, unlike


def known(*values: float | None) -> list[Known | None]:
    return [None if value is None else Known(value) for value in values]


FLAT = (100.0, 101.0, 99.0, 100.0, 100.0, 102.0, 99.0, 101.0, 100.0, 98.0, 103.0, 100.0, 101.0)


def test_a_third_less_is_far_from_a_steady_level() -> None:
    found = unlike(known(*FLAT, 67.0), relative=True, least=0.15)
    assert found is not None
    # The median of the last eight is 100.5; 67 is a third under it.
    assert found.expected == pytest.approx(100.5, rel=0.01)
    assert found.change == pytest.approx(67 / 100.5 - 1, abs=0.01)
    assert found.periods == 13
    assert unlike(known(*FLAT, 92.0), relative=True, least=0.15) is None, "too little to be worth a word"


def test_growth_goes_on() -> None:
    grown = [100 * 1.1**month for month in range(12)]
    assert unlike(known(*grown, 100 * 1.1**12), relative=True, least=0.15) is None
    found = unlike(known(*grown, grown[-1] * 0.8), relative=True, least=0.15)
    assert found is not None
    assert found.change == pytest.approx(0.8 / 1.1 - 1, abs=0.01)


def test_a_season_is_no_news_and_its_absence_is() -> None:
    year = [100, 100, 100, 100, 100, 100, 100, 60, 100, 100, 100, 100]  # a quiet August
    series = [value * 1.01**month for month, value in enumerate((year * 3)[:31])]
    assert unlike(known(*series, 60 * 1.01**31), relative=True, least=0.15) is None
    assert unlike(known(*series, 100 * 1.01**31), relative=True, least=0.15) is not None


def test_what_cannot_be_told_is_not() -> None:
    assert unlike(known(*FLAT[: LEAST - 2], 10.0), relative=True, least=0.15) is None, "too few"
    assert unlike(known(*FLAT, None), relative=True, least=0.15) is None
    assert unlike(known(*FLAT[:-1], 0.0, 10.0), relative=True, least=0.15) is None, "no ratio to nothing"
    small = [Known(value / 100, 0.1) for value in (*FLAT, 67.0)]
    assert unlike(small, relative=False, least=0.05) is None, "a share of few is uncertain by itself"


def test_one_odd_month_hides_nothing_and_raises_no_further_alarm() -> None:
    series = (*FLAT, 300.0)
    assert unlike(known(*series, 101.0), relative=True, least=0.15) is None
    assert unlike(known(*series, 60.0), relative=True, least=0.15) is not None


def test_chance_seldom_raises_an_alarm() -> None:
    """Of 20 metrics in 60 months each, of levels, walks and seasons with heavy tails: one alarm in ten years or rarer."""
    draws = np.random.default_rng(7)
    alarms = tried = 0
    for kind in range(20):
        noise = draws.standard_t(4, 90) * 0.04
        walk = np.cumsum(draws.standard_t(4, 90) * 0.03) if kind % 3 == 1 else 0
        season = 0.2 * np.sin(np.arange(90) * math.pi / 6) if kind % 3 == 2 else 0
        series = [Known(float(value)) for value in 1000 * np.exp(noise + walk + season)]
        for end in range(30, 90):
            tried += 1
            alarms += unlike(series[end - 30 : end + 1], relative=True, least=0.15) is not None
    assert tried == 1200
    assert alarms <= 2
