"""Log-in and log-out."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import timedelta

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access import events, forms, passkeys, people, policy, sure
from tenure.web.access.events import Kind
from tenure.web.access.models import User
from tenure.web.access.page import FORM, POST, Request, page, public_page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.access.throttle import Guess
from tenure.web.kit import formats


@dataclass(frozen=True)
class LogIn:
    """``next``: where to go then. ``refused``: why not; the same whoever it is. ``provider``: what the button of single sign-on
    is called, where there is one. ``by_password``: whether the form is shown, or a link to it. ``passkeys``: whether they are
    taken.
    """

    form: forms.LogIn
    next: str
    provider: str
    by_password: bool
    passkeys: bool
    refused: str = ""


@public_page("log-in/", title=gettext_lazy("Log in"), methods=FORM)
def log_in(request: Request) -> LogIn | HttpResponse:
    """Ask who it is. Whether an account exists shows neither in the answer nor in the time it takes."""
    wanted = safe(request.POST.get("next", request.GET.get("next", "")))
    if request.method != "POST":
        known = request.user.is_authenticated
        return HttpResponseRedirect(wanted) if known else asking(request, forms.LogIn(), wanted)  # type: ignore[redundant-expr]  # here it may be nobody
    form = forms.LogIn(request.POST)
    if not form.is_valid():
        return show(request, asking(request, form, wanted), status=422)
    email = form.cleaned_data["email"]
    guess = Guess(request, email)
    wait = guess.wait()
    if wait:
        return show(request, asking(request, form, wanted, too_many(wait)), status=429)
    user = authenticate(request, username=email, password=form.cleaned_data["password"])
    if not isinstance(user, User) or not policy.now().takes_password(email):
        events.record(Kind.LOG_IN_REFUSED, actor=None, subject=User.objects.filter(email=email).first())
        refused = _("E-mail and password do not fit together.")
        return show(request, asking(request, form, wanted, refused), status=422)
    guess.was_right()
    return sure.admit(request, user, way="password", wanted=wanted)


@public_page("log-in/passkey/options/", title=gettext_lazy("Passkey"), methods=POST)
def passkey_options(request: Request) -> HttpResponse:
    """What the browser asks a passkey with. It is counted as a guess: each is good for one answer."""
    if not passkeys.possible(request) or Guess(request).wait():
        return HttpResponse(status=429)
    return HttpResponse(passkeys.to_ask(request), content_type="application/json")


@public_page("log-in/passkey/", title=gettext_lazy("Log in"), methods=POST)
def passkey_log_in(request: Request) -> HttpResponse:
    """Log in with a passkey alone: it is what one has, and the device has asked for what one knows or is."""
    wanted = safe(request.POST.get("next", ""))
    user = passkeys.shown(request, request.POST.get("credential", ""))
    if user is None or not policy.now().takes_password(user.email):
        events.record(Kind.LOG_IN_REFUSED, actor=None, subject=user, way="passkey")
        refused = _("That passkey does not open anything here.")
        return show(request, asking(request, forms.LogIn(), wanted, refused), status=422, template="access/log_in.html")
    Guess(request).was_right()
    return sure.admit(request, user, way="passkey", wanted=wanted, strong=True)


def asking(request: HttpRequest, form: forms.LogIn, wanted: str, refused: str = "") -> LogIn:
    """The page that asks who it is."""
    how = policy.now()
    shown = how.passwords or form.is_bound or "password" in request.GET
    name = how.provider.name if how.provider else ""
    return LogIn(form, wanted, name, shown, shown and passkeys.possible(request), refused)


def too_many(wait: timedelta) -> str:
    """What is said to who has guessed too often."""
    return _("Too many attempts. Try again in %(time)s.") % {
        "time": formats.duration(max(wait.total_seconds() / 60, 1))
    }


@page("log-out/", roles=EVERYONE, title=gettext_lazy("Log out"), methods=POST, enrols=True)
def log_out(request: Request) -> HttpResponse:
    """End the session."""
    people.log_out(request)
    messages.info(request, _("You are logged out."))
    return HttpResponseRedirect(reverse("log_in"))


def safe(url: str) -> str:
    """An address within Tenure to go to; the first page for any other."""
    inside = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if inside else reverse("home")
