"""Recognition: who thanks whom, and for what. Nothing of it is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.db import transaction
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.web.access import leads
from tenure.web.access.models import User
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.sight import book_of
from tenure.web.growing import forms, told, whose
from tenure.web.growing.models import Praise
from tenure.web.kit.choice import number_of
from tenure.web.kit.once import tell
from tenure.web.kit.shell import Nav, Section

if TYPE_CHECKING:
    from tenure.engine import Sight

_MOST, _ACCOUNTS = 100, 500


@dataclass(frozen=True)
class Thanks:
    """A praise. ``account``: its name, where the reader sees that; ``mine``: the reader gave it."""

    id: int
    by: str
    to: str
    at: datetime
    text: str
    account: str
    account_id: str
    mine: bool


@dataclass(frozen=True)
class Recognition:
    """What the reader may see, the latest first."""

    thanks: tuple[Thanks, ...]
    form: forms.Give


@page(
    "recognition/", roles=leads.OPENS, title=gettext_lazy("Recognition"), nav=Nav(Section.TEAM, 46, "heart-handshake"),
    methods=FORM,
)  # fmt: skip
def recognition(request: Request) -> Recognition | HttpResponse:
    """Who thanks whom, and for what?"""
    user, sight = request.user, request.sight()
    people = [(str(one.pk), one.name) for one in _others(user)]
    own = book_of(user, leads.OPENS, sorted(whose.of(user)))
    rows = own.rows("accounts", columns=("account_id", "name"), order=("name",), limit=_ACCOUNTS).rows
    accounts = [(row["account_id"], row["name"] or row["account_id"]) for row in rows]
    if request.method != "POST":
        return Recognition(_thanks(user, sight), forms.Give.new(of={"people": people, "accounts": accounts}))
    form = forms.Give(request.POST, people=people, accounts=accounts)
    if not form.is_valid():
        return show(request, Recognition(_thanks(user, sight), form), status=422)
    given = form.cleaned_data
    tell(
        request,
        lambda: _say(user, given["to"], given["text"].strip(), given["account"], given["message_id"]),
        _("Said. They are told, and see it here with their team and those who lead them."),
    )
    return HttpResponseRedirect(reverse("recognition"))


def _say(by: User, to: int, text: str, account_id: str, key: str) -> None:
    """Keep it, and tell who is praised, once for a form. Raises ``UsageError`` for one that said something else before."""
    with transaction.atomic():
        given = {"to_id": to, "text": text, "account_id": account_id}
        said, is_new = Praise.objects.get_or_create(by=by, key=key, defaults=given)
        if is_new:
            told.praised(said)
        elif (said.to_id, said.text, said.account_id) != (to, text, account_id):
            raise UsageError(_("This form was sent before, and said something else."), code="message_reused")


@page("recognition/take-back/", roles=leads.OPENS, title=gettext_lazy("Take it back"), methods=POST)
def take_back_praise(request: Request) -> HttpResponse:
    """Take back what one said oneself; what is there no more stays so."""
    number = number_of(request.POST.get("praise", ""))
    if not number or Praise.objects.filter(pk=number).exclude(by=request.user).exists():
        raise Http404
    Praise.objects.filter(pk=number, by=request.user).delete()
    messages.success(request, _("It is taken back."))
    return HttpResponseRedirect(reverse("recognition"))


def _others(user: User) -> list[User]:
    found = User.objects.filter(is_active=True, grants__role__in=leads.OPENS).exclude(pk=user.pk).distinct()
    return sorted(found, key=lambda one: (one.name.casefold(), one.pk))


def _thanks(user: User, sight: Sight) -> tuple[Thanks, ...]:
    found = list(whose.praises(user)[:_MOST])
    wanted = sorted({one.account_id for one in found if one.account_id})
    where = [("account_id", "one_of", wanted)]
    rows = sight.every("accounts", columns=("account_id", "name"), where=where) if wanted else ()
    known = {row["account_id"]: row["name"] or row["account_id"] for row in rows}
    return tuple(
        Thanks(
            one.pk, one.by.name, one.to.name, one.at, one.text, known.get(one.account_id, ""),
            one.account_id if one.account_id in known else "", one.by_id == user.pk,
        )
        for one in found
    )  # fmt: skip
