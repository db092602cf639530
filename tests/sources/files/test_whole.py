"""Whole files as columns: what a column is, by all that stands in it."""

from __future__ import annotations

import numpy as np
import pytest

from tenure.core.errors import DataError, UsageError
from tenure.core.features import Labels, Numbers
from tenure.sources.files.whole import Whole, named, read_whole


@pytest.fixture
def read(tmp_path):
    """A file of one column, read as ``kind`` or what it is."""

    def column(cells, kind="") -> Whole:
        (tmp_path / "rows.csv").write_text("c\ttail\n" + "".join(f"{cell}\t.\n" for cell in cells))
        return read_whole(tmp_path / "rows.csv", "rows.csv", lambda names, _: dict.fromkeys(names, "") | {"c": kind})

    return column


def values(whole: Whole) -> list[float]:
    column = whole.features.columns["c"]
    assert isinstance(column, Numbers)
    return [float(value) for value in column.values]


@pytest.mark.parametrize(
    ("cells", "expected"),
    [
        (["1", "-2.5", " 3e2 "], [1, -2.5, 300]),
        (["1,234.50", "12", "1,000,000"], [1234.5, 12, 1e6]),
        (["1.234,50", "12", "0,5"], [1234.5, 12, 0.5]),
        (["$1,200", "€3", "(45)"], [1200, 3, -45]),
        (["12%", "3.5 %", "100%"], [12, 3.5, 100]),
        (["1", "NA", "n/a", "", "?", "NaN"], [1, *[np.nan] * 5]),
        (["1.234", "2.345", "3.456"], [1.234, 2.345, 3.456]),
        (["1", "inf", *map(str, range(2, 24))], [1, np.nan, *range(2, 24)]),
    ],
)
def test_numbers_in_any_writing(read, cells, expected):
    whole = read(cells)
    assert whole.kinds["c"] == "number"
    assert values(whole) == pytest.approx(expected, nan_ok=True)


def test_texts_among_numbers_are_told_and_among_few_of_them_make_it_a_text(read):
    whole = read([*map(str, range(30)), "many"])
    assert whole.kinds["c"] == "number"
    assert whole.doubts["c"] == "1 texts among the numbers are taken as missing, the first 'many' in line 32"
    assert read(["1", "2", "3", "3+"] * 20).kinds["c"] == "text"
    assert read(["1", "2", "3", "many"]).kinds["c"] == "text"


@pytest.mark.parametrize(
    ("cells", "days"),
    [
        (["1970-01-02", "1970-01-03T12:00:00", ""], [1, 2.5, np.nan]),
        (["1970-02", "1970-03", "1970-01"], [31, 59, 0]),
        (["31.01.1970", "01.02.1970", "-"], [30, 31, np.nan]),
        (["01/31/1970", "02/01/1970"], [30, 31]),
    ],
)
def test_dates_are_days(read, cells, days):
    whole = read(cells)
    assert whole.kinds["c"] == "date"
    assert values(whole) == pytest.approx(days, nan_ok=True)


def test_dates_in_doubt_stay_texts_unless_they_have_to_be_times(read):
    cells = ["01/02/2024", "03/04/2024"]
    assert read(cells).kinds["c"] == "text"
    with pytest.raises(DataError) as caught:
        read(cells, "moment")
    assert caught.value.code == "ambiguous_dates"


def test_times_may_be_periods_that_sort(read):
    assert values(read(["2024-Q2", "2023-Q4", "2024-Q1"], "moment")) == [2, 0, 1]
    assert values(read(["2024", "2022"], "moment")) == [2024, 2022]
    with pytest.raises(DataError) as caught:
        read(["2024-Q2", "spring"], "moment")
    assert (caught.value.code, caught.value.where) == ("not_a_time", "rows.csv:3:c")


def test_texts_are_places_in_a_sorted_list(read):
    column = read(["b", "a", "", "b"]).features.columns["c"]
    assert isinstance(column, Labels)
    assert (column.levels, column.codes.tolist()) == (("", "a", "b"), [2, 1, 0, 2])
    assert column.among(("b", "c")).codes.tolist() == [0, -1, -1, 0]


def test_a_column_that_has_to_be_of_a_kind_is(read):
    assert values(read(["1", "x", "3"], "number")) == pytest.approx([1, np.nan, 3], nan_ok=True)
    whole = read(["soon", "later"], "date")
    assert np.isnan(values(whole)).all()
    assert "no date" in whole.doubts["c"]
    assert read(["1", "2"], "text").kinds["c"] == "text"


def test_a_name_may_differ_in_capitals_where_that_leaves_no_doubt():
    assert named("churn", ["Churn", "x"], "f") == "Churn"
    assert named("churn", ["Churn", "churn"], "f") == "churn"
    with pytest.raises(UsageError):
        named("CHURN", ["Churn", "churn"], "f")
