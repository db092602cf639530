"""What is told of many accounts at once: chosen on the list, looked at, said, and done."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.contrib import messages
from django.db import transaction
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.web.access.page import POST, Request, page, show
from tenure.web.access.roles import TELL
from tenure.web.book import shared, telling
from tenure.web.book.columns import ATTRIBUTES, CUSTOM, LABELS
from tenure.web.book.forms import AnAttribute, ATask, NewOwner, OnAList, OneContact, Telling, filled, staff
from tenure.web.book.looking import Looking, look
from tenure.web.book.models import AccountList, Listed
from tenure.web.book.rights import may_assign
from tenure.web.book.telling import CONTACT, MOST, OWNER
from tenure.web.kit import formats
from tenure.web.kit.asking import Answers
from tenure.web.work import tasks
from tenure.web.work.tasks import Wanted
from tenure.web.work.whose import colleagues

if TYPE_CHECKING:
    from django.utils.functional import Promise

    from tenure.engine import Sight

#: What can be told of many.
ATTRIBUTE, TASK, LISTS = "attribute", "task", "list"
_ACTS: dict[str, Promise] = {
    OWNER: gettext_lazy("Assign an owner"), ATTRIBUTE: gettext_lazy("Set an attribute"),
    CONTACT: gettext_lazy("Log one contact"), TASK: gettext_lazy("Give a task to the owners"),
    LISTS: gettext_lazy("Add to a list"),
}  # fmt: skip
#: As many are named.
_NAMED = 12


@dataclass(frozen=True)
class Preview:
    """What would be told, and of whom. ``chosen``: how many; ``theirs``: how many of them are not the person's to change;
    ``cut``: there are more than can be told of at once; ``sent``: what the choice was sent with, for sending it again.
    """

    act: str
    title: str
    form: Telling
    chosen: str
    theirs: str
    any: bool
    cut: str
    named: tuple[str, ...]
    more: str
    sent: tuple[tuple[str, str], ...]
    back: str
    undone: bool


@page("book/many/", roles=TELL, title=gettext_lazy("Change accounts"), methods=POST)
def many(request: Request) -> Preview | HttpResponse:
    """First what would be told of how many accounts, then, when it is filled in and sent, it is told."""
    act, sight = request.POST.get("act", ""), request.sight()
    at = look(request.user, Answers(request.sight.whole()), request.POST.dict())
    back = reverse("accounts") + at.link()
    chosen, total, now = _chosen(request, at)
    if act not in _ACTS or (act == OWNER and not may_assign(request.user)) or not chosen:
        messages.error(request, _("Select accounts first: with their boxes, or x on the keyboard."))
        return HttpResponseRedirect(back)
    own = _own(sight, chosen)
    sure = "message_id" in request.POST
    form = _form(act, request.POST if sure else None, request, sight, at, now)
    if sure and form.is_valid() and own:
        _done(request, sight, act, [row["account_id"] for row in own], form)
        return HttpResponseRedirect(back)
    return show(request, _preview(request, at, act, form, chosen, own, total), status=422 if sure else 200)


def _chosen(request: Request, at: Looking) -> tuple[list[str], int, datetime]:
    """The accounts that were selected and are to be seen, or the first of all that fit; how many fit; and the moment."""
    if request.POST.get("whole"):
        found = request.sight.whole().rows(
            "accounts", **at.question, columns=("account_id",), order=(*at.of.order, "account_id"), limit=MOST
        )
    else:
        ids = tuple(dict.fromkeys(request.POST.getlist("account")))[:MOST]
        where = (("account_id", "one_of", ids),)
        found = request.sight.whole().rows(
            "accounts", where=where, columns=("account_id",), order=("account_id",), limit=MOST
        )
    return [row["account_id"] for row in found.rows], found.total, found.as_of


def _own(sight: Sight, chosen: Sequence[str]) -> list[dict[str, Any]]:
    """Those of them that the person may say something of, by their names."""
    where = (("account_id", "one_of", tuple(chosen)),)
    return list(sight.every("accounts", columns=("account_id", "name"), where=where, order=("name", "account_id")))


def _form(act: str, data: Any, request: Request, sight: Sight, at: Looking, now: datetime) -> Telling:
    if act == OWNER:
        return filled(NewOwner, data, people=staff(sight))
    if act == CONTACT:
        return filled(OneContact, data, now=now)
    if act == TASK:
        return filled(ATask, data)
    if act == LISTS:
        own = [each for each in shared.visible(AccountList, request.user) if each.owner_id == request.user.pk]
        return filled(OnAList, data, lists=[(str(each.pk), each.name) for each in own])
    custom = [name for name in at.columns if name.startswith(CUSTOM)]
    columns = [*((name, LABELS[name]) for name in ATTRIBUTES), *((name, at.columns[name].label) for name in custom)]
    return filled(AnAttribute, data, columns=columns)


def _preview(
    request: Request, at: Looking, act: str, form: Telling, chosen: list[str], own: list[dict[str, Any]], total: int
) -> Preview:
    theirs, cut = len(chosen) - len(own), total > len(chosen)
    sent = [(name, value) for name, value in at.parameters.items()]
    sent += [("act", act)] + ([("whole", "1")] if request.POST.get("whole") else [("account", one) for one in chosen])
    return Preview(
        act, str(_ACTS[act]), form, formats.number(len(chosen)), formats.number(theirs) if theirs else "", bool(own),
        formats.number(MOST) if cut else "", tuple(row["name"] or row["account_id"] for row in own[:_NAMED]),
        formats.number(len(own) - _NAMED) if len(own) > _NAMED else "", tuple(sent), reverse("accounts") + at.link(),
        act not in (LISTS, TASK),
    )  # fmt: skip


def _done(request: Request, sight: Sight, act: str, accounts: list[str], form: Telling) -> None:
    """Tell it of these accounts, and say so."""
    if act == TASK:
        _given(request, sight, accounts, form)
        return
    if act == LISTS:
        _listed(request, accounts, form.told())
        return
    what = form.cleaned_data["column"] if act == ATTRIBUTE else act
    told = telling.tell(sight, request.user, what, accounts, form.told(), form.cleaned_data["message_id"])
    if told.run is None:
        messages.info(request, _("That is so already of all of them."))
        return
    said = ngettext("Noted of %(count)s account.", "Noted of %(count)s accounts.", told.accounts) % {
        "count": formats.number(told.accounts)
    }
    undo = reverse("undo_run", args=[told.run.pk])
    messages.success(request, format_html('{} <a href="{}">{}</a>', said, undo, _("Undo")))


def _given(request: Request, sight: Sight, accounts: list[str], form: Telling) -> None:
    """Give a task about each account to its owner, as far as the owner logs in here."""
    told, message = form.told(), form.cleaned_data["message_id"]
    where = (("account_id", "one_of", accounts),)
    owners = {
        row["account_id"]: row["owner"] for row in sight.every("accounts", columns=("account_id", "owner"), where=where)
    }
    people = {each.csm_id: each for each in colleagues() if each.csm_id}
    wanted = [
        Wanted(told["title"], people[owner], account, told["text"], told["due"], key=f"{message}:{account}")
        for account, owner in owners.items()
        if owner in people
    ]
    if wanted:
        tasks.give_all(sight, request.user, wanted)
        said = ngettext("%(count)s task is given.", "%(count)s tasks are given.", len(wanted))
        messages.success(request, said % {"count": formats.number(len(wanted))})
    if len(wanted) < len(accounts):
        said = ngettext(
            "%(count)s account has no owner who logs in here, and so no task.",
            "%(count)s accounts have no owner who logs in here, and so no task.", len(accounts) - len(wanted),
        )  # fmt: skip
        messages.warning(request, said % {"count": formats.number(len(accounts) - len(wanted))})


@transaction.atomic
def _listed(request: Request, accounts: list[str], told: dict[str, Any]) -> None:
    if told["name"].strip():
        on = AccountList.objects.create(owner=request.user, name=told["name"].strip())
    else:
        on = shared.opened(AccountList, told["value"], request.user, own=True)
    if told["off"]:
        on.accounts.filter(account_id__in=accounts).delete()
        messages.success(request, _("They are no longer on the list “%(name)s”.") % {"name": on.name})
        return
    Listed.objects.bulk_create(
        [Listed(on=on, account_id=account, added_by=request.user) for account in accounts], ignore_conflicts=True
    )
    messages.success(request, _("They are on the list “%(name)s”.") % {"name": on.name})
