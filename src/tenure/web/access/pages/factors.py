"""One's own second factors: an app, passkeys, recovery codes."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access import factors, forms, passkeys, sure
from tenure.web.access.factors import LastFactorError
from tenure.web.access.models import App, Passkey
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.kit.choice import number_of

#: A secret that an app has not shown a code of yet travels with the form, signed, for so many seconds.
_SALT, _LASTS = "tenure.app", 1800


@dataclass(frozen=True)
class SecondFactors:
    """``needed``: a role of the person's asks for one. ``possible``: browsers have passkeys for this address. ``left``: recovery
    codes.
    """

    needed: bool
    app: App | None
    passkeys: tuple[Passkey, ...]
    possible: bool
    left: int


@page("account/second-factors/", roles=EVERYONE, title=gettext_lazy("Second factors"), enrols=True)
def second_factors(request: Request) -> SecondFactors:
    """What is asked for at log-in beside the password."""
    user = request.user
    return SecondFactors(
        factors.needed(user), App.objects.filter(user=user).first(),
        tuple(Passkey.objects.filter(user=user).order_by("created_at")), passkeys.possible(request), factors.left(user),
    )  # fmt: skip


@dataclass(frozen=True)
class NewApp:
    """``picture``: what the app's camera reads, the same as ``secret`` for who types; ``kept``: the secret, signed."""

    form: forms.Code
    picture: SafeString
    secret: str
    kept: str


@page("account/second-factors/app/", roles=EVERYONE, title=gettext_lazy("Set up an app"), methods=FORM, enrols=True)
def add_app(request: Request) -> NewApp | HttpResponse:
    """Show a secret to an app, and have it show a code."""
    if first := sure.ask_first(request, reverse("add_app")):
        return first
    if request.method != "POST":
        return _new_app(request, factors.new_secret(), forms.Code())
    secret = _kept(request)
    form = forms.Code(request.POST)
    if secret is None:
        messages.error(request, _("That took too long. Begin again with the new picture."))
        return HttpResponseRedirect(reverse("add_app"))
    if not form.is_valid() or not factors.add_app(
        request, request.user, secret, form.cleaned_data["code"].replace(" ", "")
    ):
        form.add_error("code", _("That is not the code that the app shows now. Is its clock right?"))
        return show(request, _new_app(request, secret, form), status=422)
    return _added(request)


@page(
    "account/second-factors/app/remove/",
    roles=EVERYONE,
    title=gettext_lazy("Remove the app"),
    methods=POST,
    enrols=True,
)
def remove_app(request: Request) -> HttpResponse:
    """Ask for its codes no more."""
    if first := sure.ask_first(request, reverse("second_factors")):
        return first
    try:
        if not factors.remove_app(request.user, by=request.user):
            raise Http404
    except LastFactorError:
        return _last(request)
    messages.success(request, _("The app is removed. Its codes are no longer taken."))
    return HttpResponseRedirect(reverse("second_factors"))


@dataclass(frozen=True)
class AddPasskey:
    """``options``: what the browser makes a passkey with; empty where it cannot for this address."""

    form: forms.NewPasskey
    options: str
    refused: str = ""


@page("account/second-factors/passkey/", roles=EVERYONE, title=gettext_lazy("Add a passkey"), methods=FORM, enrols=True)
def add_passkey(request: Request) -> AddPasskey | HttpResponse:
    """Have the browser make a passkey."""
    if first := sure.ask_first(request, reverse("add_passkey")):
        return first
    user = request.user
    if not passkeys.possible(request):
        return AddPasskey(forms.NewPasskey(), "")
    if request.method != "POST":
        return AddPasskey(forms.NewPasskey(), passkeys.to_make(request, user))
    form = forms.NewPasskey(request.POST)
    named = form.is_valid()
    made = (
        passkeys.made(request, user, form.cleaned_data["name"], request.POST.get("credential", "")) if named else None
    )
    if made is None:
        refused = _("No passkey was made. Try again, or with another device.")
        return show(request, AddPasskey(form, passkeys.to_make(request, user), refused), status=422)
    factors.add_passkey(request, made)
    return _added(request)


@page(
    "account/second-factors/passkey/remove/",
    roles=EVERYONE,
    title=gettext_lazy("Remove a passkey"),
    methods=POST,
    enrols=True,
)
def remove_passkey(request: Request) -> HttpResponse:
    """Take one of one's own passkeys no more; another's is not there."""
    if first := sure.ask_first(request, reverse("second_factors")):
        return first
    try:
        if not factors.remove_passkey(request.user, number_of(request.POST.get("passkey", ""))):
            raise Http404
    except LastFactorError:
        return _last(request)
    messages.success(request, _("The passkey is removed. It opens nothing here any more."))
    return HttpResponseRedirect(reverse("second_factors"))


@dataclass(frozen=True)
class Codes:
    """Recovery codes, shown this once."""

    codes: tuple[str, ...]


@page("account/second-factors/codes/", roles=EVERYONE, title=gettext_lazy("Recovery codes"), methods=POST, enrols=True)
def make_codes(request: Request) -> HttpResponse:
    """New recovery codes, in place of earlier ones, for who has a second factor to lose."""
    if first := sure.ask_first(request, reverse("second_factors")):
        return first
    if not factors.has(request.user):
        raise Http404
    return show(request, Codes(factors.make_codes(request.user)), template="access/codes.html")


def _new_app(request: Request, secret: str, form: forms.Code) -> NewApp:
    grouped = " ".join(secret[at : at + 4] for at in range(0, len(secret), 4))
    picture = mark_safe(factors.picture(request.user, secret))  # noqa: S308 - drawn by us: squares, and no text
    return NewApp(form, picture, grouped, signing.dumps([request.user.pk, secret], salt=_SALT))


def _kept(request: Request) -> str | None:
    try:
        whose, secret = signing.loads(request.POST.get("kept", ""), salt=_SALT, max_age=_LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return str(secret) if whose == request.user.pk else None


def _added(request: Request) -> HttpResponse:
    """After a new factor: it counts as shown, other browsers are logged out, and with the first one come recovery codes."""
    sure.confirmed(request, strong=True)
    messages.success(request, _("From now on you are asked for it at log-in. Other browsers are logged out."))
    if factors.left(request.user):
        return HttpResponseRedirect(reverse("second_factors"))
    return show(request, Codes(factors.make_codes(request.user)), template="access/codes.html")


def _last(request: Request) -> HttpResponse:
    messages.error(request, _("Your role asks for a second factor, and this is your only one. Add another one first."))
    return HttpResponseRedirect(reverse("second_factors"))
