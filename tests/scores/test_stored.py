"""A model that was kept is the one that was learned."""

from __future__ import annotations

import msgspec
import numpy as np
import pytest

from tenure.core.features import Features, Labels, Numbers
from tenure.scores.learn import LEARNERS, Calibrated, Known, learn
from tenure.scores.stored import Stored, stored

N = 400
CUTS = (-3.0, 4.0)


@pytest.fixture(scope="module")
def known():
    rng = np.random.default_rng(3)
    use, plan = rng.normal(size=N), rng.integers(0, 3, N).astype(np.int32)
    use[::17] = np.nan
    left = (rng.random(N) < 1 / (1 + np.exp(1 + np.nan_to_num(use) - 2 * (plan == 2)))).astype(float)
    table = Features(
        {"use": Numbers(use), "tenure": Numbers(use * 7, CUTS), "plan": Labels(plan, ("free", "large", "small"))}, N
    )
    return Known(table, left, np.arange(N).astype(np.uint64))


@pytest.mark.parametrize("name", LEARNERS)
def test_what_is_read_is_what_was_written(known, name):
    model = Calibrated(learn(name, known), 0.9, -0.1)
    read = msgspec.json.decode(msgspec.json.encode(stored(model)), type=Stored).model_of()
    assert (read.name, read.base) == (name, model.base)
    assert (read.score(known.table) == model.score(known.table)).all()
    for column, added in model.contributions(known.table).items():
        assert (read.contributions(known.table)[column] == added).all(), column


@pytest.mark.parametrize("name", LEARNERS)
def test_a_row_scores_the_same_whoever_else_is_asked_for(known, name):
    """A label is the word, not its place among the words that happen to be there."""
    model = learn(name, known)
    whole = model.score(known.table)
    for row in range(6):
        use, plan = known.table.columns["use"].values[row], known.table.columns["plan"]
        alone = Labels(np.zeros(1, dtype=np.int32), (plan.levels[plan.codes[row]],))
        one = Features(
            {"use": Numbers(np.array([use])), "tenure": Numbers(np.array([use * 7]), CUTS), "plan": alone}, 1
        )
        assert model.score(one)[0] == pytest.approx(whole[row], abs=1e-12)
    new = Features(
        {"use": Numbers(np.array([0.0])), "tenure": Numbers(np.array([np.nan]), CUTS),
         "plan": Labels(np.zeros(1, dtype=np.int32), ("other",))}, 1,
    )  # fmt: skip
    assert np.isfinite(model.score(new)).all()
