"""The pages of the keys with which applications send events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import Role
from tenure.web.intake import forms, keys
from tenure.web.kit.shell import Nav, Section

_THEIRS = (Role.ADMINISTRATOR, Role.OPERATIONS)


@dataclass(frozen=True)
class Key:
    """A key that works."""

    id: int
    source: str
    made_by: str
    created_at: datetime


@dataclass(frozen=True)
class EventKeys:
    """``address``: where events are sent to."""

    keys: tuple[Key, ...]
    address: str


@dataclass(frozen=True)
class KeyForm:
    """The form in which a key is asked for."""

    form: forms.Source


@dataclass(frozen=True)
class KeyMade:
    """A key, shown this once."""

    source: str
    secret: str
    address: str


@page("events/", roles=_THEIRS, title=gettext_lazy("Events"), nav=Nav(Section.ADMINISTRATION, 30, "radio"))
def event_keys(request: Request) -> EventKeys:
    """The applications that may send events."""
    found = [Key(each.pk, each.source, each.made_by.name, each.created_at) for each in keys.all_keys()]
    return EventKeys(tuple(found), request.build_absolute_uri("/"))


@page("events/keys/add/", roles=_THEIRS, title=gettext_lazy("Make a key for events"), methods=FORM)
def make_event_key(request: Request) -> KeyForm | HttpResponse:
    """Make a key with which an application sends events."""
    if request.method != "POST":
        return KeyForm(forms.Source())
    form = forms.Source(request.POST)
    if not form.is_valid():
        return show(request, KeyForm(form), status=422)
    made = keys.make(request.user, form.cleaned_data["source"])
    content = KeyMade(made.source, made.secret, request.build_absolute_uri("/"))
    return show(request, content, template="intake/key_made.html")


@page("events/keys/end/", roles=_THEIRS, title=gettext_lazy("End a key for events"), methods=POST)
def end_event_key(request: Request) -> HttpResponse:
    """End a key: what comes with it from then on is refused."""
    given = request.POST.get("key", "")
    if not given.isdecimal() or not keys.end(request.user, int(given)):
        raise Http404
    messages.success(request, _("The key no longer works."))
    return HttpResponseRedirect(reverse("event_keys"))
