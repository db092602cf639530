"""Figures as a table: one row a period and slice, or, for sums by one dimension, a column for each slice."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from tenure.cli import numbers
from tenure.cli.output import paragraph
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, clean
from tenure.core.period import Grain, Period
from tenure.core.titles import titled
from tenure.engine.result import AIMED, NOT_OVER, SAME, TIMES

if TYPE_CHECKING:
    from datetime import date, datetime

    from tenure.core.config import Settings
    from tenure.engine.result import Figure

_MARKS = "¹²³⁴⁵⁶⁷⁸⁹"
#: What is told by the table itself.
_TOLD = {*SAME.values()}
_BESIDE = {"before", "change", "different", *AIMED}


@dataclass(frozen=True)
class Frame:
    """What figures are to be read in: the words of the request, and the workspace's settings."""

    grain: Grain
    settings: Settings

    def period(self, start: date, end: date) -> str:
        """The name of a period."""
        return Period(self.grain, start, end, self.settings.fiscal_year_start).label

    def moment(self, moment: datetime) -> str:
        """An instant (UTC) in the workspace's zone."""
        local = moment.replace(tzinfo=ZoneInfo("UTC")).astimezone(ZoneInfo(self.settings.timezone))
        return f"{local:%Y-%m-%d %H:%M} {self.settings.timezone}"


def slice_text(value: Any) -> str:
    """The value of a dimension; none is told in words."""
    return "(none)" if value is None else clean(value)


def table_of(figures: Sequence[Figure], frame: Frame, style: Style) -> list[str]:
    """The figures as the lines of a table, with notes below."""
    footnotes = Footnotes()
    wide = _crossed(figures, frame, footnotes)
    if wide and wide.natural_width() <= style.width:
        return [*wide.lines(style), *footnotes.lines(style)]
    footnotes = Footnotes()
    table = _listed(figures, frame, footnotes)
    lines = [*table.lines(style), *footnotes.lines(style), *_not_counted(figures, frame, style)]
    if any(figure.status == "small" for figure in figures):
        small = frame.settings.figures.small_n
        lines.append(style.grey(f"(few): fewer than {small} cases; one of them moves the value."))
    missing = table.left_out(style)
    if missing:
        told = f"No room for: {', '.join(missing)}. Widen the terminal, or take --format json."
        lines += [style.grey(line) for line in paragraph(told, style)]
    return lines


class Footnotes:
    """Notes of figures, each told once under the table, with a mark."""

    def __init__(self) -> None:
        self._notes: list[str] = []

    def mark(self, figure: Figure) -> str:
        """The marks of a figure's notes."""
        marks = ""
        for note in figure.notes:
            if note in _TOLD:
                continue
            if note not in self._notes:
                self._notes.append(note)
            number = self._notes.index(note)
            marks += _MARKS[number] if number < len(_MARKS) else "*"
        return marks

    def lines(self, style: Style) -> list[str]:
        """What the marks mean."""
        return [
            style.grey(f"{_MARKS[number] if number < len(_MARKS) else '*'} {clean(note)}")
            for number, note in enumerate(self._notes)
        ]


def _listed(figures: Sequence[Figure], frame: Frame, footnotes: Footnotes) -> Table:
    """A row for each figure; the period is written where it changes."""
    places = numbers.places_for(figures[0].unit, [figure.value for figure in figures])
    cells = _Cells(frame, places, footnotes)
    dimensions = list(figures[0].slice)
    columns = [Column(titled(frame.grain.value))]
    columns += [Column(clean(name), flexible=True) for name in dimensions]
    makers: list[tuple[Column, Callable[[Figure], str]]] = [
        (Column(_value_title(figures[0], frame), right=True), cells.value)
    ]
    if any(figure.low is not None for figure in figures):
        makers.append((Column("95 % interval", right=True, rank=2), cells.interval))
    makers.append((Column("n", right=True, rank=1), cells.n))
    if any("change" in figure.extra for figure in figures):
        makers.append((Column("Change", right=True, rank=4), cells.change))
    if any("different" in figure.extra for figure in figures):
        makers.append((Column("from before", rank=3), cells.difference))
    if any("target" in figure.extra for figure in figures):
        makers.append((Column("Target", rank=2), cells.target))
    if any(figure.bounds for figure in figures):
        makers.append((Column("If all open is lost – won", right=True, rank=5), cells.bounds))
    extras = dict.fromkeys(name for figure in figures for name in figure.extra if name not in _BESIDE)
    makers += [(Column(titled(name), right=True, rank=6), cells.beside(name)) for name in extras]
    marks = [footnotes.mark(figure) for figure in figures]
    if any(marks):
        makers.append((Column("", rank=0), footnotes.mark))
    table = Table([*columns, *(column for column, _ in makers)])
    before = ""
    for number, figure in enumerate(figures):
        period = frame.period(figure.period_start, figure.period_end)
        row = [period if period != before or not dimensions else ""]
        row += [slice_text(figure.slice[name]) for name in dimensions]
        table.rows.append([*row, *(maker(figure) for _, maker in makers)])
        before = period
        if figure.status != "ok":
            table.grey.add(number)
    return table


class _Cells:
    """The cells of a figure's row."""

    def __init__(self, frame: Frame, places: int, footnotes: Footnotes) -> None:
        self.frame = frame
        self.places = places
        self.footnotes = footnotes

    def value(self, figure: Figure) -> str:
        if figure.status == "suppressed":
            return "hidden"
        text = numbers.figure(figure.value, figure.unit, self.places)
        word = {"small": "(few) ", "held": "(held) "}.get(figure.status, "")
        return word + text

    def interval(self, figure: Figure) -> str:
        return numbers.interval(figure.low, figure.high, figure.unit, self.places)

    def n(self, figure: Figure) -> str:
        return "" if figure.status == "suppressed" else f"{figure.n:,}"

    def change(self, figure: Figure) -> str:
        change = figure.extra.get("change")
        return "" if change is None else numbers.change(Decimal(change), figure.unit, self.places)

    def difference(self, figure: Figure) -> str:
        different = figure.extra.get("different")
        return "" if different is None else "different" if different else "not different"

    def target(self, figure: Figure) -> str:
        target, missing = figure.extra.get("target"), figure.extra.get("to_target")
        if target is None:
            return ""
        text = numbers.figure(Decimal(target), figure.unit, self.places)
        if missing is None:
            return text
        so_far = " so far" if NOT_OVER in figure.notes else ""
        if missing <= 0:
            return f"{text} reached{so_far}"
        by = numbers.change(Decimal(missing), figure.unit, self.places).lstrip("+")
        return f"{text} missed by {by}{so_far}" if by.strip("0., p") else f"{text} just missed{so_far}"

    def bounds(self, figure: Figure) -> str:
        low, high = figure.bounds or (None, None)
        return numbers.interval(low, high, figure.unit, self.places)

    def beside(self, name: str) -> Callable[[Figure], str]:
        def cell(figure: Figure) -> str:
            value = figure.extra.get(name)
            if value is None:
                return ""
            if name.endswith(("_share", "_rate")):
                return f"{numbers.plain(Decimal(value) * 100, 1)} %"
            if not isinstance(value, Decimal | float | int):
                return clean(value)
            counted = name in ("open", "left") and value == int(value)
            return numbers.plain(value, 0 if counted else self.places if name in TIMES else 2)

        return cell


def _slices(figures: Sequence[Figure], dimension: str) -> list[Any]:
    """The slices of all periods, in the order in which each period has them."""
    slices: list[Any] = []
    place, period = 0, None
    for figure in figures:
        if figure.period_start != period:
            place, period = 0, figure.period_start
        value = figure.slice[dimension]
        if value in slices:
            place = slices.index(value) + 1
        else:
            slices.insert(place, value)
            place += 1
    return slices


def _crossed(figures: Sequence[Figure], frame: Frame, footnotes: Footnotes) -> Table | None:
    """Sums by one dimension with a column for each slice; None where that would hide an interval or a state."""
    dimensions = list(figures[0].slice)
    plain = all(
        figure.low is None and figure.status == "ok" and not figure.bounds and "target" not in figure.extra
        for figure in figures
    )
    if len(dimensions) != 1 or not plain or figures[0].unit not in ("money", "count"):
        return None
    slices = _slices(figures, dimensions[0])
    periods = list(dict.fromkeys((figure.period_start, figure.period_end) for figure in figures))
    by_place = {(figure.period_start, figure.slice[dimensions[0]]): figure for figure in figures}
    places = numbers.places_for(figures[0].unit, [figure.value for figure in figures])
    titles = [titled(frame.grain.value), *(slice_text(value) for value in slices)]
    table = Table([Column(title, right=number > 0) for number, title in enumerate(titles)])
    for start, end in periods:
        row = [frame.period(start, end)]
        marks = ""
        for value in slices:
            figure = by_place.get((start, value))
            row.append("" if figure is None else numbers.figure(figure.value, figure.unit, places))
            marks = marks or ("" if figure is None else footnotes.mark(figure))
        row[0] += f" {marks}" if marks else ""
        table.rows.append(row)
    return table


def unit_word(unit: str, settings: Settings) -> str:
    """What a value is in, for a heading."""
    return {"money": settings.currency, "share": "", "points": "points", "score": "score", "count": ""}.get(unit, unit)


def _value_title(figure: Figure, frame: Frame) -> str:
    return unit_word(figure.unit, frame.settings).replace("score", "Score").replace("points", "Points") or "Value"


def _not_counted(figures: Sequence[Figure], frame: Frame, style: Style) -> list[str]:
    """What does not count, by reason, over all periods shown."""
    reasons: dict[str, dict[str, int]] = {}
    for figure in figures:
        for reason, count in figure.excluded.items():
            period = frame.period(figure.period_start, figure.period_end)
            by_period = reasons.setdefault(reason, {})
            by_period[period] = by_period.get(period, 0) + count
    lines = []
    for reason, by_period in reasons.items():
        told = ", ".join(f"{count:,} in {period}" for period, count in by_period.items())
        why = clean(reason).replace("_", " ") or "no reason given"
        lines += [style.grey(line) for line in paragraph(f"Not counted, {why}: {told}", style, then="  ")]
    return lines
