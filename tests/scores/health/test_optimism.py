"""How people's judgements lie to the facts, by hand."""

from __future__ import annotations

import numpy as np
import pytest

from tenure.scores.health.optimism import Judgement, leanings, shrunk


def judged(by, *pairs, left=False):
    return [Judgement(by, f"{by}{n}", points, facts, points >= 70, left) for n, (points, facts) in enumerate(pairs)]


def test_an_account_counts_once_however_often_it_was_judged():
    often = [*judged("ada", (80, 60)), Judgement("ada", "ada0", 100, 60, True, False)]  # 30 on average
    found = leanings(
        [*often, *judged("ada", (60, 60), (70, 60), (60, 60), (75, 60))[1:], *judged("ada", *[(60, 60)] * 5)[4:]]
    )
    (ada,) = found
    # ada0: 90 and 60; ada1: 70 - 60; ada2: 0; ada3: 15; ada4: 0: the mean of 30, 10, 0, 15, 0
    assert (ada.accounts, ada.judgements, ada.difference) == (5, 6, 11)
    assert (ada.judged, ada.facts) == (71, 60)
    # Student's t with 4 degrees of freedom: 2.776445 x sqrt(155 / 5), as the variance is (361+1+121+16+121)/4 = 155
    assert ada.low == pytest.approx(11 - 2.776445 * np.sqrt(31))
    assert ada.high == pytest.approx(11 + 2.776445 * np.sqrt(31))
    assert ada.shrunk == 11  # there is nobody else to be drawn to


def test_of_too_few_nothing_is_said():
    found = leanings(
        [*judged("ben", *[(90, 40)] * 4), *judged("ada", (50, 40), (60, 40), (55, 40), (45, 40), (50, 40))]
    )
    assert [one.by for one in found] == ["ada", "ben"]
    ben = found[1]
    assert (ben.accounts, ben.difference, ben.low, ben.shrunk, ben.judged) == (4, None, None, None, 90)


def test_what_became_of_what_was_judged_well_is_counted():
    rows = [*judged("ada", *[(90, 50)] * 3, left=True), *judged("ada", *[(20, 50)] * 2, left=True)]
    rows += [Judgement("ada", "later", 90, 50, True, None), Judgement("ada", "stays", 75, 50, True, False)]
    (ada,) = leanings(rows)
    assert (ada.good, ada.left) == (4, 3)  # not those judged badly, nor whose end is open
    assert ada.left_low < 0.75 < ada.left_high


def test_who_is_uncertain_is_drawn_towards_the_others():
    # Means 0, 10 and 20 of 10, 10 and 2 accounts, each with a variance of 8 within.
    groups = [np.array([-1, 1] * 5) * np.sqrt(7.2) + 0, np.array([-1, 1] * 5) * np.sqrt(7.2) + 10,
              np.array([-2.0, 2.0]) + 20]  # fmt: skip
    # within: (72 + 72 + 8) / 19 = 8; chance .8, .8, 4; centre (0 + 12.5 + 5) / 2.75 = 6.3636; spread 1.25 x 40.496 +
    # 1.25 x 13.223 + .25 x 185.95 = 113.636; between (113.636 - 2) / (2.75 - 3.1875 / 2.75) = 70.178
    between = (113.63636 - 2) / (2.75 - 3.1875 / 2.75)
    weight = [1 / (0.8 + between), 1 / (0.8 + between), 1 / (4 + between)]
    centre = (10 * weight[1] + 20 * weight[2]) / sum(weight)
    expected = [centre + between / (between + own) * (mean - centre) for mean, own in ((0, 0.8), (10, 0.8), (20, 4))]
    assert shrunk(groups) == pytest.approx(expected, rel=1e-6)
    alike = shrunk([np.array([0.0, 10.0, 5.0]), np.array([1.0, 9.0, 6.0])])
    assert alike[0] == pytest.approx(alike[1])  # they differ no more than by chance
