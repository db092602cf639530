import doctest

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from tenure.core import survival
from tenure.core.survival import kaplan_meier, quantiles

# Remission in weeks of 21 patients on 6-mercaptopurine (Freireich 1963), open ones apart. Estimates, standard errors
# and intervals on log(-log S) as Stata's `sts list` and SAS' LIFETEST give them.
REMISSION = [6, 6, 6, 7, 10, 13, 16, 22, 23]
OPEN = [6, 9, 10, 11, 17, 19, 20, 25, 32, 32, 34, 35]
PUBLISHED = {
    6: (0.8571, 0.0764, 0.6197, 0.9516),
    7: (0.8067, 0.0869, 0.5631, 0.9228),
    10: (0.7529, 0.0963, 0.5032, 0.8894),
    13: (0.6902, 0.1068, 0.4316, 0.8491),
    16: (0.6275, 0.1141, 0.3675, 0.8049),
    22: (0.5378, 0.1282, 0.2678, 0.7468),
    23: (0.4482, 0.1346, 0.1881, 0.6801),
}

ROWS = st.lists(
    st.tuples(st.integers(0, 3), st.integers(0, 6), *[st.integers(0, 4)] * 2).filter(lambda row: sum(row[2:])),
    min_size=1,
    max_size=30,
)


def leukaemia():
    rows = [(t, 1, 0) for t in REMISSION] + [(t, 0, 1) for t in OPEN]
    return kaplan_meier(*zip(*rows, strict=True))


def test_the_examples_in_the_docstrings_hold():
    assert doctest.testmod(survival).failed == 0


def test_kaplan_meier_agrees_with_what_is_published():
    curve = leukaemia()
    for time, expected in PUBLISHED.items():
        (at,) = np.flatnonzero(curve.time == time)
        found = (curve.share[at], np.sqrt(curve.variance[at]), curve.low[at], curve.high[at])
        assert found == pytest.approx(expected, abs=5e-5)


def test_quantiles_are_where_the_published_curve_and_its_bounds_cross():
    curve = leukaemia()
    median, quarter = quantiles(curve), quantiles(curve, 0.25)
    assert (median.value, median.low) == (23, 13)
    assert np.isnan(median.high), "the upper bound never falls to one half"
    assert (quarter.value, quarter.low, quarter.high) == (13, 6, 22)
    assert np.isnan(quantiles(curve, 0.75).value)


def test_what_ends_at_a_time_ends_before_what_was_last_seen_then():
    assert kaplan_meier([5, 5], [1, 0], [0, 1]).share == 0.5
    assert kaplan_meier([4, 5], [0, 1], [1, 0]).share.tolist() == [1, 0]


def test_where_nothing_or_everything_has_ended_one_bound_is_certain():
    curve = kaplan_meier([1, 2], [0, 3], [2, 0])
    assert curve.share.tolist() == [1, 0]
    assert np.isnan(curve.low[0])
    assert curve.high[0] == 1
    assert curve.low[1] == 0
    assert np.isnan(curve.high[1])
    assert not curve.variance.any()


def test_the_median_is_reached_where_exactly_half_is_left():
    # 3/4 x 2/3 = 1/2, though not in binary digits
    assert quantiles(kaplan_meier([1, 2, 3], [1, 1, 0], [0, 0, 2])).value == 2


def test_nothing_gives_nothing():
    assert len(kaplan_meier([], [], []).time) == 0
    assert len(quantiles(kaplan_meier([], [], [])).value) == 0
    assert len(kaplan_meier([1], [0], [0]).time) == 0


@pytest.mark.parametrize("rows", [([1], [-1], [1]), ([np.nan], [1], [0]), ([1], [np.inf], [0])])
def test_what_is_no_count_is_refused(rows):
    with pytest.raises(ValueError, match="counts"):
        kaplan_meier(*rows)


def product(rows):
    """Survival, straight from the definition."""
    share, curve = 1.0, []
    for time in sorted({row[1] for row in rows}):
        risk = sum(sum(row[2:]) for row in rows if row[1] >= time)
        share *= 1 - sum(row[2] for row in rows if row[1] == time) / risk
        curve.append((time, share))
    return curve


@given(ROWS)
def test_groups_at_once_are_as_groups_alone_and_as_the_definition(rows):
    group, time, events, censored = np.array(rows).T
    curve = kaplan_meier(time, events, censored, group)
    medians = quantiles(curve)
    for place, number in enumerate(sorted(set(group.tolist()))):
        own = [row for row in rows if row[0] == number]
        expected = product(own)
        found = zip(curve.of(number).time, curve.of(number).share, strict=True)
        assert [tuple(step) for step in found] == [pytest.approx(step, abs=1e-9) for step in expected]
        reached = [step[0] for step in expected if step[1] <= 0.5 + 1e-9]
        assert np.isnan(medians.value[place]) if not reached else medians.value[place] == reached[0]


@given(ROWS, st.randoms(use_true_random=False))
def test_the_order_of_rows_and_their_splitting_change_nothing(rows, chance):
    mixed = [(*row[:2], *(1 if number == place else 0 for number in range(2)))
             for row in rows for place in range(2) for _ in range(row[2 + place])]  # fmt: skip
    chance.shuffle(mixed)
    first, second = (np.array(table).T for table in (rows, mixed))
    one = kaplan_meier(first[1], first[2], first[3], first[0])
    two = kaplan_meier(second[1], second[2], second[3], second[0])
    assert np.array_equal(one.share, two.share)
    assert np.array_equal(one.variance, two.variance)


@given(ROWS)
def test_when_all_ends_are_seen_the_variance_is_that_of_a_share(rows):
    group, time, events, _ = np.array(rows).T
    if not events.any():
        return
    found = kaplan_meier(time, events, np.zeros_like(events), group)
    for number in set(found.group.tolist()):
        own = group == number
        n = events[own].sum()
        share = np.array([events[own & (time > at)].sum() / n for at in found.of(number).time])
        assert found.of(number).share == pytest.approx(share, abs=1e-9)
        assert found.of(number).variance == pytest.approx(share * (1 - share) / n, abs=1e-9)


def test_many_groups_take_no_longer_than_one():
    rng = np.random.default_rng(7)
    group, time = rng.integers(0, 20_000, 300_000), rng.integers(0, 60, 300_000)
    ended = rng.random(300_000) < 0.4
    curves = kaplan_meier(time, ended, ~ended, group)
    own = group == 19_999
    alone = kaplan_meier(time[own], ended[own], ~ended[own])
    assert curves.of(19_999).share == pytest.approx(alone.share, abs=1e-9)
    assert curves.of(19_999).variance == pytest.approx(alone.variance, abs=1e-9)
