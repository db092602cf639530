"""People who may log in, for administrators."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.db.models import Q
from django.http import HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.web.access import events, factors, forms, links, policy, sessions, sure
from tenure.web.access import people as acts
from tenure.web.access.events import Kind
from tenure.web.access.models import Identity, User
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.people import LastAdministratorError
from tenure.web.access.roles import Role
from tenure.web.access.shell import in_order
from tenure.web.kit.shell import Nav, Section, Text

_ADMINISTRATORS = (Role.ADMINISTRATOR,)
_ON_A_PAGE = 100


@dataclass(frozen=True)
class Row:
    """A person in the list. ``state``: active, invited or inactive."""

    id: int
    name: str
    email: str
    roles: tuple[Text, ...]
    csm_id: str
    last_login: datetime | None
    state: str
    state_told: str


@dataclass(frozen=True)
class People:
    """``more``: how many fit the search but are not shown."""

    rows: tuple[Row, ...]
    search: str
    counted: str
    more: int


@page(
    "people/",
    roles=_ADMINISTRATORS,
    title=gettext_lazy("People"),
    nav=Nav(Section.ADMINISTRATION, 10, "users"),
    lands=_ADMINISTRATORS,
)
def people(request: Request) -> People | HttpResponse:
    """Everybody who may log in, or may no longer."""
    search = request.GET.get("q", "").strip()[:100]
    found = User.objects.prefetch_related("grants").order_by("-is_active", "name", "email")
    if search:
        found = found.filter(Q(name__icontains=search) | Q(email__icontains=search) | Q(csm_id__icontains=search))
    count = found.count()
    rows = tuple(_row(user) for user in found[:_ON_A_PAGE])
    counted = ngettext("%(count)d person", "%(count)d people", count) % {"count": count}
    content = People(rows, search, counted, count - len(rows))
    if request.htmx:
        return show(request, content, template="access/people_rows.html")
    return content


@dataclass(frozen=True)
class PersonForm:
    """``id``: nobody for a person who is not there yet. ``takes_password``: whether a link to choose one makes sense;
    ``provider``: what single sign-on is called, where the person has come in through it. ``sessions``: browsers logged in.
    """

    form: forms.Person
    title: str
    id: int | None = None
    email: str = ""
    state: str = ""
    has_password: bool = False
    is_self: bool = False
    takes_password: bool = True
    provider: str = ""
    has_factor: bool = False
    sessions: int = 0


@dataclass(frozen=True)
class Invited:
    """A link to hand over; it is shown this once."""

    id: int
    name: str
    email: str
    link: str
    expires_at: datetime


@page("people/add/", roles=_ADMINISTRATORS, title=gettext_lazy("Add a person"), methods=FORM)
def add_person(request: Request) -> PersonForm | HttpResponse:
    """Make a person, and a link with which she chooses a password."""
    if request.method != "POST":
        return PersonForm(forms.NewPerson(), _("Add a person"))
    form = forms.NewPerson(request.POST)
    if not form.is_valid():
        return show(request, PersonForm(form, _("Add a person")), status=422)
    given = form.cleaned_data
    user = acts.create(
        email=given["email"], name=given["name"], csm_id=given["csm_id"], roles=form.chosen_roles(), by=request.user
    )
    return _invited(request, user)


@page("people/<int:user_id>/", roles=_ADMINISTRATORS, title=gettext_lazy("Person"), methods=FORM)
def person(request: Request, user_id: int) -> PersonForm | HttpResponse:
    """Change what a person is called, may do and is tied to."""
    user = get_object_or_404(User, pk=user_id)
    if request.method != "POST":
        roles = [role.value for role in in_order(user)]
        return _person(request, user, forms.Person({"name": user.name, "roles": roles, "csm_id": user.csm_id}))
    form = forms.Person(request.POST)
    if not form.is_valid():
        return show(request, _person(request, user, form), status=422)
    given = form.cleaned_data
    try:
        acts.change(user, name=given["name"], csm_id=given["csm_id"], roles=form.chosen_roles(), by=request.user)
    except LastAdministratorError:
        form.add_error("roles", _("Somebody has to be administrator, and nobody else is."))
        return show(request, _person(request, user, form), status=422)
    messages.success(request, _("%(name)s is changed.") % {"name": user.name})
    return HttpResponseRedirect(reverse("people"))


@page("people/<int:user_id>/invite/", roles=_ADMINISTRATORS, title=gettext_lazy("Invitation"), methods=POST)
def invite_person(request: Request, user_id: int) -> HttpResponse:
    """A new link, for who lost the password or the last link."""
    if first := sure.ask_first(request, reverse("person", args=[user_id])):
        return first
    return _invited(request, get_object_or_404(User, pk=user_id, is_active=True))


@page("people/<int:user_id>/deactivate/", roles=_ADMINISTRATORS, title=gettext_lazy("Deactivate"), methods=POST)
def deactivate_person(request: Request, user_id: int) -> HttpResponse:
    """Keep a person out."""
    user = get_object_or_404(User, pk=user_id, is_active=True)
    try:
        acts.deactivate(user, by=request.user)
    except LastAdministratorError:
        messages.error(request, _("Somebody has to be administrator, and nobody else is."))
        return HttpResponseRedirect(reverse("person", args=[user.pk]))
    messages.success(request, _("%(name)s is logged out and can no longer log in.") % {"name": user.name})
    return HttpResponseRedirect(reverse("people"))


@page("people/<int:user_id>/reactivate/", roles=_ADMINISTRATORS, title=gettext_lazy("Reactivate"), methods=POST)
def reactivate_person(request: Request, user_id: int) -> HttpResponse:
    """Let a person in again."""
    user = get_object_or_404(User, pk=user_id, is_active=False)
    acts.reactivate(user, by=request.user)
    messages.success(request, _("%(name)s can log in again.") % {"name": user.name})
    return HttpResponseRedirect(reverse("person", args=[user.pk]))


@page(
    "people/<int:user_id>/end-sessions/", roles=_ADMINISTRATORS, title=gettext_lazy("Log out everywhere"), methods=POST
)
def end_sessions_of(request: Request, user_id: int) -> HttpResponse:
    """Log a person out of every browser."""
    user = get_object_or_404(User, pk=user_id)
    ended = sessions.end_all(user, but=request)
    events.record(Kind.SESSIONS_ENDED, actor=request.user, subject=user, ended=ended)
    messages.success(request, _("%(name)s is logged out everywhere.") % {"name": user.name})
    return HttpResponseRedirect(reverse("person", args=[user.pk]))


@page(
    "people/<int:user_id>/reset-factors/",
    roles=_ADMINISTRATORS,
    title=gettext_lazy("Reset second factors"),
    methods=POST,
)
def reset_factors(request: Request, user_id: int) -> HttpResponse:
    """Remove the second factors of a person who has lost them. Who does it has just proven who she is."""
    user = get_object_or_404(User, pk=user_id)
    if first := sure.ask_first(request, reverse("person", args=[user.pk])):
        return first
    factors.reset(user, by=request.user)
    messages.success(
        request,
        _(
            "%(name)s is logged out, and logs in without a second factor once. The person's keys for programs have ended."
        )
        % {"name": user.name},
    )
    return HttpResponseRedirect(reverse("person", args=[user.pk]))


def _row(user: User) -> Row:
    roles = tuple(role.label for role in in_order(user))
    state = _state(user)
    return Row(user.pk, user.name, user.email, roles, user.csm_id, user.last_login, state, _told(state))


def _person(request: Request, user: User, form: forms.Person) -> PersonForm:
    how = policy.now()
    known = how.provider is not None and Identity.objects.filter(user=user, issuer=how.provider.issuer).exists()
    return PersonForm(
        form, user.name, user.pk, user.email, _state(user), user.has_usable_password(), user.pk == request.user.pk,
        how.takes_password(user.email), how.provider.name if how.provider and known else "", factors.has(user),
        sessions.of(user).count(),
    )  # fmt: skip


def _state(user: User) -> str:
    if not user.is_active:
        return "inactive"
    return "active" if user.has_usable_password() or user.last_login else "invited"


def _told(state: str) -> str:
    return {"active": _("Active"), "invited": _("Invited"), "inactive": _("Inactive")}[state]


def _invited(request: Request, user: User) -> HttpResponse:
    how = policy.now()
    if not how.takes_password(user.email):
        name = how.provider.name if how.provider else ""
        messages.success(
            request, _("%(name)s may come in now, with %(provider)s.") % {"name": user.name, "provider": name}
        )
        return HttpResponseRedirect(reverse("people"))
    made = links.invite(user, by=request.user)
    link = request.build_absolute_uri(reverse("welcome_link", args=[made.secret]))
    content = Invited(user.pk, user.name, user.email, link, made.expires_at)
    return show(request, content, template="access/invited.html")
