"""``tenure risk fit``, called as the shell would, where there is no workspace."""

from __future__ import annotations

import json

import numpy as np
import pytest

from tenure.cli.main import main

N = 500


def rows(seed=1, columns=("use", "plan", "left")):
    rng = np.random.default_rng(seed)
    use, plan = rng.normal(size=N), rng.integers(0, 3, N)
    left = rng.random(N) < 1 / (1 + np.exp(1 + 1.3 * use - 0.8 * (plan == 1)))
    whole = {"use": use.round(3), "plan": [f"p\x1b[2J{code}" for code in plan], "left": left.astype(int)}
    return ",".join(columns) + "\n" + "".join(",".join(str(whole[c][row]) for c in columns) + "\n" for row in range(N))


@pytest.fixture
def risk(tmp_path, capsys, monkeypatch):
    """Run the command in a folder that is no workspace, 100 columns wide."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.delenv("TENURE_HOME", raising=False)
    monkeypatch.setenv("COLUMNS", "100")

    def run(*words, text=None):
        (tmp_path / "rows.csv").write_text(text or rows())
        code = main(["risk", *words])
        return code, *capsys.readouterr()

    return run


def test_json_has_the_parts_that_programs_read(risk) -> None:
    code, out, err = risk("fit", "rows.csv", "--outcome", "left", "--format", "json")
    found = json.loads(out)
    assert (code, err) == (0, "")
    assert list(found)[:8] == ["model", "n", "events", "auc", "pr_auc", "brier", "lift", "base_rate"]
    assert list(found)[8] == "calibration"
    events = sum(line.endswith(",1") for line in rows().splitlines())
    assert (found["n"], found["events"], found["base_rate"]) == (N, events, events / N)
    for name in ("auc", "pr_auc", "brier", "lift", "log_loss"):
        assert list(found[name]) == ["value", "low", "high"]
        assert found[name]["low"] < found[name]["value"] < found[name]["high"]
    assert set(found["candidates"]) == {"logistic", "boosted"}
    assert found["candidates"][found["model"]]["auc"] == found["auc"]
    assert sum(own["n"] for own in found["calibration"]) == N
    assert found["brier"]["value"] < found["baseline"]["brier"]


def test_people_get_tables_that_fit(risk) -> None:
    code, out, err = risk("fit", "rows.csv", "--outcome", "left")
    assert (code, err) == (0, "")
    lines = out.splitlines()
    assert lines[0] == "left = 1, told from 2 columns of rows.csv"
    assert max(map(len, lines)) <= 100
    assert [line.split()[0] for line in lines if line.startswith(("AUC", "PR-AUC", "Brier"))] == [
        "AUC",
        "PR-AUC",
        "Brier",
    ]
    assert sum("●" in line for line in lines) == 11, "ten bins and the legend"
    assert "\x1b" not in out, "labels cannot move the cursor"
    names = [line.split()[0] for line in lines if line.startswith(("use ", "plan "))]
    assert names == ["use", "plan"]


def test_a_test_file_and_dropped_columns_are_taken(risk, tmp_path) -> None:
    (tmp_path / "later.csv").write_text(rows(2))
    code, out, _ = risk("fit", "rows.csv", "--outcome", "left", "--test", "later.csv", "--drop", "plan")
    assert code == 0
    assert "by a model that has learned from 500 rows of the other file" in " ".join(out.split())
    assert "was dropped" in out


def test_errors_say_where_and_what_to_do(risk, tmp_path) -> None:
    code, out, err = risk("fit", "rows.csv", "--outcome", "left", text=rows().replace(",1\n", ",2\n", 1))
    assert (code, out) == (1, "")
    assert ":left: The outcome is not one of two: '2'" in err
    (tmp_path / "later.csv").write_text(rows(2, ("use", "left")))
    code, _, err = risk("fit", "rows.csv", "--outcome", "left", "--test", "later.csv", "--format", "json")
    assert code == 1
    assert json.loads(err)["code"] == "missing_column"
    assert "'plan'" in json.loads(err)["message"]
    assert risk("fit", "rows.csv")[0] == 2
    code, _, err = risk("fitt", "rows.csv", "--outcome", "left")
    assert code == 2
    assert "risk fit" in err
