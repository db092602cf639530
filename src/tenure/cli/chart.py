"""Charts of signs: a bar for each period, or a line of small bars for each slice."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.cli import numbers
from tenure.cli.figures import Frame, slice_text
from tenure.cli.style import Style
from tenure.cli.table import Column, Table, width

if TYPE_CHECKING:
    from tenure.engine.result import Figure

_EIGHTHS = " ▏▎▍▌▋▊▉█"
_HEIGHTS = "▁▂▃▄▅▆▇█"
_LONGEST = 60
_SHORTEST = 10


def chart_of(figures: Sequence[Figure], frame: Frame, style: Style) -> list[str]:
    """The figures as a chart, every bar with its value."""
    return _lines(figures, frame, style) if figures[0].slice else _bars(figures, frame, style)


def _bars(figures: Sequence[Figure], frame: Frame, style: Style) -> list[str]:
    """One bar a period, from zero; negative ones to the left of it."""
    places = numbers.places_for(figures[0].unit, [figure.value for figure in figures])
    labels = [frame.period(figure.period_start, figure.period_end) for figure in figures]
    values = [numbers.figure(figure.value, figure.unit, places) for figure in figures]
    longest = max(map(width, values))
    room = min(_LONGEST, max(_SHORTEST, style.width - max(map(len, labels)) - longest - 5))
    known = [figure.value for figure in figures if figure.value is not None]
    low, high = min([Decimal(0), *known]), max([Decimal(0), *known])
    scale = Decimal(room) / (high - low) if high > low else Decimal(0)
    left = round(-low * scale)
    lines = []
    for figure, label, text in zip(figures, labels, values, strict=True):
        bar = " " * left if figure.value is None else _bar(figure.value * scale, left)
        line = f"{label}  {bar + ' ' * (room + 1 - len(bar))} {' ' * (longest - width(text))}{text}"
        lines.append(style.grey(line) if figure.status != "ok" else line)
    return lines


def _bar(length: Decimal, left: int) -> str:
    if length < 0:
        full = min(round(-length), left)
        return " " * (left - full) + "█" * full
    eighths = round(length * 8)
    return " " * left + "█" * (eighths // 8) + _EIGHTHS[eighths % 8].strip()


def _lines(figures: Sequence[Figure], frame: Frame, style: Style) -> list[str]:
    """A row for each slice: its course, each on its own scale, and what that reaches from and to."""
    starts = sorted({(figure.period_start, figure.period_end) for figure in figures})
    courses: dict[tuple[str, ...], dict[object, Figure]] = {}
    for figure in figures:
        key = tuple(slice_text(value) for value in figure.slice.values())
        courses.setdefault(key, {})[figure.period_start] = figure
    places = numbers.places_for(figures[0].unit, [figure.value for figure in figures])
    first, last = frame.period(*starts[0]), frame.period(*starts[-1])
    table = Table([Column(name, flexible=True) for name in figures[0].slice])
    table.columns += [Column(title, right=True) for title in ("lowest ▁", first)]
    table.columns += [Column(""), *(Column(title, right=True) for title in (last, "highest █"))]
    for key, course in courses.items():
        series = [course[start].value if start in course else None for start, _ in starts]
        known = [value for value in series if value is not None]
        ends = [min(known, default=None), series[0], series[-1], max(known, default=None)]
        texts = [numbers.figure(value, figures[0].unit, places) for value in ends]
        table.rows.append([*key, *texts[:2], _sparkline(series), *texts[2:]])
    return [*table.lines(style), style.grey("Each line has its own scale. · means no value.")]


def _sparkline(series: Sequence[Decimal | None]) -> str:
    known = [value for value in series if value is not None]
    low, span = min(known, default=Decimal(0)), max(known, default=Decimal(0)) - min(known, default=Decimal(0))
    steps = len(_HEIGHTS) - 1
    return "".join(
        "·" if value is None else _HEIGHTS[round((value - low) / span * steps) if span else steps // 2]
        for value in series
    )
