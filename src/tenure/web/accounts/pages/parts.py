"""The parts of an account's page that only read; each is a page of its own, too."""

from __future__ import annotations

from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page
from tenure.web.access.roles import EVERYONE
from tenure.web.accounts.part import answered, may_tell
from tenure.web.accounts.parts.changed import beginning, changed, day_of
from tenure.web.accounts.parts.contracts import contracts
from tenure.web.accounts.parts.family import family
from tenure.web.accounts.parts.surveys import surveys
from tenure.web.accounts.parts.tasks import tasks
from tenure.web.accounts.parts.tickets import tickets
from tenure.web.accounts.parts.use import use
from tenure.web.accounts.seen import looked
from tenure.web.kit.account import named

if TYPE_CHECKING:
    from tenure.web.accounts.part import Part


def _there(request: Request, content: Part | None) -> HttpResponse:
    if content is None:
        raise Http404
    return answered(request, content)


@page("accounts/<path:account_id>/changes/", roles=EVERYONE, title=gettext_lazy("What changed"))
def account_changes(request: Request, account_id: str) -> HttpResponse:
    """What changed since one last looked, or since a day. Looking is noted."""
    sight = request.sight()
    name, now = named(sight, account_id)
    day = day_of(request.GET.get("since", ""))
    since = beginning(day) if day else looked(request.user, account_id, now)
    if since is not None and since > now:
        since = now
    most = 8 if request.htmx else 60
    return _there(request, changed(sight, account_id, name, since, now, asked=day is not None, most=most))


@page("accounts/<path:account_id>/use/", roles=EVERYONE, title=gettext_lazy("Use"))
def account_use(request: Request, account_id: str) -> HttpResponse:
    """How it uses what it pays for."""
    sight = request.sight()
    return _there(request, use(sight, account_id, named(sight, account_id)[0]))


@page("accounts/<path:account_id>/tickets/", roles=EVERYONE, title=gettext_lazy("Tickets"))
def account_tickets(request: Request, account_id: str) -> HttpResponse:
    """Its tickets, with how long reply and solution took."""
    sight = request.sight()
    return _there(request, tickets(sight, account_id, named(sight, account_id)[0], request.GET.dict()))


@page("accounts/<path:account_id>/surveys/", roles=EVERYONE, title=gettext_lazy("Survey answers"))
def account_surveys(request: Request, account_id: str) -> HttpResponse:
    """What it answered, with the words."""
    return _there(request, surveys(request.sight(), account_id))


@page("accounts/<path:account_id>/contracts/", roles=EVERYONE, title=gettext_lazy("Contracts and invoices"))
def account_contracts(request: Request, account_id: str) -> HttpResponse:
    """What it pays, and owes."""
    return _there(request, contracts(request.sight(), account_id, may_tell=may_tell(request.user)))


@page("accounts/<path:account_id>/group/", roles=EVERYONE, title=gettext_lazy("Group"))
def account_group(request: Request, account_id: str) -> HttpResponse:
    """The group that it belongs to."""
    sight = request.sight()
    return _there(request, family(sight, account_id, named(sight, account_id)[0]))


@page("accounts/<path:account_id>/tasks/", roles=EVERYONE, title=gettext_lazy("Open tasks"))
def account_tasks(request: Request, account_id: str) -> HttpResponse:
    """What is to be done about it."""
    sight = request.sight()
    name, now = named(sight, account_id)
    return _there(request, tasks(sight, account_id, name, now, may_tell=may_tell(request.user)))
