"""A dashboard as a file for spreadsheets."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tenure.core.csv_text import csv_of
from tenure.core.errors import UsageError
from tenure.web.dashboards import question as questions
from tenure.web.kit import filed
from tenure.web.kit.reading import current
from tenure.web.kit.sheet import TYPE, Sheet, workbook
from tenure.web.post.sending import File

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tenure.web.dashboards.models import Dashboard, Tile
    from tenure.web.kit.asking import Answers

COLUMNS = ("tile", *filed.COLUMNS)
_CSV = "text/csv; charset=utf-8"


def as_csv(dashboard: Dashboard, tiles: Iterable[Tile], answers: Answers) -> File:
    """All figures in one table."""
    rows = [row for each in tiles for row in _rows(each, answers)[2]]
    text = csv_of(COLUMNS, rows) + "\n"
    return File(_named(dashboard, "csv"), _CSV, text.encode("utf-8-sig"), len(rows), COLUMNS)


def as_workbook(dashboard: Dashboard, tiles: Iterable[Tile], answers: Answers) -> File:
    """A sheet a tile."""
    sheets = [_rows(each, answers) for each in tiles]
    book = workbook("dashboard", [
        Sheet(title, COLUMNS, found, [filed.PATTERNS.get(unit, "")] * len(found)) for title, unit, found in sheets
    ])  # fmt: skip
    count = sum(len(found) for _title, _unit, found in sheets)
    return File(_named(dashboard, "xlsx"), TYPE, book.content, count, COLUMNS)


def _named(dashboard: Dashboard, kind: str) -> str:
    return f"{dashboard.title} {datetime.now(current().zone):%Y-%m-%d}.{kind}"


def _rows(tile: Tile, answers: Answers) -> tuple[str, str, list[dict[str, Any]]]:
    """A tile's figures with all their decimals: its title, the unit and the rows. One that cannot be answered has none."""
    try:
        asked = questions.kept(tile.question, answers)
        found = questions.figures(asked, answers)
    except UsageError:
        return tile.title or _("Tile"), "", []
    people = asked.people(answers)
    title = tile.title or asked.title(people)
    rows = [{"tile": title, **row} for row in filed.rows(asked.entry.slug, found, people)]
    return title, found[0].unit if found else "", rows
