"""The list of objectives, and the page that tells where the gap is."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlencode

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page
from tenure.web.access.roles import LEAD
from tenure.web.kit import aims, figure, formats
from tenure.web.kit.aims import Teller
from tenure.web.kit.asking import Answers
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.people import names
from tenure.web.kit.sheet import sheet
from tenure.web.kit.shell import Nav, Section, Text
from tenure.web.kit.table import exported
from tenure.web.objectives import listed
from tenure.web.objectives.listed import COLUMNS, Row
from tenure.web.objectives.whose import SEES

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence
    from datetime import datetime

    from tenure.engine.objectives.sets import Weighed
    from tenure.engine.objectives.standing import Standing, Status
    from tenure.engine.verbs.objectives import ObjectivesFound

_WHICH: dict[str, Text] = {
    "running": gettext_lazy("that run"), "ahead": gettext_lazy("to come"), "over": gettext_lazy("that are over"),
    "dropped": gettext_lazy("given up"),
}  # fmt: skip
_WHOSE: dict[str, Text] = {
    "": gettext_lazy("everybody I see"), "me": gettext_lazy("me"), "person": gettext_lazy("persons"),
    "team": gettext_lazy("teams"), "company": gettext_lazy("the company"),
}  # fmt: skip
_COUNTED: tuple[Status, ...] = ("reached", "on_track", "in_doubt", "off_track", "missed")
_BY: dict[str, Text] = {
    "way": gettext_lazy("share of the way"), "spreads": gettext_lazy("widths of the interval"),
}  # fmt: skip


@dataclass(frozen=True)
class Count:
    """How many stand so."""

    status: aims.Pill
    count: int


@dataclass(frozen=True)
class Unweighed:
    """A set whose weights do not add up, and where they are told."""

    text: str
    link: str


@dataclass(frozen=True)
class List:
    """The objectives in sight. ``sets``: the reader sets some; ``unweighed``: what does not add up among those."""

    choices: tuple[Choice, ...]
    as_of: datetime
    rows: tuple[Row, ...]
    counts: tuple[Count, ...]
    unweighed: tuple[Unweighed, ...]
    sets: bool
    files: str


@dataclass(frozen=True)
class Gap:
    """What is missing of one objective. ``part``: of the widest bar, in hundredths."""

    row: Row
    missing: str
    way: str
    spreads: str
    part: int


@dataclass(frozen=True)
class Gaps:
    """The objectives that run and miss something, the most first. ``silent``: of how many nothing can be said."""

    choices: tuple[Choice, ...]
    as_of: datetime
    gaps: tuple[Gap, ...]
    met: int
    silent: int
    files: str


@page(
    "objectives/", roles=SEES, title=gettext_lazy("Objectives"), nav=Nav(Section.TEAM, 15, "goal"), sensitive=True,
)  # fmt: skip
def objectives(request: Request) -> List | HttpResponse:
    """What are we to reach, and how does it stand?"""
    answers = Answers(request.sight())
    which, whose = request.GET.get("which", "running"), request.GET.get("whose", "")
    if which not in _WHICH or whose not in _WHOSE:
        raise Http404
    found = answers.objectives(which)
    shown = [one for one in found.found if _fits(one, whose, request.user.csm_id)]
    teller = teller_of(answers)
    if request.GET.get("format") in ("csv", "xlsx"):
        return _filed(request.GET["format"], "objectives", shown)
    return List(
        (_choice("which", _("Objectives"), _WHICH, which), _choice("whose", _("Of"), _WHOSE, whose)), found.as_of,
        listed.rows(shown, teller), tuple(_counts(shown)), _unweighed(found, shown, teller),
        not request.user.roles.isdisjoint(LEAD) and bool(found.people or found.teams),
        f"{reverse('objectives')}?{urlencode({'which': which, 'whose': whose})}",
    )  # fmt: skip


@page("objectives-gap/", roles=SEES, title=gettext_lazy("Where is the gap?"), sensitive=True, within="objectives")
def objective_gap(request: Request) -> Gaps | HttpResponse:
    """Of which objective is most missing?"""
    answers = Answers(request.sight())
    by, whose = request.GET.get("by", "way"), request.GET.get("whose", "")
    if by not in _BY or whose not in _WHOSE:
        raise Http404
    found = answers.objectives("running")
    shown = [one for one in found.found if _fits(one, whose, request.user.csm_id)]
    known = [one for one in shown if one.gap is not None]
    missing = sorted((one for one in known if one.gap and one.gap.missing > 0), key=_order(by))
    if request.GET.get("format") in ("csv", "xlsx"):
        return _filed(request.GET["format"], "gaps", missing)
    teller = teller_of(answers)
    most = max((_size(one, by) or 0 for one in missing), default=0) or 1
    return Gaps(
        (_choice("by", _("Compared by"), _BY, by), _choice("whose", _("Of"), _WHOSE, whose)), found.as_of,
        tuple(_gap(one, teller, (_size(one, by) or 0) / most) for one in missing), len(known) - len(missing),
        len(shown) - len(known), f"{reverse('objective_gap')}?{urlencode({'by': by, 'whose': whose})}",
    )  # fmt: skip


def teller_of(answers: Answers) -> Teller:
    """Who tells the values of this workspace."""
    return Teller(answers.settings.currency, answers.sight.metrics(), names.of(answers.sight))


def _fits(one: Standing, whose: str, csm_id: str) -> bool:
    told = one.objective
    if whose == "me":
        return bool(csm_id) and told.csm_id == csm_id
    return whose in ("", told.level)


def _choice(name: str, label: str, options: dict[str, Text], chosen: str) -> Choice:
    return Choice(name, label, tuple(Option(value, word, value == chosen) for value, word in options.items()))


def _counts(shown: Sequence[Standing]) -> Iterable[Count]:
    counted = Counter(one.status for one in shown if one.phase != "ahead")
    for name in _COUNTED:
        if counted[name]:
            yield Count(aims.pill(name), counted[name])


def _unweighed(found: ObjectivesFound, shown: Sequence[Standing], teller: Teller) -> tuple[Unweighed, ...]:
    """The sets that the reader may set and that are weighed, but not so that they add up."""
    by_id = {one.objective.id: one for one in shown if one.may_set and one.phase != "over"}
    return tuple(
        Unweighed(_sum(each, by_id[each.ids[0]], teller), reverse("weigh", args=[each.ids[0]]))
        for each in found.sets
        if not each.whole and not each.bare and each.ids[0] in by_id
    )


def _sum(each: Weighed, one: Standing, teller: Teller) -> str:
    return _("%(whose)s, %(window)s: the weights make %(total)s.") % {
        "whose": teller.whose(one.objective), "window": aims.window(one.objective), "total": formats.percent(each.total, 0),
    }  # fmt: skip


def _size(one: Standing, by: str) -> float | None:
    return (one.gap.way if by == "way" else one.gap.spreads) if one.gap else None


def _order(by: str) -> Callable[[Standing], tuple[bool, float, str]]:
    def key(one: Standing) -> tuple[bool, float, str]:
        size = _size(one, by)
        return size is None, -(size or 0), one.objective.id

    return key


def _gap(one: Standing, teller: Teller, part: float) -> Gap:
    gap = one.gap
    assert gap is not None
    missing = figure.moved(gap.missing, teller.unit(one.objective), teller.currency).lstrip("+±")
    spreads = "" if gap.spreads is None else formats.number(gap.spreads, 1)
    way = _("it was there") if gap.way is None else formats.percent(gap.way, 0)
    return Gap(listed.row(one, 0, teller), missing, way, spreads, min(max(round(20 * part) * 5, 0), 100))


def _filed(kind: str, name: str, shown: Sequence[Standing]) -> HttpResponse:
    rows = [listed.filed(one) for one in shown]
    return sheet(name, COLUMNS, rows) if kind == "xlsx" else exported(name, COLUMNS, rows)
