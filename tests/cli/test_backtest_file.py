"""A back-test in a file: a workbook, a picture, JSON."""

from __future__ import annotations

import json
import xml.etree.ElementTree as ET
from datetime import UTC, date, datetime

import pytest
from python_calamine import CalamineWorkbook

from tenure.cli.backtest_file import check, picture, write
from tenure.core.errors import UsageError
from tenure.engine.verbs import backtest
from tenure.engine.verbs.backtest import Bin, CauseTested, Mattered, Measure, ScoreTested
from tenure.scores.risk.backtest import Band, Warned


@pytest.fixture
def tested():
    """Two bins: of 100 told 10 % ten came, of 100 told 40 % twenty."""
    half = Measure(0.75, 0.7, 0.8)
    bins = [Bin(0.1, 0.1, 0.05, 0.17, 100, 10), Bin(0.4, 0.2, 0.13, 0.29, 100, 20)]
    warned = Warned(25, 20, 61.0, 0.33)
    columns = [Mattered("=1+1", 0.5, "low")]
    scores = tuple(
        ScoreTested(name, "logistic", half, half, half, half, bins, 0.1, warned, columns) for name in ("risk", "health")
    )
    causes = (CauseTested("voluntary", "constant", (26, 30), 28.5, 27, half, half, []),)
    return backtest.Tested(
        90, datetime(2026, 7, 15, tzinfo=UTC), 30, date(2023, 8, 1), date(2025, 8, 1), date(2026, 4, 1), 200, (26, 30), 0.15,
        0.12, scores, "v", (Band("good", 100, 5, 0.05, 0.02, 0.11),), (), None, ("Said.",), "churn", causes,
    )  # fmt: skip


def test_a_workbook_has_the_numbers_as_numbers(tested, tmp_path):
    path = tmp_path / "report.xlsx"
    write(tested, path)
    book = CalamineWorkbook.from_path(str(path))
    sheets = {name: book.get_sheet_by_name(name).to_python() for name in book.sheet_names}
    assert list(sheets) == ["Scores", "Calibration", "Goes by", "Bands of health", "Causes", "About"]
    scores = dict(zip(*sheets["Scores"][:2], strict=True))
    assert (scores["AUC"], scores["warned"], scores["of"], scores["revenue missed"]) == (0.75, 20, 25, 0.33)
    assert sheets["Calibration"][2] == [0.4, 0.2, 0.13, 0.29, 100, 20]
    assert sheets["Goes by"][1] == ["=1+1", 0.5, "low"], "a name is no formula"
    assert sheets["Causes"][1] == ["voluntary", "constant", 26, 30, 28.5, 27, 0.75]


def test_a_picture_shows_what_was_told_and_what_came(tested):
    root = ET.fromstring(picture(tested))
    inside = "{http://www.w3.org/2000/svg}"
    on, below = ((float(one.get("cx")), float(one.get("cy"))) for one in root.iter(f"{inside}circle"))
    line = next(one for one in root.iter(f"{inside}line") if one.get("stroke-dasharray"))
    (x1, y1), (x2, y2) = ((float(line.get(f"x{end}")), float(line.get(f"y{end}"))) for end in (1, 2))

    def diagonal(x):
        return y1 + (x - x1) * (y2 - y1) / (x2 - x1)

    assert on[1] == pytest.approx(diagonal(on[0]), abs=0.2)
    assert below[1] > diagonal(below[0]) + 50, "fewer came than were told: it lies below the line"


def test_json_is_that_of_the_command(tested, tmp_path):
    path = tmp_path / "report.json"
    write(tested, path)
    told = json.loads(path.read_text())
    assert (told["data"]["causes"][0]["name"], told["notes"], told["as_of"]) == (
        "voluntary",
        ["Said."],
        "2026-07-15T00:00:00Z",
    )


def test_names_that_say_no_kind_are_refused(tmp_path):
    for name, said in (("report.pdf", "names no kind"), ("report", "names no kind"), ("none/report.svg", "no folder")):
        with pytest.raises(UsageError, match=said):
            check(tmp_path / name)
