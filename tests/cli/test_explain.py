"""``explain``: what is behind a number adds up to it."""

from __future__ import annotations

import json
from decimal import Decimal


def test_a_person_sees_meaning_settings_figure_and_rows(tenure) -> None:
    said = tenure("explain net_revenue_retention --at 2026-06")
    text = said.out
    assert said.code == 0
    assert "What became of the recurring revenue of a year ago" in text
    assert "point_to_point" in text
    assert "customers.include_trials = false" in text
    assert "2 rows behind it" in text
    assert "closing / opening = 100 / 150 = 66.7 %" in text
    assert max(map(len, text.splitlines())) <= 80


def test_a_figure_made_in_steps_is_not_said_to_be_one_division(tenure) -> None:
    text = tenure("explain customer_churn_rate --at 2026-06 --variant daily").out
    assert "put together from steps" in text
    assert "lost / base" not in text
    assert "lost / base = 1 / 2 = 50.0 %" in tenure("explain customer_churn_rate --at 2026-06").out


def test_a_time_is_not_said_to_be_a_division_and_has_its_unit(tenure) -> None:
    text = tenure("explain customer_lifetime --at 2026-06").out
    assert "2 rows behind it, times in days" in text
    assert "by which half of the cases had ended" in text
    assert "put together from steps" not in text


def test_a_product_names_the_figures_it_is_made_of(tenure) -> None:
    text = tenure("explain customer_lifetime_value --at 2026-06").out
    assert "tenure explain average_revenue_per_account\n" in text
    assert "No rows" not in text


def test_rows_can_be_cut_and_the_sum_stays(tenure) -> None:
    text = tenure("explain net_revenue_retention --at 2026-06 --rows 1").out
    assert "… 1 more" in text
    assert text.index("… 1 more") < text.index("Sum of all")
    assert [line.split() for line in text.splitlines() if line.startswith("Sum of all")] == [
        ["Sum", "of", "all", "100", "150"]
    ]


def test_json_has_everything_and_adds_up(tenure) -> None:
    answer = json.loads(tenure("explain net_revenue_retention --at 2026-06 --format json").out, parse_float=Decimal)
    assert set(answer) == {"data", "as_of", "notes"}
    data = answer["data"]
    figure = data["figures"][0]
    numerator, denominator = data["adds"]
    assert sum(row[numerator] for row in data["rows"]) == figure["numerator"] == 100
    assert sum(row[denominator] for row in data["rows"]) == figure["denominator"] == 150
    assert data["count"] == len(data["rows"]) == 2
    assert data["sql"].startswith("CREATE TEMP TABLE")
    assert data["settings"]["currency"] == "EUR"


def test_without_a_period_it_is_the_last_complete_one(tenure) -> None:
    data = json.loads(tenure("explain mrr --format json").out)["data"]
    assert [figure["period_start"] for figure in data["figures"]] == ["2026-06-01"]
    assert data["count"] == 1


def test_a_quarter_is_explained_as_a_quarter(tenure) -> None:
    data = json.loads(tenure("explain mrr --at 2026-Q2 --format json").out)["data"]
    assert (data["figures"][0]["period_start"], data["figures"][0]["period_end"]) == ("2026-04-01", "2026-07-01")


def test_sql_is_printed_alone(tenure) -> None:
    assert tenure("explain mrr --sql").out.startswith("CREATE TEMP TABLE")


def test_conventions_are_compared_line_by_line(tenure) -> None:
    said = tenure("explain customer_churn_rate --at 2026-06 --variants")
    assert "66.7 %" in said.out, "1 lost of (2 + 1) / 2 customers"
    assert "+16.7 pp" in said.out
    text = said.out[said.out.index("at_start 50.0 % to average_base 66.7 %") :].splitlines()
    assert [line.split() for line in text[1:4:2]] == [
        ["because", "accounts", "change", "reaches", "most", "of", "it"],
        ["left", "1", "+16.7", "pp", "66.7", "%", "=Birch", "+16.7"],
    ]
    assert "daily" in said.out
    assert max(map(len, said.out.splitlines())) <= 80


def test_options_that_exclude_each_other_are_told(tenure) -> None:
    said = tenure("explain customer_churn_rate --at 2026-06 --variants --variant inactive")
    assert said.code == 0
    assert "daily: inactive cannot be told day by day" in said.out


def test_json_of_conventions_adds_up(tenure) -> None:
    said = tenure("explain customer_churn_rate --at 2026-06 --to average_base window=3m --format json")
    data = json.loads(said.out, parse_float=Decimal)["data"]
    assert [(step["axis"], step["after"]) for step in data["steps"]] == [("formula", "average_base"), ("window", "3m")]
    for step in data["steps"]:
        before, after = (figure["value"] for figure in step["figures"])
        assert sum(line["change"] for line in step["lines"]) == step["difference"] == after - before
    assert data["figures"][0]["value"] == Decimal("0.5")


def test_another_tools_figures_stand_beside_ours(tenure, tmp_path) -> None:
    head = "tool,metric,period_start,period_end,value\n"
    file = tmp_path / "reported.csv"  # 100 + 50, 150 and 100 are ours
    months = (("04", "05", "153"), ("05", "06", "153"), ("06", "07", "101.9"))
    file.write_text(head + "".join(f"old,mrr,2026-{a}-01,2026-{b}-01,{value}\n" for a, b, value in months))
    assert tenure("load reported_figure", str(file)).code == 0
    text = tenure("explain mrr --beside old").out
    assert ["2026-06", "101.90", "100.00", "+1.90"] in [line.split() for line in text.splitlines()]
    assert "always about 1.0197 times the closest: from 1.0190 to 1.0200 times" in " ".join(text.split())
    assert max(map(len, text.splitlines())) <= 80
    said = tenure("explain mrr --beside older")
    assert (said.code, said.out) == (2, "")
    assert "old" in said.err
