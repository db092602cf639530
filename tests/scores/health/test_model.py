"""The definition of a health score: what is taken, and what is said of what is not."""

from __future__ import annotations

import numpy as np
import pytest

from tenure.core.errors import UsageError
from tenure.core.written import Written
from tenure.scores.health.model import read, shipped

TEXT = """\
definition = "Use and mood."
minimum_days = 10

[bands]
good = 70
fair = 40

[components.use]
metric = "active_usage_rate"
days = 28
curve = [[0, 0], [0.5, 60], [1, 100]]
weight = 3

[components.mood]
judgement = "csm_pulse"
days = 90
curve = [[1, 100], [5, 0]]
weight = 1

[segments.SMB]
mood = 0.5
"""


def model(text=TEXT):
    return read(Written("models/health.toml", text))


def test_a_curve_is_straight_between_its_pairs_and_level_beyond():
    use, mood = model().components
    assert list(use.points(np.array([-1, 0, 0.25, 0.5, 0.75, 2, np.nan]))) == [0, 0, 3000, 6000, 8000, 10000, -1]
    assert list(mood.points(np.array([1, 2, 5]))) == [10000, 7500, 0]  # low may be good


def test_segments_have_weights_of_their_own():
    use, mood = model().components
    assert [model().weight(mood, segment) for segment in ("SMB", "Enterprise", None)] == [0.5, 1, 1]
    assert model().weight(use, "SMB") == 3


def test_a_version_is_what_the_file_means():
    same = TEXT.replace("good = 70\nfair = 40", "# a remark\nfair = 40.0\ngood = 70.00")
    assert model(same).version == model().version
    assert model(TEXT.replace("weight = 3", "weight = 4")).version != model().version


@pytest.mark.parametrize(
    ("old", "new", "line", "message"),
    [
        ("[0.5, 60], [1, 100]", "[0.5, 60], [0.5, 100]", 11, "values rising"),
        ("[1, 100]]", "[1, 101]]", 11, "points from 0 to 100"),
        ("weight = 3", 'weight = "three"', 12, "a number, 0 or more"),
        ("weight = 3", "weigth = 3", 12, "no key weigth"),
        ("days = 90", "days = 0", 16, "a whole number from 1"),
        ('judgement = "csm_pulse"', "risk = 60", 15, "one of 30, 90, 180"),
        ('judgement = "csm_pulse"', "risk = 90\ntrend = true", 14, "which has no variant and no trend"),
        ("mood = 0.5", "moood = 0.5", 21, "no key moood"),
        ("fair = 40", "fair = 90", 6, "begins above"),
        ("fair = 40", "fair = forty", 6, "not TOML"),
    ],
)
def test_what_is_wrong_is_told_with_its_line(old, new, line, message):
    with pytest.raises(UsageError) as caught:
        model(TEXT.replace(old, new, 1))
    assert message in caught.value.message
    assert caught.value.where.startswith(f"models/health.toml:{line}")
    assert caught.value.fix or "TOML" in caught.value.message


@pytest.mark.parametrize(
    ("old", "message"),
    [
        ('metric = "active_usage_rate"\n', "needs a metric, a judgement or a risk"),
        ("weight = 3\n", "weight is missing in [components.use]"),
        ("good = 70\n", "good is missing in [bands]"),
        ('definition = "Use and mood."\n', "definition is missing"),
    ],
)
def test_what_is_missing_is_named(old, message):
    with pytest.raises(UsageError) as caught:
        model(TEXT.replace(old, "", 1))
    assert message in caught.value.message


def test_the_model_that_comes_with_tenure_is_whole():
    found = read(shipped())
    assert {component.name for component in found.components} >= {
        "use", "adoption", "support", "feedback", "billing", "relationship", "judgement", "risk",
    }  # fmt: skip
