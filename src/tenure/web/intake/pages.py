"""The pages of the keys with which applications send events."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import DataError, TenureError, UsageError
from tenure.engine import Sight, intake
from tenure.engine.verbs.preview_events import Unfit
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import OPERATE
from tenure.web.intake import forms, keys
from tenure.web.kit import formats
from tenure.web.kit.choice import number_of
from tenure.web.kit.shell import Nav, Section

#: Characters of a value that are shown.
_LONGEST_CELL = 80


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


#: An event as SDKs send it, which names neither a customer nor a person of theirs.
_TRIAL = '{"type": "track", "event": "Trial", "userId": "somebody", "messageId": "trial-1", "context": {"groupId": "ACCOUNT_ID"}}'


@dataclass(frozen=True)
class KeyMade:
    """A key, shown this once. ``trial``: a command that sends one event with it."""

    source: str
    secret: str
    address: str
    trial: str


@page("events/", roles=OPERATE, title=gettext_lazy("Events"), nav=Nav(Section.DATA, 50, "radio"))
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


@dataclass(frozen=True)
class Table:
    """Rows that events would become."""

    name: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    good: str
    rejected: str


@dataclass(frozen=True)
class Preview:
    """What the last ``events`` would become."""

    events: str
    aside: str
    merged: str
    tables: tuple[Table, ...]
    refused: tuple[Unfit, ...]


@dataclass(frozen=True)
class EventsMap:
    """The map of events as it is written, ``version`` being the one that was looked at. ``wrong``: why it cannot be one, where,
    and what to do.
    """

    text: str
    version: str
    wrong: TenureError | None = None
    preview: Preview | None = None


@page("events/map/", roles=OPERATE, title=gettext_lazy("Map of events"), methods=FORM)
def events_map(request: Request) -> EventsMap | HttpResponse:
    """Say what becomes of events: tried on the last ones, then saved."""
    sight = request.sight()
    text, version = sight.events_map()
    if request.method != "POST":
        return _tried(sight, text, version)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    version = request.POST.get("version", "")
    if "save" not in request.POST:
        return _tried(sight, text, version)
    try:
        sight.save_events(text, over=version)
    except (UsageError, DataError) as wrong:
        return show(request, EventsMap(text, version, wrong), status=422)
    messages.success(request, _("The map is in force: events that come in from now on become what it says."))
    return HttpResponseRedirect(reverse("event_keys"))


def _tried(sight: Sight, text: str, version: str) -> EventsMap:
    try:
        found = sight.preview_events(text)
    except (UsageError, DataError) as wrong:
        return EventsMap(text, version, wrong)
    tables = tuple(
        Table(
            each.table, each.columns, tuple(tuple(_cell(cell) for cell in row) for row in each.rows),
            formats.number(each.good), formats.number(each.rejected),
        )
        for each in found.becoming
    )  # fmt: skip
    events, aside, merged = (formats.number(count) for count in (found.events, found.aside, found.merged))
    return EventsMap(text, version, None, Preview(events, aside, merged, tables, found.refused))


def _cell(text: str | None) -> str:
    return formats.UNKNOWN if text is None else text if len(text) <= _LONGEST_CELL else f"{text[:_LONGEST_CELL]}…"


@page("events/keys/add/", roles=OPERATE, title=gettext_lazy("Make a key for events"), methods=FORM)
def make_event_key(request: Request) -> KeyForm | HttpResponse:
    """Make a key with which an application sends events."""
    if request.method != "POST":
        return KeyForm(forms.Source())
    form = forms.Source(request.POST)
    if not form.is_valid():
        return show(request, KeyForm(form), status=422)
    made = keys.make(request.user, form.cleaned_data["source"])
    address = request.build_absolute_uri("/")
    content = KeyMade(made.source, made.secret, address, f"curl -u '{made.secret}:' {address}v1/track -d '{_TRIAL}'")
    return show(request, content, template="intake/key_made.html")


@page("events/keys/end/", roles=OPERATE, title=gettext_lazy("End a key for events"), methods=POST)
def end_event_key(request: Request) -> HttpResponse:
    """End a key: what comes with it from then on is refused."""
    if not keys.end(request.user, number_of(request.POST.get("key", ""))):
        raise Http404
    messages.success(request, _("The key no longer works."))
    return HttpResponseRedirect(reverse("event_keys"))
