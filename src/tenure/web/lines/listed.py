"""The matrix of metrics and levels, and the line as rows."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.translation import ngettext

from tenure.engine.lines.line import LEVELS
from tenure.web.kit import formats
from tenure.web.kit.gaps import GAPS
from tenure.web.lines import words
from tenure.web.lines.words import Link, Pill, Teller

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.engine.lines.line import Level
    from tenure.engine.lines.standing import Cell
    from tenure.engine.verbs.lines import LinesFound
    from tenure.web.kit.shell import Text

COLUMNS = (
    "day", "metric", "level", "line_id", "line", "csm_id", "name", "valid_from", "valid_to", "gap", "proposed", "proposed_name", "objective",
)  # fmt: skip
#: So many names stand in a cell; of more only how many.
_NAMES = 3


@dataclass(frozen=True)
class LevelCell:
    """Who answers for a metric on a level: by name where they are few. ``told`` of ``of`` units have somebody; ``proposed``: for how many objectives
    name somebody. ``asked``: the level is there, and the metric is asked of it.
    """

    asked: bool
    people: tuple[Link, ...]
    told: str
    gaps: tuple[Pill, ...]
    proposed: str


@dataclass(frozen=True)
class MetricRow:
    """A metric with who answers for it on each level."""

    metric: Link
    cells: tuple[LevelCell, ...]


@dataclass(frozen=True)
class UnitRow:
    """Somebody in the line. ``answers``: for how many metrics of her line somebody answers, of how many; ``gaps``: what is missing."""

    depth: int
    name: str
    link: str
    level: Text
    here: bool
    loose: bool
    answers: str
    gaps: tuple[Pill, ...]


def levels(found: LinesFound) -> tuple[Level, ...]:
    """The levels that the line has, from the top."""
    there = {unit.level for unit in found.units if unit.carries}
    return tuple(level for level in LEVELS if level in there)


def matrix(found: LinesFound, teller: Teller) -> tuple[MetricRow, ...]:
    """A row for each metric."""
    by: dict[tuple[str, str], list[Cell]] = {}
    for cell in found.cells:
        by.setdefault((cell.metric, cell.level), []).append(cell)
    return tuple(
        MetricRow(teller.metric(slug), tuple(_cell(by.get((slug, level), []), teller) for level in levels(found)))
        for slug in found.metrics
    )


def tree(found: LinesFound, teller: Teller) -> tuple[UnitRow, ...]:
    """The line from the top down: those who look after accounts, and who leads them."""
    by: dict[str, list[Cell]] = {}
    for cell in found.cells:
        by.setdefault(cell.unit, []).append(cell)
    rows = []
    for unit in found.units:
        if not unit.carries:
            continue
        mine = by.get(unit.id, [])
        answers = f"{formats.number(sum(not one.gap for one in mine))} / {formats.number(len(mine))}"
        name = teller.name(unit.leads) if unit.leads else teller.unit("")
        link = teller.person(unit.leads).link if unit.leads else ""
        rows.append(
            UnitRow(unit.depth, name, link, words.LEVELS[unit.level], unit.here, unit.loose, answers, pills(mine))
        )
    return tuple(rows)


def pills(cells: Sequence[Cell]) -> tuple[Pill, ...]:
    """How many cells have each gap."""
    counted = Counter(cell.gap for cell in cells)
    return tuple(
        Pill(tone, f"{formats.number(counted[name])} {word}") for name, (tone, word) in GAPS.items() if counted[name]
    )


def filed(found: LinesFound, teller: Teller) -> list[dict[str, Any]]:
    """A row of a file for each metric, unit and whoever answers."""
    rows = []
    for cell in found.cells:
        row: dict[str, Any] = {
            "day": found.day, "metric": cell.metric, "level": cell.level, "line_id": cell.unit, "line": teller.unit(cell.unit), "gap": cell.gap,
            "proposed": cell.proposed, "proposed_name": teller.name(cell.proposed) if cell.proposed else "", "objective": cell.objective,
        }  # fmt: skip
        told = [
            row
            | {"csm_id": one.csm_id, "name": teller.name(one.csm_id), "valid_from": one.since, "valid_to": one.until}
            for one in cell.told
        ]
        rows += told or [row]
    return rows


def _cell(cells: Sequence[Cell], teller: Teller) -> LevelCell:
    if not cells:
        return LevelCell(asked=False, people=(), told="", gaps=(), proposed="")
    told = dict.fromkeys(one.csm_id for cell in cells for one in cell.told)
    people = tuple(teller.person(one) for one in told) if len(told) <= _NAMES else ()
    count = sum(bool(cell.told) for cell in cells)
    words_of = "" if len(cells) == 1 else f"{formats.number(count)} / {formats.number(len(cells))}"
    proposed = sum(bool(cell.proposed) for cell in cells)
    said = (
        ngettext("%(count)s proposed", "%(count)s proposed", proposed) % {"count": formats.number(proposed)}
        if proposed
        else ""
    )
    only = words.gap(cells[0]) if len(cells) == 1 else None
    return LevelCell(asked=True, people=people, told=words_of, gaps=(only,) if only else pills(cells), proposed=said)
