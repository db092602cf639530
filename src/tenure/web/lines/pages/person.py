"""What somebody answers for, and what has come of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page
from tenure.web.access.roles import EVERYONE
from tenure.web.kit import figure, formats
from tenure.web.kit.asking import Answers
from tenure.web.lines import valued, words
from tenure.web.lines.pages.listed import found_on, may_set, teller_of
from tenure.web.lines.words import Link, Pill

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.engine.lines.rolled import Rolled
    from tenure.engine.lines.standing import Cell
    from tenure.engine.verbs.lines import LinesFound
    from tenure.web.kit.shell import Text
    from tenure.web.lines.words import Teller


@dataclass(frozen=True)
class Made:
    """A part of a figure."""

    name: str
    link: str
    beside: Text
    value: valued.Value


@dataclass(frozen=True)
class Answer:
    """A metric that somebody answers for. ``made``: what its figure is made of, right below."""

    metric: Link
    unit: str
    since: str
    gap: Pill | None
    value: valued.Value
    made: tuple[Made, ...]


@dataclass(frozen=True)
class Missing:
    """A metric of which nobody answers for somebody's line as she should."""

    metric: Link
    gap: Pill | None
    proposed: bool
    sets: str


@dataclass(frozen=True)
class Person:
    """Somebody in the line. ``above``: whom she reports to, up to the top; ``below``: who reports to her. ``missing``: what is missing in her line. ``hides``: figures are out of the reader's sight."""

    name: str
    is_me: bool
    level: Text
    here: bool
    day: str
    day_told: str
    as_of: datetime
    period: str
    above: tuple[Link, ...]
    below: tuple[Link, ...]
    answers: tuple[Answer, ...]
    missing: tuple[Missing, ...]
    hides: bool


@page("reporting-lines/of/<path:person>/", roles=EVERYONE, title=gettext_lazy("Who answers for what"))
def person_answers(request: Request, person: str) -> Person:
    """What does somebody answer for?"""
    answers, day = Answers(request.sight()), request.GET.get("day", "")
    found = found_on(answers, day)
    teller = teller_of(answers, found, day)
    if person not in teller.people:
        raise Http404
    mine = [cell for cell in found.cells if any(one.csm_id == person for one in cell.told)]
    unit = next((one for one in found.units if one.leads == person), None)
    figures = _figures(answers, mine, found, day)
    told = tuple(
        _answer(cell, person, figures.get((cell.metric, cell.unit)), teller, answers.settings.currency) for cell in mine
    )
    own = [cell for cell in found.cells if unit is not None and cell.unit == unit.id and cell.gap]
    settable = found.settable if may_set(request, found) else frozenset()
    rolled = next(iter(figures.values()), None)
    return Person(
        teller.name(person), person == request.user.csm_id, words.LEVELS[unit.level] if unit else "", unit is not None and unit.here,
        found.day.isoformat(), formats.day(found.day), found.as_of,
        figure.period(rolled.period.start, rolled.period.end) if rolled else "", tuple(_above(person, found, teller)),
        tuple(teller.person(one.id) for one in found.units if unit is not None and one.id and one.above == unit.id and one.carries), told,
        tuple(
            Missing(teller.metric(cell.metric), words.gap(cell), bool(cell.proposed), valued.set_link(cell.metric, cell.unit, cell.proposed) if cell.unit in settable else "")
            for cell in own
        ),
        any(one.value.hidden for one in told),
    )  # fmt: skip


def _figures(answers: Answers, mine: list[Cell], found: LinesFound, day: str) -> dict[tuple[str, str], Rolled]:
    """The figures of what somebody answers for, with what they are made of."""
    units: dict[str, list[str]] = {}
    there = {unit.id for unit in found.units}
    for cell in mine:
        if cell.unit in there:
            units.setdefault(cell.metric, []).append(cell.unit)
    return {
        (metric, rolled.unit): rolled
        for metric, of in units.items()
        for rolled in answers.rolled_up(metric, units=tuple(of), day=day, deep=False).found
    }


def _answer(cell: Cell, person: str, rolled: Rolled | None, teller: Teller, currency: str) -> Answer:
    (one, *_more) = [each for each in cell.told if each.csm_id == person]
    parts = rolled.parts if rolled else ()
    made = tuple(
        Made(
            str(words.BESIDE["nobody"]) if part.kind == "nobody" else teller.name(part.id),
            teller.person(part.id).link if part.kind == "unit" else "", "" if part.kind in ("unit", "nobody") else words.BESIDE[part.kind],
            valued.value_of(part, currency),
        )
        for part in parts[1:]
        if part.seen
    )  # fmt: skip
    value = valued.value_of(parts[0] if parts else None, currency)
    return Answer(teller.metric(cell.metric), teller.unit(cell.unit), teller.held(one), words.gap(cell), value, made)


def _above(person: str, found: LinesFound, teller: Teller) -> list[Link]:
    """Whom somebody reports to, from the top down."""
    by_id = {unit.id: unit for unit in found.units}
    chain: list[Link] = []
    unit = by_id.get(person)
    while unit is not None and unit.id and not unit.loose:
        unit = by_id.get(unit.above)
        if unit is not None and unit.leads:
            chain.insert(0, teller.person(unit.leads))
    return chain
