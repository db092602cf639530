"""One objective: how it stands, whether it was ever reached, what was said of it and changed about it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.web.access import log
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import LEAD, Role
from tenure.web.kit import aims, figure, formats
from tenure.web.kit.aims import Teller
from tenure.web.kit.asking import Answers
from tenure.web.kit.once import tell
from tenure.web.objectives import drawings, forms, listed
from tenure.web.objectives.listed import Row
from tenure.web.objectives.pages.listed import teller_of
from tenure.web.objectives.whose import SEES

if TYPE_CHECKING:
    from tenure.engine.objectives.standing import Standing
    from tenure.engine.objectives.told import Change, Objective
    from tenure.engine.verbs.objectives import ObjectivesFound
    from tenure.web.kit.charts import Chart

#: Who tells something of objectives: whoever only reads figures sees all, and tells nothing.
_TELLS = LEAD | {Role.CSM}


@dataclass(frozen=True)
class Link:
    """Another objective."""

    name: str
    link: str


@dataclass(frozen=True)
class Said:
    """A check-in."""

    at: datetime
    confidence: str
    text: str
    by: str


@dataclass(frozen=True)
class Changed:
    """A change. ``late``: of what it is held to, in its window."""

    at: datetime
    what: str
    before: str
    after: str
    by: str
    reason: str
    late: bool


@dataclass(frozen=True)
class One:
    """An objective. ``metric``: where its metric's page is; ``missing``: what is missing, in words; ``sets``: the reader may change it;
    ``says``: the form of a check-in, for who answers; ``settles``: she says of a milestone that it is done.
    """

    row: Row
    as_of: datetime
    told_by: str
    told_at: datetime
    slice: str
    ramp: str
    how: str
    missing: str
    elapsed: str
    serves: Link | None
    served_by: tuple[Row, ...]
    attainable: str
    course: Chart | None
    past: Chart | None
    said: tuple[Said, ...]
    changes: tuple[Changed, ...]
    sets: bool
    says: forms.Said | None
    settle: forms.Settled
    settles: str
    dropped: bool
    weighs: str


@page("objectives/<path:objective>/", roles=SEES, title=gettext_lazy("Objective"), sensitive=True)
def objective_page(request: Request, objective: str) -> One:
    """How does it stand, and why?"""
    return _one(request, objective)


def _one(request: Request, name: str, says: forms.Said | None = None) -> One:
    answers = Answers(request.sight())
    found, all_told = standing_of(answers, name), answers.objectives("all", figures=False)
    one, teller = found.objective, teller_of(answers)
    leads = not request.user.roles.isdisjoint(LEAD)
    tells = not request.user.roles.isdisjoint(_TELLS)
    sets = leads and found.may_set and not one.dropped_at and found.phase != "over"
    answering = tells and found.may_check_in and (leads or request.user.csm_id == one.csm_id)
    below = tuple(each.objective.id for each in all_told.found if each.objective.serves == one.id)
    serving = answers.objectives(ids=below).found if below else ()
    people = _tellers(one, teller)
    return One(
        listed.row(found, 0, teller), answers.objectives(ids=(name,)).as_of, people.get(one.by, one.by), one.at,
        one.slice, _ramp(one, found.goal, teller), aims.how(found),
        _missing(found, teller), formats.percent(found.elapsed, 0), _serves(one, all_told),
        tuple(listed.row(each, 0, teller) for each in serving),
        aims.attainable(found.measured) if found.measured else "",
        drawings.course(one, found.measured, found.goal, teller) if found.measured else None,
        drawings.past(one, found.measured.past.points, teller) if found.measured else None,
        tuple(Said(each.at, formats.percent(each.confidence, 0), each.text, people.get(each.by, each.by)) for each in reversed(one.check_ins)),
        tuple(_changed(one, each, teller, people) for each in reversed(one.changes)),
        sets,
        (says or forms.Said.new()) if answering and not one.dropped_at else None, forms.Settled.new(auto_id="settle_%s"),
        ("open" if one.done_at else "done") if answering and not one.metric and not one.dropped_at else "",
        one.dropped_at is not None, reverse("weigh", args=[one.id]) if sets else "",
    )  # fmt: skip


@page("objectives/<path:objective>/say/", roles=_TELLS, title=gettext_lazy("Check in"), methods=POST)
def check_in(request: Request, objective: str) -> HttpResponse:
    """Say how sure one is that it will be reached."""
    answers = Answers(request.sight())
    found = standing_of(answers, objective)
    leads = not request.user.roles.isdisjoint(LEAD)
    if not found.may_check_in or not (leads or request.user.csm_id == found.objective.csm_id):
        raise Http404
    form = forms.Said(request.POST)
    if not form.is_valid():
        return show(request, _one(request, objective, form), status=422, template="objectives/objective_page.html")
    given, by = form.cleaned_data, log.sender(request.user.pk)
    told = partial(
        answers.sight.check_in, objective, Decimal(given["confidence"]), given["text"], by=by,
        message_id=f"check-in {given['message_id']}",
    )  # fmt: skip
    tell(request, told, _("The check-in is kept."))
    return _back(objective)


@page("objectives/<path:objective>/settle/", roles=_TELLS, title=gettext_lazy("Settle"), methods=POST)
def settle_objective(request: Request, objective: str) -> HttpResponse:
    """Say that a milestone is done, or open again, or give an objective up."""
    answers = Answers(request.sight())
    found, what = standing_of(answers, objective), request.POST.get("what", "")
    leads = not request.user.roles.isdisjoint(LEAD)
    own = found.may_check_in and request.user.csm_id == found.objective.csm_id
    if not (leads and found.may_set) and not (own and what in ("done", "open")):
        raise Http404
    form = forms.Settled(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        told = partial(
            answers.sight.settle_objective, objective, what, by=log.sender(request.user.pk),
            message_id=f"settle {given['message_id']}", day=given["day"], reason=given["reason"],
        )  # fmt: skip
        try:
            tell(request, told, _("It is recorded."))
        except UsageError as error:
            return _refused(request, objective, f"{error.message} {error.fix}")
        return _back(objective)
    return _refused(request, objective, _("It is not recorded: that is no day."))


@dataclass(frozen=True)
class Weighing:
    """The parts of one owner's objectives in one window."""

    name: str
    window: str
    back: str
    form: forms.Weights


@page("objectives/<path:objective>/weights/", roles=LEAD, title=gettext_lazy("Weights"), methods=FORM, sensitive=True)
def weigh(request: Request, objective: str) -> Weighing | HttpResponse:
    """What parts have the objectives of this owner in this window?"""
    answers = Answers(request.sight())
    found = standing_of(answers, objective)
    if not found.may_set:
        raise Http404
    whole = next((each for each in answers.objectives("all", figures=False).sets if objective in each.ids), None)
    if whole is None:
        raise Http404
    every = {one.objective.id: one.objective for one in answers.objectives("all", figures=False).found}
    of, teller = [every[name] for name in whole.ids], teller_of(answers)
    back = reverse("objective_page", args=[objective])
    if request.method != "POST":
        return Weighing(
            teller.whose(found.objective), aims.window(found.objective), back, forms.Weights.new(of={"of": of})
        )
    form = forms.Weights(request.POST, of=of)
    if form.is_valid():
        given = form.cleaned_data
        told = partial(
            answers.sight.weigh_objectives, form.weights(), by=log.sender(request.user.pk),
            message_id=f"weigh {given['message_id']}", reason=given["reason"],
        )  # fmt: skip
        try:
            tell(request, told, _("The weights are kept."))
            return HttpResponseRedirect(back)
        except UsageError as error:
            form.add_error(None, f"{error.message} {error.fix}")
    content = Weighing(teller.whose(found.objective), aims.window(found.objective), back, form)
    return show(request, content, status=422)


def standing_of(answers: Answers, name: str) -> Standing:
    """An objective that may be seen. Raises ``Http404``."""
    found = answers.objectives(ids=(name,)).found
    if not found:
        raise Http404
    return found[0]


def _back(name: str) -> HttpResponse:
    return HttpResponseRedirect(reverse("objective_page", args=[name]))


def _refused(request: Request, name: str, why: str) -> HttpResponse:
    messages.error(request, why.strip())
    return _back(name)


def _tellers(one: Objective, teller: Teller) -> dict[str, str]:
    """The names of those who told something of it: log-ins, or our people by their ids."""
    by = {one.by, *(each.by for each in one.changes), *(each.by for each in one.check_ins)}
    return dict(teller.people) | log.names_of(by)


def _ramp(one: Objective, goal: Decimal | None, teller: Teller) -> str:
    if one.ramp is None:
        return ""
    return _("from %(share)s on %(start)s to all of it on %(end)s: at the end of the window %(goal)s") % {
        "share": formats.percent(one.ramp.share, 0), "start": formats.day(one.ramp.start), "end": formats.day(one.ramp.end),
        "goal": teller.target(one, goal),
    }  # fmt: skip


def _missing(found: Standing, teller: Teller) -> str:
    gap = found.gap
    if gap is None or gap.missing <= 0:
        return ""
    parts = [figure.moved(gap.missing, teller.unit(found.objective), teller.currency).lstrip("+±")]
    if gap.way is not None:
        parts.append(_("%(share)s of the way") % {"share": formats.percent(gap.way, 0)})
    if gap.spreads is not None:
        parts.append(_("%(count)s half widths of the interval") % {"count": formats.number(gap.spreads, 1)})
    return ", ".join(parts)


def _serves(one: Objective, found: ObjectivesFound) -> Link | None:
    served = next((each.objective for each in found.found if each.objective.id == one.serves), None)
    return Link(served.name, reverse("objective_page", args=[served.id])) if served else None


def _changed(one: Objective, each: Change, teller: Teller, people: dict[str, str]) -> Changed:
    told = teller.changed(one, each.what, each.before), teller.changed(one, each.what, each.after)
    return Changed(each.at, str(aims.CHANGED[each.what]), *told, people.get(each.by, each.by), each.reason, each.late)
