"""Restatements as a bridge: what was reported, a line for each cause, what it is now."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.figures import Frame, slice_text, unit_word
from tenure.cli.output import paragraph
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, clean
from tenure.core.titles import titled

if TYPE_CHECKING:
    from decimal import Decimal

    from tenure.engine.restated import Line, Moved, Restatement


#: Decimals at most.
_MOST_PLACES = 6


def bridge_of(restatements: Sequence[Restatement], frame: Frame, style: Style) -> list[str]:
    """The restatements as the lines of a table, with notes below. What did not change is a single row."""
    first = restatements[0]
    dimensions = list(first.slice)
    places = _places(restatements)
    table = Table([
        Column(titled(frame.grain.value)), *(Column(clean(name), flexible=True) for name in dimensions), Column(""),
        Column(unit_word(first.unit, frame.settings) or "Value", right=True), Column("Rows", right=True, rank=1),
        Column("Most by", flexible=True),
    ])  # fmt: skip
    before = ""
    for each in restatements:
        period = frame.period(each.period_start, each.period_end)
        named = [period if period != before else "", *(slice_text(each.slice[name]) for name in dimensions)]
        for number, cells in enumerate(_Bridge(each, frame, places).rows()):
            table.rows.append([*(named if number == 0 else [""] * len(named)), *cells])
        before = period
    notes = dict.fromkeys(note for each in restatements for note in each.notes)
    lines = [*table.lines(style)]
    for note in notes:
        lines += [style.grey(line) for line in paragraph(clean(note), style, then="  ")]
    return lines


def _places(restatements: Sequence[Restatement]) -> int:
    """How many decimals it takes to see every line, within reason."""
    unit = restatements[0].unit
    places = numbers.places_for(unit, [end for each in restatements for end in (each.reported, each.now)])
    amounts = [line.amount * (100 if unit == "share" else 1) for each in restatements for line in each.lines]
    while places < _MOST_PLACES and any(round(amount, places) == 0 for amount in amounts):
        places += 1
    return places


class _Bridge:
    """The rows of one restatement."""

    def __init__(self, restatement: Restatement, frame: Frame, places: int) -> None:
        self.each, self.frame, self.places = restatement, frame, places

    def rows(self) -> list[list[str]]:
        """What it is called, the amount, how many rows, and the accounts that moved it most."""
        each = self.each
        reported = f"Reported {self.frame.moment(each.closed_at)[:10]}"
        word = {"held": "held", "suppressed": "hidden"}.get(each.status)
        if word:
            return [[reported, word, "", ""]]
        if each.change == 0 and not each.lines:
            return [[f"{reported}, unchanged", self._value(each.reported), "", ""]]
        ends = [[name, self._value(value), "", ""] for name, value in ((reported, each.reported), ("Now", each.now))]
        return [ends[0], *(self._line(line) for line in each.lines), ends[1]]

    def _line(self, line: Line) -> list[str]:
        why = ", ".join(cause.replace("_", " ") for cause in line.why)
        rows = "" if line.rows is None else f"{line.rows:,}"
        return [f"  {why}", self._change(line.amount), rows, ", ".join(self._moved(each) for each in line.accounts)]

    def _moved(self, moved: Moved) -> str:
        name = slice_text(moved.account or moved.account_id)
        return name if moved.amount is None else f"{name} {self._change(moved.amount)}"

    def _value(self, value: Decimal | None) -> str:
        return numbers.figure(value, self.each.unit, self.places)

    def _change(self, amount: Decimal) -> str:
        return numbers.change(amount, self.each.unit, self.places)
