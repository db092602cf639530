"""A parallel run as a person reads it, and for programs."""

from __future__ import annotations

from dataclasses import asdict, replace
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.cli import numbers
from tenure.cli.bridges import described, lines_of, places_of
from tenure.cli.figures import Frame
from tenure.cli.output import answer_json, paragraph, say
from tenure.cli.style import Style, of_output
from tenure.cli.table import Column, Table, clean
from tenure.core.period import Grain
from tenure.core.titles import titled

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.engine.verbs.beside import Convention, Parallel

_OURS = "ours"
_LEFT = (
    "What no convention explains lies in what was loaded (tenure check), in a setting such as whether trials count"
    " (tenure explain shows those in force), or in what never counts here, as test accounts."
)


def answer(found: Parallel, settings: Settings, form: str) -> None:
    """Print the parallel run: as ``json``, ``csv`` (a row a period), or for a person."""
    if form == "json":
        answer_json(_described(found), found.notes)
    elif form == "csv":
        from tenure.core.csv_text import csv_of

        rows = [asdict(pair) for pair in found.pairs]
        print(csv_of(list(rows[0]), rows))
    else:
        say(_told(found, Frame(Grain(found.grain), settings), of_output()))


def _described(found: Parallel) -> dict[str, Any]:
    names = (
        "tool",
        "grain",
        "slice",
        "pairs",
        "ours",
        "closest",
        "further",
        "tried",
        "of",
        "steady",
        "bridged",
        "rest",
    )
    told = {name: getattr(found, name) for name in names}
    bridge = found.bridge and described(found.bridge)
    return {"metric": found.entry.slug, "unit": found.entry.unit, **told, "bridge": bridge}


def _told(found: Parallel, frame: Frame, style: Style) -> list[str]:
    where = ", ".join(f"{name}={value}" for name, value in found.slice.items())
    title = f"{titled(found.entry.slug)}{', ' if where else ''}{where}, beside {found.tool}"
    lines = [style.bold(clean(title)), "", *_periods(found, frame, style), ""]
    lines += paragraph(_verdict(found), style)
    if found.further:
        next_best = "; ".join(f"{_named(each)} ({_off(each, found)})" for each in found.further)
        lines += [style.grey(line) for line in paragraph(f"Next: {next_best}.", style)]
    lines += ["", *_bridge(found, frame, style)] if found.bridged else []
    notes = [*([_LEFT] if found.rest else []), *(clean(note) for note in found.notes)]
    return [*lines, *([""] if notes else []), *(style.grey(line) for note in notes for line in paragraph(note, style))]


def _periods(found: Parallel, frame: Frame, style: Style) -> list[str]:
    """Theirs, ours, the difference, and what is left by the closest convention."""
    unit = found.entry.unit
    every = [value for pair in found.pairs for value in (pair.theirs, pair.ours)]
    places = numbers.places_for(unit, every)
    titles = (found.tool, _OURS, "difference", *(("closest", "rest") if found.closest.changes else ()))
    table = Table([Column(titled(frame.grain.value)), *(Column(clean(title), right=True) for title in titles)])
    for pair in found.pairs:
        cells = [numbers.figure(pair.theirs, unit, places)]
        for value in (pair.ours, pair.closest) if found.closest.changes else (pair.ours,):
            cells.append(numbers.figure(value, unit, places))
            cells.append("" if value is None else numbers.change(pair.theirs - value, unit, places))
        table.rows.append([frame.period(pair.period_start, pair.period_end), *cells])
    return table.lines(style)


def _verdict(found: Parallel) -> str:
    """Which convention comes closest, and how close."""
    tried = f"{found.tried} tried" if found.tried >= found.of else f"{found.tried} tried of {found.of}"
    if not found.closest.changes:
        said = f"None of our conventions ({tried}) comes closer to {found.tool} than ours, which is {_off(found.ours, found)}."
    else:
        said = (
            f"Closest of our conventions ({tried}): {_named(found.closest)}, which is {_off(found.closest, found)}; "
            f"ours is {_off(found.ours, found)}."
        )
    if found.steady:
        times, least, most = (
            numbers.plain(each, 4) for each in (found.steady.times, found.steady.least, found.steady.most)
        )
        said += f" What {found.tool} says is always about {times} times the closest: from {least} to {most} times."
    return said


def _named(convention: Convention) -> str:
    return " and ".join(convention.changes) or _OURS


def _off(convention: Convention, found: Parallel) -> str:
    """How far a convention is off: typically, and in how many periods not at all."""
    unit = found.entry.unit
    places = numbers.places_for(unit, [pair.theirs for pair in found.pairs])
    off = numbers.change(convention.middle, unit, places).lstrip("+")
    return f"typically {off} off, the same in {convention.same} of {convention.periods}"


def _bridge(found: Parallel, frame: Frame, style: Style) -> list[str]:
    """From ours to theirs in one period: the lines of all steps, and what they leave."""
    from tenure.engine.verbs.bridge import Line

    pair, unit = found.bridged, found.entry.unit
    if pair is None or pair.ours is None:
        return []
    steps = found.bridge.steps if found.bridge else ()
    lines = [replace(line, reason=f"{step.after}: {line.reason}") for step in steps for line in step.lines]
    if found.rest:
        lines.append(Line("not explained by a convention", found.rest, 0))
    places = max(map(places_of, steps), default=numbers.places_for(unit, [pair.theirs, pair.ours]))
    period = frame.period(pair.period_start, pair.period_end)
    ends = [numbers.figure(value, unit, places) for value in (pair.ours, pair.theirs)]
    title = f"{period}: ours {ends[0]} to {found.tool} {ends[1]}"
    if not lines:
        return [style.bold(clean(title)), "No difference to explain."]
    return [style.bold(clean(title)), *lines_of(lines, Decimal(pair.ours), unit, places, style)]
