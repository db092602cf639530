"""One's own account: who one is here, the password, the browsers that are logged in, the look."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from django.contrib import messages
from django.contrib.auth import update_session_auth_hash
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access import events, factors, forms, keys, people, sessions, sure
from tenure.web.access.events import Kind
from tenure.web.access.models import ApiKey, Session, Theme
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.pages.log_in import safe
from tenure.web.access.roles import EVERYONE
from tenure.web.access.shell import in_order
from tenure.web.access.throttle import Guess
from tenure.web.kit.shell import Text


@dataclass(frozen=True)
class Browser:
    """A session as its person recognises it. ``name``: what the database calls it."""

    name: str
    told: str
    address: str
    since: datetime
    seen: datetime
    is_this: bool


@dataclass(frozen=True)
class Account:
    """``csm_id``: empty for people who are no CSM. ``has_password``: whether the person may log in with one."""

    name: str
    email: str
    roles: tuple[Text, ...]
    csm_id: str
    theme: str
    themes: tuple[tuple[str, Text], ...]
    browsers: tuple[Browser, ...]
    others: int
    keys: tuple[ApiKey, ...]
    has_password: bool
    has_factor: bool
    needs_factor: bool


@page("account/", roles=EVERYONE, title=gettext_lazy("Your account"))
def account(request: Request) -> Account:
    """What Tenure knows of the person herself."""
    user = request.user
    found = _browsers(request)
    return Account(
        user.name, user.email, tuple(role.label for role in in_order(user)), user.csm_id,
        user.theme, tuple(Theme.choices), found, len(found) - 1, tuple(keys.of(user)), sure.has_password(user),
        factors.has(user), factors.needed(user),
    )  # fmt: skip


@dataclass(frozen=True)
class ChangePassword:
    """``email``: for password managers, which keep it with the password."""

    form: forms.ChangePassword
    email: str


@page("account/password/", roles=EVERYONE, title=gettext_lazy("Change password"), methods=FORM)
def change_password(request: Request) -> ChangePassword | HttpResponse:
    """Take the old password and a new one; other browsers are logged out."""
    user = request.user
    if not sure.has_password(user):
        raise Http404
    if request.method != "POST":
        return ChangePassword(forms.ChangePassword(user=user), user.email)
    form = forms.ChangePassword(request.POST, user=user)
    guess = Guess(request, user.email)
    if not form.is_valid():
        return show(request, ChangePassword(form, user.email), status=422)
    if guess.wait():
        form.add_error("old", _("Too many attempts. Try again in a quarter of an hour."))
        return show(request, ChangePassword(form, user.email), status=429)
    if not user.check_password(form.cleaned_data["old"]):
        form.add_error("old", _("This is not your password."))
        return show(request, ChangePassword(form, user.email), status=422)
    guess.was_right()
    people.change_password(user, form.cleaned_data["password"])
    update_session_auth_hash(request, user)  # under a new key
    request.session.save()
    sessions.end_all(user, but=request)
    messages.success(request, _("Your password is changed. Other browsers are logged out."))
    return HttpResponseRedirect(reverse("account"))


@page("account/theme/", roles=EVERYONE, title=gettext_lazy("Look"), methods=POST)
def switch_theme(request: Request) -> HttpResponse:
    """Keep how pages look for this person."""
    theme = request.POST.get("theme", "")
    if theme not in Theme.values:
        raise Http404
    request.user.theme = theme
    request.user.save(update_fields=["theme"])
    return HttpResponseRedirect(safe(request.POST.get("next", "")))


@page("account/sessions/end/", roles=EVERYONE, title=gettext_lazy("Log out elsewhere"), methods=POST)
def end_session(request: Request) -> HttpResponse:
    """End one session of one's own; another's is not there."""
    found = Session.objects.filter(user=request.user, session_key=request.POST.get("session", "")).first()
    if found is None:
        raise Http404
    found.delete()
    events.record(Kind.SESSIONS_ENDED, actor=request.user, subject=request.user, ended=1)
    messages.success(request, _("That browser is logged out."))
    return HttpResponseRedirect(reverse("account"))


@page("account/sessions/end-all/", roles=EVERYONE, title=gettext_lazy("Log out everywhere"), methods=POST)
def end_all_sessions(request: Request) -> HttpResponse:
    """End every session of one's own but this."""
    ended = sessions.end_all(request.user, but=request)
    events.record(Kind.SESSIONS_ENDED, actor=request.user, subject=request.user, ended=ended)
    messages.success(request, _("All other browsers are logged out."))
    return HttpResponseRedirect(reverse("account"))


def _browsers(request: Request) -> tuple[Browser, ...]:
    this = sessions.current(request)
    found = [
        Browser(row.pk, called(row.browser), row.address, row.created_at, row.seen_at, row.pk == this)
        for row in sessions.of(request.user)
    ]
    return tuple(sorted(found, key=lambda each: (not each.is_this, -each.seen.timestamp())))


#: In this order: each also says that it is some of those after it.
_BROWSERS = (("Edg/", "Edge"), ("OPR/", "Opera"), ("Firefox/", "Firefox"), ("Chrome/", "Chrome"), ("Safari/", "Safari"))
_SYSTEMS = (("Android", "Android"), ("iPhone", "iPhone"), ("iPad", "iPad"), ("Windows", "Windows"), ("Mac OS", "macOS"),
            ("Linux", "Linux"))  # fmt: skip


def called(agent: str) -> str:
    """A browser by the names people know."""
    browser = next((name for sign, name in _BROWSERS if sign in agent), "")
    system = next((name for sign, name in _SYSTEMS if sign in agent), "")
    return ", ".join(part for part in (browser, system) if part) or _("Unknown browser")
