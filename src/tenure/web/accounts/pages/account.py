"""The page of one account, and its parts."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.roles import EVERYONE, Role
from tenure.web.accounts import health, life
from tenure.web.accounts.forms import Contact
from tenure.web.accounts.why import Why, why
from tenure.web.kit.account import named
from tenure.web.kit.people import names
from tenure.web.kit.reading import current

#: Who tells what happened with an account; the others read.
LOOKS_AFTER = (Role.CSM, Role.MANAGER, Role.OPERATIONS, Role.ADMINISTRATOR)


@dataclass(frozen=True)
class ContactForm:
    """The form in which a contact is logged."""

    id: str
    name: str
    form: Contact


@page("accounts/<path:account_id>/contact/", roles=LOOKS_AFTER, title=gettext_lazy("Log a contact"), methods=FORM)
def log_contact(request: Request, account_id: str) -> ContactForm | HttpResponse:
    """Log a contact with an account; it is in the figures from the next look on."""
    sight = request.sight()
    name, now = named(sight, account_id)
    if request.method != "POST":
        return ContactForm(account_id, name, Contact.new(now))
    form = Contact(request.POST)
    if form.is_valid() and form.cleaned_data["occurred_at"].replace(tzinfo=current().zone) > now:
        form.add_error("occurred_at", _("This lies in the future."))
    if not form.is_valid():
        return show(request, ContactForm(account_id, name, form), status=422)
    row = form.row(account_id, request.user.csm_id)
    sight.record("touchpoint", [row], by=f"user {request.user.pk}", message_id=form.cleaned_data["message_id"])
    messages.success(request, _("The contact is logged."))
    return HttpResponseRedirect(reverse("account_page", args=[account_id]))


@page("accounts/<path:account_id>/health/", roles=EVERYONE, title=gettext_lazy("Health score"))
def account_health(request: Request, account_id: str) -> Why | HttpResponse:
    """Why an account's score is what it is, as a page of its own or a part of the account's."""
    sight = request.sight()
    name, now = named(sight, account_id)
    today = now.astimezone(current().zone).date()
    content = why(sight, account_id, name, today, request.GET.dict())
    return show(request, content, template="accounts/why.html") if request.htmx else content


@page("accounts/<path:account_id>/risk/", roles=EVERYONE, title=gettext_lazy("Risk of leaving"))
def account_risk(request: Request, account_id: str) -> health.Reasoned | HttpResponse:
    """Why an account may leave, as a page of its own or a part of the account's."""
    sight = request.sight()
    content = health.reasoned(sight, account_id, named(sight, account_id)[0])
    return show(request, content, template="accounts/reasons.html") if request.htmx else content


@page("accounts/<path:account_id>/", roles=EVERYONE, title=gettext_lazy("Account"))
def account_page(request: Request, account_id: str) -> life.Life:
    """One account: what it is, what it pays, and what happened."""
    sight = request.sight()
    found = life.of(sight, account_id, names.of(sight), may_tell=not request.user.roles.isdisjoint(LOOKS_AFTER))
    if found is None:
        raise Http404
    return found
