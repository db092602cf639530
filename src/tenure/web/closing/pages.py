"""The pages of closed periods: which are closed and what became of them, and one that is closed or is to be."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import TYPE_CHECKING

from django import forms
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import DataError, UsageError
from tenure.core.period import parse_period
from tenure.engine.frozen import sliced_by
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import OPERATE, REPORT
from tenure.web.closing import figures, jobs, told
from tenure.web.closing.figures import Headline, Restated
from tenure.web.closing.listed import EXPORTED, Closing, listed, rows
from tenure.web.closing.standing import Point, points
from tenure.web.kit import figure, formats
from tenure.web.kit.asking import Answers
from tenure.web.kit.reading import local_today
from tenure.web.kit.shell import Nav, Section
from tenure.web.kit.table import exported

if TYPE_CHECKING:
    from tenure.core.period import Period
    from tenure.engine import Sight
    from tenure.engine.closings import ClosedPeriod

_NOTE = 1_000


class Note(forms.Form):
    """What is kept with a close."""

    note = forms.CharField(
        label=gettext_lazy("Note"), required=False, max_length=_NOTE, widget=forms.Textarea(attrs={"rows": 2}),
        help_text=gettext_lazy("Kept with the close for ever, for example: reported to the board. Do not name people at customers."),
    )  # fmt: skip


@dataclass(frozen=True)
class Frozen:
    """A close as the page tells it."""

    at: datetime
    by: str
    note: str
    figures: str
    held: int
    last_batch: str
    times: int
    mark: str


@dataclass(frozen=True)
class OneClosing:
    """A period. ``frozen``: its close, and then ``headlines`` are what was frozen, else what would be. ``going``: somebody's job closes
    it now, and how ``far`` it is; ``mine``: it is the reader's. ``blocked``: how many checks keep it open; then, and while it is being
    closed, there is no ``form``. ``before``: how many figures the last close of such a period froze. ``wrong``: why what was frozen
    cannot be shown.
    """

    label: str
    name: str
    start: date
    last: date
    is_over: bool
    frozen: Frozen | None = None
    going: str = ""
    mine: bool = False
    far: str = ""
    points: tuple[Point, ...] = ()
    blocked: int = 0
    headlines: tuple[Headline, ...] = ()
    metrics: int = 0
    slices: str = ""
    before: str = ""
    form: Note | None = None
    export: str = ""
    wrong: str = ""


@dataclass(frozen=True)
class ClosingRestated:
    """What became of a closed period, as a part of its page or by itself."""

    label: str
    name: str
    restated: Restated
    export: str


@page("closing/", roles=REPORT, title=gettext_lazy("Closed periods"), nav=Nav(Section.DATA, 47, "calendar-check"))
def closing(request: Request) -> Closing | HttpResponse:
    """Which periods are closed, which is next, and what became of what was reported?"""
    answers = Answers(request.sight())
    if request.GET.get("format") == "csv":
        return exported("closed-periods", EXPORTED, rows(answers))
    return listed(answers)


@page("closing/<str:period>/", roles=REPORT, title=gettext_lazy("Closed period"), methods=FORM)
def one_closing(request: Request, period: str) -> OneClosing | HttpResponse:
    """What stands against closing a period, what will be frozen, and what was."""
    asked, sight = _asked(request, period), request.sight()
    if request.method == "POST":
        return _begun(request, asked)
    if request.GET.get("format") == "csv":
        found = sight.frozen(asked.grain.value, asked.label)
        return exported(f"closed-{asked.label}", figures.EXPORTED, figures.exported(found))
    content = _one(request, asked)
    if request.htmx and not content.going:  # what was followed is over: the whole page is another one now
        return HttpResponse(headers={"HX-Refresh": "true"})
    return show(request, content, template="closing/one.html") if request.htmx else content


@page(
    "closing/<str:period>/restated/", roles=REPORT, title=gettext_lazy("Restatements of a closed period"),
    unattended=True,
)  # fmt: skip
def closing_restated(request: Request, period: str) -> ClosingRestated | HttpResponse:
    """What was reported of a period, what is known of it now, and what lies between."""
    asked, answers = _asked(request, period), Answers(request.sight())
    if answers.sight.closings().of(asked) is None:
        nothing = Restated((), 0, (), _("The period is not closed: nothing of it was reported yet."))
        return ClosingRestated(asked.label, _named(asked), nothing, "")
    if request.GET.get("format") == "csv":
        found = figures.rows_of(figures.restatements(answers, asked))
        return exported(f"restated-{asked.label}", figures.LINES, found)
    content = ClosingRestated(asked.label, _named(asked), figures.restated(answers, asked), "?format=csv")
    return show(request, content, template="closing/restated.html") if request.htmx else content


def _asked(request: Request, label: str) -> Period:
    """The period that an address names; another way to write it is no address."""
    try:
        found = parse_period(label, request.sight().settings().fiscal_year_start)
    except UsageError:
        raise Http404 from None
    if found.label != label:
        raise Http404
    return found


def _named(period: Period) -> str:
    return figure.period(period.start, period.end)


def _begun(request: Request, asked: Period) -> HttpResponse:
    """Have the period closed, unless something stands against it."""
    sight, form, here = request.sight(), Note(request.POST), reverse("one_closing", args=[asked.label])
    if jobs.going(asked.label) is None:
        if sight.closings().of(asked) is not None:
            messages.warning(request, _("It is closed already, and stays as it is."))
            return HttpResponseRedirect(here)
        if not form.is_valid() or not _is_over(asked) or sight.blocking(asked.label):
            return show(request, _one(request, asked, form), status=422)
        if jobs.begin(request.user, asked, form.cleaned_data["note"]) is not None:
            messages.success(request, _("It is being closed. You may leave: you are told when it is done."))
            return HttpResponseRedirect(here)
    messages.warning(request, _("It is being closed already. Nothing was begun a second time."))
    return HttpResponseRedirect(here)


def _is_over(asked: Period) -> bool:
    return asked.end <= local_today()


def _one(request: Request, asked: Period, form: Note | None = None) -> OneClosing:
    sight = request.sight()
    found, going = sight.closings(), jobs.going(asked.label)
    closed = found.of(asked)
    last = next((one.figures for one in found.closed if one.grain == asked.grain.value), None)
    one = OneClosing(
        asked.label, _named(asked), asked.start, date.fromordinal(asked.end.toordinal() - 1), _is_over(asked),
        metrics=len(sight.metrics()), before=formats.number(last) if last else "",
    )  # fmt: skip
    if closed is not None:
        return _shut(sight, asked, one, closed)
    if going is not None:  # it is followed, and what stands against it is not asked again
        return replace(one, going=going.owner.name, mine=going.owner_id == request.user.pk, far=jobs.far(going))
    return _still_open(request, asked, one, form or Note()) if one.is_over else one


def _shut(sight: Sight, asked: Period, one: OneClosing, closed: ClosedPeriod) -> OneClosing:
    """A closed period with what was frozen, or why that cannot be read."""
    told_by = told.names([closed.by])[closed.by] or formats.UNKNOWN
    frozen = Frozen(
        closed.closed_at, told_by, closed.note, formats.number(closed.figures), closed.held or 0,
        formats.number(closed.last_batch), closed.times, closed.sha256[:12],
    )  # fmt: skip
    try:
        found = sight.frozen(asked.grain.value, asked.label)
    except DataError as error:
        return replace(one, frozen=frozen, wrong=f"{error.message} {error.fix}".strip())
    heads = figures.frozen(found, asked, sight.settings().currency)
    return replace(one, frozen=frozen, headlines=heads, export="?format=csv")


def _still_open(request: Request, asked: Period, one: OneClosing, form: Note) -> OneClosing:
    """A period that is over and not closed: what stands against it, and what would be frozen."""
    answers = Answers(request.sight())
    held = answers.sight.blocking(asked.label)
    operates = not request.user.roles.isdisjoint(OPERATE)
    return replace(
        one, points=points(answers.sight, asked, held, operates=operates), blocked=len(held),
        headlines=figures.ahead(answers, asked), slices=", ".join(_by(name) for name in sliced_by(answers.settings)),
        form=None if held else form,
    )  # fmt: skip


def _by(dimension: str) -> str:
    names = {"segment": _("segment"), "team": _("team"), "owner": _("owner")}
    return names.get(dimension, dimension)
