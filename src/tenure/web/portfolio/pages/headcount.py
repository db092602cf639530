"""How many people will be missing, month by month, and what they should be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access import leads, seen
from tenure.web.access.page import Request, page
from tenure.web.access.roles import LEAD
from tenure.web.access.tabs import Tabs
from tenure.web.kit import formats
from tenure.web.kit.charts import Chart
from tenure.web.kit.shell import Text
from tenure.web.portfolio import drawings, words
from tenure.web.portfolio.tabs import tabs

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping, Sequence

    from tenure.engine.growing_rules import GrowingRules
    from tenure.engine.staffed import Month, Person, Range, Short, Sought

#: So many people are named in a cell; of more it is said how many.
_NAMED = 4


@dataclass(frozen=True)
class Row:
    """A month: values with their ranges."""

    month: str
    accounts: str
    accounts_range: str
    arr: str
    arr_range: str
    hours: str
    hours_range: str
    capacity: str
    people: str
    missing: int
    missing_range: str


@dataclass(frozen=True)
class Some:
    """So many people, the first of them by name, each with where she stands if the reader may see that; ``more``: how many are not named."""

    count: int
    named: tuple[tuple[str, str], ...]
    more: int


@dataclass(frozen=True)
class Shortage:
    """A region, language or skill, and how it is staffed. ``gap``: the hours that are missing; empty for none. ``untold``: of how many people nothing
    is known.
    """

    kind: Text
    name: str
    accounts: int
    hours: str
    capacity: str
    people: Some
    untold: int
    unfit: int
    gap: str


@dataclass(frozen=True)
class Level:
    """A level of a skill that accounts ask for. ``gap``: the hours that are missing at least, ``most``: at most; empty for none."""

    skill: str
    place: str
    words: str
    accounts: int
    hours: str
    able: Some
    capacity: str
    below: Some
    unknown: Some
    open: str
    unfit: int
    gap: str
    most: str


@dataclass(frozen=True)
class Headcount:
    """``verdict``: a sentence on when somebody will be missing. ``short``: what lacks hours, ``unsure``: what may, by name."""

    tabs: Tabs
    as_of: datetime
    verdict: str
    decide: str
    months: tuple[Row, ...]
    chart: Chart | None
    shortages: tuple[Shortage, ...]
    levels: tuple[Level, ...]
    short: tuple[str, ...]
    unsure: tuple[str, ...]
    history: int
    each: str
    full: str
    load: str
    notes: tuple[str, ...]


@page("headcount/", roles=LEAD, title=gettext_lazy("Headcount"), within="workload")
def headcount(request: Request) -> Headcount:
    """When will people be missing, how many, and who can do what?"""
    sight = request.sight()
    found, rules = sight.headcount(seen.levels(request.user)), sight.growing_rules()
    ahead = found.outlook
    months = tuple(_row(one, found.currency) for one in ahead.months)
    links = leads.below(request.user) | ({request.user.csm_id} - {""})
    short = [f"{words.SHORT[one.kind]}: {one.name}" for one in found.shortages if one.gap]
    return Headcount(
        tabs(request), found.as_of, _verdict(ahead.months), formats.day(ahead.decide) if ahead.decide else "", months,
        drawings.ahead(ahead.months) if ahead.history else None,
        tuple(_short(one, found.people) for one in found.shortages),
        tuple(_level(one, rules, found.people, links) for one in found.sought),
        (*short, *(_named(one, rules) for one in found.sought if one.gap)),
        tuple(_named(one, rules) for one in found.sought if one.most and not one.gap), ahead.history, words.hours(ahead.hours_each),
        words.hours(ahead.full_time), formats.percent(found.rules.hiring.load, 0), found.notes,
    )  # fmt: skip


def _verdict(months: tuple[Month, ...]) -> str:
    first = next((one for one in months if one.missing), None)
    worst = max(months, key=lambda one: one.missing, default=None)
    if first is None or worst is None:
        likely = any(one.missing_high for one in months)
        return (
            _("Nobody is expected to be missing, though in one of ten cases somebody will be.")
            if likely
            else _("Nobody will be missing in these months.")
        )
    return _("Expected to be missing: %(count)s full-time from %(month)s on, up to %(most)s by %(last)s.") % {
        "month": formats.month(first.month), "count": first.missing, "most": worst.missing, "last": formats.month(worst.month),
    }  # fmt: skip


def _row(one: Month, currency: str) -> Row:
    def ends(of: Range) -> str:
        return f"{formats.number(of.low, 0)} – {formats.number(of.high, 0)}"

    money = f"{formats.money_short(one.arr.low, currency)} – {formats.money_short(one.arr.high, currency)}"
    span = "" if one.missing_low == one.missing_high else f"{one.missing_low} – {one.missing_high}"
    return Row(
        formats.month(one.month), formats.number(one.accounts.value, 0), ends(one.accounts), formats.money_short(one.arr.value, currency),
        money, formats.number(one.hours.value, 0), ends(one.hours), formats.number(one.capacity, 0),
        formats.number(one.people, 1), one.missing, span,
    )  # fmt: skip


def _short(one: Short, people: Mapping[str, Person]) -> Shortage:
    return Shortage(
        words.SHORT[one.kind], one.name, one.accounts, formats.number(one.hours, 0), formats.number(one.capacity, 0),
        _some(one.able, people, ()), one.untold, one.unfit, words.hours(one.gap) if one.gap else "",
    )  # fmt: skip


def _level(one: Sought, rules: GrowingRules, people: Mapping[str, Person], links: Collection[str]) -> Level:
    of = rules.skill(one.skill)
    assert of is not None, "levels are those of the rules"
    place = _("level %(place)s of %(all)s") % {"place": one.level, "all": len(of.levels)}
    return Level(
        of.name, place, of.levels[one.level - 1], one.accounts, formats.number(one.hours, 0), _some(one.able, people, links),
        formats.number(one.capacity, 0), _some(one.below, people, links), _some(one.unknown, people, links), formats.number(one.open, 0),
        one.unfit, words.hours(one.gap) if one.gap else "", words.hours(one.most) if one.most else "",
    )  # fmt: skip


def _named(one: Sought, rules: GrowingRules) -> str:
    of = rules.skill(one.skill)
    return _("%(skill)s, level %(level)s") % {"skill": of.name if of else one.skill, "level": one.level}


def _some(ids: Sequence[str], people: Mapping[str, Person], links: Collection[str]) -> Some:
    found = sorted(((people[one].name, one) for one in ids), key=lambda one: (one[0].casefold(), one[1]))
    named = tuple(
        (name, reverse("development_of", args=[one]) if one in links and "/" not in one else "")
        for name, one in found[:_NAMED]
    )
    return Some(len(found), named, max(len(found) - _NAMED, 0))
