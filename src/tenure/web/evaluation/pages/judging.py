"""Judging a skill: at which described level, why, and what that rests on."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.engine.review_rules import read
from tenure.web.access import leads
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.evaluation import agenda, doing, forms, whose
from tenure.web.evaluation.models import Judged, Proof
from tenure.web.kit.reading import local_today


@dataclass(frozen=True)
class JudgeSkill:
    """The form. ``whose``: whose work it is; ``own``: it is the reader's."""

    id: int
    review: str
    name: str
    about: str
    whose: str
    own: bool
    form: forms.Judge


@page("reviews/<int:review>/judge/<str:skill>/", roles=leads.OPENS, title=gettext_lazy("Judge a skill"), methods=FORM)
def judge_skill(request: Request, review: int, skill: str) -> JudgeSkill | HttpResponse:
    """Say at which level one sees a skill. The other one sees it once it is shared."""
    found = whose.part(request.user, review)
    rules = read(found.rules.text)
    template, asked = rules.template(found.kind), next((one for one in rules.skills if one.slug == skill), None)
    if asked is None or template is None or not template.judged or found.subject is None or found.erased_at:
        raise Http404
    known = forms.found(agenda.about(request.user, found, rules).sight, local_today())
    before = found.judged.filter(by=request.user, skill=skill).prefetch_related("evidence").first()
    of = (found.pk, found.name, asked.name, asked.about, found.subject.name, found.subject_id == request.user.pk)
    if request.method != "POST":
        return JudgeSkill(*of, forms.Judge(skill=asked, known=known, initial=_initial(before)))
    form = forms.Judge(request.POST, skill=asked, known=known)
    if not form.is_valid():
        return show(request, JudgeSkill(*of, form), status=422)
    try:
        doing.judge(found, request.user, skill, form.cleaned_data["level"], form.cleaned_data["text"], form.basis())
    except UsageError as error:
        form.add_error(None, f"{error.message} {error.fix}")
        return show(request, JudgeSkill(*of, form), status=422)
    messages.success(request, _("Kept. The other one sees it once you share it."))
    return HttpResponseRedirect(f"{reverse('one_review', args=[found.pk])}#skills")


def _initial(before: Judged | None) -> dict[str, object]:
    """What one said before."""
    if before is None:
        return {}
    given: dict[str, object] = {"level": before.level, "text": before.text}
    places = [one for one in before.evidence.all() if one.kind != Proof.TEXT]
    for place, one in enumerate(places, 1):
        given[f"basis_{place}"] = f"{one.kind} {one.object_id or one.account_id}"
    words = [one.text for one in before.evidence.all() if one.kind == Proof.TEXT]
    return given | {"words": " ".join(words)}
