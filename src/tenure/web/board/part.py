"""The parts of which the board is made: a chart or a table each, every figure of which leads to its rows."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Literal

from django.utils.translation import gettext as _

from tenure.engine.result import Figure
from tenure.web.board.side import Side
from tenure.web.kit import figure
from tenure.web.kit.charts import Chart


@dataclass(frozen=True)
class Cell:
    """A figure in a table. ``rows``: where it leads to; ``small``: it rests on few; ``more``: what else is to be said of it."""

    value: str
    interval: str = ""
    more: str = ""
    rows: str = ""
    small: bool = False
    tone: Literal["", "good", "bad"] = ""


@dataclass(frozen=True)
class Row:
    """A row of a table. ``link``: where its name leads to; ``depth``: how far below another it stands."""

    name: str
    cells: tuple[Cell, ...]
    link: str = ""
    depth: int = 0
    note: str = ""


@dataclass(frozen=True)
class Grid:
    """A table: the name of its rows, then columns; ``words``: those that are no numbers, counted from 0 after the name."""

    columns: tuple[str, ...]
    rows: tuple[Row, ...]
    words: tuple[int, ...] = ()


@dataclass(frozen=True)
class Told:
    """A figure as a file has it. ``of``: of which slice, account or kind."""

    figure: str
    of: str
    start: date | None
    end: date | None
    value: Decimal | None
    unit: str
    low: Decimal | None = None
    high: Decimal | None = None
    n: int | None = None
    before: Decimal | None = None
    target: Decimal | None = None
    note: str = ""


@dataclass(frozen=True)
class Part:
    """A part of the page. ``note`` says what it shows, ``link`` leads to its metric's page or its own; ``words``: what is to be
    read before it; ``empty``: why there is nothing; ``told``: its figures for a file.
    """

    name: str
    title: str
    note: str = ""
    link: str = ""
    chart: Chart | None = None
    grids: tuple[tuple[str, Grid], ...] = ()
    words: tuple[str, ...] = ()
    empty: str = ""
    told: tuple[Told, ...] = ()


def cell(each: Figure | None, side: Side, *, changed: bool = False, short: bool = True) -> Cell:
    """A figure as a table shows it. ``changed``: with its change."""
    if each is None:
        return Cell("–")
    clear = each.extra.get("different") is not False
    more = [figure.note(each) if each.status != "ok" else ""]
    if changed and (moved := figure.change(each, side.currency)):
        more.insert(0, moved if clear else f"≈ {moved}")
    if meant := figure.target(each, side.currency):
        more.append(_("target %(meant)s") % {"meant": meant})
    return Cell(
        figure.told(each.value, each.unit, side.currency, short=short),
        figure.interval(each, side.currency),
        " · ".join(filter(None, more)),
        side.rows(each) if each.value is not None else "",
        each.status == "small",
    )


def told(figures: Sequence[Figure], side: Side) -> tuple[Told, ...]:
    """Figures for a file."""
    return tuple(
        Told(
            each.metric, ", ".join(figure.named(name, value, side.people) for name, value in each.slice.items()),
            each.period_start, each.period_end, each.value, each.unit, each.low, each.high, each.n,
            each.extra.get("before"), each.extra.get("target"), "; ".join(filter(None, (figure.note(each), *each.notes))),
        )
        for each in figures
    )  # fmt: skip
