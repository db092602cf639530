"""How full people are, and of what the hours of each account are made."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from django.http import Http404, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page
from tenure.web.access.roles import LEAD, TELL, Role
from tenure.web.access.tabs import Tabs
from tenure.web.kit import formats
from tenure.web.kit.charts import Chart
from tenure.web.kit.sheet import sheet
from tenure.web.kit.shell import Nav, Section, Text
from tenure.web.kit.table import exported
from tenure.web.portfolio import drawings, words
from tenure.web.portfolio.pages.absence import Gone, gone
from tenure.web.portfolio.tabs import tabs

if TYPE_CHECKING:
    from tenure.engine.staffed import Account, Held, Part, Person, Workloads

SEES = LEAD | {Role.CSM}
_FILED = (
    "person",
    "name",
    "hours",
    "capacity",
    "load",
    "accounts",
    "unlogged",
    "arr",
    "at_risk_accounts",
    "at_risk_arr",
)
_OVER = Decimal("1.1")


@dataclass(frozen=True)
class Row:
    """Somebody's book. ``width``: of the bar, in percent of twice the capacity; ``tone``: whether it is over."""

    name: str
    team: str
    link: str
    load: str
    width: int
    tone: str
    hours: str
    capacity: str
    why: str
    accounts: int
    unlogged: int
    arr: str
    risky: int
    at_risk: str


@dataclass(frozen=True)
class Workload:
    """``own``: the reader sees but her own. ``spread``: how far loads lie apart; ``unheld``: hours that nobody here has."""

    tabs: Tabs
    day: str
    as_of: datetime
    rows: tuple[Row, ...]
    chart: Chart | None
    hours: str
    capacity: str
    load: str
    spread: str
    over: int
    unheld: str
    logged: bool
    own: bool
    files: str
    notes: tuple[str, ...]


@dataclass(frozen=True)
class Told:
    """A part of hours, and how it comes about."""

    name: Text
    hours: str
    how: str
    estimated: bool


@dataclass(frozen=True)
class Of:
    """An account's hours and their parts, which make the whole."""

    name: str
    link: str
    tier: str
    hours: str
    parts: tuple[Told, ...]
    shared: int


@dataclass(frozen=True)
class OfPerson:
    """One person's capacity and accounts. ``gone``: when the person is away; ``tells``: where that is said, ``off``: where it is taken off, for who may."""

    tabs: Tabs
    name: str
    as_of: datetime
    load: str
    hours: str
    capacity: str
    parts: tuple[Told, ...]
    guessed: bool
    gone: tuple[Gone, ...]
    tells: str
    off: str
    accounts: tuple[Of, ...]


@page("workload/", roles=SEES, title=gettext_lazy("Workload"), nav=Nav(Section.TEAM, 17, "gauge"), sensitive=True)
def workload(request: Request) -> Workload | HttpResponse:
    """Who has too much to do, and who has room?"""
    found = request.sight().workload()
    held = sorted(found.held, key=lambda one: (one.load is not None, -(one.load or 0), one.person))
    if request.GET.get("format") in ("csv", "xlsx"):
        return _exported(request.GET["format"], held, found)
    hours = sum((one.hours for one in held), Decimal(0))
    capacity = sum((one.capacity for one in held), Decimal(0))
    named = {name: one.name for name, one in found.people.items()}
    return Workload(
        tabs(request), formats.day(found.day), found.as_of, tuple(_row(one, found) for one in held),
        drawings.loads(held, named) if len(held) > 1 else None, words.hours(hours), words.hours(capacity),
        formats.percent(hours / capacity, 0) if capacity else "–",
        _("± %(points)s points") % {"points": formats.number(100 * found.spread, 0)},
        sum(one.hours > one.capacity for one in held), words.hours(found.unheld) if found.unheld else "", found.logged,
        request.user.roles.isdisjoint(LEAD), reverse("workload"), found.notes,
    )  # fmt: skip


@page("workload/<path:csm_id>/", roles=SEES, title=gettext_lazy("Workload of one person"), sensitive=True)
def workload_of(request: Request, csm_id: str) -> OfPerson:
    """Of what somebody's hours are made, account by account."""
    found = request.sight().workload()
    held = next((one for one in found.held if one.person == csm_id), None)
    if held is None:
        raise Http404
    capacity = found.capacities[csm_id]
    mine = [one for one in found.accounts.values() if csm_id in one.owners]
    mine.sort(key=lambda one: (-found.hours[one.id].hours, one.name))
    may = not request.user.roles.isdisjoint(TELL)
    return OfPerson(
        tabs(request), found.people[csm_id].name, found.as_of, _load(held), words.hours(held.hours), words.hours(held.capacity),
        tuple(_told(part) for part in capacity.parts), capacity.guessed, gone(request.sight(), csm_id, changes=may),
        reverse("tell_absence", args=[csm_id]) if may else "", reverse("take_off_absence", args=[csm_id]) if may else "",
        tuple(_of(one, found) for one in mine),
    )  # fmt: skip


def _row(one: Held, found: Workloads) -> Row:
    person, load = found.people[one.person], one.load or Decimal(0)
    tone = "bad" if load > _OVER or (one.load is None and one.accounts) else "warn" if load > 1 else "good"
    return Row(
        person.name, person.team or "", reverse("workload_of", args=[one.person]), _load(one), min(100, int(load * 50)), tone,
        words.hours(one.hours), words.hours(one.capacity), _why(person, found), one.accounts, one.unlogged,
        formats.money_short(one.arr, found.currency), one.risky, formats.money_short(one.at_risk, found.currency),
    )  # fmt: skip


def _load(one: Held) -> str:
    return "–" if one.load is None else formats.percent(one.load, 0)


def _why(person: Person, found: Workloads) -> str:
    """What makes the capacity less than full time."""
    parts = [part for part in found.capacities[person.id].parts if part.kind != "full"]
    said = [words.part(part) for part in parts]
    if person.ends is not None and person.here(found.day):
        said.append(_("leaves on %(day)s") % {"day": formats.day(person.ends)})
    elif not person.here(found.day):
        said.append(_("not here"))
    return ", ".join(said)


def _told(part: Part) -> Told:
    return Told(words.PARTS[part.kind], formats.number(part.hours, 2), words.part(part), part.estimated)


def _of(one: Account, found: Workloads) -> Of:
    work = found.hours[one.id]
    return Of(
        one.name, reverse("account_page", args=[one.id]), one.tier or "", formats.number(work.hours, 2),
        tuple(_told(part) for part in work.parts), len(one.owners),
    )  # fmt: skip


def _exported(kind: str, held: list[Held], found: Workloads) -> HttpResponse:
    rows = [
        {
            "person": one.person, "name": found.people[one.person].name, "hours": one.hours, "capacity": one.capacity,
            "load": one.load, "accounts": one.accounts, "unlogged": one.unlogged, "arr": one.arr,
            "at_risk_accounts": one.risky, "at_risk_arr": one.at_risk,
        }
        for one in held
    ]  # fmt: skip
    return exported("workload", _FILED, rows) if kind == "csv" else sheet("workload", _FILED, rows)
