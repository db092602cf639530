"""How many people will be missing, month by month, and what they should be able to do."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page
from tenure.web.access.roles import LEAD
from tenure.web.access.tabs import Tabs
from tenure.web.kit import formats
from tenure.web.kit.charts import Chart
from tenure.web.kit.shell import Text
from tenure.web.portfolio import drawings, words
from tenure.web.portfolio.tabs import tabs

if TYPE_CHECKING:
    from tenure.engine.staffed import Month, Range, Short


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
class Shortage:
    """A region, language or skill, and how it is staffed. ``gap``: the hours that are missing; empty for none."""

    kind: Text
    name: str
    accounts: int
    hours: str
    capacity: str
    people: int
    unfit: int
    gap: str


@dataclass(frozen=True)
class Headcount:
    """``verdict``: a sentence on when somebody will be missing."""

    tabs: Tabs
    as_of: datetime
    verdict: str
    decide: str
    months: tuple[Row, ...]
    chart: Chart | None
    shortages: tuple[Shortage, ...]
    lacking: int
    history: int
    each: str
    full: str
    load: str
    notes: tuple[str, ...]


@page("headcount/", roles=LEAD, title=gettext_lazy("Headcount"), within="workload")
def headcount(request: Request) -> Headcount:
    """When will people be missing, and how many?"""
    found = request.sight().headcount()
    ahead = found.outlook
    months = tuple(_row(one, found.currency) for one in ahead.months)
    return Headcount(
        tabs(request), found.as_of, _verdict(ahead.months), formats.day(ahead.decide) if ahead.decide else "", months,
        drawings.ahead(ahead.months) if ahead.history else None, tuple(_short(one) for one in found.shortages),
        sum(one.gap > 0 for one in found.shortages), ahead.history, words.hours(ahead.hours_each), words.hours(ahead.full_time),
        formats.percent(found.rules.hiring.load, 0), found.notes,
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


def _short(one: Short) -> Shortage:
    return Shortage(
        words.SHORT[one.kind], one.name, one.accounts, formats.number(one.hours, 0), formats.number(one.capacity, 0), one.people,
        one.unfit, words.hours(one.gap) if one.gap else "",
    )  # fmt: skip
