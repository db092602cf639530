"""How people log in, for administrators: the provider, who comes in, passwords, second factors."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.errors import TenureError
from tenure.web.access import arrival, events, forms, policy, provider, sure
from tenure.web.access.arrival import NotLetInError
from tenure.web.access.events import Kind
from tenure.web.access.models import Identity, User
from tenure.web.access.page import FORM, Request, page, show
from tenure.web.access.policy import DOMAIN, Policy
from tenure.web.access.provider import Proven
from tenure.web.access.roles import Role
from tenure.web.kit.shell import Nav, Section, Text

_ADMINISTRATORS = (Role.ADMINISTRATOR,)
_LONGEST = 200


@dataclass(frozen=True)
class SignOn:
    """``back``: the address that the provider is told; ``checked``: what a test of the provider
    found.
    """

    provider: forms.ProviderForm
    people: forms.Arrivals
    password: forms.Passwords
    factor: forms.FactorRoles
    back: str
    configured: bool
    checked: str = ""
    fault: str = ""


@dataclass(frozen=True)
class Trial:
    """What came of trying a log-in out: what the provider says of the person, and what that would mean here. ``refused``: a reason,
    where the answer was not taken.
    """

    claims: tuple[tuple[str, str], ...]
    outcome: str
    roles: tuple[Text, ...]
    refused: str


@page(
    "sign-on/",
    roles=_ADMINISTRATORS,
    title=gettext_lazy("Sign-on"),
    methods=FORM,
    nav=Nav(Section.ADMINISTRATION, 15, "log-in"),
)
def sign_on(request: Request) -> SignOn | HttpResponse:
    """Show and change how people log in. Who changes it has just proven who she is."""
    if request.method != "POST":
        return _shown(request, policy.now())
    if first := sure.ask_first(request, reverse("sign_on")):
        return first
    done = _DONE.get(request.POST.get("what", ""))
    if done is None:
        raise Http404
    return done(request)


def _test(request: Request) -> HttpResponse:
    """Ask the provider all that a log-in needs, but for the person."""
    how = policy.now()
    if how.provider is None:
        raise Http404
    try:
        count = provider.tried(how.provider)
    except TenureError as error:
        return show(request, _shown(request, how, fault=_told(error)), status=422)
    told = ngettext(
        "The provider answers, and signs with %(count)d key. Now try a log-in out: nothing is changed by it.",
        "The provider answers, and signs with %(count)d keys. Now try a log-in out: nothing is changed by it.", count,
    ) % {"count": count}  # fmt: skip
    return show(request, _shown(request, how, checked=told))


def _save_provider(request: Request) -> HttpResponse:
    form = forms.ProviderForm(request.POST)
    if not form.is_valid():
        return show(request, _shown(request, policy.now(), provider=form), status=422)
    given = dict(form.cleaned_data)
    secret = given.pop("client_secret")
    fault = _written("provider", given)
    if fault:
        form.add_error(None, fault)
        return show(request, _shown(request, policy.now(), provider=form), status=422)
    if secret:
        policy.keep_client_secret(secret)
    return _saved(request, "provider", secret=bool(secret))


def _remove_provider(request: Request) -> HttpResponse:
    try:
        policy.forget_provider()
    except TenureError as error:
        return show(request, _shown(request, policy.now(), fault=_told(error)), status=422)
    return _saved(request, "provider", removed=True)


def _save_people(request: Request) -> HttpResponse:
    form = forms.Arrivals(request.POST)
    if form.is_valid():
        given = form.cleaned_data
        fault = _written("people", {**given, "domains": given["domains"].replace(",", " ").split()})
        if not fault:
            return _saved(request, "people")
        form.add_error(None, fault)
    return show(request, _shown(request, policy.now(), people=form), status=422)


def _save_passwords(request: Request) -> HttpResponse:
    form = forms.Passwords(request.POST, administrators=_administrators())
    if form.is_valid():
        fault = _written("password", {"on": form.cleaned_data["on"], "but_for": form.cleaned_data["but_for"]})
        if not fault:
            return _saved(request, "password", on=form.cleaned_data["on"])
        form.add_error(None, fault)
    return show(request, _shown(request, policy.now(), password=form), status=422)


def _save_factors(request: Request) -> HttpResponse:
    form = forms.FactorRoles(request.POST)
    if not form.is_valid():
        return show(request, _shown(request, policy.now(), factor=form), status=422)
    fault = _written("second_factor", {"roles": form.cleaned_data["roles"]})
    if fault:
        form.add_error(None, fault)
        return show(request, _shown(request, policy.now(), factor=form), status=422)
    return _saved(request, "second_factor", roles=form.cleaned_data["roles"])


_DONE: Mapping[str, Callable[[Request], HttpResponse]] = {
    "test": _test, "provider": _save_provider, "remove": _remove_provider, "people": _save_people, "password": _save_passwords,
    "factor": _save_factors,
}  # fmt: skip


def _written(table: str, said: Mapping[str, Any]) -> str:
    """Write a table of the file; why not, where it makes no sense."""
    try:
        policy.change(table, said)
    except TenureError as error:
        return _told(error)
    return ""


def _told(error: TenureError) -> str:
    return f"{error.message} {error.fix}".strip()


def _saved(request: Request, table: str, **detail: Any) -> HttpResponse:
    events.record(Kind.SIGN_ON_CHANGED, actor=request.user, subject=None, table=table, **detail)
    messages.success(request, _("Saved. It counts from now on."))
    return HttpResponseRedirect(reverse("sign_on"))


def _shown(request: Request, how: Policy, *, checked: str = "", fault: str = "", **given: Any) -> SignOn:
    """The page, with the forms that were ``given`` in the place of those of what is in force."""
    of = how.provider
    said = {
        "name": of.name, "issuer": of.issuer, "client_id": of.client_id, "second_factor": of.second_factor,
        "unverified_email": of.unverified_email, "internal": of.internal,
    } if of else {}  # fmt: skip
    people = {
        "who": how.who, "domains": " ".join(how.domains), "role": how.role.value, "claim": how.claim, "csm_id": how.csm_claim,
        "roles": "\n".join(f"{group} = {role.value}" for group, role in how.roles.items()),
    }  # fmt: skip
    found: dict[str, Any] = {
        "provider": forms.ProviderForm(initial=said),
        "people": forms.Arrivals(initial=people),
        "password": forms.Passwords(
            initial={"on": how.passwords, "but_for": how.but_for}, administrators=_administrators()
        ),
        "factor": forms.FactorRoles(initial={"roles": [role.value for role in how.factor_roles]}),
    }
    if policy.has_client_secret():
        found["provider"].fields["client_secret"].widget.attrs["placeholder"] = _("one is kept")
    back = request.build_absolute_uri(reverse("provider_back"))
    return SignOn(
        **(found | given),
        back=back,
        configured=of is not None,
        checked=checked,
        fault=fault or policy.fault(),
    )


def _administrators() -> list[User]:
    """Those who could be the one that keeps the password."""
    found = User.objects.filter(grants__role=Role.ADMINISTRATOR, is_active=True).order_by("name", "email")
    return [user for user in found if user.has_usable_password()]


def shown_trial(request: Request, found: Proven | None, reason: str) -> HttpResponse:
    """What came of trying a log-in out, for the administrator who did."""
    how = policy.now()
    claims = tuple((name, str(value)[:_LONGEST]) for name, value in sorted((found.claims if found else {}).items()))
    outcome, roles = _outcome(found, how) if found else ("", ())
    return show(request, Trial(claims, outcome, roles, reason), template="access/trial.html")


def _outcome(found: Proven, how: Policy) -> tuple[str, tuple[Text, ...]]:
    """What a log-in would have meant, in words, and the roles that the groups give."""
    roles = tuple(role.label for role in Role if role in arrival.roles_by_claim(found.claims, how))
    known = Identity.objects.filter(issuer=found.issuer, subject=found.subject).select_related("user").first()
    if known is not None:
        return _("This is %(name)s, who has come in like this before.") % {"name": known.user.name}, roles
    try:
        email = arrival.address(found.claims, how)
    except NotLetInError as error:
        if error.reason == "no_email":
            return _("Nobody: the provider tells no e-mail address. Does Tenure ask for the scope email?"), roles
        return _("Nobody: the provider does not say that it verified the address."), roles
    user = User.objects.filter(email=email).first()
    if user is not None:
        return _("This is %(name)s, who was added with this address.") % {"name": user.name}, roles
    if how.who == DOMAIN and email.rpartition("@")[2] in how.domains:
        return _("A new person, who comes in by domain."), roles or (how.role.label,)
    return _("Nobody: no person was added with this address, and the domain is not let in."), roles
