"""Single sign-on: to the provider, and back from it."""

from __future__ import annotations

from dataclasses import asdict
from typing import Any

from django.contrib import messages
from django.core import signing
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access import arrival, events, factors, forms, policy, provider, sure
from tenure.web.access.arrival import NotLetInError
from tenure.web.access.events import Kind
from tenure.web.access.models import Identity
from tenure.web.access.page import Request, public_page, show
from tenure.web.access.pages.log_in import asking, safe, too_many
from tenure.web.access.pages.sign_on import shown_trial
from tenure.web.access.policy import Provider
from tenure.web.access.provider import Asked, NotTakenError, Proven
from tenure.web.access.roles import Role
from tenure.web.access.throttle import Guess

#: What was asked for travels in a signed cookie: nobody who only looks leaves anything in the database.
_COOKIE, _LASTS, _BELOW = "tenure_sign_on", 600, "/log-in/"
#: What it is for: to log in, to prove again who one is, to try the settings out.
_IN, _SURE, _TRY = "in", "sure", "try"


@public_page("log-in/provider/", title=gettext_lazy("Log in"))
def provider_log_in(request: Request) -> HttpResponse:
    """Send the browser to the provider."""
    of, purpose = _provider(), request.GET.get("for", _IN)
    if purpose not in (_IN, _SURE, _TRY) or (purpose == _TRY and not _may_try(request)):
        raise Http404
    asked, wanted = Asked(), safe(request.GET.get("next", ""))
    url = provider.address(of, asked, _back(request), anew=purpose == _SURE)
    response = HttpResponseRedirect(url)
    kept = {**asdict(asked), "for": purpose, "next": wanted}
    response.set_cookie(
        _COOKIE, signing.dumps(kept, salt=_COOKIE), max_age=_LASTS, path=_BELOW, httponly=True, samesite="Lax"
    )
    return response


@public_page("log-in/back/", title=gettext_lazy("Log in"))
def provider_back(request: Request) -> HttpResponse:
    """Take what the provider sends the browser back with, once."""
    response = _answered(request)
    response.delete_cookie(_COOKIE, path=_BELOW, samesite="Lax")
    return response


def _answered(request: Request) -> HttpResponse:
    of, kept = _provider(), _kept(request)
    guess = Guess(request)
    wait = guess.wait()
    if wait:
        return _not_in(request, too_many(wait), 429)
    if kept is None:
        return _not_in(request, _("That took too long, or began in another browser. Please try again."), 403)
    asked, purpose = Asked(kept["state"], kept["nonce"], kept["verifier"]), kept["for"]
    try:
        found = provider.proven(of, asked, request.GET.dict(), _back(request), anew=purpose == _SURE)
    except NotTakenError as error:
        if purpose == _TRY and _may_try(request):
            return shown_trial(request, None, error.reason)
        events.record(Kind.LOG_IN_REFUSED, actor=None, subject=None, way="provider", reason=error.reason)
        return _not_in(request, _("%(name)s did not confirm who you are.") % {"name": of.name}, 403)
    guess.was_right()
    if purpose == _TRY:
        return shown_trial(request, found, "") if _may_try(request) else _not_in(request, "", 403)
    return _confirmed(request, found, kept["next"]) if purpose == _SURE else _let_in(request, of, found, kept["next"])


def _let_in(request: Request, of: Provider, found: Proven, wanted: str) -> HttpResponse:
    try:
        user = arrival.person(found, policy.now())
    except NotLetInError as error:
        events.record(Kind.LOG_IN_REFUSED, actor=None, subject=error.user, way="provider", reason=error.reason)
        refused = _("You are known to %(name)s, and not let in here. An administrator can do that.") % {"name": of.name}
        return _not_in(request, refused, 403)
    return sure.admit(request, user, way="provider", wanted=wanted, strong=of.second_factor)


def _confirmed(request: Request, found: Proven, wanted: str) -> HttpResponse:
    """The person who is logged in has proven again who she is; somebody else has proven nothing."""
    known = Identity.objects.filter(issuer=found.issuer, subject=found.subject, user=request.user.pk).exists()
    if not known:
        return _not_in(request, _("That was somebody else."), 403)
    strong = _provider().second_factor
    if factors.has(request.user) and not strong:
        return _not_in(request, _("Show your second factor instead."), 403)
    sure.confirmed(request, strong=strong)
    return HttpResponseRedirect(wanted)


def _not_in(request: Request, refused: str, status: int) -> HttpResponse:
    if _is_in(request):
        messages.error(request, refused)
        return HttpResponseRedirect(reverse("account"))
    content = asking(request, forms.LogIn(), reverse("home"), refused)
    return show(request, content, status=status, template="access/log_in.html")


def _provider() -> Provider:
    found = policy.now().provider
    if found is None:
        raise Http404
    return found


def _may_try(request: Request) -> bool:
    return _is_in(request) and Role.ADMINISTRATOR in request.user.roles


def _is_in(request: Request) -> bool:
    """Whether somebody is logged in: these pages are public."""
    user: Any = request.user
    return bool(user.is_authenticated)


def _kept(request: Request) -> dict[str, Any] | None:
    try:
        found = signing.loads(request.COOKIES.get(_COOKIE, ""), salt=_COOKIE, max_age=_LASTS)
    except (signing.BadSignature, ValueError, TypeError):
        return None
    return found if isinstance(found, dict) else None


def _back(request: Request) -> str:
    return request.build_absolute_uri(reverse("provider_back"))
