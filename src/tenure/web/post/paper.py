"""What is shown on a page, as a document for paper and as a mail."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.template.loader import render_to_string
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from tenure.web.kit import drawn, formats
from tenure.web.kit.reading import current
from tenure.web.post.letters import Part

if TYPE_CHECKING:
    from tenure.web.post.shown import Shown

TYPE = "application/pdf"
#: Pixels that a drawing has on paper, by its width in columns.
_WIDTHS, _HEIGHT = {1: 318, 2: 660, 3: 1004}, 210
#: Rows of a table that stand together on a page.
_ON_A_PAGE = 20
#: A cell with more letters is no number.
_SENTENCE = 48


@dataclass(frozen=True)
class Drawn:
    """Something shown, on paper. ``goes_on``: it is a table that is too long to stand on one page. ``worded``: its columns of sentences, and
    not of numbers.
    """

    shown: Shown
    svg: SafeString | None
    goes_on: bool
    worded: frozenset[int]


def pdf(title: str, note: str, shown: Iterable[Shown]) -> bytes:
    """A document. Raises ``UnavailableError`` where it cannot be made here."""
    with drawn.Drawer() as drawer:
        places = [Drawn(each, _svg(drawer, each), _rows(each) > _ON_A_PAGE, _worded(each)) for each in shown]
    now = datetime.now(current().zone)
    html = render_to_string("post/paper.html", {"title": title, "note": note, "places": places, "now": now})
    return drawn.pdf(html, (Path(__file__).parent / "paper.css").read_text(encoding="utf-8"))


def _svg(drawer: drawn.Drawer, each: Shown) -> SafeString | None:
    return mark_safe(drawer.svg(each.chart, _WIDTHS[each.width], _HEIGHT)) if each.chart else None  # noqa: S308 - drawn here


def _rows(each: Shown) -> int:
    return len(each.table.rows) if each.table else 0


def _worded(each: Shown) -> frozenset[int]:
    rows = each.table.rows if each.table else ()
    return frozenset(place for row in rows for place, cell in enumerate(row) if len(cell) > _SENTENCE)


def parts(shown: Sequence[Shown]) -> tuple[Part, ...]:
    """The same as parts of a mail."""
    return tuple(_part(each) for each in shown)


def _part(found: Shown) -> Part:
    if found.card is not None:
        card = found.card
        said = [text for text in (card.value, card.change, card.interval) if text]
        return Part(found.title, ((" · ".join(said), found.link),), note=found.note)
    table = found.chart.table if found.chart else found.table
    if table is None:
        return Part(found.title, note=found.wrong)
    rows = table.rows[-found.most :] if found.chart else table.rows[: found.most]
    note = found.note
    if len(table.rows) > len(rows):
        note += " · " + _("%(shown)s of %(all)s rows") % {
            "shown": formats.number(len(rows)), "all": formats.number(len(table.rows)),
        }  # fmt: skip
    return Part(found.title, table=(table.columns, *rows), note=note)
