"""Levels of service by rules: what each catches, looked at before anything is changed; saved, applied and taken back."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.contrib import messages
from django.http import HttpResponse, HttpResponseRedirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from tenure.core.errors import TenureError
from tenure.core.titles import titled
from tenure.engine.measuring import PREFIX
from tenure.web.access import log
from tenure.web.access.page import FORM, POST, Request, page, show
from tenure.web.access.roles import LEAD, OPERATE
from tenure.web.access.tabs import Tabs
from tenure.web.kit import formats
from tenure.web.kit.once import Once
from tenure.web.portfolio import applying
from tenure.web.portfolio.forms import Written
from tenure.web.portfolio.models import Kind
from tenure.web.portfolio.pages.balance import Run, runs
from tenure.web.portfolio.tabs import tabs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine import Sight
    from tenure.engine.staffed import Caught, Placed, Tier

_MOST = 20


@dataclass(frozen=True)
class Level:
    """A level, its rule, and what it catches."""

    name: str
    rule: str
    matches: str
    accounts: str
    arr: str
    has: str
    comes: int
    goes: int


@dataclass(frozen=True)
class Shifted:
    """An account that would come to another level."""

    name: str
    link: str
    before: str
    after: str
    arr: str


@dataclass(frozen=True)
class Found:
    """What rules do. ``more``: how many accounts are not listed."""

    levels: tuple[Level, ...]
    shifts: tuple[Shifted, ...]
    total: int
    more: int
    accounts: str
    arr: str


@dataclass(frozen=True)
class Saved:
    """A version that was saved here."""

    version: str
    at: datetime
    by: str
    here: bool


@dataclass(frozen=True)
class Levels:
    """``empty``: no level has a rule."""

    tabs: Tabs
    as_of: datetime
    attribute: str
    version: str
    found: Found
    empty: bool
    edits: bool
    form: Once
    versions: tuple[Saved, ...]
    runs: tuple[Run, ...]
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Edited:
    """The rules to be changed. ``found``: what they would do; ``fault``: what is wrong with them."""

    tabs: Tabs
    form: Written
    version: str
    found: Found | None
    fault: str
    same: bool


@page("service-levels/", roles=LEAD, title=gettext_lazy("Levels of service"), within="workload")
def service_levels(request: Request) -> Levels:
    """Which level of service does each rule give, and to whom?"""
    sight = request.sight()
    told, rules = sight.place_tiers(), sight.portfolio()
    saved = sight.portfolio_versions()
    named = log.names_of(one.by for one in saved)
    versions = (Saved(one.version[:6], one.at, _saver(one.by, named), one.version == rules.version) for one in saved)
    return Levels(
        tabs(request), told.as_of, told.attribute, rules.version[:6], _found(told.placed, rules.tiers, told.currency), not rules.tiers,
        not request.user.roles.isdisjoint(OPERATE), Once.new(), tuple(versions), runs(request, Kind.TIERS), told.notes,
    )  # fmt: skip


@page("service-levels/edit/", roles=OPERATE, title=gettext_lazy("Change the rules"), methods=FORM, within="workload")
def edit_levels(request: Request) -> Edited | HttpResponse:
    """Change the rules: first what they would do, then saved."""
    sight = request.sight()
    rules = sight.portfolio()
    if request.method != "POST":
        form = Written(initial={"text": rules.written.text, "over": rules.version})
        return Edited(tabs(request), form, rules.version[:6], None, "", same=True)
    form = Written(request.POST)
    text = request.POST.get("text", "").replace("\r\n", "\n")
    fault = "" if form.is_valid() else _("Give the rules.")
    found = None
    if not fault:
        try:
            found = _looked(sight, text)
            if request.POST.get("save") == "yes":
                saved = sight.save_portfolio(text, by=log.sender(request.user.pk), over=form.cleaned_data["over"])
                messages.success(
                    request, _("The rules are in force as version %(version)s.") % {"version": saved.version[:6]}
                )
                return HttpResponseRedirect(reverse("service_levels"))
        except TenureError as error:
            fault = " ".join(filter(None, (error.message, error.where, error.fix)))
    content = Edited(tabs(request), form, rules.version[:6], found, fault, same=text == rules.written.text)
    return show(request, content, status=422 if fault else 200, template="portfolio/edit_levels.html")


@page("service-levels/apply/", roles=OPERATE, title=gettext_lazy("Apply the rules"), methods=POST)
def apply_levels(request: Request) -> HttpResponse:
    """Give every customer the level that the rules say, from now on."""
    form = Once(request.POST)
    if form.is_valid():
        try:
            applied = applying.levels(request.sight(), request.user, form.cleaned_data["message_id"])
        except TenureError as error:
            messages.error(request, f"{error.message} {error.fix}")
        else:
            count = applied.changes.count() if applied else 0
            messages.success(
                request,
                ngettext(
                    "%(count)s account has another level now.", "%(count)s accounts have another level now.", count
                )
                % {"count": count},
            )
    return HttpResponseRedirect(reverse("service_levels"))


def _saver(sender: str, named: Mapping[str, str]) -> str:
    """The name of who put a version in force."""
    return named.get(sender) or (_("came as a file") if sender == "tenure" else sender)


def _looked(sight: Sight, text: str) -> Found:
    from tenure.engine.portfolio_rules import tiers_of

    told = sight.place_tiers(text)
    return _found(told.placed, tiers_of(text), told.currency)


def _found(placed: Placed, tiers: tuple[Tier, ...], currency: str) -> Found:
    rules = {tier.name: _rule(tier) for tier in tiers}
    shifts = placed.shifts[:_MOST]
    return Found(
        tuple(_level(one, rules, currency) for one in placed.levels),
        tuple(
            Shifted(one.name, reverse("account_page", args=[one.account]), one.before or "–", one.after or "–", formats.money_short(one.arr, currency))
            for one in shifts
        ),
        len(placed.shifts), len(placed.shifts) - len(shifts), formats.number(placed.accounts), formats.money_short(placed.arr, currency),
    )  # fmt: skip


def _rule(tier: Tier) -> str:
    """The conditions of a level in a line."""
    said = []
    for column, operator, value in tier.where:
        values = value if isinstance(value, list) else [value]
        shown = ", ".join(
            formats.number(one) if isinstance(one, int | Decimal) and not isinstance(one, bool) else str(one)
            for one in values
        )
        said.append(f"{titled(column.removeprefix(PREFIX))} {operator.replace('_', ' ')} {shown}")
    return "; ".join(said) or _("catches nobody by itself")


def _level(one: Caught, rules: dict[str, str], currency: str) -> Level:
    return Level(
        one.name or _("no rule catches them"), rules.get(one.name, "" if not one.name else _("everybody else")), formats.number(one.matches),
        formats.number(one.accounts), formats.money_short(one.arr, currency), formats.number(one.has), one.comes, one.goes,
    )  # fmt: skip
