"""How sure it is who is there: half-way through a log-in, by a second factor, and just now."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from urllib.parse import urlencode

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from tenure.web.access import factors, people, policy
from tenure.web.access.models import User
from tenure.web.access.page import Request
from tenure.web.access.sessions import STRONG, SURE
from tenure.web.access.throttle import remember_browser

#: How long one may take from the first step to the second; and how long it holds that somebody has proven who she is.
HALF_LASTS, SURE_LASTS = timedelta(minutes=10), timedelta(minutes=10)
_HALF = "half"


@dataclass(frozen=True)
class Half:
    """Who has done the first step of a log-in, by which way, and where she wanted to go."""

    user: User
    way: str
    wanted: str


def admit(request: Request, user: User, *, way: str, wanted: str, strong: bool = False) -> HttpResponse:
    """Log somebody in who has done the first step; who has a second factor is asked for it, unless it was ``strong`` already."""
    if not strong and factors.has(user):
        request.session.flush()
        request.session[_HALF] = {"user": user.pk, "way": way, "wanted": wanted, "at": timezone.now().isoformat()}
        return HttpResponseRedirect(reverse("second_step"))
    people.log_in(request, user, way=way, strong=strong)
    response = HttpResponseRedirect(wanted)
    remember_browser(request, response, user)
    return response


def half(request: HttpRequest) -> Half | None:
    """Who is between the two steps, while that holds."""
    kept = request.session.get(_HALF)
    if not kept or timezone.now() - datetime.fromisoformat(kept["at"]) > HALF_LASTS:
        return None
    user = User.objects.filter(pk=kept["user"], is_active=True).first()
    return Half(user, kept["way"], kept["wanted"]) if user else None


def missing(request: Request) -> HttpResponse | None:
    """Where to go first, where the person's roles ask for a second factor and she has shown none."""
    if request.session.get(STRONG) or not factors.needed(request.user):
        return None
    if factors.has(request.user):
        return _to_confirm(request.get_full_path() if request.method == "GET" else reverse("home"))
    messages.info(request, _("Your role asks for a second factor. Set one up to go on."))
    return HttpResponseRedirect(reverse("second_factors"))


def ask_first(request: Request, back: str) -> HttpResponse | None:
    """Where to go first, where the person has not proven just now who she is, by her second factor if she has one. ``back``: where
    she goes on then.
    """
    since = request.session.get(SURE)
    fresh = since and timezone.now() - datetime.fromisoformat(since) <= SURE_LASTS
    if fresh and (request.session.get(STRONG) or not factors.has(request.user)):
        return None
    if request.method == "POST":
        messages.warning(request, _("Nothing was changed yet: prove that it is you, and then do it once more."))
    return _to_confirm(back)


def confirmed(request: Request, *, strong: bool) -> None:
    """Note that the person has just proven who she is, ``strong``: by a second factor; under a new key."""
    request.session.cycle_key()
    request.session[SURE] = timezone.now().isoformat()
    if strong:
        request.session[STRONG] = True


def has_password(user: User) -> bool:
    """Whether the person can prove who she is by a password here."""
    return user.has_usable_password() and policy.now().takes_password(user.email)


def _to_confirm(back: str) -> HttpResponse:
    return HttpResponseRedirect(f"{reverse('confirm')}?{urlencode({'next': back})}")
