"""Who may pay less, and who is ready to grow: customers by the revenue that is expected to change within 90 days."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page, show
from tenure.web.access.roles import EVERYONE, TELL
from tenure.web.access.tabs import growth as growth_tabs
from tenure.web.kit import formats, reasons, scores
from tenure.web.kit.asking import Answers
from tenure.web.kit.shell import Nav, Section, Text
from tenure.web.kit.table import ON_A_PAGE, Pager, address, exported, page_of, pager
from tenure.web.risk import sales
from tenure.web.risk.listing import filters, tested

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.engine.verbs.risk import AccountRisk, Measure, RiskFound
    from tenure.web.access.tabs import Tabs
    from tenure.web.kit.choice import Choice
    from tenure.web.risk.sales import Sale

#: The days ahead that a list is about.
_WITHIN = "90"
_FILTERS = ("segment", "owner")
_EXPORTED = (
    "account_id", "name", "owner", "owner_name", "segment", "arr", "renewal_due", "within_30", "within_90", "within_180",
    "expected", "expected_low", "expected_high",
)  # fmt: skip


@dataclass(frozen=True)
class Words:
    """How an outcome is spoken of. ``url``: the name of its page."""

    url: str
    headline: Text
    expected: Text
    chance: Text
    raised: Text
    none: Text


_WORDS = {
    "contraction": Words(
        "contraction", gettext_lazy("ARR that may be given back within 90 days"), gettext_lazy("Expected loss"),
        gettext_lazy("Reduces, 90 days"), gettext_lazy("Raised most by"),
        gettext_lazy("Too few customers reduced so far for it to be learned who will."),
    ),
    "growth": Words(
        "growth", gettext_lazy("ARR to be won from customers within 90 days"), gettext_lazy("Expected gain"),
        gettext_lazy("Grows, 90 days"), gettext_lazy("Speaks for it"),
        gettext_lazy("Too few customers grew so far for it to be learned who will."),
    ),
}  # fmt: skip


@dataclass(frozen=True)
class Customer:
    """A row of the list. ``expected`` with its interval; ``reason``: what raises the probability most; ``sale``: what is being sold to
    it already.
    """

    id: str
    name: str
    owner: str
    expected: str
    interval: str
    chance: str
    arr: str
    renews: str
    due: bool
    reason: str
    sale: Sale | None


@dataclass(frozen=True)
class Changes:
    """``missing``: why there are none, and ``fix``: what brings them. ``total``: what is expected of all in sight, with its
    ``interval``; ``arr``: what they pay; ``step``: how much a change usually is. ``tabs``: of growth; ``sales``: the list tells what is being sold,
    and the reader may open a sale (``opens``).
    """

    words: Words
    missing: Text = ""
    fix: Text = ""
    as_of: datetime | None = None
    day: date | None = None
    total: str = ""
    interval: str = ""
    arr: str = ""
    step: str = ""
    told: str = ""
    taught: int = 0
    rows: tuple[Customer, ...] = ()
    pager: Pager | None = None
    filters: tuple[Choice, ...] = ()
    search: str = ""
    export: str = ""
    tabs: Tabs | None = None
    sales: bool = False
    opens: bool = False


@page("growth/", roles=EVERYONE, title=gettext_lazy("Growth"), nav=Nav(Section.WORK, 45, "trending-up"))
def growth(request: Request) -> Changes | HttpResponse:
    """Which customers are ready to take more, and what is to be expected of it?"""
    return _listed(request, "growth")


@page("risk/contraction/", roles=EVERYONE, title=gettext_lazy("Contraction"))
def contraction(request: Request) -> Changes | HttpResponse:
    """Which customers may stay and pay less?"""
    return _listed(request, "contraction")


def _listed(request: Request, of: str) -> Changes | HttpResponse:
    given, sight, words = request.GET.dict(), request.sight(), _WORDS[of]
    tabs = growth_tabs(request) if of == "growth" else None
    csv, number = given.get("format") == "csv", page_of(given)
    limit, offset = (0, 0) if csv else (ON_A_PAGE, (number - 1) * ON_A_PAGE)
    report = sight.kept_risk(of=of, among=_among(sight, of, given), limit=limit, offset=offset)
    if report is None:
        return Changes(
            words, _("Nothing of it was made yet."), _("It is made every night, early in the morning."), tabs=tabs
        )
    if report.found is None:
        return Changes(words, report.refused or words.none, report.fix, tabs=tabs)
    if csv:
        return exported(of, _EXPORTED, [_row(one) for one in report.found.accounts])
    opens = not request.user.roles.isdisjoint(TELL)
    content = replace(_content(words, sight, given, report.found), tabs=tabs, opens=opens)
    return show(request, content, template="risk/changed.html") if request.htmx else content


def _among(sight: Sight, of: str, given: dict[str, str]) -> tuple[str, ...] | None:
    """The accounts that the address narrows the list to; None where it does not."""
    where: list[tuple[str, str, Any]] = [(name, "equals", given[name]) for name in _FILTERS if given.get(name)]
    where += sales.condition(sight, given) if of == "growth" else ()
    search = given.get("q", "").strip()[:100]
    if not where and not search:
        return None
    where.append(("is_customer", "equals", True))
    found = sight.every("accounts", where=where, search=search, columns=("account_id",), order=("account_id",))
    return tuple(row["account_id"] for row in found)


def _content(words: Words, sight: Sight, given: dict[str, str], found: RiskFound) -> Changes:
    total, currency, step, grows = found.at_risk, found.currency, found.typical, found.of == "growth"
    sold = sales.open_with(sight, [one.account_id for one in found.accounts], currency) if grows else {}
    more = ((sales.ASKED, _("Sale"), sales.NAMED),) if grows else ()
    return Changes(
        words=words,
        as_of=found.as_of,
        day=found.day,
        total=_money(total.value, currency),
        interval=f"{_money(total.low, currency)} – {_money(total.high, currency)}",
        arr=formats.money_short(found.arr, currency),
        step="" if step is None else _step(step),
        told=tested(found.auc, found.of),
        taught=found.learned_from,
        rows=tuple(_customer(one, currency, found.day, sold.get(one.account_id)) for one in found.accounts),
        pager=pager(found.customers, page_of(given), given),
        filters=filters(Answers(sight), given, *more),
        search=given.get("q", ""),
        export=address(given, format="csv", page=""),
        sales=grows,
    )


def _step(step: Measure) -> str:
    """By how much revenue usually changes, with its interval."""
    if step.value is None:
        return ""
    told = formats.percent(Decimal(str(step.value)), 0)
    if step.low is None or step.high is None:
        return told
    return f"{told} ({formats.percent(Decimal(str(step.low)), 0)} – {formats.percent(Decimal(str(step.high)), 0)})"


def _customer(one: AccountRisk, currency: str, day: date, sale: Sale | None) -> Customer:
    low, high = one.at_risk_low, one.at_risk_high
    return Customer(
        id=one.account_id,
        name=one.name or one.account_id,
        owner=one.owner_name or one.owner or formats.UNKNOWN,
        expected=formats.money_short(one.at_risk, currency),
        interval=f"{formats.money_short(low, currency)} – {formats.money_short(high, currency)}"
        if low is not None
        else "",
        chance=scores.probability(one.risk[_WITHIN]),
        arr=formats.money_short(one.arr, currency),
        renews=formats.day(one.renewal_due),
        due=one.renewal_due is not None and (one.renewal_due - day).days < 90,
        reason=reasons.raising(one.reasons, currency),
        sale=sale,
    )


def _row(one: AccountRisk) -> dict[str, Any]:
    """An exported row."""
    within = {f"within_{days}": chance for days, chance in one.risk.items()}
    expected = {"expected": one.at_risk, "expected_low": one.at_risk_low, "expected_high": one.at_risk_high}
    return vars(one) | within | expected


def _money(value: float | None, currency: str) -> str:
    return formats.money_short(None if value is None else Decimal(str(value)), currency)
