"""A dashboard as a file: tables for spreadsheets, a document for paper, and a mail."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tenure.core.csv_text import csv_of
from tenure.core.errors import UsageError
from tenure.web.dashboards import question as questions
from tenure.web.dashboards import shown
from tenure.web.dashboards.shown import Shown
from tenure.web.kit import drawn, figure, formats
from tenure.web.kit.sheet import TYPE, Sheet, workbook
from tenure.web.post.letters import Part

if TYPE_CHECKING:
    from tenure.web.dashboards.models import Dashboard, Tile
    from tenure.web.kit.asking import Answers

COLUMNS = (
    "tile", "metric", "period_start", "period_end", "slice", "value", "low", "high", "n", "unit", "status",
)  # fmt: skip
_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": TYPE,
    "pdf": "application/pdf",
}
#: How decimals of a unit are written in a workbook.
_PATTERNS = {"share": "0.0%", "money": "#,##0.00"}
#: Pixels that a drawing has on paper, by the width of its tile.
_WIDTHS, _HEIGHT = {1: 318, 2: 660, 3: 1004}, 210
#: Rows of a table in a mail.
_MOST = 15


@dataclass(frozen=True)
class File:
    """A file: what it is called, its type, its bytes, and how many rows are in it."""

    name: str
    content_type: str
    content: bytes
    rows: int
    columns: Sequence[str]


@dataclass(frozen=True)
class Drawn:
    """A tile on paper."""

    shown: Shown
    width: int
    svg: SafeString | None


Through = Callable[[Sequence[Any]], Iterable[Any]]


def made(dashboard: Dashboard, tiles: Sequence[Tile], answers: Answers, kind: str, through: Through = iter) -> File:
    """The file of a ``kind`` (csv, xlsx, pdf). ``through``: goes over the tiles, telling how far it is.

    Raises ``UnavailableError`` where a PDF cannot be made here, ``UsageError`` for another kind.
    """
    if kind not in _TYPES:
        raise UsageError("There is no such kind of file.", code="bad_format", fix="Choose csv, xlsx or pdf.")
    name = f"{dashboard.title} {datetime.now(answers.settings.zone):%Y-%m-%d}.{kind}"
    if kind == "pdf":
        content, count = _pdf(dashboard, tiles, answers, through), len(tiles)
        return File(name, _TYPES[kind], content, count, ())
    sheets = [_rows(each, answers) for each in through(tiles)]
    rows = [row for _title, _unit, found in sheets for row in found]
    if kind == "csv":
        text = csv_of(COLUMNS, rows) + "\n"
        return File(name, _TYPES[kind], text.encode("utf-8-sig"), len(rows), COLUMNS)
    book = workbook("dashboard", [
        Sheet(title, COLUMNS, found, [_PATTERNS.get(unit, "")] * len(found)) for title, unit, found in sheets
    ])  # fmt: skip
    return File(name, _TYPES[kind], book.content, len(rows), COLUMNS)


def _rows(tile: Tile, answers: Answers) -> tuple[str, str, list[dict[str, Any]]]:
    """A tile's figures with all their decimals: its title, the unit and the rows. One that cannot be answered has none."""
    try:
        asked = questions.kept(tile.question, answers)
        found = questions.figures(asked, answers)
    except UsageError:
        return tile.title or _("Tile"), "", []
    people = asked.people(answers)
    title = tile.title or asked.title(people)
    rows: list[dict[str, Any]] = [
        {
            "tile": title, "metric": asked.entry.slug, "period_start": _day(each.period_start),
            "period_end": _day(each.period_end), "value": each.value, "low": each.low, "high": each.high, "n": each.n,
            "slice": ", ".join(figure.named(name, value, people) for name, value in each.slice.items()),
            "unit": each.unit, "status": each.status,
        }
        for each in found
    ]  # fmt: skip
    return (
        title,
        found[0].unit if found else "",
        [row if row["status"] != "suppressed" else row | {"n": None} for row in rows],
    )


def _day(value: date | datetime) -> date:
    return value.date() if isinstance(value, datetime) else value


def _pdf(dashboard: Dashboard, tiles: Sequence[Tile], answers: Answers, through: Through) -> bytes:
    with drawn.Drawer() as drawer:
        places = []
        for each in through(tiles):
            found = shown.tile(each, answers)
            svg = mark_safe(drawer.svg(found.chart, _WIDTHS[each.width], _HEIGHT)) if found.chart else None  # noqa: S308 - drawn here
            places.append(Drawn(found, each.width, svg))
    now = datetime.now(answers.settings.zone)
    html = render_to_string("dashboards/paper.html", {"dashboard": dashboard, "places": places, "now": now})
    sheet = (Path(__file__).parent / "paper.css").read_text(encoding="utf-8")
    return drawn.pdf(html, sheet)


def parts(tiles: Sequence[Tile], answers: Answers, through: Through = iter) -> tuple[Part, ...]:
    """The tiles as parts of a mail."""
    return tuple(_part(shown.tile(each, answers)) for each in through(tiles))


def _part(found: Shown) -> Part:
    if found.card is not None:
        card = found.card
        said = [text for text in (card.value, card.change, card.interval) if text]
        return Part(found.title, ((" · ".join(said), found.link),), note=found.note)
    table = found.chart.table if found.chart else found.table
    if table is None:
        return Part(found.title, note=found.wrong)
    rows = table.rows[-_MOST:] if found.chart else table.rows[:_MOST]
    note = found.note
    if len(table.rows) > len(rows):
        note += " · " + _("%(shown)s of %(all)s rows") % {
            "shown": formats.number(len(rows)), "all": formats.number(len(table.rows)),
        }  # fmt: skip
    return Part(found.title, table=(table.columns, *rows), note=note)
