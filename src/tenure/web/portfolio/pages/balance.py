"""Which accounts should change hands so that people are about equally full: looked at first, then applied, and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.errors import TenureError
from tenure.web.access.page import POST, Request, page, show
from tenure.web.access.roles import LEAD, OPERATE, Role
from tenure.web.access.tabs import Tabs
from tenure.web.kit import formats
from tenure.web.kit.charts import Chart
from tenure.web.kit.choice import number_of
from tenure.web.kit.people import names
from tenure.web.kit.reading import local_today
from tenure.web.kit.table import address
from tenure.web.portfolio import applying, drawings, words
from tenure.web.portfolio.applying import Wished
from tenure.web.portfolio.forms import Applying
from tenure.web.portfolio.models import Applied, Kind
from tenure.web.portfolio.tabs import tabs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine import Sight
    from tenure.engine.staffed import Balanced, Held, Move

#: Who may let accounts change hands.
APPLIES = OPERATE | {Role.MANAGER}
_MOST_APPLIED = 20
_BETWEEN = "\x1f"


@dataclass(frozen=True)
class Run:
    """Something that was applied, and whether the reader may take it back."""

    id: int
    what: str
    by: str
    at: datetime
    holds: str
    state: str
    undoes: bool


@dataclass(frozen=True)
class Frame:
    """The frame, which asks for the proposal by itself. ``most``: how many moves at most, as it was asked for."""

    tabs: Tabs
    address: str
    most: str
    runs: tuple[Run, ...]


@dataclass(frozen=True)
class Moving:
    """A proposed move. ``value``: by which the form names it."""

    value: str
    name: str
    link: str
    giver: str
    taker: str
    hours: str
    arr: str
    reasons: tuple[str, ...]

    @property
    def rest(self) -> tuple[str, ...]:
        """All reasons but the first."""
        return self.reasons[1:]


@dataclass(frozen=True)
class Both:
    """Somebody's book now and after."""

    name: str
    load: tuple[str, str]
    hours: tuple[str, str]
    accounts: tuple[str, str]
    arr: tuple[str, str]
    risk: tuple[str, str]
    changes: bool


@dataclass(frozen=True)
class Stay:
    """How many accounts stay for a reason."""

    name: object
    count: int


@dataclass(frozen=True)
class Waiting:
    """An account that should change hands, but may not."""

    name: str
    link: str
    why: object
    hinders: object


@dataclass(frozen=True)
class Proposal:
    """``share``: of the accounts that move; ``less``: by how much the spread of loads shrinks; ``held``: what keeps it from being halved, and
    ``more``: with how many moves it would be, if that is all.
    """

    moves: tuple[Moving, ...]
    most: int
    share: str
    spread: tuple[str, str]
    less: str
    held: str
    more: str
    books: tuple[Both, ...]
    chart: Chart | None
    stays: tuple[Stay, ...]
    waits: tuple[Waiting, ...]
    applies: bool
    form: Applying
    version: str
    guards: tuple[str, ...]


@page("balance/", roles=LEAD, title=gettext_lazy("Balance"), sensitive=True, within="workload")
def balance(request: Request) -> Frame:
    """Which accounts should change hands?"""
    most = request.GET.get("most", "")
    return Frame(tabs(request), address({"most": most} if most else {}), most, runs(request, Kind.MOVES))


@page("balance/proposal/", roles=LEAD, title=gettext_lazy("Proposed moves"), unattended=True, sensitive=True)
def proposed_moves(request: Request) -> Proposal | HttpResponse:
    """The proposal itself, as a page of its own or a part of the other."""
    text = request.GET.get("most", "")
    sight = request.sight()
    found = sight.balance(number_of(text) if text else None)
    content = _proposal(found, sight, applies=not request.user.roles.isdisjoint(APPLIES))
    return show(request, content, template="portfolio/proposal.html") if request.htmx else content


@page("balance/apply/", roles=APPLIES, title=gettext_lazy("Apply moves"), methods=POST, sensitive=True)
def apply_moves(request: Request) -> HttpResponse:
    """Let the chosen accounts change hands from a day on."""
    form = Applying(request.POST)
    if not form.is_valid():
        messages.error(request, _("Nothing was changed: choose a day."))
        return HttpResponseRedirect(reverse("balance"))
    given = form.cleaned_data
    if given["day"] < local_today():
        messages.error(request, _("Nothing was changed: moves cannot begin in the past."))
        return HttpResponseRedirect(reverse("balance"))
    wished = [_wished(value) for value in request.POST.getlist("move")]
    try:
        applied = applying.move(
            request.sight(), request.user, wished, given["day"], given["message_id"], with_tasks=given["tasks"],
            version=request.POST.get("version", "")[:12],
        )  # fmt: skip
    except TenureError as error:
        messages.error(request, f"{error.message} {error.fix}")
        return HttpResponseRedirect(reverse("balance"))
    count = applied.changes.count()
    messages.success(
        request,
        ngettext("%(count)s account changes hands on %(day)s.", "%(count)s accounts change hands on %(day)s.", count)
        % {"count": count, "day": formats.day(given["day"])},
    )
    return HttpResponseRedirect(reverse("balance"))


@page(
    "balance/<int:applied_id>/take-back/", roles=APPLIES, title=gettext_lazy("Take back"), methods=POST, sensitive=True
)
def take_back_applied(request: Request, applied_id: int) -> HttpResponse:
    """Take back what was applied."""
    applied = get_object_or_404(Applied.objects.select_related("by"), pk=applied_id)
    if not applied.undoes(request.user):
        raise Http404
    try:
        kept = applying.undo(request.sight(), applied, request.user)
    except TenureError as error:
        messages.error(request, f"{error.message} {error.fix}")
    else:
        told = (
            _("It is taken back.")
            if not kept
            else ngettext(
                "It is taken back, but for %(count)s account of which something was told since.",
                "It is taken back, but for %(count)s accounts of which something was told since.", kept,
            )
        )  # fmt: skip
        messages.success(request, told % {"count": kept} if kept else told)
    return HttpResponseRedirect(reverse("balance" if applied.kind == Kind.MOVES else "service_levels"))


def runs(request: Request, kind: Kind) -> tuple[Run, ...]:
    """What was applied last, as far as the reader may see of it: those who see everything see all, others what they did themselves."""
    found = Applied.objects.filter(kind=kind).select_related("by", "undone_by").order_by("-at")
    if request.user.roles.isdisjoint(OPERATE | {Role.EXECUTIVE}):
        found = found.filter(by=request.user)
    return tuple(_run(one, request) for one in found[:_MOST_APPLIED])


def _run(one: Applied, request: Request) -> Run:
    count = one.changes.count()
    what = ngettext("%(count)s account", "%(count)s accounts", count) % {"count": formats.number(count)}
    state = _("holds from %(day)s") % {"day": formats.day(one.holds_from)}
    if one.undone_at is not None and one.undone_by is not None:
        state = _("taken back by %(name)s on %(day)s") % {"name": one.undone_by.name, "day": formats.day(one.undone_at)}
    undoes = one.undoes(request.user) and not request.user.roles.isdisjoint(APPLIES)
    return Run(one.pk, what, one.by.name, one.at, formats.day(one.holds_from), state, undoes)


def _wished(value: str) -> Wished:
    parts = value.split(_BETWEEN)
    return Wished(*parts) if len(parts) == 3 else Wished(value, "", "")


def _proposal(found: Balanced, sight: Sight, *, applies: bool) -> Proposal:
    plan, people = found.plan, names.of(sight)
    after = {one.person: one for one in plan.after}
    loads = {one.person: _load(one) for one in plan.before}
    named = {one.person: people.get(one.person, one.person) for one in plan.before}
    accounts = len(found.accounts)
    less = 1 - plan.spread_after / plan.spread_before if plan.spread_before else 0.0
    books = sorted(plan.before, key=lambda one: (one.load is not None, -(one.load or 0), one.person))
    return Proposal(
        tuple(_moving(one, found, people, loads) for one in plan.moves), plan.most,
        formats.percent(len(plan.moves) / accounts if accounts else 0, 1), (_points(plan.spread_before), _points(plan.spread_after)),
        formats.percent(less, 0), _held(found), str(found.limit.moves or "") if found.limit and plan.moves else "", tuple(_both(one, after[one.person], found.currency, named) for one in books),
        drawings.evened(books, plan.after, named) if plan.moves else None,
        tuple(Stay(name, plan.stays[key]) for key, name in words.STAYS.items() if plan.stays.get(key)),
        tuple(
            Waiting(found.accounts[account].name, reverse("account_page", args=[account]), words.WHY[why], words.STAYS[hinders])
            for account, why, hinders in plan.waits
        ),
        applies, Applying.new(day=found.holds, tasks=True), found.rules.version, _guards(found),
    )  # fmt: skip


def _held(found: Balanced) -> str:
    """What keeps a proposal from halving the spread, in words; empty where nothing does, or nothing can move."""
    limit = found.limit
    if limit is None or not found.plan.moves:
        return ""
    if limit.by == "moves":
        share = formats.percent(limit.moves / len(found.accounts), 1)
        return _("The number of moves holds it back: with about %(moves)s moves, %(share)s of the accounts, the spread would be halved.") % {
            "moves": formats.number(limit.moves), "share": share,
        }  # fmt: skip
    return str(words.HOLDS[limit.by])


def _guards(found: Balanced) -> tuple[str, ...]:
    guards = found.rules.guards
    return (
        _("at most %(share)s of the accounts move") % {"share": formats.percent(guards.most_moves, 0)},
        _("none within %(days)s days of a renewal") % {"days": guards.renewal_days},
        _("none within %(days)s days after the last change of hands, unless its owner leaves or has left")
        % {"days": guards.settled_days},
        _("region, language and skills fit"),
        _("nobody takes over who is away for most of the month or leaves soon"),
        _("long and recent relations with an owner cost most"),
    )


def _load(one: Held) -> str:
    return "–" if one.load is None else formats.percent(one.load, 0)


def _points(spread: float) -> str:
    return _("± %(points)s points") % {"points": formats.number(100 * spread, 1)}


def _moving(one: Move, found: Balanced, people: Mapping[str, str], loads: Mapping[str, str]) -> Moving:
    account = found.accounts[one.account]
    return Moving(
        _BETWEEN.join((one.account, one.giver, one.taker)), account.name, reverse("account_page", args=[one.account]),
        people.get(one.giver, one.giver) or "–", people.get(one.taker, one.taker), words.hours(one.hours),
        formats.money_short(one.arr, found.currency), words.reasons(one, loads.get(one.giver, "–"), loads.get(one.taker, "–")),
    )  # fmt: skip


def _both(now: Held, then: Held, currency: str, named: Mapping[str, str]) -> Both:
    def told(one: Held) -> tuple[str, ...]:
        risk = f"{one.risky} · {formats.money_short(one.at_risk, currency)}"
        return (_load(one), words.hours(one.hours), str(one.accounts), formats.money_short(one.arr, currency), risk)

    pairs = list(zip(told(now), told(then), strict=True))
    return Both(named[now.person], pairs[0], pairs[1], pairs[2], pairs[3], pairs[4], now != then)
