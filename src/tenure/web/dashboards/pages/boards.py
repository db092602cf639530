"""The pages of one's dashboards: the list, one of them, and how it is changed."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import EVERYONE, Role
from tenure.web.dashboards import whose
from tenure.web.dashboards.forms import DashboardForm
from tenure.web.dashboards.models import ALL, Dashboard, Tile
from tenure.web.kit import drawn
from tenure.web.kit.shell import Nav, Section


@dataclass(frozen=True)
class Line:
    """A dashboard in the list."""

    id: int
    title: str
    note: str
    owner: str
    shared: str
    tiles: int
    at: datetime


@dataclass(frozen=True)
class Dashboards:
    """One's own, those that others share, and what one has deleted of late."""

    own: tuple[Line, ...]
    shared: tuple[Line, ...]
    deleted: tuple[Line, ...]


@dataclass(frozen=True)
class Place:
    """A tile's place: what it holds comes by an address of its own."""

    id: int
    title: str
    width: int
    is_first: bool
    is_last: bool


@dataclass(frozen=True)
class OneDashboard:
    """``as_of``: of the figures; ``may_edit``: it is one's own; ``edits``: it is being arranged; ``removed``: tiles that can be
    brought back; ``draws``: charts can be had as files and PDF.
    """

    id: int
    title: str
    note: str
    owner: str
    shared: str
    as_of: datetime | None
    may_edit: bool
    edits: bool
    places: tuple[Place, ...]
    removed: tuple[Place, ...]
    draws: bool


@dataclass(frozen=True)
class DashboardSettings:
    """The form of a dashboard; ``id``: 0 of a new one."""

    id: int
    title: str
    form: DashboardForm


@page("dashboards/", roles=EVERYONE, title=gettext_lazy("Dashboards"), nav=Nav(Section.NUMBERS, 15, "layout-grid"))
def dashboards(request: Request) -> Dashboards:
    """My dashboards, and those that others share with me."""
    found = [_line(each) for each in whose.visible(request.user).prefetch_related("shares", "tiles")]
    mine = set(Dashboard.objects.filter(owner=request.user).values_list("pk", flat=True))
    deleted = tuple(_line(each) for each in whose.deleted(request.user).prefetch_related("shares", "tiles"))
    return Dashboards(
        tuple(each for each in found if each.id in mine), tuple(each for each in found if each.id not in mine), deleted
    )


def _line(each: Dashboard) -> Line:
    count = sum(tile.removed_at is None for tile in each.tiles.all())
    return Line(each.pk, each.title, each.note, each.owner.name, _shared(each), count, each.changed_at)


def _shared(each: Dashboard) -> str:
    """With whom: ``Managers, CSMs``."""
    roles = {share.role for share in each.shares.all()}
    if ALL in roles:
        return _("everybody")
    return ", ".join(str(role.label) for role in Role if role in roles)


@page("dashboards/add/", roles=EVERYONE, title=gettext_lazy("New dashboard"), methods=FORM)
def add_dashboard(request: Request) -> DashboardSettings | HttpResponse:
    """Make a dashboard."""
    form = DashboardForm(request.POST or None)
    if request.method != "POST" or not form.is_valid():
        return show(
            request, DashboardSettings(0, str(_("New dashboard")), form), status=422 if request.method == "POST" else 200,
            template="dashboards/dashboard_settings.html",
        )  # fmt: skip
    given = form.cleaned_data
    made = Dashboard.objects.create(owner=request.user, title=given["title"], note=given["note"])
    whose.share(made, given["roles"])
    return HttpResponseRedirect(f"{reverse('pin')}?dashboard={made.pk}")


@page("dashboards/<int:dashboard>/", roles=EVERYONE, title=gettext_lazy("Dashboard"))
def one_dashboard(request: Request, dashboard: int) -> OneDashboard:
    """A dashboard, with the figures of the accounts that I may see."""
    found = whose.seen(request.user, dashboard)
    state = request.sight().state()
    may_edit = found.owner_id == request.user.pk
    tiles = whose.tiles(found)
    places = tuple(_place(each, number, len(tiles)) for number, each in enumerate(tiles))
    edits = may_edit and "arrange" in request.GET
    removed = found.tiles.exclude(removed_at=None).order_by("-removed_at") if edits else ()
    return OneDashboard(
        found.pk, found.title, found.note, "" if may_edit else found.owner.name, _shared(found),
        state.as_of if state else None, may_edit, edits, places, tuple(_place(each, 0, 1) for each in removed),
        drawn.is_there(),
    )  # fmt: skip


def _place(each: Tile, number: int, count: int) -> Place:
    return Place(each.pk, each.title or _("Tile"), each.width, number == 0, number == count - 1)


@page("dashboards/<int:dashboard>/settings/", roles=EVERYONE, title=gettext_lazy("Change the dashboard"), methods=FORM)
def dashboard_settings(request: Request, dashboard: int) -> DashboardSettings | HttpResponse:
    """Rename a dashboard of one's own, and share it."""
    found = whose.own(request.user, dashboard)
    if request.method != "POST":
        roles = [share.role for share in found.shares.all()]
        form = DashboardForm(initial={"title": found.title, "note": found.note, "roles": roles})
        return DashboardSettings(found.pk, found.title, form)
    form = DashboardForm(request.POST)
    if not form.is_valid():
        return show(request, DashboardSettings(found.pk, found.title, form), status=422)
    found.title, found.note = form.cleaned_data["title"], form.cleaned_data["note"]
    found.save(update_fields=["title", "note"])
    whose.share(found, form.cleaned_data["roles"])
    messages.success(request, _("Changed."))
    return HttpResponseRedirect(reverse("one_dashboard", args=[found.pk]))


@page("dashboards/<int:dashboard>/change/", roles=EVERYONE, title=gettext_lazy("Copy or delete"), methods=POST)
def change_dashboard(request: Request, dashboard: int) -> HttpResponse:
    """Copy a dashboard that one sees; delete one of one's own, or bring it back."""
    what = request.POST.get("what", "")
    if what == "copy":
        made = whose.copy(whose.seen(request.user, dashboard), request.user)
        messages.success(request, _("This is a copy of your own, which nobody else sees."))
        return HttpResponseRedirect(reverse("one_dashboard", args=[made.pk]))
    if what == "delete":
        whose.delete(whose.own(request.user, dashboard))
        messages.success(request, _("Deleted. It can be brought back below."))
        return HttpResponseRedirect(reverse("dashboards"))
    if what == "restore":
        found = whose.own(request.user, dashboard, deleted=True)
        found.deleted_at = None
        found.save(update_fields=["deleted_at"])
        messages.success(request, _("It is back."))
        return HttpResponseRedirect(reverse("one_dashboard", args=[found.pk]))
    raise Http404
