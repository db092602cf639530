"""What the customer sees by a link: the plan, and nothing else. What the customer says there is a fact of the customer's."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.links import hashed
from tenure.web.access.page import POST, Request, public_page, show
from tenure.web.access.throttle import Guess
from tenure.web.kit.errors import Fault, answer
from tenure.web.plans import facts, forms, links
from tenure.web.plans.facts import Teller
from tenure.web.plans.plan import Plan, plan_of

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.web.plans.models import PlanLink

#: Where in the session the hash of the link is kept, and what the visitor is called.
_LINK, _NAME = "plan_link", "plan_name"


@dataclass(frozen=True)
class SharedPlan:
    """``visitor``: what the visitor is called, as she said it or as the link names her."""

    plan: Plan
    visitor: str
    comment: forms.Comment
    fault: str


@public_page("shared-plan/open/<str:secret>/", title=gettext_lazy("Success plan"))
def shared_plan_link(request: Request, secret: str) -> HttpResponse:
    """Take the secret out of the address, where logs and neighbours would see it."""
    guess = Guess(request)
    link = None if guess.wait() else links.find(hashed(secret))
    if link is None or not links.still_sees(link):
        return _no_longer(request)
    guess.was_right()
    links.opened(link)
    request.session[_LINK] = link.secret_hash
    return HttpResponseRedirect(reverse("shared_plan"))


@public_page("shared-plan/", title=gettext_lazy("Success plan"))
def shared_plan(request: Request) -> HttpResponse:
    """The plan."""
    link = links.find(request.session.get(_LINK, ""))
    return _no_longer(request) if link is None else _shown(request, link)


@public_page("shared-plan/do/", title=gettext_lazy("Success plan"), methods=POST)
def answer_shared_plan(request: Request) -> HttpResponse:
    """What the customer says: a goal is confirmed, a step of theirs is done, a comment."""
    link = links.find(request.session.get(_LINK, ""))
    if link is None:
        return _no_longer(request)
    visitor = forms.Visitor(request.POST)
    if not visitor.is_valid():
        return _shown(request, link, fault=_("Please say who you are."), status=422)
    request.session[_NAME] = visitor.cleaned_data["name"]
    if not links.may_act(link):
        return _shown(request, link, fault=_("That was much at once. Please try again in an hour."), status=429)
    sight = links.sight_of(link)
    plan = plan_of(sight, link.account_id)
    if plan is None:
        return _no_longer(request)
    who = Teller(f"customer, plan link {link.pk}", visitor.cleaned_data["name"], "customer")
    said = _act(request, sight, link.account_id, plan, who)
    if not said:
        return _shown(request, link, fault=_("Please write something."), status=422)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("shared_plan"))  # a page that is loaded again says nothing twice


def _act(request: Request, sight: Sight, account_id: str, plan: Plan, who: Teller) -> str:
    """Do what was asked for; empty where there was nothing in it. Raises ``Http404`` for what is not the customer's to do."""
    act, key = request.POST.get("do", ""), request.POST.get("key", "")
    if act == "tick":
        step = facts.found(sight, "step", account_id, key)
        if step["side"] != "customer":
            raise Http404
        facts.tick(sight, step, who, None if step["done_at"] else plan.as_of)
        return _("The step is open again.") if step["done_at"] else _("Done. Thank you.")
    if act == "confirm":
        goal = facts.found(sight, "goal", account_id, key)
        if goal["confirmed_by"]:
            raise Http404
        facts.confirm(sight, goal, who, plan.as_of)
        return _("Confirmed. Thank you.")
    if act != "comment":
        raise Http404
    form = forms.Comment(request.POST)
    if not form.is_valid():
        return ""
    facts.comment(sight, account_id, form.cleaned_data["text"], who, plan.as_of, about={})
    return _("Your comment stands in the plan.")


def _shown(request: Request, link: PlanLink, *, fault: str = "", status: int = 200) -> HttpResponse:
    plan = plan_of(links.sight_of(link), link.account_id)
    if plan is None:
        return _no_longer(request)
    visitor = request.session.get(_NAME) or link.name
    content = SharedPlan(plan, visitor, forms.Comment(), fault)
    return _unlisted(show(request, content, status=status, template="plans/shared_plan.html"))


def _no_longer(request: Request) -> HttpResponse:
    """The same for a link that never was, has expired, was ended, or whose maker sees the account no more."""
    message = _("This link does not work, or no longer: it was ended, or its time is over.")
    fix = _("Ask who sent it to you for a new one.")
    return _unlisted(answer(request, Fault(404, _("This link leads nowhere"), message, fix)))


def _unlisted(response: HttpResponse) -> HttpResponse:
    """No search engine keeps it."""
    response.headers["X-Robots-Tag"] = "noindex, nofollow, noarchive"
    return response
