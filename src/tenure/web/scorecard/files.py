"""A scorecard as a workbook or a table: a row for each line, with the values as numbers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tenure.web.kit.sheet import sheet
from tenure.web.kit.table import exported
from tenure.web.scorecard import words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tenure.engine.scorecards.lines import Line
    from tenure.engine.verbs.scorecard import Scorecard
    from tenure.web.kit.table import Export
    from tenure.web.scorecard.chosen import Chosen

COLUMNS = (
    "who", "start", "end", "rules", "group", "measure", "variant", "unit", "value", "low", "high", "n", "too_few", "before", "change",
    "different", "target", "target_status", "observed", "expected", "expected_of", "better", "expected_remark", "team", "beside",
)  # fmt: skip


def made(of: Chosen, kind: str) -> Export:
    """The file."""
    head = of.asked()
    rows = list(_rows(of, head))
    name = f"scorecard-{of.person or of.team}"
    return sheet(name, COLUMNS, rows) if kind == "xlsx" else exported(name, COLUMNS, rows)


def _rows(of: Chosen, head: Scorecard) -> Iterator[dict[str, Any]]:
    for one in head.headlines:
        for group in of.asked(one.slug).groups:
            for line in group.lines:
                yield {
                    "who": of.person or of.team, "start": head.start, "end": head.end, "rules": head.version, "group": group.name,
                    "beside": group.beside, **_line(line),
                }  # fmt: skip


def _line(line: Line) -> dict[str, Any]:
    row: dict[str, Any] = {"measure": line.metric, "variant": " ".join(line.variant), "too_few": line.few}
    if each := line.figure:
        row |= {
            "unit": each.unit, "value": each.value, "low": each.low, "high": each.high, "n": each.n,
            "before": each.extra.get("before"), "change": each.extra.get("change"), "different": each.extra.get("different"),
        }  # fmt: skip
    if line.aims:
        row |= {"target": line.aims[0].goal, "target_status": line.aims[0].status}
    if one := line.expected:
        row |= {
            "observed": one.observed, "expected": one.expected, "expected_of": one.what, "better": one.better,
            "expected_remark": words.remark(one),
        }  # fmt: skip
    return row | ({"team": line.team.value} if line.team else {})
