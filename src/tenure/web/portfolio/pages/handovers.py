"""How complete hand-overs from sales are: for each account with its checklist, and for whoever hands over."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.errors import TenureError
from tenure.web.access import log
from tenure.web.access.page import POST, Request, page
from tenure.web.access.roles import LEAD, TELL
from tenure.web.access.tabs import Tabs
from tenure.web.kit import formats
from tenure.web.kit.once import Once
from tenure.web.kit.table import Pager, page_of, pager
from tenure.web.portfolio.tabs import tabs

if TYPE_CHECKING:
    from tenure.engine.staffed import Giver, Handover, Item

_SEES = LEAD | TELL
#: Each is many lines high.
_ON_A_PAGE = 25


@dataclass(frozen=True)
class Ticked:
    """An item of a checklist. ``tone``: of its state; ``form``: with which it is told that it is done, where the reader may."""

    name: str
    state: str
    tone: str
    who: str
    form: Once | None


@dataclass(frozen=True)
class Row:
    """An account's hand-over."""

    id: str
    name: str
    link: str
    done: int
    all: int
    width: int
    late: int
    items: tuple[Ticked, ...]
    noted: bool


@dataclass(frozen=True)
class Of:
    """Whoever hands over."""

    name: str
    accounts: int
    complete: str
    done: str
    on_time: str
    small: bool


@dataclass(frozen=True)
class Handovers:
    """``complete``: of how many accounts everything is passed on."""

    tabs: Tabs
    as_of: datetime
    since: str
    rows: tuple[Row, ...]
    total: int
    complete: str
    givers: tuple[Of, ...]
    pager: Pager


@page("hand-overs/", roles=_SEES, title=gettext_lazy("Hand-overs from sales"), within="workload")
def sales_handovers(request: Request) -> Handovers:
    """Was everything passed on that we must know of a new customer?"""
    given = request.GET.dict()
    found = request.sight().handovers()
    tells = not request.user.roles.isdisjoint(TELL)
    begins = (page_of(given) - 1) * _ON_A_PAGE
    complete = sum(one.complete for one in found.handovers)
    return Handovers(
        tabs(request), found.as_of, formats.day(found.since),
        tuple(_row(one, found.people, tells=tells) for one in found.handovers[begins : begins + _ON_A_PAGE]), len(found.handovers),
        formats.percent(complete / len(found.handovers), 0) if found.handovers else "–",
        tuple(_of(one, found.people) for one in found.givers), pager(len(found.handovers), page_of(given), given, on_a_page=_ON_A_PAGE),
    )  # fmt: skip


@page("hand-overs/<path:account_id>/done/", roles=TELL, title=gettext_lazy("Passed on"), methods=POST)
def item_passed_on(request: Request, account_id: str) -> HttpResponse:
    """Tell that an item of a hand-over is done."""
    sight, form = request.sight(), Once(request.POST)
    found = next((one for one in sight.handovers(account=account_id).handovers if one.account == account_id), None)
    item = next((one for one in found.items if one.item == request.POST.get("item")), None) if found else None
    if item is None or not form.is_valid():
        raise Http404
    taker = item.taker or request.user.csm_id
    if not taker:
        messages.error(request, _("Nobody is named who takes over: load the item with its names first."))
        return HttpResponseRedirect(reverse("sales_handovers"))
    row = {
        "account_id": account_id, "kind": "sales_to_success", "from_id": item.giver or taker, "to_id": taker, "item": item.item,
        "due_at": item.due.isoformat() if item.due else None, "done_at": datetime.now(UTC),
    }  # fmt: skip
    try:
        sight.record("handover_item", [row], by=log.sender(request.user.pk), message_id=form.cleaned_data["message_id"])
        messages.success(request, _("%(item)s: passed on.") % {"item": item.item})
    except TenureError as error:
        messages.error(request, f"{error.message} {error.fix}")
    return HttpResponseRedirect(reverse("sales_handovers"))


def _row(one: Handover, people: dict[str, str], *, tells: bool) -> Row:
    count = len(one.items)
    return Row(
        one.account, one.name, reverse("account_page", args=[one.account]), one.done, count, round(100 * one.done / count) if count else 0,
        one.late, tuple(_ticked(item, people, tells=tells) for item in one.items), one.noted,
    )  # fmt: skip


def _ticked(one: Item, people: dict[str, str], *, tells: bool) -> Ticked:
    if one.done is not None:
        state = _("done on %(day)s") % {"day": formats.day(one.done)}
        if one.late_by:
            late = ngettext("%(state)s, %(days)s day late", "%(state)s, %(days)s days late", one.late_by)
            state = late % {"state": state, "days": one.late_by}
    elif one.state == "late":
        state = ngettext("late by %(days)s day", "late by %(days)s days", one.late_by) % {"days": one.late_by}
    else:
        state = _("due on %(day)s") % {"day": formats.day(one.due)}
    tone = {"done": "good", "late": "bad"}.get(one.state, "")
    who = people.get(one.giver, one.giver)
    return Ticked(one.item, state, tone, who, Once.new(auto_id="") if tells and one.done is None else None)


def _of(one: Giver, people: dict[str, str]) -> Of:
    return Of(
        people.get(one.person, one.person), one.accounts, formats.percent(one.complete / one.accounts, 0),
        formats.percent(one.done / one.items, 0), formats.percent(one.on_time / one.items, 0), one.accounts < 10,
    )  # fmt: skip
