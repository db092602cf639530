"""Bridges from convention to convention as a person reads them, and for programs."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.cli import numbers
from tenure.cli.figures import Frame, slice_text
from tenure.cli.output import answer_json, say
from tenure.cli.style import Style, of_output
from tenure.cli.table import Column, Table, clean
from tenure.core.titles import titled
from tenure.engine.result import Figure

if TYPE_CHECKING:
    from tenure.engine.verbs.bridge import Bridges, Line, Step

#: A change is shown with so many digits that count.
_DIGITS = 3
_MOST_PLACES = 3
_NAMED = "most of it"


def answer(found: Bridges, frame: Frame, form: str) -> None:
    """Print the bridges: as ``json``, ``csv`` (a row a line), or for a person."""
    if form == "json":
        answer_json(described(found), found.notes)
    elif form == "csv":
        from tenure.core.csv_text import csv_of

        rows = [row for step in found.steps for row in _flat(step)]
        print(csv_of(list(dict.fromkeys(name for row in rows for name in row)), rows))
    else:
        say(_told(found, frame, of_output()))


def described(found: Bridges) -> dict[str, Any]:
    """The bridges for programs."""
    return {
        "metric": found.entry.slug,
        "unit": found.entry.unit,
        "figures": found.start,
        "chained": found.chained,
        "steps": found.steps,
    }


def _flat(step: Step) -> Iterator[dict[str, Any]]:
    for line in step.lines:
        yield {
            "axis": step.axis, "before": step.before, "after": step.after, **step.figures[0].slice,
            "reason": line.reason, "change": line.change, "accounts": line.accounts, "numerator": line.numerator,
            "denominator": line.denominator, "biggest": "; ".join(f"{m.account} {m.change}" for m in line.biggest),
        }  # fmt: skip


def _told(found: Bridges, frame: Frame, style: Style) -> list[str]:
    if not found.start:
        return [f"{titled(found.entry.slug)} has no figure here."]
    first = found.start[0]
    period = frame.period(first.period_start, first.period_end)
    how = "step by step" if found.chained else "by each convention"
    lines = [style.bold(f"{titled(found.entry.slug)}, {period}, {how}"), "", *_overview(found, style)]
    for step in found.steps:
        if step.lines:
            lines += ["", *told_step(step, style)]
    if found.steps and not any(step.lines for step in found.steps):
        lines += ["", "No difference to explain."]
    return [*lines, *([""] if found.notes else []), *(style.grey(clean(note)) for note in found.notes)]


def _overview(found: Bridges, style: Style) -> list[str]:
    """The value by each convention, and the difference."""
    every = [figure for step in found.steps for figure in step.figures]
    places = max([places_of(step) for step in found.steps if step.difference], default=1)
    places = max(places, numbers.places_for(found.entry.unit, [figure.value for figure in (*found.start, *every)]))
    named = list(found.start[0].slice)
    table = Table([Column("variant"), Column("option"), *(Column(clean(name)) for name in named)])
    table.columns += [Column("value", right=True), Column("difference", right=True)]
    for figure in found.start:
        table.rows.append(["", "as asked", *_sliced(figure), _value(figure, places), ""])
    for step in found.steps:
        gap = "" if step.difference is None else numbers.change(step.difference, found.entry.unit, places)
        after = step.figures[1]
        table.rows.append([step.axis, step.after, *_sliced(step.figures[0]), _value(after, places), gap])
    return table.lines(style)


def _sliced(figure: Figure) -> list[str]:
    return [slice_text(value) for value in figure.slice.values()]


def _value(figure: Figure, places: int) -> str:
    word = {"suppressed": "hidden", "held": "(held)"}.get(figure.status)
    return word or numbers.figure(figure.value, figure.unit, places)


def places_of(step: Step) -> int:
    """How many decimals a step needs, so that its difference can be seen."""
    unit, values = step.figures[0].unit, [figure.value for figure in step.figures]
    places, gap = numbers.places_for(unit, values), abs(step.difference or Decimal(0)) * (100 if unit == "share" else 1)
    while gap and places < _MOST_PLACES and gap < Decimal(10) ** (_DIGITS - 1 - places):
        places += 1
    return places


def told_step(step: Step, style: Style) -> list[str]:
    """One step: from where to where, and its lines. What is reached after each is shown, so that all add up."""
    before = step.figures[0]
    unit, places = before.unit, places_of(step)
    where = f"{', '.join(_sliced(before))}: " if before.slice else ""
    ends = [numbers.figure(figure.value, unit, places) for figure in step.figures]
    title = f"{where}{step.before} {ends[0]} to {step.after} {ends[1]}"
    return [style.bold(clean(title)), *lines_of(step.lines, before.value or Decimal(0), unit, places, style)]


def lines_of(lines: Sequence[Line], start: Decimal, unit: str, places: int, style: Style) -> list[str]:
    """The lines of a bridge that begins at ``start``, as a table."""
    table = Table([Column("because"), Column("accounts", right=True), Column("change", right=True)])
    table.columns.append(Column("reaches", right=True))
    reached = start
    for line in lines:
        reached += line.change
        table.rows.append([
            clean(line.reason), f"{line.accounts:,}" if line.accounts else "",
            numbers.change(line.change, unit, places), numbers.figure(reached, unit, places),
        ])  # fmt: skip
    room = style.width - table.natural_width() - 2
    named = [_named(line, unit, places, room) for line in lines]
    if any(named):
        table.columns.append(Column(_NAMED))
        table.rows = [[*row, told] for row, told in zip(table.rows, named, strict=True)]
    return table.lines(style)


def _named(line: Line, unit: str, places: int, room: int) -> str:
    """The accounts that matter most, as many as there is room for."""
    told = ""
    for mover in line.biggest:
        more = f"{told}{', ' if told else ''}{clean(mover.account)} {_part(mover.change, unit, places)}"
        if len(more) > room or room < len(_NAMED):
            break
        told = more
    return told


def _part(change: Decimal, unit: str, places: int) -> str:
    return numbers.plain(change * (100 if unit == "share" else 1), places, sign=True)
