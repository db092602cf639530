"""``tenure health`` and ``tenure risk``, as a person reads them."""

from __future__ import annotations

import json
from datetime import UTC, date, datetime
from decimal import Decimal

import pytest

from tenure.cli.risks import everyone, one
from tenure.cli.style import Style
from tenure.engine.verbs.risk import AccountRisk, Reason, RiskFound
from tenure.scores.evaluate import Measure
from tests.leavers import few_signals, leavers_home, story

MODEL = """definition = "Mood."
[bands]
good = 70
fair = 40
[components.mood]
metric = "net_promoter_score"
days = 90
curve = [[-100, 0], [100, 100]]
weight = 1
"""


@pytest.fixture
def scored(home, tenure):
    """A model of one component: Acme, who pays 100, has said 10 in May; Birch has left."""
    (home / "models").mkdir()
    (home / "models" / "health.toml").write_text(MODEL)
    return tenure


def test_the_list_shows_bands_and_accounts(scored):
    said = scored("health", columns=110)
    assert said.code == 0
    assert "Health of 1 customer on 2026-07-15" in said.out
    assert "good         1  ████████████████████           100 EUR a month" in said.out
    (line,) = [line for line in said.out.splitlines() if line.startswith("acme")]
    assert line.split()[:5] == ["acme", "Acme", "100", "100.0", "good"]


def test_one_account_is_taken_apart(scored):
    said = scored("health acme --since 2026-06-01", columns=110)
    assert "Health of acme on 2026-07-15: 100.00, good" in said.out
    assert "Together 100.00, with 100 % of the weight known." in said.out


def test_programs_get_every_number(scored):
    found = json.loads(scored("health --format json").out)["data"]
    assert [(each["account_id"], each["score"], each["band"]) for each in found["accounts"]] == [("acme", 100, "good")]
    text = scored("health --format csv").out.splitlines()
    assert text[0].startswith("day,account_id,name")
    assert text[1].startswith("2026-07-15,acme,Acme")
    assert scored("health --model").out == MODEL


def test_who_is_no_customer_and_what_is_no_day_is_told(scored):
    for words, told in (
        ("health birch", "There is no customer 'birch' on 2026-07-15."),
        ("health --at 2027-01-01", "can be 2026-07-15 at most"),
        ("health --at July", "'July' is no date."),
    ):
        said = scored(words)
        assert (said.code, told in said.err) == (2, True), said.err


def test_risk_is_refused_where_too_few_left(tenure):
    for words in ("risk", "risk acme", "risk backtest"):
        said = tenure(words)
        assert said.code == 1
        assert "Customers who left in the last 36 months: 1. At least 20 are needed" in said.err.replace("\n", " ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("risk backtest --horizon 0", "A horizon of 0 days cannot be."),
        ("risk acme --horizon 30", "--horizon is for tenure risk backtest."),
        ("risk backtest --output report.pdf", "'report.pdf' names no kind of file."),
        ("risk --output report.svg", "--output is for tenure risk backtest."),
        ("risk --outcome left", "--outcome is for tenure risk fit."),
        ("risk fit x.csv --outcome left --of growth", "--of is not for tenure risk fit."),
        ("risk fit", "risk fit needs a FILE."),
        ("risk fit x.csv", "risk fit needs --outcome."),
        ("risk acme x.csv", "'x.csv' is one word too many."),
    ],
)
def test_words_that_do_not_go_together_are_told(tenure, words, told):
    said = tenure(words)
    assert said.code == 2
    assert told in said.err


def test_contraction_and_growth_are_refused_in_their_words(tenure):
    for of, did in (("contraction", "reduced"), ("growth", "grew")):
        said = tenure(f"risk --of {of}")
        assert said.code == 1
        assert f"Customers who {did} in the last 36 months: 0." in said.err.replace("\n", " ")


@pytest.fixture
def among_leavers(tenure, tmp_path):
    """The command line in a workspace of which enough left, reduced and grew; what it shows was learned before."""
    home = leavers_home(tmp_path / "leavers")
    with few_signals():
        yield lambda words, **more: tenure(f"--home {home} {words}", **more)


def test_the_positive_way_for_people_and_programs(among_leavers):
    said = among_leavers("risk --rows 3", columns=120)
    assert said.code == 0
    assert said.out.startswith(
        f"Churn risk of {len(story().rows['account']) - 1 - len(story().left)} customers on 2026-07-15"
    )
    assert "are expected to be lost within 90 days" in said.out
    assert "by choice" in said.out
    assert "non-payment" in said.out
    assert max(map(len, said.out.splitlines())) <= 120
    found = json.loads(among_leavers("risk --format json").out)["data"]
    first = found["accounts"][0]
    assert found["of"] == "churn"
    assert sum(map(Decimal, map(str, first["causes"].values()))) == Decimal(str(first["risk"]["90"]))
    one_said = among_leavers(f"risk {first['account_id']}", columns=100)
    assert "Within 90 days, by cause: " in one_said.out
    growth = among_leavers("risk --of growth", columns=100)
    assert growth.code == 0
    assert growth.out.startswith("Readiness to grow of ")
    assert "are expected to be won within 90 days" in growth.out
    assert "Who grows does so by " in growth.out
    less = among_leavers(f"risk {first['account_id']} --of contraction", columns=100)
    assert less.out.startswith(f"Risk of contraction of {first['account_id']} on 2026-07-15")
    assert "a year are expected to be given back" in less.out


def found():
    reasons = (
        Reason("days_to_renewal", Decimal(20), Decimal(4)), Reason("use", Decimal("0.1"), Decimal("1.5")),
        Reason("industry", "Re\x1b[2Jtail", Decimal("0.5")), Reason("tickets", None, Decimal(1)),
    )  # fmt: skip
    risk = {"30": Decimal("0.01"), "90": Decimal("0.12"), "180": Decimal("0.2")}
    account = AccountRisk(
        "a1", "Acme", "ada", "Ada", "SMB", date(2026, 8, 4), Decimal(1000), risk, Decimal("0.11"), Decimal(120), reasons
    )
    return RiskFound(
        date(2026, 7, 15), datetime(2026, 7, 15, tzinfo=UTC), "EUR", 1, Decimal(1000), (account,), Measure(120, 0, 757),
        Decimal("0.04"), 64, Measure(0.85, 0.8, 0.89),
    )  # fmt: skip


def test_risks_are_listed_with_what_makes_them():
    said = "\n".join(everyone(found(), 20, Style(ansi=False, width=120)))
    assert "Of 1,000 EUR a year, 120 are expected to be lost within 90 days (0 – 757)." in said
    (line,) = [line for line in said.splitlines() if line.startswith("a1")]
    assert "1.0 %   12.0 %    20.0 %" in line
    assert line.endswith("days to renewal 20.00, use 0.10")


def test_one_risk_is_taken_apart():
    said = "\n".join(one(found(), Style(ansi=False, width=100)))
    assert "Churn risk of a1 on 2026-07-15: 12.0 % within 90 days" in said
    assert "1.0 % within 30 days, 20.0 % within 180 days, 11.0 % with the next renewal." in said
    assert "x 4.00  more" in said
    assert "x 0.50  less" in said
    assert "\x1b" not in said
    assert "tickets" not in said  # it makes no difference
    assert "Learned from 64 customers who left, AUC 0.85 out of time" in said


def test_another_model_is_shown_before_it_is_put_in_force(scored, home, tmp_path):
    other = tmp_path / "other.toml"
    other.write_text("# kept\n" + MODEL.replace("[100, 100]", "[100, 60]"))
    said = scored(f"health preview {other}", columns=110)
    assert "1 of 1 customer would be in another band. The mean score changes by −40.0." in said.out
    assert "cannot be said: Customers who left in the last 36 months: 1." in said.out.replace("\n", " ")
    (line,) = [line for line in said.out.splitlines() if line.startswith("acme")]
    assert line.split()[-6:] == ["100", "100.0", "good", "60.0", "fair", "−40.0"]
    assert json.loads(scored(f"health preview {other} --format json").out)["data"]["bands_new"] == {
        "good": 0, "fair": 1, "poor": 0,
    }  # fmt: skip
    assert scored("health --model").out == MODEL
    assert scored(f"health save {other} --by Ada").code == 0
    assert scored("health --model").out == other.read_text()
    wrong = tmp_path / "wrong.toml"
    wrong.write_text(MODEL.replace("weight", "wieght"))
    said = scored(f"health preview {wrong}")
    assert (said.code, f"{wrong}:9:components.mood.wieght" in said.err.replace("\n  ", "")) == (2, True), said.err


def test_the_week_is_reviewed_and_decisions_noted(scored):
    said = scored("health note acme --by Ada --text", "Call them.", "--follow-up", "2026-07-15")
    assert (said.code, said.out) == (0, "Noted, and shown by tenure health acme.\n"), said.err
    said = scored("health review", columns=110)
    assert "Health of 1 customer, 2026-07-08 to 2026-07-15" in said.out
    (line,) = [line for line in said.out.splitlines() if "Call them." in line]
    assert line.startswith("acme        2026-07-15 Ada: Call them., due 2026-07-15  [")
    assert "2026-07-15 Ada: Call them., due 2026-07-15" in scored("health acme", columns=110).out
    assert scored(f"health done {line.split('[')[1].rstrip(']')} --by Ada").out == "Noted as done.\n"
    assert json.loads(scored("health disagreements --format json").out)["data"]["found"] == []
    assert "goes by no judgement" in scored("health optimism").err.replace("\n  ", " ")


@pytest.mark.parametrize(
    ("words", "told"),
    [
        ("health preview", "health preview needs FILE."),
        ("health note", "health note needs ACCOUNT."),
        ("health acme x.toml", "'x.toml' is one word too many."),
        ("health acme --by Ada", "--by is for tenure health save"),
        ("health preview nowhere.toml", "It cannot be read"),
    ],
)
def test_words_of_health_that_do_not_go_together_are_told(tenure, words, told):
    said = tenure(words)
    assert (said.code, told in said.err) == (2, True), said.err
