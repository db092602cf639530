"""The people of an account: who they are, and what is told of them here."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access import log
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import EVERYONE, TELL
from tenure.web.accounts.forms import Person
from tenure.web.accounts.part import answered, may_tell
from tenure.web.accounts.parts.people import people
from tenure.web.kit.account import named
from tenure.web.kit.once import tell
from tenure.web.kit.reading import local_date

if TYPE_CHECKING:
    from tenure.engine import Sight

_COLUMNS = ("person_id", "name", "email", "title", "role", "is_champion", "left_at")


@page("accounts/<path:account_id>/people/", roles=EVERYONE, title=gettext_lazy("People there"))
def account_people(request: Request, account_id: str) -> HttpResponse:
    """Who is there, the part each plays, and when each was last seen and spoken to."""
    return _shown(request, account_id)


def _shown(request: Request, account_id: str, said: str = "") -> HttpResponse:
    found = people(request.sight(), account_id, may_tell=may_tell(request.user), said=said)
    if found is None:
        raise Http404
    return answered(request, found)


@dataclass(frozen=True)
class PersonForm:
    """``is_new``: nobody is known yet under this form."""

    id: str
    name: str
    form: Person
    is_new: bool


@page("accounts/<path:account_id>/people/edit/", roles=TELL, title=gettext_lazy("Person"), methods=FORM)
def edit_person(request: Request, account_id: str) -> PersonForm | HttpResponse:
    """Add somebody to an account, or mend what is known of one (``person``: the id)."""
    sight = request.sight()
    name, _now = named(sight, account_id)
    person_id = request.GET.get("person", "")
    known = _known(sight, account_id, person_id) if person_id else None
    if request.method != "POST":
        return PersonForm(account_id, name, Person.new(auto_id="person_%s", **_initial(known)), is_new=known is None)
    form = Person(request.POST, auto_id="person_%s")
    message_id = form.data.get("message_id", "")
    own_id = person_id or f"{log.written_by(request.user.pk)}{message_id}"
    if form.is_valid() and _is_taken(sight, account_id, form.cleaned_data["email"], own_id):
        form.add_error("email", _("Somebody with this address is known there already."))
    if not form.is_valid():
        return show(request, PersonForm(account_id, name, form, is_new=known is None), status=422)
    by = log.sender(request.user.pk)
    told = _("%(name)s is changed.") if known else _("%(name)s is added.")
    row, message_id = form.row(account_id, own_id), form.cleaned_data["message_id"]
    record = partial(sight.record, "person", [row], by=by, message_id=message_id)
    tell(request, record, told % {"name": form.cleaned_data["name"]})
    return HttpResponseRedirect(reverse("account_page", args=[account_id]) + "#people")


@page("accounts/<path:account_id>/people/champion/", roles=TELL, title=gettext_lazy("Champion"), methods=POST)
def set_champion(request: Request, account_id: str) -> HttpResponse:
    """Say of somebody that she is a champion, or is none."""
    sight = request.sight()
    named(sight, account_id)
    known = _known(sight, account_id, request.POST.get("person", ""))
    champion = request.POST.get("champion") == "yes"
    row = {"person_id": known["person_id"], "account_id": account_id, "is_champion": champion}
    if bool(known["is_champion"]) != champion:
        sight.record("person", [row], by=log.sender(request.user.pk), message_id=f"champion {secrets.token_hex(16)}")
    told = _("%(name)s is a champion.") if champion else _("%(name)s is no champion.")
    said = told % {"name": known["name"] or known["person_id"]}
    if request.htmx:
        return _shown(request, account_id, said)
    messages.success(request, said)
    return HttpResponseRedirect(reverse("account_page", args=[account_id]) + "#people")


def _known(sight: Sight, account_id: str, person_id: str) -> dict[str, Any]:
    """What is known of somebody at an account. Raises ``Http404`` for anybody else."""
    where = [("person_id", "equals", person_id), ("account_id", "equals", account_id)]
    found = sight.rows("person", columns=_COLUMNS, where=where, limit=1).rows
    if not found:
        raise Http404
    return found[0]


def _is_taken(sight: Sight, account_id: str, email: str, person_id: str) -> bool:
    if not email:
        return False
    where = [("account_id", "equals", account_id)]
    rows = sight.rows("person", columns=("person_id", "email"), where=where, search=email, limit=50).rows
    return any((row["email"] or "").lower() == email.lower() and row["person_id"] != person_id for row in rows)


def _initial(known: dict[str, Any] | None) -> dict[str, Any]:
    if known is None:
        return {}
    left = local_date(known["left_at"]) if known["left_at"] else None
    texts = {name: known[name] or "" for name in ("name", "email", "title", "role")}
    return texts | {"is_champion": bool(known["is_champion"]), "left_at": left}
