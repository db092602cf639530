"""The page on which mail is set up and tried, and the one by which somebody declines it."""

from __future__ import annotations

import secrets
from dataclasses import asdict, dataclass
from datetime import datetime

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import TenureError, UsageError
from tenure.web.access import events
from tenure.web.access.events import Kind
from tenure.web.access.models import User
from tenure.web.access.page import FORM, POST, Request, page, public_page, show
from tenure.web.access.roles import Role
from tenure.web.kit.shell import Nav, Section
from tenure.web.mail.forms import MailForm
from tenure.web.post import mail as post
from tenure.web.post import mail_settings
from tenure.web.post.letters import Letter, Part
from tenure.web.post.models import Sent

#: What a trial is for: whoever asks for one gets it.
TRIAL = "trial"
_LAST = 20


@dataclass(frozen=True)
class Tried:
    """A mail that was sent, or was not: never what it said."""

    at: datetime
    name: str
    purpose: str
    error: str


@dataclass(frozen=True)
class MailPage:
    """``is_set``: mails are sent; ``fault``: why what is set cannot be understood. ``to``: who gets a trial."""

    form: MailForm
    is_set: bool
    has_password: bool
    fault: str
    to: str
    last: tuple[Tried, ...]


@page("mail/", roles=(Role.ADMINISTRATOR,), title=gettext_lazy("Mail"), methods=FORM,
      nav=Nav(Section.ADMINISTRATION, 30, "mail"))  # fmt: skip
def mail(request: Request) -> MailPage | HttpResponse:
    """How mail is sent, and whether it was."""
    fault, found = "", None
    try:
        found = mail_settings.read(settings.HOME)
    except UsageError as error:
        fault = f"{error.message} {error.fix}"
    if request.method != "POST":
        form = MailForm(initial=asdict(found) if found else {"address": request.build_absolute_uri("/").rstrip("/")})
        return _page(request, form, is_set=found is not None, fault=fault)
    form = MailForm(request.POST)
    if not form.is_valid():
        return show(request, _page(request, form, is_set=found is not None, fault=fault), status=422)
    given = form.settings()
    password = form.cleaned_data["password"] or (None if given.user else "")
    mail_settings.keep(settings.HOME, given, password)
    events.record(Kind.MAIL_SET, actor=request.user, subject=None, host=given.host, port=given.port)
    messages.success(request, _("Kept. Send yourself a mail to see whether it works."))
    return HttpResponseRedirect(reverse("mail"))


def _page(request: Request, form: MailForm, *, is_set: bool, fault: str) -> MailPage:
    found = Sent.objects.select_related("user").order_by("-at", "-pk")[:_LAST]
    last = tuple(
        Tried(each.at, each.user.name, str(_PURPOSES.get(each.purpose, each.purpose)), each.told) for each in found
    )
    return MailPage(form, is_set, mail_settings.has_password(settings.HOME), fault, request.user.email, last)


_PURPOSES = {TRIAL: gettext_lazy("trial"), "digest": gettext_lazy("digest"), "dashboard": gettext_lazy("dashboard")}


@page("mail/trial/", roles=(Role.ADMINISTRATOR,), title=gettext_lazy("Send a trial"), methods=POST)
def send_trial(request: Request) -> HttpResponse:
    """Send a mail to who asks, now, and say what the server said."""
    said = _("This is a trial. If you read it, Tenure can send mail.")
    letter = Letter(_("Mail from Tenure works"), (Part(lines=((said, "/mail/"),)),), TRIAL, _("You asked for this."))
    post.accept(request.user, TRIAL)
    try:
        post.send(request.user, letter, secrets.token_hex(8))
    except TenureError as error:
        messages.error(request, f"{error.message} {error.fix}".strip())
    else:
        messages.success(request, _("The mail server took it. Look whether it has arrived."))
    return HttpResponseRedirect(reverse("mail"))


@page("mail/off/", roles=(Role.ADMINISTRATOR,), title=gettext_lazy("Send no mail"), methods=POST)
def forget_mail(request: Request) -> HttpResponse:
    """Send no mail any more, and forget how."""
    mail_settings.forget(settings.HOME)
    events.record(Kind.MAIL_SET, actor=request.user, subject=None, host="")
    messages.success(request, _("No mail is sent any more."))
    return HttpResponseRedirect(reverse("mail"))


@dataclass(frozen=True)
class Unsubscribe:
    """``purpose``: what would be declined; ``is_done``: it is."""

    purpose: str
    is_done: bool


@public_page("unsubscribe/<str:secret>/", title=gettext_lazy("No such mails any more"), methods=FORM)
def unsubscribe(request: Request, secret: str) -> Unsubscribe:
    """Decline mails of a purpose, by a link that stands in each: it lets nobody do anything else."""
    meant = post.meant(secret)
    if meant is None or not User.objects.filter(pk=meant[0]).exists():
        raise Http404
    if request.method == "POST":
        post.decline(*meant)
    return Unsubscribe(str(_PURPOSES.get(meant[1].partition(":")[0], meant[1])), request.method == "POST")
