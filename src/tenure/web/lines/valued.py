"""Figures along the line, as rows: each unit's of the accounts that its people owned, and what stands beside them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.urls import reverse
from django.utils.translation import gettext as _

from tenure.engine.lines.line import COMPANY
from tenure.web.kit import figure, formats
from tenure.web.lines import words

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tenure.engine.lines.rolled import Kind, Part, Rolled
    from tenure.engine.lines.standing import Cell
    from tenure.engine.verbs.lines import LinesFound
    from tenure.web.kit.shell import Text
    from tenure.web.lines.words import Link, Pill, Teller

#: In which order the parts of a figure stand.
_PLACES: dict[Kind, int] = {"own": 0, "unit": 1, "left": 2, "other": 3, "nobody": 4}


@dataclass(frozen=True)
class Value:
    """A figure as text: ``hidden`` where the reader does not see all of its accounts."""

    value: str
    interval: str
    n: str
    note: str
    hidden: bool


@dataclass(frozen=True)
class Row:
    """A unit of the line, or what stands beside (``beside``: a word for it). ``who``: those who answer; ``proposed``: whom objectives name; ``sets``: where
    that can be told.
    """

    depth: int
    name: str
    link: str
    level: Text
    beside: Text
    who: tuple[Link, ...]
    since: str
    gap: Pill | None
    proposed: Link | None
    sets: str
    value: Value


def rows(found: LinesFound, rolled: Rolled | None, teller: Teller, currency: str, *, sets: bool) -> tuple[Row, ...]:
    """A metric along the line, each unit followed by what it is made of."""
    cells = {cell.unit: cell for cell in found.cells if cell.metric in found.metrics}
    settable = found.settable if sets else frozenset()
    parts: dict[str, list[Part]] = {}
    for part in rolled.parts if rolled else ():
        if not (part.kind == "unit" and part.id == COMPANY):
            parts.setdefault(part.above, []).append(part)
    values = {part.id: part for part in rolled.parts if part.kind == "unit"} if rolled else {}

    def below(part_of: str, depth: int) -> Iterator[Row]:
        yield _unit_row(part_of, depth, cells.get(part_of), values.get(part_of), teller, currency, settable)
        for part in sorted(parts.get(part_of, ()), key=lambda part: _PLACES[part.kind]):
            if part.kind == "unit":
                yield from below(part.id, depth + 1)
            elif part.seen:
                yield _beside_row(part, depth + 1, teller, currency)

    return tuple(below(COMPANY, 0))


def value_of(part: Part | None, currency: str) -> Value:
    """A part's figure in words."""
    if part is None or not part.seen:
        return Value("", "", "", "", hidden=True)
    one = part.figure
    if one is None:
        return Value(formats.UNKNOWN, "", "", _("no accounts"), hidden=False)
    note = figure.note(one) if one.status != "ok" else ""
    told = figure.told(one.value, one.unit, currency, short=True)
    return Value(
        told, figure.interval(one, currency), formats.number(one.n) if one.value is not None else "", note, hidden=False
    )


def set_link(metric: str, unit: str, who: str = "") -> str:
    """The form for one metric and unit, and whom it proposes."""
    asked: Mapping[str, str] = {"metric": metric, "unit": unit or "company", **({"who": who} if who else {})}
    return f"{reverse('set_accountable')}?{urlencode(asked)}"


def _unit_row(
    unit: str, depth: int, cell: Cell | None, part: Part | None, teller: Teller, currency: str, settable: frozenset[str]
) -> Row:
    one = teller.units[unit]
    name = teller.name(one.leads) if unit and one.leads else teller.unit(unit)
    value = value_of(part, currency)
    link = teller.person(one.leads).link if one.leads else ""
    if cell is None:
        return Row(depth, name, link, words.LEVELS[one.level], "", (), "", None, None, "", value)
    who = tuple(teller.person(each.csm_id) for each in cell.told)
    proposed = teller.person(cell.proposed) if cell.proposed else None
    sets = set_link(cell.metric, unit, cell.proposed) if unit in settable else ""
    since = " · ".join(teller.held(each) for each in cell.told)
    return Row(depth, name, link, words.LEVELS[one.level], "", who, since, words.gap(cell), proposed, sets, value)


def _beside_row(part: Part, depth: int, teller: Teller, currency: str) -> Row:
    word = words.BESIDE[part.kind]
    if part.kind == "nobody":
        return Row(depth, str(word), "", "", _("unassigned"), (), "", None, None, "", value_of(part, currency))
    return Row(depth, teller.name(part.id), "", "", word, (), "", None, None, "", value_of(part, currency))
