"""Keys for programs: one's own, and for administrators everybody's."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access import forms, sure
from tenure.web.access import keys as acts
from tenure.web.access.models import ApiKey, User
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import EVERYONE, Role
from tenure.web.kit.choice import number_of


@dataclass(frozen=True)
class KeyForm:
    """The form in which a key is asked for."""

    form: forms.NewKey


@dataclass(frozen=True)
class KeyMade:
    """A key, shown this once."""

    name: str
    secret: str
    expires_at: datetime


@page("account/keys/add/", roles=EVERYONE, title=gettext_lazy("Make a key"), methods=FORM)
def make_key(request: Request) -> KeyForm | HttpResponse:
    """Make a key with which a program asks as this person."""
    if first := sure.ask_first(request, reverse("make_key")):
        return first
    if request.method != "POST":
        return KeyForm(forms.NewKey(user=request.user))
    form = forms.NewKey(request.POST, user=request.user)
    if not form.is_valid():
        return show(request, KeyForm(form), status=422)
    given = form.cleaned_data
    made = acts.make(request.user, given["name"], given["days"], form.chosen_rights())
    content = KeyMade(made.key.name, made.secret, made.key.expires_at)
    return show(request, content, template="access/key_made.html")


@page("account/keys/end/", roles=EVERYONE, title=gettext_lazy("End a key"), methods=POST)
def end_key(request: Request) -> HttpResponse:
    """End one of one's own keys; another's is not there."""
    return _ended(request, of=request.user, back="account")


@dataclass(frozen=True)
class Keys:
    """Everybody's keys that work."""

    keys: tuple[ApiKey, ...]


@page("people/keys/", roles=(Role.ADMINISTRATOR,), title=gettext_lazy("Keys for programs"))
def keys(request: Request) -> Keys:  # noqa: ARG001 - as every page is called
    """Which programs ask as whom, for what, and when they last did."""
    return Keys(tuple(acts.of_all()))


@page("people/keys/end/", roles=(Role.ADMINISTRATOR,), title=gettext_lazy("End a key"), methods=POST)
def end_anybodys_key(request: Request) -> HttpResponse:
    """End a key of whoever has it."""
    return _ended(request, of=None, back="keys")


def _ended(request: Request, *, of: User | None, back: str) -> HttpResponse:
    if not acts.end(number_of(request.POST.get("key", "")), of=of, by=request.user):
        raise Http404
    messages.success(request, _("The key no longer works."))
    return HttpResponseRedirect(reverse(back))
