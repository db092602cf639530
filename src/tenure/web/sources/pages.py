"""The pages of sources: how fresh each is, and a new one, looked at before it is switched on."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.acts import Act
from tenure.core.errors import TenureError
from tenure.engine.sync import configured, pull, status, vault
from tenure.engine.sync.kinds import Kind, kind_of, kinds
from tenure.engine.sync.means import Means
from tenure.engine.sync.preview import Previewed, preview
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import OPERATE, Role
from tenure.web.kit import formats
from tenure.web.kit.shell import Nav, Section
from tenure.web.sources import forms

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.engine.sync.status import Freshness

#: What a page asks vendors with.
MEANS = Means()
_STATES = {
    "off": (gettext_lazy("off"), ""), "new": (gettext_lazy("not fetched yet"), ""), "fresh": (gettext_lazy("fresh"), "good"),
    "late": (gettext_lazy("late"), "warn"), "failing": (gettext_lazy("failing, tried again"), "warn"),
    "needs_you": (gettext_lazy("needs you"), "bad"),
}  # fmt: skip
#: Columns of a preview that are shown.
_COLUMNS = 8


@dataclass(frozen=True)
class One:
    """A source as a line: ``tone`` of its state; times as a person says them."""

    name: str
    title: str
    schedule: str
    state: str
    tone: str
    succeeded: str
    latest: str
    next: str
    objects: str
    error: str
    fix: str
    on: bool


@dataclass(frozen=True)
class Sources:
    """All of them. ``kinds``: how many could be added."""

    sources: tuple[One, ...]
    kinds: int


@dataclass(frozen=True)
class KindChoice:
    """The kinds there are, to choose from."""

    kinds: tuple[Kind, ...]


@dataclass(frozen=True)
class SourceForm:
    """The form for a new source of a kind."""

    kind: Kind
    form: forms.Added | forms.Database


@dataclass(frozen=True)
class StreamLine:
    """What is known of a stream."""

    name: str
    objects: str
    latest: str
    trouble: str


@dataclass(frozen=True)
class TableShown:
    """The first rows of a table; ``more``: columns that are not shown."""

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    more: int


@dataclass(frozen=True)
class SourceSeen:
    """A source. ``tables``: the first rows, where somebody asked for them (``previewed``)."""

    source: One
    streams: tuple[StreamLine, ...]
    secrets: tuple[str, ...]
    form: forms.NewSecret
    questions: tuple[configured.Query, ...] = ()
    asked: forms.Asked | None = None
    previewed: bool = False
    tables: tuple[TableShown, ...] = ()
    troubles: tuple[tuple[str, str], ...] = ()
    remarks: tuple[str, ...] = ()
    fault: str = ""


@page("sources/", roles=OPERATE, title=gettext_lazy("Sources"), nav=Nav(Section.DATA, 40, "refresh-cw"))
def sources(request: Request) -> Sources:
    """Which sources are fetched by themselves, and how fresh each is."""
    now = MEANS.clock()
    return Sources(tuple(_one(one, now) for one in status.sources(request.sight().home, now)), len(kinds()))


def _one(found: Freshness, now: datetime) -> One:
    state, tone = _STATES[found.state]
    due = found.next is not None and found.next <= now
    return One(
        found.name, found.title, found.schedule, str(state), str(tone), _since(found.succeeded, now),
        _since(found.latest, now), _("now") if due else _since(found.next, now), formats.number(found.objects), found.error,
        found.fix.replace("NAME", found.name), found.state != "off",
    )  # fmt: skip


def _plain(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC).replace(tzinfo=None) if at else None


def _since(at: datetime | None, now: datetime) -> str:
    return formats.since(_plain(at), _plain(now))


@page("sources/add/", roles=OPERATE, title=gettext_lazy("Add a source"), methods=FORM)
def add_source(request: Request) -> KindChoice | SourceForm | HttpResponse:
    """Add a source: choose whose it is, say what it needs to know, and have that tried."""
    asked = request.GET.get("kind", "")
    known = {kind.name: kind for kind in kinds()}
    if asked not in known:
        return KindChoice(tuple(known.values()))
    kind = known[asked]
    if kind.name == configured.SQL:
        return _database(request, kind)
    if request.method != "POST":
        return SourceForm(kind, forms.Added(kind=kind))
    form = forms.Added(request.POST, kind=kind)
    if not form.is_valid():
        return show(request, SourceForm(kind, form), status=422)
    return _after(request, kind, form, form.said(kind), form.secrets(kind))


def _database(request: Request, kind: Kind) -> SourceForm | HttpResponse:
    """A database: where it is, and the first question to it."""
    may = Role.ADMINISTRATOR in request.user.roles
    if request.method != "POST":
        return SourceForm(kind, forms.Database(may_reach_inside=may))
    form = forms.Database(request.POST, may_reach_inside=may)
    if not form.is_valid():
        return show(request, SourceForm(kind, form), status=422)
    return _after(request, kind, form, form.said(), {"password": form.cleaned_data["password"]})


def _after(
    request: Request, kind: Kind, form: forms.Added | forms.Database, said: dict[str, Any], secrets: dict[str, str]
) -> HttpResponse:
    """Add what a form says, and go to its page; or back to the form with what is wrong."""
    name = form.cleaned_data["name"]
    fault = _added(request, kind, name, said, secrets)
    if fault is not None:
        form.add_error(None, f"{fault.message} {fault.fix}".strip())
        return show(request, SourceForm(kind, form), status=422)
    messages.success(request, _("The source is accepted. Look at what it brings, then switch it on."))
    return HttpResponseRedirect(reverse("source", kwargs={"name": name}))


def _added(
    request: Request, kind: Kind, name: str, said: dict[str, Any], secrets: dict[str, str]
) -> TenureError | None:
    """Add a source and try it; it does not stay where it is not accepted. Gives why not."""
    sight = request.sight()
    try:
        source = configured.add(sight.home, name, said)
    except TenureError as error:
        return error
    try:
        vault.keep(sight.home, name, secrets)
        if kind.name == configured.SQL:
            preview(sight.home, source, MEANS)
        else:
            pull.tried(sight.home, source, MEANS)
    except TenureError as error:
        pull.removed(sight.home, name)
        return error
    sight.note_source(Act.SOURCE_ADDED, name, vendor=kind.name)
    return None


@page("sources/<slug:name>/", roles=OPERATE, title=gettext_lazy("Source"), methods=FORM)
def source(request: Request, name: str) -> SourceSeen | HttpResponse:
    """A source: what was fetched, what it would bring, its secrets."""
    home = request.sight().home
    said = _said(home, name)
    if request.method == "POST":
        return _changed(request, said)
    return _seen(home, said, forms.NewSecret(kind=kind_of(said.kind)))


def _said(home: Path, name: str) -> configured.Configured:
    """A source's settings; one that is not there is no page."""
    found = configured.read(home).get(name)
    if found is None:
        raise Http404
    return found


def _seen(home: Path, said: configured.Configured, form: forms.NewSecret, **more: Any) -> SourceSeen:
    now = MEANS.clock()
    found, about = status.freshness(home, said, now), kind_of(said.kind).streams
    more = {"questions": said.queries, "asked": forms.Asked() if said.kind == configured.SQL else None} | more
    streams = tuple(
        StreamLine(
            about.get(one.name, one.name), formats.number(one.objects), _since(_moment(one.latest), now), one.trouble
        )
        for one in found.streams
    )
    return SourceSeen(_one(found, now), streams, tuple(vault.names(home, said.name)), form, **more)


def _moment(text: str) -> datetime | None:
    try:
        found = datetime.fromisoformat(text)
    except ValueError:
        return None
    return found if found.tzinfo else found.replace(tzinfo=UTC)


def _changed(request: Request, said: configured.Configured) -> HttpResponse:
    """What a button of the page of a source does."""
    what = request.POST.get("what", "")
    done = {
        "preview": _previewed,
        "sync": _hurried,
        "on": _switched,
        "off": _switched,
        "secret": _resecreted,
        "query": _asked_more,
    }.get(what)
    if done is None:
        raise Http404
    return done(request, said, what)


def _back(said: configured.Configured) -> HttpResponse:
    return HttpResponseRedirect(reverse("source", kwargs={"name": said.name}))


def _previewed(request: Request, said: configured.Configured, _what: str) -> HttpResponse:
    home, form = request.sight().home, forms.NewSecret(kind=kind_of(said.kind))
    try:
        found = preview(home, said, MEANS)
    except TenureError as error:
        return show(request, _seen(home, said, form, fault=f"{error.message} {error.fix}".strip()), status=422)
    more = {
        "previewed": True,
        "tables": tuple(map(_shown, found.tables)),
        "troubles": found.troubles,
        "remarks": found.remarks,
    }
    return show(request, _seen(home, said, form, **more))


def _shown(table: Previewed) -> TableShown:
    """A table without the columns that are empty in all its rows, and without whose rows they are, which is clear here."""
    filled = [
        at
        for at, name in enumerate(table.columns)
        if name != "source" and any(row[at] is not None for row in table.rows)
    ]
    some = filled[:_COLUMNS]
    rows = tuple(tuple(_text(row[at]) for at in some) for row in table.rows)
    return TableShown(table.table, tuple(table.columns[at] for at in some), rows, len(filled) - len(some))


def _text(value: Any) -> str:
    if value is None:
        return ""
    if isinstance(value, datetime):
        return formats.moment(_plain(value) if value.tzinfo else value)
    if isinstance(value, Decimal):
        return f"{value.normalize():f}"
    return formats.day(value) if isinstance(value, date) else str(value)


def _asked_more(request: Request, said: configured.Configured, _what: str) -> HttpResponse:
    """One more question to a database, once its answer can be read."""
    sight, form = request.sight(), forms.Asked(request.POST)
    if said.kind != configured.SQL:
        raise Http404
    if form.is_valid():
        try:
            query = form.query() | {"name": _name_for(said, form.cleaned_data["table"])}
            preview(
                sight.home,
                configured.checked(
                    said.name, {"kind": said.kind, "address": said.address, "internal": said.internal, "query": [query]}
                ),
                MEANS,
            )
            configured.ask_more(sight.home, said.name, query)
        except TenureError as error:
            form.add_error(None, f"{error.message} {error.fix}".strip())
        else:
            sight.note_source(Act.SOURCE_CHANGED, said.name, asked=query["table"])
            messages.success(request, _("The question is asked from now on."))
            return _back(said)
    return show(request, _seen(sight.home, said, forms.NewSecret(kind=kind_of(said.kind)), asked=form), status=422)


def _name_for(said: configured.Configured, table: str) -> str:
    """What a question is called: as its table, with a number where another is."""
    taken = {one.name for one in said.queries}
    return next(name for name in (table, *(f"{table}-{n}" for n in range(2, 1000))) if name not in taken)


def _hurried(request: Request, said: configured.Configured, _what: str) -> HttpResponse:
    status.hurry(request.sight().home, said.name, MEANS.clock())
    messages.success(request, _("It is fetched within seconds."))
    return _back(said)


def _switched(request: Request, said: configured.Configured, what: str) -> HttpResponse:
    sight = request.sight()
    configured.switch(sight.home, said.name, on=what == "on")
    sight.note_source(Act.SOURCE_CHANGED, said.name, switched=what)
    if what == "on":
        status.hurry(sight.home, said.name, MEANS.clock())
    messages.success(
        request, _("The source is on: it is fetched within seconds.") if what == "on" else _("The source is off.")
    )
    return _back(said)


def _resecreted(request: Request, said: configured.Configured, _what: str) -> HttpResponse:
    sight, kind = request.sight(), kind_of(said.kind)
    form = forms.NewSecret(request.POST, kind=kind)
    if not form.is_valid() or not form.secrets(kind):
        form.add_error(None, _("Nothing was given."))
        return show(request, _seen(sight.home, said, form), status=422)
    vault.keep(sight.home, said.name, form.secrets(kind))
    sight.note_source(Act.SECRET_CHANGED, said.name, secrets=sorted(form.secrets(kind)))
    try:
        pull.tried(sight.home, said, MEANS)
    except TenureError as error:
        form.add_error(None, f"{error.message} {error.fix}".strip())
        return show(request, _seen(sight.home, said, form), status=422)
    messages.success(request, _("The secret is accepted."))
    return _back(said)


@page("sources/<slug:name>/remove/", roles=OPERATE, title=gettext_lazy("Remove a source"), methods=POST)
def remove_source(request: Request, name: str) -> HttpResponse:
    """Remove a source, with its secrets; what was loaded stays."""
    sight = request.sight()
    _said(sight.home, name)
    try:
        pull.removed(sight.home, name)
    except TenureError as error:
        messages.error(request, error.message)
        return HttpResponseRedirect(reverse("source", kwargs={"name": name}))
    sight.note_source(Act.SOURCE_REMOVED, name)
    messages.success(request, _("The source is removed. What was loaded stays."))
    return HttpResponseRedirect(reverse("sources"))
