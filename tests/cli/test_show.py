"""``show`` in every format. Expected numbers: acme pays 100 throughout, birch 50 until 1 June 2026."""

from __future__ import annotations

import csv
import io
import json

import pytest


def test_json_is_exactly_the_documented_list(tenure) -> None:
    said = tenure("show mrr --from 2026-05 --to 2026-06 --format json")
    figures = json.loads(said.out)
    assert said.code == 0
    assert [(f["period_start"], f["period_end"], f["value"], f["n"]) for f in figures] == [
        ("2026-05-01", "2026-06-01", 150, 2),
        ("2026-06-01", "2026-07-01", 100, 1),
    ]
    assert list(figures[0]) == [
        "metric", "variant", "period_start", "period_end", "window", "slice", "value", "numerator", "denominator", "n",
        "low", "high", "unit", "as_of", "status", "bounds", "excluded", "extra", "notes",
    ]  # fmt: skip
    assert figures[0]["slice"] == {}
    assert figures[0]["unit"] == "money"


def test_slices_are_named_in_json_and_none_is_null(tenure) -> None:
    said = tenure("show mrr --to 2026-05 --from 2026-05 --by segment --format json")
    assert {f["slice"]["segment"]: f["value"] for f in json.loads(said.out)} == {"SMB": 100, "Enterprise": 50}


def test_table_says_what_when_and_how_much(tenure) -> None:
    lines = tenure("show mrr --from 2026-05 --to 2026-06").out.splitlines()
    assert lines[0] == "MRR"
    assert lines[1] == "mrr · EUR · as of 2026-07-15 12:00 UTC"
    assert lines[3].split() == ["Month", "EUR", "n", "Change"]
    assert lines[5].split() == ["2026-05", "150.00", "2", "0.00"]
    assert lines[6].split() == ["2026-06", "100.00", "1", "−50.00"]


def test_small_figures_say_so_and_why(tenure) -> None:
    said = tenure("show customer_churn_rate --from 2026-06 --to 2026-06")
    assert "(few) 50.0 %" in said.out
    assert "(few): fewer than 10 cases" in said.out
    assert "9.5 % – 90.5 %" in said.out, "Wilson of 1 in 2"


def test_no_line_is_wider_than_the_terminal(tenure) -> None:
    for columns in (60, 80, 120):
        for words in ("show customer_churn_rate --by segment", "show net_revenue_retention", "show mrr --format chart"):
            said = tenure(words, columns=columns)
            assert max(map(len, said.out.splitlines())) <= columns, (words, said.out)
            assert said.code == 0


def test_what_has_no_room_is_named(tenure) -> None:
    said = tenure("show net_revenue_retention", columns=50)
    assert "No room for:" in said.out


def test_the_period_that_runs_has_a_footnote(tenure) -> None:
    said = tenure("show mrr --from 2026-06 --to 2026-07")
    assert "¹ the period is not over" in said.out
    by_month = {line[:7]: line for line in said.out.splitlines()}
    assert by_month["2026-07"].endswith("¹")
    assert not by_month["2026-06"].endswith("¹")


def test_sums_by_one_dimension_stand_side_by_side(tenure) -> None:
    lines = tenure("show mrr_movements --from 2026-06 --to 2026-06").out.splitlines()
    assert lines[3].split() == ["Month", "churn"]
    assert lines[5].split() == ["2026-06", "−50.00"]


def test_charts_carry_their_values(tenure) -> None:
    said = tenure("show mrr --from 2026-05 --to 2026-06 --format chart")
    bars = {line.split()[0]: line for line in said.out.splitlines()[3:]}
    assert bars["2026-05"].endswith("150.00")
    assert bars["2026-06"].endswith("100.00")
    assert bars["2026-05"].count("█") * 2 == bars["2026-06"].count("█") * 3, "100 is two thirds of 150"


def test_a_chart_of_slices_has_a_line_each(tenure) -> None:
    said = tenure("show mrr --by segment --from 2026-05 --to 2026-06 --format chart")
    smb = next(line for line in said.out.splitlines() if line.startswith("SMB"))
    enterprise = next(line for line in said.out.splitlines() if line.startswith("Enterprise"))
    assert smb.split() == ["SMB", "100.00", "100.00", "▄▄", "100.00", "100.00"]
    assert "50.00" in enterprise


def test_csv_has_a_column_for_everything(tenure) -> None:
    said = tenure("show mrr --by segment --from 2026-05 --to 2026-05 --format csv")
    rows = list(csv.DictReader(io.StringIO(said.out)))
    assert {row["slice_segment"]: row["value"] for row in rows} == {"SMB": "100", "Enterprise": "50"}
    assert rows[0]["status"] == "ok"


def test_csv_runs_nothing_in_a_spreadsheet(tenure) -> None:
    said = tenure("explain mrr --at 2026-05 --format csv")
    rows = {row["account_id"]: row for row in csv.DictReader(io.StringIO(said.out))}
    assert rows["birch"]["account"] == "'=Birch"
    assert rows["acme"]["account"] == "Acme"


def test_negative_numbers_stay_numbers_in_csv(tenure) -> None:
    said = tenure("show mrr_movements --from 2026-06 --to 2026-06 --format csv")
    (row,) = csv.DictReader(io.StringIO(said.out))
    assert row["value"] == "-50"


def test_an_earlier_as_of_knows_nothing_of_what_was_loaded_later(tenure) -> None:
    said = tenure("show mrr --from 2026-05 --to 2026-05 --as-of 2026-07-01 --format json")
    (figure,) = json.loads(said.out)
    assert (figure["n"], figure["value"] or 0) == (0, 0)


def test_empty_answers_say_that_there_is_nothing(tenure) -> None:
    said = tenure("show customer_effort_score")
    assert "nothing to count" in said.out
    assert said.code == 0


@pytest.mark.usefixtures("few_metrics")
def test_reported_figures_are_those_of_the_close(tenure) -> None:
    assert "Closed 2026-05" in tenure("close 2026-05").out
    said = tenure("show mrr --reported --from 2026-05 --to 2026-05")
    assert "as reported" in said.out
    assert "150.00" in said.out


@pytest.mark.usefixtures("few_metrics")
def test_what_changed_a_reported_figure_is_told_line_by_line(tenure, home) -> None:
    """June was reported with Acme's 100 (Birch left on the first); then 20 more turn up, and the 100 were 90."""
    tenure("close 2026-06")
    (home / "late.csv").write_text(
        "subscription_id,account_id,amount,started_at\ns3,acme,20,2026-06-10\ns1,acme,90,2025-01-01\n"
    )
    tenure("load subscription", str(home / "late.csv"))
    said = tenure("show mrr --restatements --from 2026-06 --to 2026-06", columns=100)
    assert [" ".join(line.split()) for line in said.out.splitlines()[5:]] == [
        "2026-06 Reported 2026-07-15 100.00",
        "late facts +20.00 1 Acme +20.00",
        "corrections −10.00 1 Acme −10.00",
        "Now 110.00",
    ]
    (found,) = json.loads(tenure("show mrr --restatements --from 2026-06 --to 2026-06 --format json").out)["data"]
    assert (found["reported"], found["now"], found["change"]) == (100, 110, 10)
    assert [(line["why"], line["amount"]) for line in found["lines"]] == [(["late_facts"], 20), (["corrections"], -10)]
    assert found["lines"][0]["accounts"] == [{"account_id": "acme", "account": "Acme", "amount": 20}]
    for words in ("--reported", "--as-of 2026-07-01", "--format csv", "--compare year"):
        assert tenure(f"show mrr --restatements {words}").code == 2
    assert tenure("show mrr --restatements --from 2026-05 --to 2026-05").code == 1  # is not closed
    assert tenure("close 2026-06 --verify").out.startswith("2026-06, closed on 2026-07-15: all ")


@pytest.mark.usefixtures("few_metrics")
def test_verifying_names_what_comes_out_otherwise(tenure, home) -> None:
    """What is shown as resting on few cases is a setting; the values stay."""
    tenure("close 2026-06")
    settings = home / "tenure.toml"
    settings.write_text(settings.read_text().replace("small_n = 10", "small_n = 1"))
    said = tenure("close 2026-06 --verify", columns=100)
    assert said.code == 1
    assert "come out otherwise" in said.out
    assert "gross_revenue_retention" in said.out
    assert "settings" in said.out
    assert "figures.small_n: 10 then, 1 now" in said.out
    data = json.loads(tenure("close 2026-06 --verify --format json").out)["data"]
    assert {tuple(each["why"]) for each in data["differing"]} == {("settings",)}
    assert tenure("close 2026-05 --verify").code == 1
