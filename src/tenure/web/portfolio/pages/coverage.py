"""Which accounts lack what their level of service asks for."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page
from tenure.web.access.roles import LEAD
from tenure.web.access.tabs import Tabs
from tenure.web.kit import formats
from tenure.web.kit.people import names
from tenure.web.kit.sheet import sheet
from tenure.web.kit.shell import Text
from tenure.web.kit.table import ON_A_PAGE, Pager, address, exported, page_of, pager
from tenure.web.portfolio import words
from tenure.web.portfolio.pages.workload import SEES
from tenure.web.portfolio.tabs import tabs

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine.staffed import Covered, Lack, Tier

_FILED = ("account_id", "name", "lack", "owner", "tier", "arr", "days", "allowed", "until")
#: What a proposal of moves takes up first.
_LOOSE = ("no_owner", "owner_left", "owner_leaving")


@dataclass(frozen=True)
class Counted:
    """How many accounts lack something, and where they are listed."""

    name: Text
    count: int
    link: str
    here: bool


@dataclass(frozen=True)
class Lacking:
    """An account that lacks something."""

    name: str
    link: str
    tier: str
    owner: str
    owner_link: str
    lack: Text
    how: str
    arr: str
    press: bool


@dataclass(frozen=True)
class Level:
    """What a level of service asks for."""

    name: str
    contact: str
    by: Text
    hours: str
    each: str
    skills: str
    accounts: int


@dataclass(frozen=True)
class Full:
    """Somebody who has more accounts of a level than it allows."""

    name: str
    link: str
    tier: str
    accounts: int
    allowed: str


@dataclass(frozen=True)
class Coverage:
    """``lacks``: of this page; ``total``: how many there are in all. ``moves``: where it is proposed who takes over what nobody owns, or will."""

    tabs: Tabs
    as_of: datetime
    kinds: tuple[Counted, ...]
    total: int
    accounts: int
    moves: str
    lacks: tuple[Lacking, ...]
    pager: Pager
    crowds: tuple[Full, ...]
    levels: tuple[Level, ...]
    usual: int
    files: str
    notes: tuple[str, ...]


@page("coverage/", roles=SEES, title=gettext_lazy("Coverage"), within="workload")
def coverage(request: Request) -> Coverage | HttpResponse:
    """Which accounts do not get what their level of service asks for?"""
    sight, given = request.sight(), request.GET.dict()
    found, people = sight.coverage(), names.of(sight)
    kind = given.get("lack", "")
    if kind and kind not in words.LACKS:
        raise Http404
    lacks = [one for one in found.lacks if not kind or one.kind == kind]
    if given.get("format") in ("csv", "xlsx"):
        rows = [_filed(one, found, people) for one in lacks]
        return exported("coverage", _FILED, rows) if given["format"] == "csv" else sheet("coverage", _FILED, rows)
    begins = (page_of(given) - 1) * ON_A_PAGE
    counted = Counter(one.kind for one in found.lacks)
    kinds = [Counted(gettext_lazy("All"), len(found.lacks), reverse("coverage"), not kind)]
    kinds += [
        Counted(name, counted[key], reverse("coverage") + address({}, lack=key), key == kind)
        for key, name in words.LACKS.items()
        if counted[key]
    ]
    return Coverage(
        tabs(request), found.as_of, tuple(kinds), len(found.lacks), len(found.accounts),
        reverse("balance") if not request.user.roles.isdisjoint(LEAD) and any(counted[each] for each in _LOOSE) else "",
        tuple(_lacking(one, found, people) for one in lacks[begins : begins + ON_A_PAGE]),
        pager(len(lacks), page_of(given), given),
        tuple(
            Full(people.get(one.person, one.person), reverse("workload_of", args=[one.person]), one.tier, one.accounts, formats.number(one.allowed, 0))
            for one in found.crowds
        ),
        tuple(_level(tier, found) for tier in found.tiers), found.usual,
        reverse("coverage") + address({"lack": kind} if kind else {}), found.notes,
    )  # fmt: skip


def _lacking(one: Lack, found: Covered, people: Mapping[str, str]) -> Lacking:
    account = found.accounts[one.account]
    return Lacking(
        account.name, reverse("account_page", args=[account.id]), account.tier or "", people.get(one.owner, one.owner),
        reverse("workload_of", args=[one.owner]) if one.owner in found.people else "", words.LACKS[one.kind], words.lack(one),
        formats.money_short(account.arr, found.currency), one.kind in ("no_owner", "owner_left", "no_cover"),
    )  # fmt: skip


def _level(tier: Tier, found: Covered) -> Level:
    days = found.allowed.get(tier.name)
    return Level(
        tier.name, formats.number(days if days is not None else found.usual),
        gettext_lazy("a pool") if tier.by == "pool" else gettext_lazy("an owner"),
        "–" if tier.hours is None else formats.number(tier.hours, 1),
        "–" if tier.accounts_per_csm is None else formats.number(tier.accounts_per_csm), ", ".join(tier.skills) or "–",
        sum(one.tier == tier.name for one in found.accounts.values()),
    )  # fmt: skip


def _filed(one: Lack, found: Covered, people: Mapping[str, str]) -> dict[str, object]:
    account = found.accounts[one.account]
    return {
        "account_id": account.id, "name": account.name, "lack": one.kind, "owner": people.get(one.owner, one.owner),
        "tier": account.tier, "arr": account.arr, "days": one.days, "allowed": one.allowed, "until": one.until,
    }  # fmt: skip
