"""Who answers for what as people read it: a matrix of metrics and levels, and one metric along the line."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, clean
from tenure.engine.lines.line import LEVELS

if TYPE_CHECKING:
    from tenure.engine.lines.rolled import Part, Rolled
    from tenure.engine.lines.standing import Cell
    from tenure.engine.verbs.lines import LinesFound

_GAPS = {"nobody": "nobody", "left": "has left", "outside": "outside the line", "twice": "two at once"}
_BESIDE = {"own": "own accounts", "left": "left", "other": "a pool", "nobody": "unassigned"}


def matrix(found: LinesFound, people: Mapping[str, str], style: Style) -> list[str]:
    """Who answers for each metric on each level; of several how many have somebody, and what is missing."""
    levels = [level for level in LEVELS if any(unit.level == level and unit.carries for unit in found.units)]
    table = Table([Column("metric"), *(Column(level, flexible=True) for level in levels)])
    for metric in found.metrics:
        of = [[cell for cell in found.cells if (cell.metric, cell.level) == (metric, level)] for level in levels]
        table.rows.append([metric, *(_cell(cells, people) for cells in of)])
    told = sum(not cell.gap for cell in found.cells)
    head = f"{told} of {len(found.cells)} are told"
    return [style.bold(f"Who answers for what on {found.day}"), style.grey(head), "", *table.lines(style)]


def along(found: LinesFound, rolled: Rolled, people: Mapping[str, str], style: Style) -> list[str]:
    """One metric from the company down: who answers, and its figure."""
    parts = {(part.kind, part.id): part for part in rolled.parts}
    values = [part.figure.value for part in rolled.parts if part.figure]
    unit = next((part.figure.unit for part in rolled.parts if part.figure), "")
    places = numbers.places_for(unit, values)
    cells = {cell.unit: cell for cell in found.cells}
    table = Table(
        [
            Column("whose accounts"),
            Column("who answers", flexible=True),
            Column("value", right=True),
            Column("n", right=True),
        ]
    )
    for one in found.units:
        if not one.carries:
            continue
        name = people.get(one.leads, one.leads) if one.id else "the company"
        who = _who(cells[one.id], people) if one.id in cells else "–"
        table.rows.append([f"{'  ' * one.depth}{clean(name)}", who, *_value(parts.get(("unit", one.id)), unit, places)])
        for part in rolled.parts:
            if part.kind != "unit" and part.above == one.id:
                told = f"{clean(people.get(part.id, part.id))} ({_BESIDE[part.kind]})".strip()
                table.rows.append([f"{'  ' * (one.depth + 1)}{told}", "", *_value(part, unit, places)])
    title = f"{rolled.metric} along the reporting lines of {found.day}, {rolled.period.label}"
    sums = {
        True: "the parts make the whole",
        False: "the parts do not make the whole",
        None: "parts of such a figure do not add up",
    }
    return [style.bold(title), style.grey(sums[rolled.adds_up]), "", *table.lines(style)]


def _cell(cells: list[Cell], people: Mapping[str, str]) -> str:
    if len(cells) == 1:
        return _who(cells[0], people)
    if not cells:
        return "–"
    gaps = Counter(_GAPS[cell.gap] for cell in cells if cell.gap)
    told = f"{sum(not cell.gap for cell in cells)}/{len(cells)}"
    return ", ".join([told, *(f"{count} {word}" for word, count in gaps.items())])


def _who(cell: Cell, people: Mapping[str, str]) -> str:
    names = ", ".join(clean(people.get(one.csm_id, one.csm_id)) for one in cell.told)
    gap = f"({_GAPS[cell.gap]})" if cell.gap else ""
    return f"{names} {gap}".strip()


def _value(part: Part | None, unit: str, places: int) -> tuple[str, str]:
    if part is None or part.figure is None:
        return "–", ""
    return numbers.figure(part.figure.value, unit, places), str(part.figure.n)
