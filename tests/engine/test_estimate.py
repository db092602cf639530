"""Estimates from files: the published answers of real inputs, files of every form, and what is said of bad rows."""

from __future__ import annotations

import csv
import random
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
import xlsxwriter

from tenure.core.errors import DataError, UsageError
from tenure.engine import methods
from tenure.engine.verbs.estimate import Estimate, Estimated, Options
from tenure.engine.workspace import Local

Cells = list[list[Any]]
COHORT = "period,survivors\n0,1000\n1,631\n2,468\n3,382\n4,326\n5,289\n6,262\n7,241\n"


def estimated(method: str, path: Path, **options: float) -> Estimated:
    found: Estimated = Local(path.parent).call(
        "estimate", Estimate(method, str(path), path.name, Options(**options)), lambda *_: None
    )
    return found


@pytest.fixture
def told(tmp_path: Path) -> Callable[..., Estimated]:
    """The estimate from a file's text. It stands in no workspace."""

    def estimate(method: str, text: str, **options: float) -> Estimated:
        path = tmp_path / "rows.csv"
        path.write_text(text)
        return estimated(method, path, **options)

    return estimate


def real(shared_data: Path, name: str, columns: Mapping[str, str | Callable[[dict[str, str]], Any]], to: Path) -> Path:
    """A real input under the columns' names of a method: another name, or worked out from the row."""
    with (shared_data / name).open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    path = to / "real.csv"
    with path.open("w", newline="") as file:
        writer = csv.writer(file)
        writer.writerow(columns)
        for row in rows:
            writer.writerow([row[how] if isinstance(how, str) else how(row) for how in columns.values()])
    return path


# Published answers


def test_bgnbd_of_cdnow(shared_data: Path, tmp_path: Path) -> None:
    columns = {"name": "ID", "frequency": "frequency", "recency": "recency", "age": "T"}
    found = estimated(
        "bgnbd", real(shared_data, "cdnow_summary/cdnow_customers_summary.csv", columns, tmp_path), horizon=39
    )
    assert found.params == pytest.approx({"r": 0.243, "alpha": 4.414, "a": 0.793, "b": 2.426}, abs=6e-4)
    assert found.loglik == pytest.approx(-9582.4, abs=0.05)
    assert found.n == 2357
    first = found.results["customers"][0]
    assert (first["name"], first["alive"]) == ("1", pytest.approx(0.7266, abs=5e-5))
    assert first["expected"] == pytest.approx(1.226, abs=5e-4)


def test_sbg_of_the_regular_customers(shared_data: Path, tmp_path: Path) -> None:
    path = real(
        shared_data, "sbg_regular/hardie-sample-retention.csv", {"period": "t", "survivors": "# Cust."}, tmp_path
    )
    lines = path.read_text().splitlines(keepends=True)
    path.write_text("".join(lines[:9]))
    found = estimated("sbg", path)
    assert (found.params["alpha"], found.params["beta"]) == pytest.approx((0.7041, 1.1820), abs=5e-5)
    assert found.loglik == pytest.approx(-1680.265, abs=5e-4)
    assert (found.n, found.results["observed"]["7"]) == (1000, 0.241)
    path.write_text("".join(lines[:6]))
    found = estimated("sbg", path)
    assert (found.params["alpha"], found.params["beta"]) == pytest.approx((0.7637, 1.2958), abs=5e-5)


def test_km_of_the_telecom_company(shared_data: Path, tmp_path: Path) -> None:
    columns = {"duration": "tenure", "event": "Churn", "Contract": "Contract"}
    path = real(shared_data, "ibm_telco/Telco-Customer-Churn.csv", columns, tmp_path)
    found = estimated("km", path)
    shares = {step["t"]: step["s"] for step in found.results["survival"]}
    published = {1: 0.9460, 12: 0.8432, 24: 0.7887, 36: 0.7485, 48: 0.7088, 60: 0.6644, 72: 0.5928}
    assert {t: round(shares[t], 4) for t in published} == published
    assert (found.n, found.results["events"], found.results["median"]) == (7043, 1869, None)
    path.write_text(path.read_text().replace("Contract", "group", 1))
    events = estimated("km", path).results["events"]
    assert events == {"Month-to-month": 1655, "One year": 166, "Two year": 48}


def test_km_of_released_prisoners(shared_data: Path, tmp_path: Path) -> None:
    columns = {"duration": "week", "event": "arrest", "group": "fin"}
    found = estimated("km", real(shared_data, "km_rossi/rossi.csv", columns, tmp_path)).results
    # all were watched for the year: what is left at its end is a share, 66 and 48 of 216 (Rossi, Berk and Lenihan 1980)
    assert found["survival"]["0"][-1]["s"] == pytest.approx(150 / 216)
    assert found["survival"]["1"][-1]["s"] == pytest.approx(168 / 216)
    assert found["median"] == {"0": None, "1": None}


def test_beta_binomial_of_rats(shared_data: Path, tmp_path: Path) -> None:
    columns = {"name": "group", "successes": "events", "trials": "n"}
    found = estimated("beta_binomial", real(shared_data, "eb_rat_tumours/rat_tumours.csv", columns, tmp_path))
    assert (found.params["alpha"], found.params["beta"]) == pytest.approx((2.3416, 14.1148), abs=1e-4)
    with (shared_data / "eb_rat_tumours/rat_tumours.csv").open() as file:
        published = {row["group"]: float(row["eb_post_mean_mle"]) for row in csv.DictReader(file)}
    assert found.results["shrunk"] == pytest.approx(published, abs=1e-6)


def test_did_of_organ_donations(shared_data: Path, tmp_path: Path) -> None:
    columns: dict[str, Any] = {
        "outcome": "Rate",
        "treated": lambda row: int(row["State"] == "California"),
        "after": lambda row: int(int(row["Quarter_Num"]) >= 4),
        "cluster": "State",
    }
    path = real(shared_data, "did_organ_donations/organ_donations.csv", columns, tmp_path)
    found = estimated("did", path)
    assert found.results["effect"] == pytest.approx(-0.022459, abs=5e-7)
    assert found.results["se"] == pytest.approx(0.006, abs=5e-4)  # The Effect, by state
    assert any("1 of 27 clusters" in note for note in found.notes)
    path.write_text(path.read_text().replace("cluster", "state", 1))
    alone = estimated("did", path)
    assert alone.results["effect"] == found.results["effect"]
    assert alone.results["clusters"] is None


# Whatever the file is


def test_rows_may_come_in_any_order(told: Callable[..., Estimated]) -> None:
    header, *rows = COHORT.splitlines()
    random.Random(4).shuffle(rows)
    assert told("sbg", "\n".join([header, *rows])) == told("sbg", COHORT)


def test_every_form_of_file_gives_the_same(tmp_path: Path, told: Callable[..., Estimated]) -> None:
    expected = told("sbg", COHORT)
    cells: Cells = [line.split(",") for line in COHORT.split()]
    german = "Period; SURVIVORS ;Bemerkung\n" + "".join(f"{p};{float(s):,.1f};x\n" for p, s in cells[1:]).translate(
        {ord(","): ".", ord("."): ","}
    )
    (tmp_path / "german.csv").write_text(german, encoding="utf-16")
    numbers = [(int(p), float(s)) for p, s in cells[1:]]
    table = pa.table({"period": [p for p, _ in numbers], "survivors": [s for _, s in numbers]})
    pq.write_table(table, tmp_path / "rows.parquet")
    with xlsxwriter.Workbook(tmp_path / "rows.xlsx") as book:
        book.add_worksheet("Other").write_row(0, 0, ["nothing"])
        sheet = book.add_worksheet("Cohort")
        sheet.write_row(0, 0, cells[0])
        for place, row in enumerate(numbers, 1):
            sheet.write_row(place, 0, row)
    (tmp_path / "rows.jsonl").write_text("".join(f'{{"period": {p}, "survivors": {s}}}\n' for p, s in numbers))
    for name in ("german.csv", "rows.parquet", "rows.xlsx#Cohort", "rows.jsonl"):
        assert estimated("sbg", tmp_path / name) == expected, name
    with pytest.raises(DataError, match="2 sheets"):
        estimated("sbg", tmp_path / "rows.xlsx")


def test_flags_may_be_words(told: Callable[..., Estimated]) -> None:
    words = told("km", "duration,event\n5,Yes\n6,no\n7,TRUE\n8,false\n")
    assert words == told("km", "duration,event\n5,1\n6,0\n7,1\n8,0\n")


def test_without_a_group_results_stand_alone_and_with_one_by_group(told: Callable[..., Estimated]) -> None:
    alone = told("km", "duration,event\n5,1\n6,0\n").results
    assert alone["median"] == 5
    assert [(step["t"], step["s"]) for step in alone["survival"]] == [(5, 0.5), (6, 0.5)]
    groups = told("km", "duration,event,group\n5,1,b\n6,0,b\n3,1,a\n").results
    assert groups["median"] == {"a": 3, "b": 5}
    assert list(groups["survival"]) == ["a", "b"]


def test_the_discount_is_of_what_comes_later(told: Callable[..., Estimated]) -> None:
    low, high = (told("sbg", COHORT, discount=discount).results["derl"] for discount in (0.05, 0.5))
    assert all(low[made] > high[made] for made in low)
    free = told("sbg", COHORT, discount=0)
    assert set(free.results["derl"].values()) == {None}
    assert any("infinite" in note for note in free.notes)


def test_the_horizon_is_the_highest_age_unless_said(told: Callable[..., Estimated]) -> None:
    rows = "frequency,recency,age\n" + "".join(f"{k % 4},{k % 4 * 5},{20 + k % 7}\n" for k in range(60))
    assert told("bgnbd", rows).results["horizon"] == 26
    assert told("bgnbd", rows, horizon=26) == told("bgnbd", rows)
    assert "name" not in told("bgnbd", rows).results["customers"][0]


def test_what_the_rows_leave_open_is_said(told: Callable[..., Estimated]) -> None:
    alike = told("beta_binomial", "name,successes,trials\na,50,100\nb,51,100\nc,49,100\n")
    assert "differ no more than chance" in alike.notes[0]
    low, high = alike.results["low"]["b"], alike.results["high"]["b"]
    assert (low, high) == pytest.approx((0.4438, 0.5562), abs=5e-5), "Wilson's, of 150 in 300"
    assert "do not differ" in told("sbg", "period,survivors\n0,1000\n1,900\n2,810\n").notes[0]
    assert "Periods are missing" in told("sbg", "period,survivors\n0,1000\n2,400\n3,350\n5,250\n").notes[0]
    assert "one customer" in told("sbg", "period,survivors\n0,1\n1,0.6\n2,0.5\n").notes[0]
    together = "".join(f"{x},{x * 10 + k % 3}\n" for k, x in enumerate([1, 2, 3, 4, 5, 6, 7, 8]))
    assert any("go together" in note for note in told("gamma_gamma", "frequency,monetary\n" + together).notes)


# What cannot be

BAD = [
    ("bgnbd", "frequency,recency,T\n1,2,3\n", "missing_column", "rows.csv", "no column age"),
    ("bgnbd", "frequency,recency,ages\n1,2,3\n", "missing_column", "rows.csv", "no column age"),
    ("bgnbd", "frequency,recency,age,Age\n1,2,3,3\n", "doubled_column", "rows.csv", "Two columns"),
    ("bgnbd", "frequency,recency,age\n1,2,3\n1,x,3\n1,y,3\n", "not_a_number", "rows.csv:3:recency", "'x' is not a number (and so 1 more)"),
    ("bgnbd", "frequency,recency,age\n1,2,3\n\n1,5,3\n", "recency_above_age", "rows.csv:4:recency", "above the age"),
    ("bgnbd", "frequency,recency,age\n1.5,2,3\n", "not_whole", "rows.csv:2:frequency", "not whole"),
    ("bgnbd", "frequency,recency,age\n-1,2,3\n", "negative", "rows.csv:2:frequency", "below 0"),
    ("bgnbd", "frequency,recency,age\n1,-2,3\n", "negative", "rows.csv:2:recency", "below 0"),
    ("bgnbd", "frequency,recency,age\n1,2,\n", "empty", "rows.csv:2:age", "empty"),
    ("bgnbd", "frequency,recency,age\n1,2,1e999\n", "not_a_number", "rows.csv:2:age", "not a number"),
    ("bgnbd", "frequency,recency,age\n0,2,3\n", "recency_alone", "rows.csv:2:recency", "without a second"),
    ("bgnbd", "frequency,recency,age\n0,0,3\n1,1,3\n", "too_few_events", "rows.csv", "Fewer than two"),
    ("bgnbd", "frequency,recency,age\n", "too_few_rows", "rows.csv", "no rows"),
    ("bgnbd", "frequency,recency,age\n1,2,3,4\n", "ragged", "rows.csv:2", "4 values"),
    ("sbg", "period,survivors\n0,100\n1,80\n2,90\n", "survivors_grow", "rows.csv:4:survivors", "grow"),
    ("sbg", "period,survivors\n2,70\n1,90\n0,80\n", "survivors_grow", "rows.csv:3:survivors", "grow"),
    ("sbg", "period,survivors\n0,100\n1,80\n1,80\n", "doubled_period", "rows.csv:4:period", "second time"),
    ("sbg", "period,survivors\n0,100\n0.5,80\n", "not_whole", "rows.csv:3:period", "no whole number"),
    ("sbg", "period,survivors\n1,80\n2,70\n3,60\n", "no_beginning", "rows.csv", "Period 0"),
    ("sbg", "period,survivors\n0,80\n1,70\n", "too_few_events", "rows.csv", "two renewals"),
    ("sbg", "period,survivors\n0,80\n1,80\n2,80\n", "too_few_events", "rows.csv", "Nobody left"),
    ("km", "duration,event\n5,1\n6,maybe\n", "not_a_number", "rows.csv:3:event", "'maybe' is not 1 or 0"),
    ("km", "duration,event\n5,1\n-6,0\n", "negative", "rows.csv:3:duration", "below 0"),
    ("km", "duration,event\n1.234,1\n2.345,0\n", "ambiguous_numbers", "rows.csv:duration", "two ways"),
    ("gamma_gamma", "frequency,monetary\n0,\n1,5\n2,0\n", "not_positive", "rows.csv:4:monetary", "not above 0"),
    ("gamma_gamma", "frequency,monetary\n1,5\n2,6\n", "too_few_events", "rows.csv", "Too few customers"),
    ("beta_binomial", "name,successes,trials\na,1,5\nb,6,5\n", "more_than_all", "rows.csv:3:successes", "more successes"),
    ("beta_binomial", "name,successes,trials\na,1,5\na,3,5\n", "doubled_name", "rows.csv:3:name", "second time"),
    ("beta_binomial", "name,successes,trials\na,1,5\n,3,5\n", "empty", "rows.csv:3:name", "empty"),
    ("beta_binomial", "name,successes,trials\na,1,5\nb,3,5\n", "too_few_rows", "rows.csv", "3 groups"),
    ("did", "outcome,treated,after\n1,0,0\n1,1,0\n", "too_few_rows", "rows.csv", "each of the four cells"),
]  # fmt: skip


@pytest.mark.parametrize(("method", "text", "code", "where", "says"), BAD)
def test_rows_that_cannot_be_are_told_with_their_place(told, method, text, code, where, says) -> None:
    with pytest.raises(DataError) as caught:
        told(method, text)
    assert (caught.value.code, caught.value.where) == (code, where)
    assert says in caught.value.message
    assert caught.value.fix


def test_a_name_beside_the_right_one_is_recognised(told: Callable[..., Estimated]) -> None:
    with pytest.raises(DataError) as caught:
        told("bgnbd", "frequency,recency,ages\n1,2,3\n")
    assert "Is it 'ages'? Then call it age." in caught.value.fix


@pytest.mark.parametrize(
    ("method", "options", "code"),
    [
        ("sbgg", {}, "unknown_method"),
        ("_customers", {}, "unknown_method"),
        ("km", {"discount": 0.1}, "surplus_option"),
        ("sbg", {"horizon": 3}, "surplus_option"),
        ("sbg", {"discount": -0.1}, "bad_discount"),
        ("bgnbd", {"horizon": 0}, "bad_horizon"),
    ],
)
def test_what_is_asked_wrongly_is_a_mistake_of_use(told, method, options, code) -> None:
    text = COHORT if method == "sbg" else "frequency,recency,age\n1,2,3\n"
    with pytest.raises(UsageError) as caught:
        told(method, text, **options)
    assert caught.value.code == code


def test_every_method_says_what_it_takes() -> None:
    for name in methods.names():
        module = methods.method(name)
        told = module.__doc__ or ""
        assert 0 < len(told.partition("\n")[0]) <= 80
        assert all(f"``{want.name}``" in told for want in module.COLUMNS)
        assert set(module.OPTIONS) <= set(Options.__dataclass_fields__)
