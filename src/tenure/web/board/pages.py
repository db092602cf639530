"""The board: are we keeping and growing customers, and who answers for it?"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Literal

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.core.titles import titled
from tenure.web.access import annotating
from tenure.web.access.page import Request, page, show
from tenure.web.access.roles import EVERYONE, REPORT, Role
from tenure.web.board import accountable, cohorts, customers, filed, forecast, restated, revenue
from tenure.web.board.asked import DIMENSIONS, Chosen, choices, chosen, latest
from tenure.web.board.part import Cell, Part, Row, Told, cell, told
from tenure.web.board.side import Side, told_apart
from tenure.web.kit import figure
from tenure.web.kit.asking import Answers
from tenure.web.kit.choice import Choice
from tenure.web.kit.people import names
from tenure.web.kit.shell import Nav, Section, Text

if TYPE_CHECKING:
    from tenure.engine.result import Figure
    from tenure.web.access.models import User
    from tenure.web.kit.table import Export

#: How much of the page's width a part takes.
Width = Literal["major", "minor", "full"]
#: The parts, those that are on the page at once first; the others come by themselves.
FIRST: dict[str, tuple[Width, Callable[[Side], Part]]] = {
    "bridge": ("major", revenue.bridge), "retention": ("minor", revenue.retention),
}  # fmt: skip
LATER: dict[str, tuple[Width, Text, Callable[[Side], Part]]] = {
    "movements": ("major", gettext_lazy("MRR movements"), revenue.movements),
    "reasons": ("minor", gettext_lazy("Why customers left"), customers.reasons),
    "forecast": ("full", gettext_lazy("Renewals ahead"), forecast.forecast),
    "wins": ("full", gettext_lazy("Biggest wins and losses"), customers.wins),
    "health": ("major", gettext_lazy("Health of customers"), customers.health),
    "cohorts": ("minor", gettext_lazy("MRR kept by start cohort"), cohorts.cohorts),
    "segments": ("full", gettext_lazy("By segment"), customers.segments),
    "lines": ("full", gettext_lazy("Who answers"), accountable.accountable),
    "restatements": ("full", gettext_lazy("Restatements"), restated.restated),
}


@dataclass(frozen=True)
class Slot:
    """Where a part will stand, and where it comes from."""

    id: str
    width: Width
    title: Text
    url: str


@dataclass(frozen=True)
class Column:
    """One side of the board. ``title``: what it is of; empty for everything."""

    title: str
    cards: tuple[figure.Card, ...]
    parts: tuple[tuple[Width, Part], ...]
    slots: tuple[Slot, ...]


@dataclass(frozen=True)
class Board:
    """``empty``: nothing has been loaded that could be shown, or it is ``held``: why. ``period``: what is looked at; ``against``: with what it is
    compared. ``beside``: two sides in figures, row by row. ``wrong``: why nothing could be shown. ``files``: the address of the
    page as a file, to which the format is added; ``sends``: where it is sent and put on paper.
    """

    empty: bool
    held: str = ""
    choices: tuple[Choice, ...] = ()
    period: str = ""
    against: str = ""
    of: str = ""
    as_of: datetime | None = None
    columns: tuple[Column, ...] = ()
    beside: tuple[Row, ...] = ()
    annotates: bool = False
    files: str = ""
    sends: str = ""
    wrong: str = ""


@page(
    "board/",
    roles=EVERYONE,
    title=gettext_lazy("Board"),
    nav=Nav(Section.WORK, 80, "layout-dashboard"),
    lands=(Role.EXECUTIVE, Role.FINANCE, Role.VIEWER, Role.OPERATIONS),
)
def board(request: Request) -> Board | HttpResponse:
    """Are we keeping and growing customers, and who answers for it?"""
    answers = Answers(request.sight())
    arr = answers.ask("arr")
    if not any(each.value for each in arr):
        return Board(True, held=next((figure.note(each) for each in reversed(arr) if each.status == "held"), ""))
    given = chosen(request.GET.dict(), answers.settings)
    try:
        sides, fields = sides_of(request.user, answers, given)
        if request.GET.get("format") in filed.FORMATS:
            return as_file(given, sides, request.GET["format"])
        columns = tuple(_column(side, place) for place, side in enumerate(sides))
    except UsageError as error:
        wrong = f"{error.message} {error.fix}".strip()
        return show(request, Board(False, period=given.told, wrong=wrong), status=400)
    against = figure.spanning(given.window, given.against.start, given.against.end)
    return Board(
        empty=False,
        choices=fields,
        period=given.told,
        against=_("compared with %(period)s") % {"period": against},
        of=" · ".join(f"{titled(given.by)}: {side.title}" for side in sides if side.title),
        as_of=arr[-1].as_of,
        columns=columns,
        beside=tuple(_beside(*sides)) if len(sides) == 2 else (),
        annotates=annotating.may_annotate(request.user),
        files=f"{reverse('board')}?{given.address()}",
        sends=_sends(given),
    )


@page("board/part/<slug:part>/", roles=EVERYONE, title=gettext_lazy("Part of the board"), unattended=True)
def board_part(request: Request, part: str) -> Part | HttpResponse:
    """One part of the board, as a page of its own or for the board."""
    if part not in LATER:
        raise Http404
    answers = Answers(request.sight())
    given = chosen(request.GET.dict(), answers.settings)
    sides, _fields = sides_of(request.user, answers, given)
    side = sides[-1] if request.GET.get("side") == "1" else sides[0]
    content = LATER[part][2](side)
    return show(request, content, template="board/part.html") if request.htmx else content


def _sends(given: Chosen) -> str:
    """The last period that is over is not named there: what is sent goes on with time."""
    is_last = given.at == latest(given.grain, given.at.fiscal_year_start)
    return f"{reverse('send_view', args=['board'])}?{given.address(at='') if is_last else given.address()}"


def sides_of(user: User, answers: Answers, given: Chosen) -> tuple[tuple[Side, ...], tuple[Choice, ...]]:
    """What is looked at, one side or two, and the fields of the form."""
    people = names.of(answers.sight)
    marks = annotating.marks(answers, user)
    wanted = [given.only, *([given.beside] if given.beside else [])]
    closes = "" if user.roles.isdisjoint(REPORT) else reverse("closing")
    sides = tuple(Side(answers, given, value, people, marks, closes) for value in wanted)
    values = []
    if given.by:
        at = given.at.label
        found = answers.ask("arr", by=(given.by,), start=at, end=at, grain=given.grain.value)
        values = [each.slice[given.by] for each in found if each.slice[given.by] not in (None, "")]
    named = sorted((figure.named(given.by, value, people), str(value)) for value in values)
    fields = choices(given, _dimensions(answers), [(value, name) for name, value in named])
    return sides, fields


def _dimensions(answers: Answers) -> tuple[str, ...]:
    """By what customers can be told apart here: the usual ones, and attributes of one's own."""
    columns = answers.rows("accounts", limit=1).columns
    own = tuple(each.name.removeprefix("custom:") for each in columns if each.name.startswith("custom:"))
    return (*DIMENSIONS, *own)


def as_file(given: Chosen, sides: tuple[Side, ...], kind: str) -> Export:
    """All figures of the board as it is chosen."""
    parts = [(side, found) for side in sides for found in _every(side)]
    return filed.FORMATS[kind](given, parts, sides[0].currency)


def _column(side: Side, place: int) -> Column:
    asked = side.chosen.address(side="1" if place else "")
    slots = tuple(
        Slot(f"{name}-{place}", width, title, f"{reverse('board_part', args=[name])}?{asked}")
        for name, (width, title, _build) in LATER.items()
    )
    title = side.title or (_("Everything") if side.chosen.beside else "")
    return Column(title, tuple(cards(side)), tuple((width, build(side)) for width, build in FIRST.values()), slots)


def _wanted(side: Side) -> tuple[tuple[str, str, str], ...]:
    """The heads: title, metric and window."""
    return (
        (_("ARR"), "arr", ""), (_("Net revenue retention"), "net_revenue_retention", ""),
        (_("Gross revenue retention"), "gross_revenue_retention", ""),
        (_("Customer churn"), "customer_churn_rate", side.chosen.window),
        (_("NPS"), "net_promoter_score", "3m" if side.chosen.grain == "month" else ""),
    )  # fmt: skip


def _heads(side: Side) -> Iterator[tuple[str, str, list[Figure]]]:
    """The heads with their course, the last beside what it is compared with."""
    for title, slug, window in _wanted(side):
        # No window of answers lies ready: half a year of them is worked out in a third of the time that two take.
        count = min(6, side.chosen.course) if slug == "net_promoter_score" else 0
        yield title, slug, side.beside(side.course(slug, window=window, count=count), slug, window, ())


def cards(side: Side) -> Iterator[figure.Card]:
    """The heads with their course."""
    metrics = side.answers.sight.metrics()
    for title, slug, figures in _heads(side):
        address = side.address(slug, figures[-1].window if figures else "")
        found = figure.card(title, metrics[slug], figures, side.currency, address, only=side.only)
        if found is not None:
            yield found


def _beside(one: Side, other: Side) -> Iterator[Row]:
    """The heads of both sides, what lies between them, and whether that is more than chance."""
    for (title, slug, mine), (_title, _slug, theirs) in zip(_heads(one), _heads(other), strict=True):
        if not (mine and theirs):
            continue
        a, b = mine[-1], theirs[-1]
        if a.value is None or b.value is None:
            between = Cell("–")
        else:
            clear = told_apart(a, b)
            said = "" if clear is None else _("a clear difference") if clear else _("no clear difference")
            between = Cell(figure.moved(a.value - b.value, a.unit, one.currency), more=said, rows=one.rows(a))
        yield Row(title, (cell(a, one), cell(b, other), between), figure.page_of(slug))


def _every(side: Side) -> Iterator[Part]:
    """All parts, the heads first."""
    heads: tuple[Told, ...] = tuple(one for _t, _s, figures in _heads(side) for one in told(figures[-1:], side))
    yield Part("heads", _("Board"), told=heads)
    for _width, build in FIRST.values():
        yield build(side)
    for _width, _title, build in LATER.values():
        yield build(side)
