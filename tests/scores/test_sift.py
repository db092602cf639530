"""Which columns are left out and which are suspected; and what the texts of an outcome mean."""

from __future__ import annotations

import numpy as np
import pytest

from tenure.core.errors import DataError
from tenure.core.features import Column, Features, Labels, Numbers
from tenure.scores.outcome import read_outcome
from tenure.scores.sift import sift, suspects

N = 400
RNG = np.random.default_rng(3)


def numbers(values) -> Numbers:
    return Numbers(np.asarray(values, dtype=np.float64))


def labels(texts) -> Labels:
    levels = tuple(sorted(set(texts)))
    return Labels(np.array([levels.index(text) for text in texts], dtype=np.int32), levels)


COLUMNS: dict[str, Column] = {
    "customerID": labels([f"c{row}" for row in range(N)]),
    "Row": numbers(RNG.permutation(N) + 1.0),
    "CustomerNumber": numbers(RNG.choice(10**7, N, replace=False).astype(float)),
    "account_id": numbers((np.arange(N) // 8).astype(float)),
    "nothing": numbers(np.full(N, np.nan)),
    "always": labels(["x"] * N),
    "rare": labels([f"v{row % 100}" for row in range(N)]),
    "salary": numbers(RNG.choice(10**7, N, replace=False).astype(float)),
    "height": numbers(RNG.normal(size=N)),
    "country": labels([f"l{row % 30}" for row in range(N)]),
    "since": numbers(np.arange(N) + 19_000.0),
    "sometimes": numbers(np.where(np.arange(N) % 2, 1.0, np.nan)),
    "region_id": labels([f"r{row % 5}" for row in range(N)]),
}


def test_what_names_rows_or_never_changes_is_left_out_with_the_reason() -> None:
    found = {left.name: left.reason for left in sift(Features(COLUMNS, N), {"since"})}
    assert list(found) == ["customerID", "Row", "CustomerNumber", "account_id", "nothing", "always", "rare"]
    assert found["Row"] == "numbers the rows"
    assert "--group" in found["account_id"]
    assert found["nothing"] == "is empty"


def test_columns_that_tell_nearly_everything_are_named() -> None:
    outcome = (np.arange(N) % 4 == 0).astype(float)
    reason = ["price" if row % 8 == 0 else "" for row in range(N)]
    columns: dict[str, Column] = {
        "ended": numbers(np.where(outcome == 1, 19_000 + RNG.normal(size=N), np.nan)),
        "score": numbers(1 - outcome + 0.01 * RNG.normal(size=N)),
        "reason": labels(reason),
        "middle": numbers(np.where(outcome == 1, 0.0, RNG.choice([-1.0, 1.0], N) * RNG.uniform(1, 2, N))),
        "fair": numbers(outcome + RNG.normal(size=N)),
        "noise": labels([f"l{row % 3}" for row in range(N)]),
    }
    found = {suspect.name: suspect for suspect in suspects(Features(columns, N), outcome)}
    assert set(found) == {"ended", "score", "reason", "middle"}
    assert found["ended"].auc == 1.0
    assert "'price'" in found["reason"].reason


@pytest.mark.parametrize(
    ("texts", "event", "happened"),
    [
        (["0", "1", "1.0"], "1", [0, 1, 1]),
        (["Yes", "no", "YES"], None, [1, 0, 1]),
        (["True", "False", ""], "True", [1, 0, np.nan]),
        (["churned", "active", "active"], "churned", [1, 0, 0]),
        (["1", "2", "2"], "2", [0, 1, 1]),
        (["-1", "1", "-1"], "1", [0, 1, 0]),
        (["Existing Customer", "Attrited Customer", "NA"], "Attrited Customer", [0, 1, np.nan]),
        (["stays", "churned"], "churned", [0, 1]),
        (["paused", "active"], "paused", [1, 0]),
        ([" False.", "True."], "True.", [0, 1]),
    ],
)
def test_the_event_is_known_by_its_word(texts, event, happened) -> None:
    found = read_outcome(labels(texts), None, lambda row: f"f:{row + 2}:y")
    assert found.happened == pytest.approx(np.array(happened, dtype=float), nan_ok=True)
    assert event is None or found.event == event
    assert not found.guessed or event in {"1", "2"}


def test_of_two_words_that_nobody_knows_the_rarer_is_taken_and_said() -> None:
    found = read_outcome(labels(["red", "blue", "blue"]), None, lambda _row: "")
    assert (found.event, found.guessed, found.happened.tolist()) == ("red", True, [1, 0, 0])
    named = read_outcome(labels(["red", "blue", "green"]), "Blue", lambda _row: "")
    assert (named.event, named.guessed, named.happened.tolist()) == ("blue", False, [0, 1, 0])


@pytest.mark.parametrize(
    ("texts", "line", "value"),
    [
        (["yes", "no", "maybe", "no"], 4, "maybe"),
        (["0", "1", "0", "2"], 5, "2"),
        (["a", "b", "a", "b", "c"], 6, "c"),
        (["1.5", "2.5", "1.5", "2.5", "3.5"], 6, "3.5"),
    ],
)
def test_a_third_value_is_told_with_its_line(texts, line, value) -> None:
    with pytest.raises(DataError) as caught:
        read_outcome(labels(texts), None, lambda row: f"f:{row + 2}:y")
    assert (caught.value.code, caught.value.where) == ("not_binary", f"f:{line}:y")
    assert repr(value) in caught.value.message
