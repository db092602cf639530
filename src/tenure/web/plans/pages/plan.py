"""The success plan of an account, for those who see it: read, changed, begun from a template, printed."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.web.access import log
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import EVERYONE, TELL
from tenure.web.kit import formats
from tenure.web.kit.account import named
from tenure.web.kit.once import tell
from tenure.web.plans import facts, forms, links
from tenure.web.plans.facts import Teller
from tenure.web.plans.plan import Plan, plan_of

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime

    from tenure.engine import Sight
    from tenure.web.plans.models import PlanLink


@dataclass(frozen=True)
class Template:
    """A template that can be begun with."""

    name: str
    about: str
    goals: int
    steps: int


@dataclass(frozen=True)
class Shared:
    """A link that works. ``lost``: who made it sees the account no more, so that it shows nothing."""

    id: int
    name: str
    made_by: str
    until: str
    opened: str
    lost: bool


@dataclass(frozen=True)
class SuccessPlan:
    """``may_plan``: the reader may change it. ``comment``: the form, for who may. ``brief``: it is a part of the account's page."""

    id: str
    plan: Plan
    may_plan: bool
    templates: tuple[Template, ...]
    links: tuple[Shared, ...]
    comment: forms.Comment | None
    brief: bool
    said: str


@page("accounts/<path:account_id>/plan/", roles=EVERYONE, title=gettext_lazy("Success plan"))
def success_plan(request: Request, account_id: str) -> HttpResponse:
    """What the customer wants to achieve, and what both sides do for it."""
    return _shown(request, account_id)


def _shown(
    request: Request, account_id: str, said: str = "", status: int = 200, comment: forms.Comment | None = None
) -> HttpResponse:
    plan = plan_of(request.sight(), account_id)
    if plan is None:
        raise Http404
    may = not request.user.roles.isdisjoint(TELL)
    brief = bool(request.htmx)
    content = SuccessPlan(
        account_id, plan, may, _templates(request.sight()) if may and plan.empty and not brief else (),
        () if brief or not may else tuple(_link(one) for one in links.of_account(account_id)),
        (comment or forms.Comment()) if may else None, brief, said,
    )  # fmt: skip
    return show(request, content, status=status, template="plans/brief.html" if brief else "plans/success_plan.html")


def _templates(sight: Sight) -> tuple[Template, ...]:
    return tuple(
        Template(one.name, one.about, len(one.goals), sum(len(goal.steps) for goal in one.goals))
        for one in sight.plan_templates()
    )


def _link(one: PlanLink) -> Shared:
    opened = ngettext("opened once, %(when)s", "opened %(count)s times, last %(when)s", one.opened) % {
        "count": formats.number(one.opened), "when": formats.since(one.opened_at),
    } if one.opened_at else _("not opened yet")  # fmt: skip
    return Shared(one.pk, one.name, one.made_by.name, formats.day(one.expires_at), opened, not links.still_sees(one))


@page("accounts/<path:account_id>/plan/print/", roles=EVERYONE, title=gettext_lazy("Success plan, to print"))
def printed_plan(request: Request, account_id: str) -> HttpResponse:
    """The plan as it is handed over on paper: no more than the customer sees."""
    plan = plan_of(request.sight(), account_id)
    if plan is None:
        raise Http404
    return show(request, Printed(account_id, plan))


@dataclass(frozen=True)
class Printed:
    """The plan on paper."""

    id: str
    plan: Plan


@dataclass(frozen=True)
class PlanForm:
    """A form about a goal or a step. ``remove``: what takes it out of the plan; empty for one that is not in it yet."""

    id: str
    name: str
    form: forms.Goal | forms.Step
    title: str
    what: str
    key: str


@page("accounts/<path:account_id>/plan/goal/", roles=TELL, title=gettext_lazy("Goal"), methods=FORM)
def edit_goal(request: Request, account_id: str) -> PlanForm | HttpResponse:
    """Add a goal, or change one (``goal``: its id)."""
    sight = request.sight()
    name, _now = named(sight, account_id)
    key = request.GET.get("goal", "")
    known = facts.found(sight, "goal", account_id, key) if key else None
    title = _("Change the goal") if known else _("Add a goal")
    if request.method != "POST":
        given = {one: known[one] for one in ("name", "measure", "baseline", "current", "target")} if known else {}
        form = forms.Goal.new(**given, due_at=facts.local_day(known["due_at"]) if known else None)
        return PlanForm(account_id, name, form, title, "goal", key)
    form = forms.Goal(request.POST)
    if not form.is_valid():
        return show(request, PlanForm(account_id, name, form, title, "goal", key), status=422)
    message_id = form.cleaned_data["message_id"]
    row = form.row(account_id, key or f"g-{message_id}")
    tell(request, partial(facts.tell, sight, "goal", [row], _teller(request), message_id), _("The plan is changed."))
    return HttpResponseRedirect(reverse("success_plan", args=[account_id]))


@page("accounts/<path:account_id>/plan/step/", roles=TELL, title=gettext_lazy("Step"), methods=FORM)
def edit_step(request: Request, account_id: str) -> PlanForm | HttpResponse:
    """Add a step (``goal``: on the way to which goal), or change one (``step``: its id)."""
    sight = request.sight()
    name, _now = named(sight, account_id)
    key = request.GET.get("step", "")
    known = facts.found(sight, "step", account_id, key) if key else None
    plan = plan_of(sight, account_id)
    assert plan is not None
    goals = [(goal.id, goal.name) for goal in plan.goals]
    title = _("Change the step") if known else _("Add a step")
    if request.method != "POST":
        given = (
            {one: known[one] for one in ("name", "side", "owner", "goal_id")}
            if known
            else {"goal_id": request.GET.get("goal", "")}
        )
        form = forms.Step.new(of={"goals": goals}, **given, due_at=facts.local_day(known["due_at"]) if known else None)
        return PlanForm(account_id, name, form, title, "step", key)
    form = forms.Step(request.POST, goals=goals)
    if not form.is_valid():
        return show(request, PlanForm(account_id, name, form, title, "step", key), status=422)
    message_id = form.cleaned_data["message_id"]
    row = form.row(account_id, key or f"s-{message_id}")
    tell(request, partial(facts.tell, sight, "step", [row], _teller(request), message_id), _("The plan is changed."))
    return HttpResponseRedirect(reverse("success_plan", args=[account_id]))


@page("accounts/<path:account_id>/plan/begin/", roles=TELL, title=gettext_lazy("Begin a plan"), methods=POST)
def begin_plan(request: Request, account_id: str) -> HttpResponse:
    """Put a template's goals and steps into the plan."""
    sight = request.sight()
    _name, now = named(sight, account_id)
    wanted = request.POST.get("template", "")
    template = next((one for one in sight.plan_templates() if one.name == wanted), None)
    today = facts.local_day(now)
    plan = plan_of(sight, account_id)
    if template is None or today is None or plan is None:
        raise Http404
    if not plan.empty:
        return _done(request, account_id, _("There is a plan already: add goals and steps to it."))
    facts.begin(sight, account_id, template, _teller(request), today)
    return _done(request, account_id, _("The plan is begun. Make the goals the customer's own."))


@page("accounts/<path:account_id>/plan/do/", roles=TELL, title=gettext_lazy("Change the plan"), methods=POST)
def change_plan(request: Request, account_id: str) -> HttpResponse:
    """Tick a step, say that a goal was reached, comment, or take one of these out (``do`` and the id)."""
    sight = request.sight()
    _name, now = named(sight, account_id)
    act = _ACTS.get(request.POST.get("do", ""))
    if act is None:
        raise Http404
    said = act(sight, account_id, request.POST.get("key", ""), _teller(request), now)
    return _done(request, account_id, said)


@page("accounts/<path:account_id>/plan/comment/", roles=TELL, title=gettext_lazy("Comment"), methods=POST)
def comment_plan(request: Request, account_id: str) -> HttpResponse:
    """Say something about the plan, which the customer reads, too."""
    sight = request.sight()
    _name, now = named(sight, account_id)
    form = forms.Comment(request.POST)
    if not form.is_valid():
        return _shown(request, account_id, status=422, comment=form)
    facts.comment(sight, account_id, form.cleaned_data["text"], _teller(request), now, about={})
    return _done(request, account_id, _("The comment stands in the plan."))


def _tick(sight: Sight, account_id: str, key: str, who: Teller, now: datetime) -> str:
    step = facts.found(sight, "step", account_id, key)
    facts.tick(sight, step, who, None if step["done_at"] else now)
    return _("The step is open again.") if step["done_at"] else _("The step is done.")


def _reach(sight: Sight, account_id: str, key: str, who: Teller, now: datetime) -> str:
    goal = facts.found(sight, "goal", account_id, key)
    facts.reach(sight, goal, who, None if goal["reached_at"] else now)
    return _("The goal is open again.") if goal["reached_at"] else _("The goal is reached.")


def _remover(table: str) -> Callable[[Sight, str, str, Teller, datetime], str]:
    def remove(sight: Sight, account_id: str, key: str, who: Teller, _now: datetime) -> str:
        facts.found(sight, table, account_id, key)
        sight.retract(table, key, reason=_("taken out of the success plan"), by=who.by)
        return _("It is taken out of the plan.")

    return remove


_ACTS: dict[str, Callable[[Sight, str, str, Teller, datetime], str]] = {
    "tick": _tick, "reach": _reach, "remove_goal": _remover("goal"), "remove_step": _remover("step"),
    "remove_comment": _remover("plan_comment"),
}  # fmt: skip


def _teller(request: Request) -> Teller:
    return Teller(log.sender(request.user.pk), request.user.csm_id or request.user.name, "us")


def _done(request: Request, account_id: str, said: str) -> HttpResponse:
    if request.htmx:
        return _shown(request, account_id, said)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("success_plan", args=[account_id]))
