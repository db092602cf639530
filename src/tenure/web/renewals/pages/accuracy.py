"""How right forecasts were: past quarters by judgement and by model, and by whom."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.kit import formats
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.people import names
from tenure.web.kit.table import address
from tenure.web.renewals import drawings

if TYPE_CHECKING:
    from collections.abc import Mapping
    from decimal import Decimal

    from tenure.engine.verbs.renewal_accuracy import Held, Person, Quarter, RenewalAccuracyFound
    from tenure.web.kit.charts import Chart

_LEADS = (0, 30, 60, 90)


@dataclass(frozen=True)
class Told:
    """A forecast held against what came. ``is_small``: of so few that it says little."""

    n: str
    value: str
    forecast: str
    came: str
    bias: str
    interval: str
    error: str
    is_small: bool
    range: str = ""
    inside: bool | None = None


@dataclass(frozen=True)
class Past:
    """A quarter's row."""

    label: str
    due: int
    undecided: int
    judged: Told
    modelled: Told


@dataclass(frozen=True)
class OfPerson:
    """One owner's row."""

    name: str
    judged: Told
    quarters: int
    differs: bool


@dataclass(frozen=True)
class Accuracy:
    """``lead``: how long before a quarter began its forecast is looked at. ``apart``: what can be said of differences between
    people. ``missing``: nothing was forecast yet.
    """

    as_of: datetime
    lead: Choice
    lead_told: str
    quarters: tuple[Past, ...]
    chart: Chart | None
    people: tuple[OfPerson, ...]
    people_chart: Chart | None
    together: Told | None
    apart: str
    notes: tuple[str, ...]
    has_model: bool
    missing: bool


@dataclass(frozen=True)
class Frame:
    """The frame, which asks for the comparison by itself: it is worked out once a day, which takes some seconds. ``address``: its
    parameters.
    """

    address: str


@page("renewals-accuracy/", roles=EVERYONE, title=gettext_lazy("How right forecasts were"), within="renewals")
def renewal_accuracy(request: Request) -> Frame:
    """How right were past forecasts of renewals, by judgement and by the model?"""
    return Frame(address(request.GET.dict()))


@page("renewals-accuracy/quarters/", roles=EVERYONE, title=gettext_lazy("Past quarters"), unattended=True)
def past_forecasts(request: Request) -> Accuracy | HttpResponse:
    """The comparison itself, as a page of its own or a part of the other."""
    content = _accuracy(request)
    return show(request, content, template="renewals/past.html") if request.htmx else content


def _accuracy(request: Request) -> Accuracy:
    given, sight = request.GET.dict(), request.sight()
    text = given.get("lead", "")
    lead = int(text) if text in {str(days) for days in _LEADS} else 0
    found = sight.renewal_accuracy()
    people = names.of(sight)
    quarters = [one for one in found.quarters if one.lead == lead and (one.judged.n or one.modelled.n)]
    says = {
        0: _("when the quarter began"),
        **{days: _("%(days)s days before the quarter") % {"days": days} for days in _LEADS[1:]},
    }
    options = tuple(Option(str(days) if days else "", says[days], days == lead) for days in _LEADS)
    told = sorted(found.people, key=lambda one: people.get(one.owner, one.owner))
    return Accuracy(
        as_of=found.as_of,
        lead=Choice("lead", _("As it was known"), options),
        lead_told=says[lead],
        quarters=tuple(_past(one, found.currency) for one in reversed(quarters)),
        chart=drawings.past(quarters) if quarters else None,
        people=tuple(_person(one, people, found.currency, differs=bool(found.apart) and one.differs) for one in told),
        people_chart=drawings.people(
            [one for one in told if not one.is_small], people, found.together.bias if found.together else None
        ) if sum(not one.is_small for one in told) > 1 else None,
        together=_held(found.together, found.currency) if found.together else None,
        apart=_apart(found),
        notes=found.notes,
        has_model=any(one.modelled.n for one in quarters),
        missing=not found.quarters or not any(one.judged.n or one.modelled.n for one in found.quarters),
    )  # fmt: skip


def _past(one: Quarter, currency: str) -> Past:
    return Past(
        formats.quarter(one.label), one.due, one.undecided, _held(one.judged, currency), _held(one.modelled, currency)
    )


def _person(one: Person, people: Mapping[str, str], currency: str, *, differs: bool) -> OfPerson:
    return OfPerson(people.get(one.owner, one.owner), _held(one.judged, currency), one.quarters, differs)


def _held(one: Held, currency: str) -> Told:
    def signed(share: float | None) -> str:
        if share is None:
            return formats.UNKNOWN
        return f"{'+' if share > 0 else '−' if share < 0 else ''}{formats.percent(abs(share), 0)}"

    interval = "" if one.low is None else _("%(low)s to %(high)s") % {"low": signed(one.low), "high": signed(one.high)}
    ends = "" if one.range_low is None else (
        f"{formats.money_short(one.range_low, currency)} – {formats.money_short(one.range_high, currency)}"
    )  # fmt: skip

    def money(amount: Decimal) -> str:
        return formats.money_short(amount, currency) if one.n else ""

    return Told(
        formats.number(one.n), money(one.value), money(one.forecast), money(one.came), signed(one.bias), interval,
        "" if one.error is None else formats.percent(one.error, 0), one.n < 10, ends, one.inside,
    )  # fmt: skip


def _apart(found: RenewalAccuracyFound) -> str:
    if found.apart is None:
        return _("Too few renewals were judged to say whether people differ.")
    if found.apart:
        return _("People differ by more than chance makes them. Who is marked lies off what all of them together do.")
    return _(
        "Chance alone makes differences like these: people cannot be told apart, and there is no order among them."
    )
