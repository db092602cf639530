"""What links that work once lead to: the first administrator, or a password of one's own."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access import forms, links, sure
from tenure.web.access.models import Link, User
from tenure.web.access.page import FORM, Request, public_page, show
from tenure.web.access.throttle import Guess
from tenure.web.kit.errors import Fault, answer

_LINK = "link"  # where in the session the hash of the link is kept


@dataclass(frozen=True)
class Welcome:
    """``email``: whose password it will be; empty for the first administrator, who fills it in."""

    form: forms.NewPassword
    email: str
    name: str


@public_page("welcome/<str:secret>/", title=gettext_lazy("Welcome"))
def welcome_link(request: Request, secret: str) -> HttpResponse:
    """Take the secret out of the address, where logs and neighbours would see it. Looking does not use it up."""
    if Guess(request).wait() or links.find(links.hashed(secret)) is None:
        return _no_longer(request)
    request.session[_LINK] = links.hashed(secret)
    return HttpResponseRedirect(reverse("welcome"))


@public_page("welcome/", title=gettext_lazy("Welcome"), methods=FORM)
def welcome(request: Request) -> Welcome | HttpResponse:
    """Choose a password, and for a new workspace say who the administrator is."""
    secret_hash = request.session.get(_LINK, "")
    link = links.find(secret_hash)
    if link is None:
        return _no_longer(request)
    form = _form(request, link)
    content = Welcome(form, link.user.email if link.user else "", link.user.name if link.user else "")
    if request.method != "POST":
        return content
    if not form.is_valid():
        return show(request, content, status=422)
    user = _use(secret_hash, link, form)
    if user is None:
        return _no_longer(request)
    response = sure.admit(request, user, way="link", wanted=reverse("home"))
    messages.success(request, _("Welcome. This link has done its work; from now on you log in with your password."))
    return response


def _form(request: Request, link: Link) -> forms.NewPassword:
    data = request.POST if request.method == "POST" else None
    return forms.NewPassword(data, user=link.user) if link.user else forms.SetUp(data)


def _use(secret_hash: str, link: Link, form: forms.NewPassword) -> User | None:
    given = form.cleaned_data
    if link.user:
        return links.accept(secret_hash, password=given["password"])
    return links.set_up(secret_hash, name=given["name"], email=given["email"], password=given["password"])


def _no_longer(request: Request) -> HttpResponse:
    """The same for a link that never was, was used, has expired or was replaced."""
    message = _("This link does not work, or no longer: it works once, for a limited time.")
    fix = _("Ask who sent it for a new one. The one for setting up is printed when Tenure starts.")
    return answer(request, Fault(404, _("This link leads nowhere"), message, fix))
