"""The form in which it is said who answers."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.engine.lines.draft import LEADS
from tenure.web.access import log
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import LEAD
from tenure.web.kit.asking import Answers
from tenure.web.kit.once import tell
from tenure.web.kit.reading import local_today
from tenure.web.lines import forms
from tenure.web.lines.pages.listed import found_on, teller_of

if TYPE_CHECKING:
    from typing import Any


@dataclass(frozen=True)
class Form:
    """The form, and where it leads back to."""

    form: forms.Setting
    back: str


@page("reporting-lines-set/", roles=LEAD, title=gettext_lazy("Say who answers"), methods=FORM, within="reporting_lines")
def set_accountable(request: Request) -> Form | HttpResponse:
    """Say who answers for what, from a day on. Whoever answered before ends on it, and stays readable."""
    answers = Answers(request.sight())
    found = found_on(answers, "")
    if not found.settable:
        raise Http404
    about = forms.Choices(found, list(answers.sight.metrics()), teller_of(answers, found, ""))
    if request.method != "POST":
        initial: dict[str, Any] = {"day": local_today(), "who": request.GET.get("who", LEADS)}
        initial |= {f"{name}s": request.GET.getlist(name) for name in ("metric", "unit")}
        return Form(
            forms.Setting.new(of={"about": about}, **initial), _back(request.GET.getlist("metric"), found.metrics)
        )
    form = forms.Setting(request.POST, about=about)
    if form.is_valid():
        message_id = f"accountability {form.cleaned_data['message_id']}"
        told = partial(
            answers.sight.tell_accountability, form.draft(), by=log.sender(request.user.pk), message_id=message_id
        )
        try:
            tell(request, told, _("It is recorded who answers."))
            return HttpResponseRedirect(_back(form.cleaned_data["metrics"], found.metrics))
        except UsageError as error:
            if error.code != "bad_accountability":
                raise
            form.refuse(error)
    return show(request, Form(form, _back(request.POST.getlist("metrics"), found.metrics)), status=422)


def _back(metrics: list[str], known: tuple[str, ...]) -> str:
    """The page of the metric, where it is about one; else the lines."""
    if len(metrics) == 1 and metrics[0] in known:
        return reverse("metric_lines", args=metrics)
    return reverse("reporting_lines")
