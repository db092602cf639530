"""The form in which an objective is set or changed, and tried out before."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.web.access import log
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import LEAD
from tenure.web.kit import aims
from tenure.web.kit.asking import Answers
from tenure.web.kit.once import tell
from tenure.web.kit.reading import local_today
from tenure.web.objectives import drawings, forms
from tenure.web.objectives.pages.listed import teller_of
from tenure.web.objectives.pages.one import standing_of

if TYPE_CHECKING:
    from tenure.engine.objectives.standing import Standing
    from tenure.engine.objectives.told import Objective
    from tenure.web.kit.charts import Chart


@dataclass(frozen=True)
class Tried:
    """What the windows before say of a target."""

    attainable: str
    past: Chart | None


@dataclass(frozen=True)
class Form:
    """The form. ``tried``: what trying it out said; None where it was not."""

    form: forms.Setting
    back: str
    is_new: bool
    tried: Tried | None = None


@page("objectives-set/", roles=LEAD, title=gettext_lazy("Set an objective"), methods=FORM, within="objectives")
def set_objective(request: Request) -> Form | HttpResponse:
    """Say what is to be reached, by whom and when; the windows before tell whether that ever was."""
    answers = Answers(request.sight())
    about = _about(answers, None)
    if not about.choices()["level"]:
        raise Http404
    back = reverse("objectives")
    if request.method != "POST":
        level = about.choices()["level"][0][0]
        return Form(forms.Setting.new(of={"about": about}, level=level, csm_id=request.user.csm_id), back, is_new=True)
    return _taken(request, answers, forms.Setting(request.POST, about=about), back, is_new=True)


@page("objectives/<path:objective>/change/", roles=LEAD, title=gettext_lazy("Change an objective"), methods=FORM)
def change_objective(request: Request, objective: str) -> Form | HttpResponse:
    """Change an objective. What it was before stays readable, and who changed it, and why."""
    answers = Answers(request.sight())
    found = standing_of(answers, objective)
    if not found.may_set or found.objective.dropped_at:
        raise Http404
    about, back = _about(answers, found.objective), reverse("objective_page", args=[objective])
    given = forms.initial(found.objective, about.metrics, about.year_start)
    if request.method != "POST":
        return Form(forms.Setting.new(of={"about": about}, **given), back, is_new=False)
    return _taken(request, answers, forms.Setting(request.POST, about=about, initial=given), back, is_new=False)


def _taken(request: Request, answers: Answers, form: forms.Setting, back: str, *, is_new: bool) -> HttpResponse:
    """What became of a form that was sent: tried out, set, or refused at its fields."""
    tried = None
    if form.is_valid():
        draft, sight = form.draft(), answers.sight
        try:
            if request.POST.get("do") != "set":
                tried = _tried(sight.attainable(draft), answers)
                return show(request, Form(form, back, is_new, tried))
            message_id = f"objective {form.cleaned_data['message_id']}"
            told = partial(sight.tell_objective, draft, by=log.sender(request.user.pk), message_id=message_id)
            tell(request, told, _("The objective is set.") if is_new else _("The objective is changed."))
            return HttpResponseRedirect(back)
        except UsageError as error:
            if error.code != "bad_objective":
                raise
            form.refuse(error)
    return show(request, Form(form, back, is_new, tried), status=422)


def _tried(found: Standing, answers: Answers) -> Tried:
    if found.measured is None:
        return Tried(_("A milestone is done or not: nothing before tells whether it can be reached."), None)
    past = drawings.past(found.objective, found.measured.past.points, teller_of(answers))
    return Tried(aims.attainable(found.measured), past)


def _about(answers: Answers, known: Objective | None) -> forms.Choices:
    """What can be chosen: one's own people and teams, and what an objective of theirs may serve."""
    found, teller = answers.objectives("all", figures=False), teller_of(answers)
    today = local_today()
    people = sorted(((one, teller.person(one)) for one in found.people), key=lambda pair: pair[1])
    served = [
        one.objective for one in found.found
        if one.objective.level != "person" and one.objective.closes > today and (known is None or one.objective.id != known.id)
    ]  # fmt: skip
    return forms.Choices(
        people, found.teams, served, teller.metrics, today, answers.settings.fiscal_year_start,
        company=found.may_set_company, known=known,
    )  # fmt: skip
