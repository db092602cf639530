"""Fits from files: the published answers of real inputs, files as people have them, and what is refused."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from tenure.core.errors import DataError, UsageError
from tenure.engine.verbs.risk_fit import RiskFit, Told
from tenure.engine.workspace import Local

Write = Callable[..., str]


def fitted(path: str | Path, outcome: str, **more) -> Told:
    name = Path(path).name
    found: Told = Local(Path(path).parent).call(
        "risk_fit", RiskFit(str(path), outcome, name=name, **more), lambda *_: None
    )
    return found


def rows_of(n: int = 600, seed: int = 1) -> list[dict[str, object]]:
    """Customers of whom many leave where ``use`` is low, and some more on ``plan`` b."""
    rng = np.random.default_rng(seed)
    rows: list[dict[str, object]] = []
    for number in range(n):
        use, plan = rng.normal(), "abc"[rng.integers(0, 3)]
        left = rng.random() < 1 / (1 + np.exp(1 + 1.3 * use - 0.8 * (plan == "b")))
        month = f"2024-{rng.integers(1, 13):02d}"
        rows.append(
            {
                "customer": f"c{seed}-{number}",
                "use": round(1000 + 400 * use, 2),
                "plan": plan,
                "month": month,
                "left": int(left),
            }
        )
    return rows


@pytest.fixture
def write(tmp_path: Path) -> Write:
    """A CSV of rows; gives its path."""

    def to(rows: list[dict[str, object]], name: str = "rows.csv", delimiter: str = ",") -> str:
        with (tmp_path / name).open("w", newline="") as file:
            writer = csv.DictWriter(file, list(rows[0]), delimiter=delimiter)
            writer.writeheader()
            writer.writerows(rows)
        return str(tmp_path / name)

    return to


# Published answers


@pytest.fixture(scope="module")
def telecom(shared_data: Path) -> Told:
    return fitted(shared_data / "ibm_telco/Telco-Customer-Churn.csv", "Churn")


def test_the_telecom_company_as_well_as_is_known(telecom: Told) -> None:
    assert (telecom.n, telecom.events, telecom.event) == (7043, 1869, "Yes")
    assert telecom.base_rate == pytest.approx(1869 / 7043)
    straight, bent = telecom.candidates["logistic"], telecom.candidates["boosted"]
    # five folds: logistic 0.8450 and 0.1356, boosted 0.8465 and 0.1347; 0.7097 is what hard labels give
    assert straight.auc.value == pytest.approx(0.8450, abs=0.001)
    assert straight.brier.value == pytest.approx(0.1356, abs=0.0004)
    assert bent.auc.value is not None
    assert bent.auc.value > 0.8455
    assert bent.brier.value is not None
    assert bent.brier.value < 0.1350
    assert telecom.model == "boosted"
    assert telecom.baseline.brier == pytest.approx(1869 / 7043 * (1 - 1869 / 7043), abs=1e-4)


def test_of_the_telecom_company_every_row_counts_and_the_id_does_not(telecom: Told) -> None:
    assert sum(own.n for own in telecom.calibration) == 7043, "also the 11 with blank total charges"
    assert [left.name for left in telecom.left_out] == ["customerID"]
    assert (len(telecom.columns), telecom.suspects, telecom.notes) == (19, [], [])
    assert telecom.columns[0].name in {"Contract", "tenure"}
    contract = next(own for own in telecom.columns if own.name == "Contract")
    assert (contract.highest, contract.lowest) == ("Month-to-month", "Two year")
    within = [own.low <= own.predicted <= own.high for own in telecom.calibration if own.low and own.high]
    assert sum(within) >= 8
    assert 0.9 < telecom.slope < 1.1


def test_released_prisoners_with_the_weeks_they_were_watched(shared_data: Path) -> None:
    path = shared_data / "km_rossi/rossi.csv"
    found = fitted(path, "arrest", exposure="week")
    weeks = np.genfromtxt(path, delimiter=",", names=True)["week"].sum()
    assert (found.n, found.events) == (432, 114)
    assert found.base_rate == pytest.approx(114 / weeks)
    auc = found.candidates["logistic"].auc
    assert auc.value is not None
    assert 0.57 < auc.value < 0.6403, "Cox's concordance, of rows that were learned from, is 0.6403"
    assert "week" not in {own.name for own in found.columns}
    dropped = fitted(path, "arrest", drop=("week",))
    assert dropped.base_rate == pytest.approx(114 / 432)
    assert dropped.suspects == []
    known_too_well = fitted(path, "arrest")
    assert [own.name for own in known_too_well.suspects] == ["week"], "52 is where nobody was arrested before"


# Files as people have them


def test_every_form_of_file_gives_the_same(write: Write, tmp_path: Path) -> None:
    rows = rows_of()
    expected = fitted(write(rows), "left")
    german = [
        {
            **row,
            "use": f"{row['use']:,.2f} €".translate({44: ".", 46: ","}),
            "left": "ja"[:0] or ("churned", "active")[row["left"] == 0],
        }
        for row in rows
    ]
    random.Random(3).shuffle(german)
    found = fitted(write(german, "german.csv", ";"), "LEFT")
    table = pa.table({name: [row[name] for row in rows] for name in rows[0]})
    pq.write_table(table, tmp_path / "rows.parquet")
    for other in (found, fitted(tmp_path / "rows.parquet", "left")):
        assert (other.auc, other.brier, other.calibration) == (expected.auc, expected.brier, expected.calibration)
        assert other.columns == expected.columns


def test_what_is_odd_in_a_file_is_told(write: Write) -> None:
    rows = rows_of()
    for number, row in enumerate(rows):
        row["use"] = "n/a" if number == 7 else "10+" if number in {9, 20} else row["use"]
        row["left"] = "" if number == 3 else row["left"]
        row["told_later"] = f"reason {number % 3}" if row["left"] == 1 else ""
    found = fitted(write(rows), "left")
    assert found.n == 599
    assert "Rows of which the outcome is not known are left out: 1, the first in line 5." in found.notes
    assert any(
        note.startswith("use: 2 texts among the numbers are taken as missing, the first '10+' in line 11")
        for note in found.notes
    )
    assert [own.name for own in found.suspects] == ["told_later"]
    assert found.columns[0].name == "told_later"
    without = fitted(write(rows), "left", drop=("told_later",))
    assert without.suspects == []
    assert ("told_later", "was dropped") in {(left.name, left.reason) for left in without.left_out}


def test_copies_of_rows_are_told(write: Write) -> None:
    rows = rows_of(300)
    found = fitted(write([*rows, *rows[:7]]), "left")
    assert any(note.startswith("7 of the rows are exact copies of others") for note in found.notes)
    assert not any("copies" in note for note in fitted(write(rows), "left").notes)


def test_noise_is_called_noise(write: Write) -> None:
    rng = np.random.default_rng(2)
    rows = [{"a": rng.normal(), "b": "uvw"[rng.integers(0, 3)], "y": int(rng.random() < 0.3)} for _ in range(400)]
    found = fitted(write(rows), "y")
    assert any("no better than by the base rate" in note for note in found.notes)


# Who tells whom


def test_a_later_third_is_told_by_what_was_known_before(write: Write) -> None:
    found = fitted(write(rows_of(1500)), "left", time="month")
    split = found.split
    assert (split.kind, found.time) == ("time", "date")
    assert split.train + split.calibrate + split.test == 1500
    assert found.n == split.test == pytest.approx(500, abs=60)
    assert (np.datetime64("1970-01-01") + int(split.calibrate_until or 0)) == np.datetime64("2024-08-01")
    assert found.drift is not None
    assert found.drift < 0.1


def test_a_file_of_its_own_is_told(write: Write) -> None:
    train, test = write(rows_of(800, 1)), rows_of(400, 2)
    for number, row in enumerate(test):
        row["plan"] = "z" if number < 5 else row["plan"]
    found = fitted(train, "left", test=write(test, "test.csv"), group="customer")
    assert (found.split.kind, found.split.train, found.n) == ("file", 800, 400)
    assert found.events == sum(bool(row["left"]) for row in test)
    assert any("plan: a value not seen before in 5 rows" in note for note in found.notes)
    truth = [
        1 / (1 + np.exp(1 + 1.3 * (float(str(row["use"])) - 1000) / 400 - 0.8 * (row["plan"] == "b"))) for row in test
    ]
    brier = np.mean([(p - int(str(row["left"]))) ** 2 for p, row in zip(truth, test, strict=True)])
    assert found.brier.value == pytest.approx(brier, rel=0.05), "nearly as well as who knows the truth"


def test_a_group_that_gives_itself_away_does_not_once_it_is_kept_together(write):
    rng = np.random.default_rng(5)
    rows = []
    for owner in range(60):
        signature, fate = round(float(rng.normal()), 6), int(rng.random() < 0.4)
        rows += [{"owner_id": f"o{owner}", "signature": signature, "left": fate, "month": month} for month in range(10)]
    path = write(rows)
    leaking, honest = fitted(path, "left"), fitted(path, "left", group="owner_id")
    assert leaking.candidates["boosted"].auc.value > 0.8
    assert any("--group" in left.reason for left in leaking.left_out if left.name == "owner_id")
    low = honest.candidates["boosted"].auc.low
    assert low is not None
    assert low < 0.5, "there is nothing in it"
    by_time = fitted(path, "left", group="owner_id", time="month").candidates["boosted"].auc
    assert by_time.low is not None
    assert by_time.low < 0.5


def test_a_group_on_both_sides_is_refused(write: Write) -> None:
    rows = rows_of(400)
    with pytest.raises(DataError, match="both files: 1, the first 'c1-0'") as caught:
        fitted(write(rows), "left", group="customer", test=write([*rows_of(400, 2), rows[0]], "test.csv"))
    assert caught.value.code == "group_on_both_sides"


# What cannot be


def few(events: int) -> list[dict[str, object]]:
    return [{"a": number % 7, "y": int(number < events), "t": "2024-01", "e": number} for number in range(200)]


@pytest.mark.parametrize(
    ("rows", "more", "code", "where", "says"),
    [
        (few(12), {}, "too_few_events", "rows.csv", "12, and at least 20 are needed"),
        (few(200), {}, "too_few_events", "rows.csv", "without the event: 0"),
        (few(60), {"time": "t"}, "one_time", "rows.csv", "same time"),
        (few(60), {"time": "e", "exposure": "a"}, "not_positive", "rows.csv:2:a", "not above 0 (and so 28 more)"),
        (few(60), {"drop": ("a", "t", "e")}, "no_features", "rows.csv", "No column is left"),
        (few(60), {"time": "e"}, "too_few_events", "rows.csv", "among the latest third"),
        ([*few(60), {"a": 1, "y": 2, "t": "", "e": 1}], {}, "not_binary", "rows.csv:202:y", "'2' is neither"),
        ([*few(60), {"a": 1, "y": 1, "t": "", "e": 1}], {"time": "t"}, "no_time", "rows.csv:202:t", "No time"),
        ([{**row, "t": "soon"} for row in few(60)], {"time": "t"}, "not_a_time", "rows.csv:2:t", "'soon'"),
        ([*few(60), {"a": 1, "y": 1, "t": "soon", "e": 1}], {"time": "t"}, "no_time", "rows.csv:202:t", "No time"),
        (few(60), {"event": "left"}, "no_such_event", "rows.csv", "No row"),
    ],
)  # fmt: skip
def test_rows_that_cannot_be_are_told_with_their_place(write, rows, more, code, where, says) -> None:
    with pytest.raises(DataError) as caught:
        fitted(write(rows), "y", **more)
    assert (caught.value.code, caught.value.where) == (code, where)
    assert says in caught.value.message
    assert caught.value.fix


def test_columns_there_are_not_are_mistakes_of_use(write: Write) -> None:
    path = write(rows_of(100))
    with pytest.raises(UsageError, match="no column 'lefft'") as caught:
        fitted(path, "lefft")
    assert "Is it 'left'?" in caught.value.fix
    with pytest.raises(UsageError, match="two of"):
        fitted(path, "left", group="left")
    with pytest.raises(UsageError, match="dropped"):
        fitted(path, "left", drop=("Left",))
    with pytest.raises(DataError, match="no column 'plan'"):
        fitted(path, "left", test=write([{"use": 1, "customer": "x", "month": "2024-01", "left": 1}], "test.csv"))
