"""Log-in and log-out."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.contrib.auth import authenticate
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access import events, forms, people
from tenure.web.access.events import Kind
from tenure.web.access.models import User
from tenure.web.access.page import FORM, POST, Request, page, public_page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.access.throttle import Guess, remember_browser
from tenure.web.kit import formats


@dataclass(frozen=True)
class LogIn:
    """``next``: where to go then. ``refused``: why not; the same whoever it is."""

    form: forms.LogIn
    next: str
    refused: str = ""


@public_page("log-in/", title=gettext_lazy("Log in"), methods=FORM)
def log_in(request: Request) -> LogIn | HttpResponse:
    """Ask who it is. Whether an account exists shows neither in the answer nor in the time it takes."""
    wanted = safe(request.POST.get("next", request.GET.get("next", "")))
    if request.method != "POST":
        known = request.user.is_authenticated
        return HttpResponseRedirect(wanted) if known else LogIn(forms.LogIn(), wanted)  # type: ignore[redundant-expr]  # here it may be nobody
    form = forms.LogIn(request.POST)
    if not form.is_valid():
        return show(request, LogIn(form, wanted), status=422)
    email = form.cleaned_data["email"]
    guess = Guess(request, email)
    wait = guess.wait()
    if wait:
        told = _("Too many attempts. Try again in %(time)s.") % {
            "time": formats.duration(max(wait.total_seconds() / 60, 1))
        }
        return show(request, LogIn(form, wanted, told), status=429)
    user = authenticate(request, username=email, password=form.cleaned_data["password"])
    if not isinstance(user, User):
        events.record(Kind.LOG_IN_REFUSED, actor=None, subject=User.objects.filter(email=email).first())
        return show(request, LogIn(form, wanted, _("E-mail and password do not fit together.")), status=422)
    guess.was_right()
    people.log_in(request, user)
    response = HttpResponseRedirect(wanted)
    remember_browser(request, response, user)
    return response


@page("log-out/", roles=EVERYONE, title=gettext_lazy("Log out"), methods=POST)
def log_out(request: Request) -> HttpResponse:
    """End the session."""
    people.log_out(request)
    messages.info(request, _("You are logged out."))
    return HttpResponseRedirect(reverse("log_in"))


def safe(url: str) -> str:
    """An address within Tenure to go to; the first page for any other."""
    inside = url.startswith("/") and url_has_allowed_host_and_scheme(url, allowed_hosts=None)
    return url if inside else reverse("home")
