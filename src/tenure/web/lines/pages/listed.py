"""The reporting lines with the matrix of who answers for what, and one metric along them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.core.titles import titled
from tenure.web.access.page import Request, page
from tenure.web.access.roles import EVERYONE, LEAD
from tenure.web.kit import figure, formats
from tenure.web.kit.asking import Answers
from tenure.web.kit.people import names
from tenure.web.kit.sheet import sheet
from tenure.web.kit.shell import Nav, Section, Text
from tenure.web.kit.table import exported
from tenure.web.lines import listed, valued, words
from tenure.web.lines.words import Link, Pill, Teller

if TYPE_CHECKING:
    from datetime import datetime

    from tenure.engine.lines.standing import Told
    from tenure.engine.verbs.lines import LinesFound


@dataclass(frozen=True)
class Lost:
    """What is told of the day, but of nobody whom anything is asked of."""

    metric: Link
    unit: str
    who: str


@dataclass(frozen=True)
class Overview:
    """The lines of a day. ``levels``: those that there are; ``told``: of how many cells somebody answers; ``mine``: the reader's own page."""

    day: str
    day_told: str
    as_of: datetime
    levels: tuple[Text, ...]
    rows: tuple[listed.MetricRow, ...]
    tree: tuple[listed.UnitRow, ...]
    told: str
    gaps: tuple[Pill, ...]
    loose: tuple[Link, ...]
    lost: tuple[Lost, ...]
    sets: bool
    mine: str
    files: str


@dataclass(frozen=True)
class Past:
    """Who answered before, or will."""

    unit: str
    who: Link
    held: str
    reason: str


@dataclass(frozen=True)
class Along:
    """A metric along the line. ``period``: of its figures; ``adds_up``: what is said of its parts; ``hides``: figures of some units are out of the reader's sight."""

    title: str
    metric: str
    day: str
    day_told: str
    as_of: datetime
    period: str
    rows: tuple[valued.Row, ...]
    gaps: tuple[Pill, ...]
    adds_up: Pill | None
    hides: bool
    past: tuple[Past, ...]
    ahead: tuple[Past, ...]
    sets: str


@page(
    "reporting-lines/", roles=EVERYONE, title=gettext_lazy("Reporting lines"), nav=Nav(Section.TEAM, 12, "network"),
)  # fmt: skip
def reporting_lines(request: Request) -> Overview | HttpResponse:
    """Who answers for what, up to the executive?"""
    answers, day = Answers(request.sight()), request.GET.get("day", "")
    found = found_on(answers, day)
    teller = teller_of(answers, found, day)
    if (kind := request.GET.get("format")) in ("csv", "xlsx"):
        filed = listed.filed(found, teller)
        return (
            exported("accountability", listed.COLUMNS, filed)
            if kind == "csv"
            else sheet("accountability", listed.COLUMNS, filed)
        )
    told = sum(not cell.gap for cell in found.cells)
    mine = request.user.csm_id
    return Overview(
        found.day.isoformat(), formats.day(found.day), found.as_of, tuple(words.LEVELS[level] for level in listed.levels(found)),
        listed.matrix(found, teller), listed.tree(found, teller),
        _("%(told)s of %(of)s are told") % {"told": formats.number(told), "of": formats.number(len(found.cells))},
        listed.pills(found.cells), tuple(teller.person(unit.id) for unit in found.units if unit.loose),
        tuple(Lost(teller.metric(one.metric), teller.unit(one.unit), teller.name(one.csm_id)) for one in found.lost),
        may_set(request, found), teller.person(mine).link if mine else "",
        f"{reverse('reporting_lines')}?day={found.day.isoformat()}",
    )  # fmt: skip


@page("reporting-lines/<slug:metric>/", roles=EVERYONE, title=gettext_lazy("A metric along the lines"))
def metric_lines(request: Request, metric: str) -> Along:
    """Who answers for this metric, and what is it along the line?"""
    answers, day = Answers(request.sight()), request.GET.get("day", "")
    found = found_on(answers, day, metric)
    rolled = answers.rolled_up(metric, day=day).found[0]
    teller, sets = teller_of(answers, found, day), may_set(request, found)
    rows = valued.rows(found, rolled, teller, answers.settings.currency, sets=sets)
    period = figure.period(rolled.period.start, rolled.period.end)
    return Along(
        titled(metric), figure.page_of(metric), found.day.isoformat(), formats.day(found.day), found.as_of,
        period if rolled.window == "period" else _("%(window)s to the end of %(period)s") % {"window": _months(rolled.window), "period": period},
        rows, listed.pills(found.cells), _adds_up(rolled.adds_up), any(row.value.hidden for row in rows),
        tuple(_past(one, teller) for one in found.before), tuple(_past(one, teller) for cell in found.cells for one in cell.ahead),
        f"{reverse('set_accountable')}?metric={metric}" if sets else "",
    )  # fmt: skip


def found_on(answers: Answers, day: str, metric: str = "") -> LinesFound:
    """The lines of a day. Raises ``Http404`` for what is no day and no metric."""
    try:
        return answers.lines(day=day, metric=metric)
    except UsageError as error:
        raise Http404 from error


def teller_of(answers: Answers, found: LinesFound, day: str) -> Teller:
    """Who tells the names of this workspace."""
    return Teller(names.of(answers.sight), {unit.id: unit for unit in found.units}, day)


def may_set(request: Request, found: LinesFound) -> bool:
    """Whether the reader says of anybody who answers."""
    return bool(found.settable) and not request.user.roles.isdisjoint(LEAD)


def _months(window: str) -> str:
    return _("%(count)s months") % {"count": window.removesuffix("m")}


def _adds_up(adds_up: bool | None) -> Pill | None:
    if adds_up is None:
        return None
    return Pill("good", _("the parts make the whole")) if adds_up else Pill("bad", _("the parts do not make the whole"))


def _past(one: Told, teller: Teller) -> Past:
    return Past(teller.unit(one.unit), teller.person(one.csm_id), teller.held(one), one.reason)
