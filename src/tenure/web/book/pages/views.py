"""Saved views: kept, changed, taken away; which one the list opens with; and who is told of what they hold."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect, QueryDict
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import EVERYONE, OPERATE, Role
from tenure.web.book import hooks, shared
from tenure.web.book.asked import asked, known_only
from tenure.web.book.columns import known
from tenure.web.book.looking import Looking, look
from tenure.web.book.models import AccountList, Hook, Opening, Sharing, View
from tenure.web.book.shared import Keeping
from tenure.web.book.words import sentence
from tenure.web.kit.asking import Answers
from tenure.web.kit.people import names

if TYPE_CHECKING:
    from tenure.web.book.hooks import Hooked


@dataclass(frozen=True)
class Kept:
    """The form in which a view is kept. ``asks``: what it asks, in words; ``query``: as an address has it."""

    form: Keeping
    asks: tuple[str, ...]
    query: str


@dataclass(frozen=True)
class Seen:
    """A saved view. ``shared``: who opens it, in words; ``opening``: the reader's list opens with it; ``audience``: the address
    for programs; ``hooks``: who is told of it, for those who may see that.
    """

    number: int
    name: str
    description: str
    owner: str
    own: bool
    shared: str
    asks: tuple[str, ...]
    opening: bool
    form: Keeping
    audience: str
    connects: bool
    hooks: tuple[Hooked, ...]


@page("book/views/new/", roles=EVERYONE, title=gettext_lazy("Save a view"), methods=FORM, within="accounts")
def keep_view(request: Request) -> Kept | HttpResponse:
    """Save what the address asks under a name."""
    at = look(request.user, Answers(request.sight()), request.GET.dict())
    form = Keeping(request.POST) if request.method == "POST" else Keeping()
    if request.method == "POST" and form.is_valid():
        view = View(owner=request.user, asked=at.of.parameters())
        form.keep(view)
        messages.success(request, _("The view is saved."))
        return HttpResponseRedirect(f"{reverse('accounts')}?view={view.pk}")
    content = Kept(form, words(request, at), request.GET.urlencode())
    return show(request, content, status=422) if form.is_bound else content


@page("book/views/<int:number>/change/", roles=EVERYONE, title=gettext_lazy("Change a view"), methods=POST)
def change_view(request: Request, number: int) -> HttpResponse:
    """Save one's own view as it is asked now, under another name, or for others."""
    view = shared.opened(View, number, request.user, own=True)
    if "asked" in request.POST:
        told = QueryDict(request.POST["asked"]).dict()
        sight = request.sight()
        columns = known(sight.rows("accounts", limit=1).columns, sight.metrics().values())
        view.asked, view.changed_at = known_only(asked(told), columns).parameters(), timezone.now()
        view.save()
        messages.success(request, _("The view is saved."))
        return HttpResponseRedirect(f"{reverse('accounts')}?view={view.pk}")
    form = Keeping(request.POST)
    if not form.is_valid():
        return show(request, _seen(request, view, form), status=422, template="book/view_page.html")
    form.keep(view)
    messages.success(request, _("The view is saved."))
    return HttpResponseRedirect(reverse("view_page", args=[view.pk]))


@page("book/views/<int:number>/open/", roles=EVERYONE, title=gettext_lazy("Open with a view"), methods=POST)
def open_with(request: Request, number: int) -> HttpResponse:
    """Have one's list open with this view, or with no view any more."""
    view = shared.opened(View, number, request.user)
    if request.POST.get("opens"):
        Opening.objects.update_or_create(user=request.user, defaults={"view": view})
    else:
        Opening.objects.filter(user=request.user, view=view).delete()
    return HttpResponseRedirect(reverse("view_page", args=[view.pk]))


@page("book/views/<int:number>/remove/", roles=EVERYONE, title=gettext_lazy("Remove a view"), methods=POST)
def remove_view(request: Request, number: int) -> HttpResponse:
    """Take one's own view away, with the hooks that it has."""
    view = shared.opened(View, number, request.user, own=True)
    with transaction.atomic():
        for hook in Hook.objects.filter(view=view):
            hooks.remove(hook, request.user)
        view.delete()
    messages.success(request, _("The view is removed."))
    return HttpResponseRedirect(reverse("accounts") + "?view=all")


@page("book/views/<int:number>/", roles=EVERYONE, title=gettext_lazy("A view"), within="accounts")
def view_page(request: Request, number: int) -> Seen:
    """What a view is, who opens it, and who is told of it."""
    view = shared.opened(View, number, request.user)
    return _seen(request, view, Keeping.of(view))


def _seen(request: Request, view: View, form: Keeping) -> Seen:
    at = look(request.user, Answers(request.sight()), {"view": str(view.pk)})
    connects = not OPERATE.isdisjoint(request.user.roles)
    return Seen(
        view.pk, view.name, view.description, view.owner.name, at.own, _shared(view), words(request, at),
        Opening.objects.filter(user=request.user, view=view).exists(), form,
        request.build_absolute_uri(f"/api/audiences/{view.pk}"), connects,
        hooks.of(view, request.user) if connects else (),
    )  # fmt: skip


def _shared(view: View) -> str:
    if view.shared == Sharing.ROLES:
        return ", ".join(str(Role(role).label) for role in view.roles)
    return str(Sharing(view.shared).label) if view.shared != Sharing.PRIVATE else str(_("only its owner"))


def words(request: Request, at: Looking) -> tuple[str, ...]:
    """What is asked, in words."""
    status = {"customers": _("Customers"), "former": _("Others than customers"), "all": _("All accounts")}[at.of.status]
    lists = {str(each.pk): each.name for each in shared.visible(AccountList, request.user)}
    people = names.of(request.sight())
    told = [str(status), *(sentence(each, at.columns, people, lists) for each in at.of.filters)]
    return (*told, _("“%(text)s” is in it") % {"text": at.of.search}) if at.of.search else tuple(told)
