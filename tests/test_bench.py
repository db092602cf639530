"""The benches run as CONTRIBUTING says, and print results."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from bench.scores import measure_risk

ROOT = Path(__file__).parents[1]


@pytest.mark.parametrize(("name", "size"), [("load", "2000"), ("crash", "1")])
def test_a_bench_runs_and_prints_a_result(name: str, size: str) -> None:
    command = [sys.executable, "-m", f"bench.{name}", size]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert any(line.startswith("= ") for line in done.stdout.splitlines())


@pytest.mark.parametrize(
    "name", ["faults", "figures", "flushed", "intake", "pages", "scale", "scores", "soak", "sync"]
)  # those that take long
def test_a_bench_says_what_it_does(name: str) -> None:
    command = [sys.executable, "-m", f"bench.{name}", "--help"]
    done = subprocess.run(command, cwd=ROOT, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr
    assert name in done.stdout


def test_the_bench_of_scores_learns_from_a_small_panel(capsys: pytest.CaptureFixture[str]) -> None:
    measure_risk(600, 14)
    said = capsys.readouterr().out
    assert said.startswith("= churn risk of 600 accounts and 14 months")
