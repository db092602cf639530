"""The pages of the keys with which applications send events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.engine import intake
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import Role
from tenure.web.intake import forms, keys
from tenure.web.kit import formats
from tenure.web.kit.shell import Nav, Section

_THEIRS = (Role.ADMINISTRATOR, Role.OPERATIONS)


@dataclass(frozen=True)
class Key:
    """A key that works."""

    id: int
    made_by: str
    created_at: datetime


@dataclass(frozen=True)
class Source:
    """An application: its keys that work, and how many events came from it, of which some ``again``. ``last``: the last day."""

    name: str
    keys: tuple[Key, ...]
    received: str
    again: str
    last: str


@dataclass(frozen=True)
class EventKeys:
    """``address``: where events are sent to. ``waiting``: some are not in the figures yet."""

    sources: tuple[Source, ...]
    address: str
    waiting: bool


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


@page("events/", roles=_THEIRS, title=gettext_lazy("Events"), nav=Nav(Section.DATA, 50, "radio"))
def event_keys(request: Request) -> EventKeys:
    """Which applications send events, and how many came."""
    sight, own = request.sight(), keys.all_keys()
    counts = {one.source: one for one in intake.counted(sight.home)}
    return EventKeys(
        tuple(
            _source(name, counts.get(name), tuple(Key(k.pk, k.made_by.name, k.created_at) for k in own if k.source == name))
            for name in sorted({*counts, *(key.source for key in own)})
        ),
        request.build_absolute_uri("/"),
        intake.waits(sight.home),
    )  # fmt: skip


def _source(name: str, counts: intake.Counted | None, own: tuple[Key, ...]) -> Source:
    if counts is None:
        return Source(name, own, formats.number(0), formats.number(0), formats.UNKNOWN)
    return Source(name, own, formats.number(counts.received), formats.number(counts.again), formats.day(counts.last))


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
