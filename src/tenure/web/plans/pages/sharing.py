"""Sharing a success plan with the customer, by a link."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import TELL
from tenure.web.kit.account import named
from tenure.web.kit.choice import number_of
from tenure.web.plans import forms, links


@dataclass(frozen=True)
class ShareForm:
    """The form in which a link is made."""

    id: str
    name: str
    form: forms.Share


@dataclass(frozen=True)
class Handed:
    """A link to hand over; it is shown this once."""

    id: str
    name: str
    whom: str
    link: str
    expires_at: datetime


@page("accounts/<path:account_id>/plan/share/", roles=TELL, title=gettext_lazy("Share the plan"), methods=FORM)
def share_plan(request: Request, account_id: str) -> ShareForm | HttpResponse:
    """Make a link by which the customer sees the plan, and no more."""
    name, _now = named(request.sight(), account_id)
    if request.method != "POST":
        return ShareForm(account_id, name, forms.Share())
    form = forms.Share(request.POST)
    if not form.is_valid():
        return show(request, ShareForm(account_id, name, form), status=422)
    whom = form.cleaned_data["name"]
    made = links.share(account_id, whom, form.cleaned_data["days"], by=request.user)
    link = request.build_absolute_uri(reverse("shared_plan_link", args=[made.secret]))
    return show(request, Handed(account_id, name, whom, link, made.expires_at), template="plans/handed.html")


@page("accounts/<path:account_id>/plan/share/end/", roles=TELL, title=gettext_lazy("End a link"), methods=POST)
def end_plan_link(request: Request, account_id: str) -> HttpResponse:
    """End a link, at once."""
    named(request.sight(), account_id)
    if not links.end(account_id, number_of(request.POST.get("link", ""))):
        raise Http404
    messages.success(request, _("The link works no more."))
    return HttpResponseRedirect(reverse("success_plan", args=[account_id]))


@page(
    "accounts/<path:account_id>/plan/share/take-over/",
    roles=TELL,
    title=gettext_lazy("Take a link over"),
    methods=POST,
)
def take_over_plan_link(request: Request, account_id: str) -> HttpResponse:
    """Let a link work again whose maker looks after the account no more."""
    named(request.sight(), account_id)
    if not links.take_over(account_id, number_of(request.POST.get("link", "")), by=request.user):
        raise Http404
    messages.success(request, _("The link is yours now, and works."))
    return HttpResponseRedirect(reverse("success_plan", args=[account_id]))
