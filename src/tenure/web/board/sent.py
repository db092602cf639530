"""The board, as it is sent and put on paper."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.titles import titled
from tenure.web.access.roles import EVERYONE
from tenure.web.board import filed
from tenure.web.board.asked import chosen
from tenure.web.board.pages import FIRST, LATER, Width, as_file, cards, sides_of
from tenure.web.kit import figure
from tenure.web.kit.asking import Answers
from tenure.web.kit.charts import HeatMap, Table
from tenure.web.post.sending import Asked, Composed, File, of_export, sent
from tenure.web.post.shown import Shown

if TYPE_CHECKING:
    from tenure.web.board.part import Cell, Grid, Part
    from tenure.web.board.side import Side

_WIDTHS: dict[Width, int] = {"minor": 1, "major": 2, "full": 3}
#: Rows of its tables that a mail holds.
_MOST = 20


def _file(kind: str, asked: Asked) -> File:
    """All figures of the board as it is chosen, of whoever gets it."""
    answers = Answers(asked.sight)
    given = chosen(asked.plain, answers.settings)
    sides, _fields = sides_of(asked.user, answers, given)
    return of_export(_("Board"), kind, as_file(given, sides, kind))


@sent(
    "board",
    roles=EVERYONE,
    link=lambda given: f"{reverse('board')}?{given.urlencode()}" if given else reverse("board"),
    title=gettext_lazy("Board"),
    files={kind: partial(_file, kind) for kind in filed.FORMATS},
)
def board(asked: Asked) -> Composed:
    """All parts of the board as it is chosen. Without a period in the address, of the last one that is over."""
    answers = Answers(asked.sight)
    given = chosen(asked.plain, answers.settings)
    sides, _fields = sides_of(asked.user, answers, given)
    against = figure.period(given.against.start, given.against.end)
    of = " · ".join(f"{titled(given.by)}: {side.title}" for side in sides if side.title)
    note = " · ".join(filter(None, (of, given.told, _("compared with %(period)s") % {"period": against})))
    return Composed(_("Board"), note, tuple(one for side in sides for one in _side(asked, side)))


def _side(asked: Asked, side: Side) -> Iterator[Shown]:
    of = side.title
    for card in cards(side):
        yield Shown(card.title, " · ".join(filter(None, (of, card.period))), card.link, card.as_of, card=card, width=1)
    parts = [*FIRST.values(), *((width, build) for width, _title, build in LATER.values())]
    for width, build in asked.each(parts, _("parts")):
        yield from _shown(build(side), width, of)


def _shown(part: Part, width: Width, of: str) -> Iterator[Shown]:
    note = " · ".join(filter(None, (of, part.note)))
    if part.chart is not None:
        wide = 3 if isinstance(part.chart, HeatMap) else _WIDTHS[width]
        yield Shown(part.title, note, part.link, None, chart=part.chart, width=wide)
    for heading, grid in part.grids:
        title = f"{part.title}: {heading}" if heading else part.title
        yield Shown(title, note, part.link, None, table=_table(grid), most=_MOST)
    if part.empty:
        yield Shown(part.title, note, part.link, None, wrong=part.empty)


def _table(grid: Grid) -> Table:
    return Table(("", *grid.columns), tuple((row.name, *map(_told, row.cells)) for row in grid.rows))


def _told(cell: Cell) -> str:
    return " ".join(filter(None, (cell.value, f"({cell.interval})" if cell.interval else "", cell.more)))
