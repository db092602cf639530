"""The second step of a log-in, and proving again who one is."""

from __future__ import annotations

from dataclasses import dataclass

from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access import events, factors, forms, passkeys, policy, sure
from tenure.web.access.events import Kind
from tenure.web.access.models import App, User
from tenure.web.access.page import FORM, Request, page, public_page, show
from tenure.web.access.pages.log_in import safe, too_many
from tenure.web.access.roles import EVERYONE
from tenure.web.access.throttle import Guess


@dataclass(frozen=True)
class Step:
    """What is asked for: ``form``, a code or a password; ``options`` for a passkey, empty without one for this site. ``app``:
    whether there is an app; ``provider``: what the button of single sign-on is called, where that is the way.
    """

    form: forms.Code | forms.OwnPassword | None
    next: str
    options: str
    app: bool
    provider: str = ""
    refused: str = ""


@public_page("log-in/second/", title=gettext_lazy("One more step"), methods=FORM)
def second_step(request: Request) -> Step | HttpResponse:
    """Ask for the second factor of who has done the first step; without that step there is nothing here."""
    found = sure.half(request)
    if found is None:
        return HttpResponseRedirect(reverse("log_in"))
    if request.method != "POST":
        return _asked(request, found.user, found.wanted)
    wait, taken = _tried(request, found.user)
    if not taken:
        content = _asked(
            request, found.user, found.wanted, wait or _("That is not it. Codes change every half minute.")
        )
        return show(request, content, status=429 if wait else 422)
    return sure.admit(request, found.user, way=found.way, wanted=safe(found.wanted), strong=True)


@page("account/confirm/", roles=EVERYONE, title=gettext_lazy("Is it still you?"), methods=FORM, enrols=True)
def confirm(request: Request) -> Step | HttpResponse:
    """Ask who is logged in to prove it again: by a second factor, else the password, else at the provider."""
    wanted = safe(request.POST.get("next", request.GET.get("next", "")))
    user = request.user
    strong = factors.has(user)
    if request.method != "POST":
        return _asked(request, user, wanted)
    wait, taken = _tried(request, user) if strong else _tried_password(request, user)
    if not taken:
        return show(request, _asked(request, user, wanted, wait or _("That is not it.")), status=429 if wait else 422)
    sure.confirmed(request, strong=strong)
    return HttpResponseRedirect(wanted)


def _asked(request: Request, user: User, wanted: str, refused: str = "") -> Step:
    if factors.has(user):
        options = passkeys.to_ask(request, user) if passkeys.has_here(request, user) else ""
        return Step(forms.Code(), wanted, options, App.objects.filter(user=user).exists(), refused=refused)
    if sure.has_password(user):
        return Step(forms.OwnPassword(), wanted, "", app=False, refused=refused)
    how = policy.now()
    return Step(None, wanted, "", app=False, provider=how.provider.name if how.provider else "", refused=refused)


def _tried(request: Request, user: User) -> tuple[str, bool]:
    """Whether a code or a passkey is the person's; why not now, where there were too many guesses."""
    guess = Guess(request, f"second:{user.pk}")
    wait = guess.wait()
    if wait:
        return too_many(wait), False
    credential = request.POST.get("credential", "")
    if credential:
        taken = passkeys.shown(request, credential, user) is not None
    else:
        form = forms.Code(request.POST)
        taken = form.is_valid() and factors.takes(user, form.cleaned_data["code"])
    if taken:
        guess.was_right()
    else:
        events.record(Kind.FACTOR_REFUSED, actor=user, subject=user)
    return "", taken


def _tried_password(request: Request, user: User) -> tuple[str, bool]:
    guess = Guess(request, user.email)
    wait = guess.wait()
    if wait:
        return too_many(wait), False
    form = forms.OwnPassword(request.POST)
    taken = form.is_valid() and sure.has_password(user) and user.check_password(form.cleaned_data["password"])
    if taken:
        guess.was_right()
    return "", taken
