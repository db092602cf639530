"""The page of one account, and why its scores are what they are."""

from __future__ import annotations

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.accounts import health, life
from tenure.web.accounts.part import may_tell
from tenure.web.accounts.why import Why, why
from tenure.web.kit.account import named
from tenure.web.kit.asking import Answers
from tenure.web.kit.reading import local_date


@page("accounts/<path:account_id>/health/", roles=EVERYONE, title=gettext_lazy("Health score"))
def account_health(request: Request, account_id: str) -> Why | HttpResponse:
    """Why an account's score is what it is, as a page of its own or a part of the account's."""
    sight = request.sight()
    name, now = named(sight, account_id)
    today = local_date(now)
    content = why(Answers(sight), account_id, name, today, request.GET.dict())
    return show(request, content, template="accounts/why.html") if request.htmx else content


@page("accounts/<path:account_id>/risk/", roles=EVERYONE, title=gettext_lazy("Risk of leaving"))
def account_risk(request: Request, account_id: str) -> health.Reasoned | HttpResponse:
    """Why an account may leave, as a page of its own or a part of the account's."""
    sight = request.sight()
    content = health.reasoned(sight, account_id, named(sight, account_id)[0])
    return show(request, content, template="accounts/reasons.html") if request.htmx else content


@page("accounts/<path:account_id>/", roles=EVERYONE, title=gettext_lazy("Account"))
def account_page(request: Request, account_id: str) -> life.Life:
    """One account: how it stands; what happened, who is there, what is used, asked, paid and planned comes in parts."""
    found = life.of(request.sight(), account_id, may_tell=may_tell(request.user))
    if found is None:
        raise Http404
    return found
