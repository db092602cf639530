"""The page of the first steps."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import POST, Request, page
from tenure.web.access.roles import OPERATE
from tenure.web.guide import steps
from tenure.web.guide.kinds import KINDS
from tenure.web.guide.models import Aside, How, Step
from tenure.web.kit import formats
from tenure.web.kit.asking import Answers
from tenure.web.kit.shell import Nav, Section


@dataclass(frozen=True)
class Guide:
    """``told``: how many are done; ``failed`` (``refused``): how many rows wait to be mended, empty for none; ``aside``: the reader has put it aside."""

    steps: tuple[steps.Stand, ...]
    told: str
    failed: str
    refused: int
    over: bool
    aside: bool
    drop: str


@page(
    "guide/",
    roles=OPERATE,
    title=gettext_lazy("First steps"),
    nav=Nav(Section.WORK, 5, "footprints", over=steps.over),
    lands=OPERATE,
)
def guide(request: Request) -> Guide:
    """What is there, what is missing for first figures, and what each step brings."""
    answers = Answers(request.sight())
    found = steps.stands(answers, request.user)
    done = sum(each.done or each.left for each in found)
    failed = answers.sight.failed(where=[("state", "equals", "open")], limit=1).total
    return Guide(
        steps=found,
        told=_("%(done)s of %(all)s done") % {"done": formats.number(done), "all": formats.number(len(found))},
        failed=formats.number(failed) if failed else "",
        refused=failed,
        over=done == len(found),
        aside=Aside.objects.filter(user=request.user).exists(),
        drop=str(answers.sight.home / "drop"),
    )


@page("guide/step/", roles=OPERATE, title=gettext_lazy("A first step"), methods=POST)
def guide_step(request: Request) -> HttpResponse:
    """Say that a step is done that no data tells of, that one is left out, or that it is wanted after all."""
    name, how = request.POST.get("step", ""), request.POST.get("how", "")
    kind = KINDS.get(name)
    if kind is None or not {How.TOLD: bool(kind.said), How.LEFT: kind.spare, "": True}.get(how):
        raise Http404
    if how:
        told = {"how": how, "by": request.user, "at": timezone.now()}
        Step.objects.update_or_create(name=name, defaults=told)
    else:
        Step.objects.filter(name=name).delete()
    return HttpResponseRedirect(reverse("guide"))


@page("guide/aside/", roles=OPERATE, title=gettext_lazy("Put the first steps aside"), methods=POST)
def guide_aside(request: Request) -> HttpResponse:
    """Put the first steps aside, or take them up again."""
    if "again" in request.POST:
        Aside.objects.filter(user=request.user).delete()
        return HttpResponseRedirect(reverse("guide"))
    Aside.objects.get_or_create(user=request.user)
    messages.success(
        request, _("The first steps are put aside. You find them again on the page Data, and by searching.")
    )
    return HttpResponseRedirect(reverse("home"))
