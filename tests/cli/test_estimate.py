"""``tenure estimate``, called as the shell would, where there is no workspace."""

from __future__ import annotations

import json

import pytest

from tenure.cli.main import main
from tenure.engine import methods

COHORT = "period,survivors\n0,1000\n1,631\n2,468\n3,382\n4,326\n"


@pytest.fixture
def estimate(tmp_path, capsys, monkeypatch):
    """Run the command on a file's text, in a folder that is no workspace."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TENURE_HOME", raising=False)
    monkeypatch.setenv("COLUMNS", "80")

    def run(method, text, *more):
        (tmp_path / "rows.csv").write_text(text)
        code = main(["estimate", method, "rows.csv", *more])
        return code, *capsys.readouterr()

    return run


def test_json_has_the_five_parts_and_notes(estimate) -> None:
    code, out, err = estimate("sbg", COHORT, "--discount", "0.2", "--format", "json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert list(found) == ["method", "params", "loglik", "n", "results", "notes"]
    assert (found["method"], found["n"], found["notes"]) == ("sbg", 1000, [])
    assert found["params"] == pytest.approx({"alpha": 0.7637, "beta": 1.2958}, abs=5e-5)
    assert list(found["results"]["survival"]) == list(found["results"]["derl"]) == ["0", "1", "2", "3", "4"]
    # by hand: of who made 4 renewals 5.2958 / 6.0595 make the next, 6.2958 / 7.0595 of them one more, ...
    alpha, beta, share, total = 0.763665, 1.295828, 1.0, 0.0
    for made in range(4, 400):
        share *= (beta + made) / (alpha + beta + made)
        total += share / 1.2 ** (made - 4)
    assert found["results"]["derl"]["4"] == pytest.approx(total, rel=1e-5)


def test_people_get_tables(estimate) -> None:
    code, out, err = estimate("sbg", COHORT)
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[1] == "1,000 customers"
    assert lines[3].split() == ["alpha", "0.7637"]
    # 1.2958 / 2.0595 x 2.2958 / 3.0595 x 3.2958 / 4.0595
    assert ["3", "0.3820", "0.3833"] in [line.split() for line in lines]
    assert max(map(len, lines)) <= 80


def test_a_long_table_is_thinned_and_says_so(estimate) -> None:
    rows = "".join(f"{k % 97},{int(k % 3 > 0)},{'ab'[k % 2]}\n" for k in range(2000))
    code, out, _ = estimate("km", "duration,event,group\n" + rows)
    assert code == 0
    assert out.count("24 of 97 rows; all of them: --format json") == 2
    steps = [line.split()[0] for line in out.splitlines() if line.strip().startswith(("0 ", "96 "))]
    assert steps == ["0", "96", "0", "96"], "the first and the last step of both groups are shown"


def test_names_cannot_move_the_cursor(estimate) -> None:
    _, out, _ = estimate("beta_binomial", "name,successes,trials\n\x1b[2Ja,1,50\nb,30,50\nc,9,20\n")
    assert "\x1b" not in out


def test_errors_say_where_and_what_to_do(estimate) -> None:
    code, out, err = estimate("sbg", "period,survivors\n0,100\n1,80\n2,90\n")
    assert (code, out) == (1, "")
    assert err.startswith("rows.csv:4:survivors: Survivors grow")
    code, _, err = estimate("sgb", COHORT, "--format", "json")
    assert code == 2
    assert json.loads(err)["code"] == "unknown_method"
    assert "sbg" in json.loads(err)["fix"]


def test_the_help_names_every_method_with_its_columns(capsys) -> None:
    assert main(["estimate", "--help"]) == 0
    listed = {line.split()[0]: line for line in capsys.readouterr().out.splitlines() if line.startswith("  ")}
    for name in methods.names():
        for want in methods.method(name).COLUMNS:
            assert want.name in listed[name]
