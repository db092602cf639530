"""The risk list: customers by the revenue that may be lost within 90 days."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.kit import formats, reasons, scores
from tenure.web.kit.asking import Answers
from tenure.web.kit.choice import Choice
from tenure.web.kit.shell import Nav, Section, Text
from tenure.web.kit.table import ON_A_PAGE, Heading, Pager, address, exported, heading, order_of, page_of, pager
from tenure.web.risk.listing import filters, tested

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from tenure.engine import Sight
    from tenure.engine.verbs.rated import Group, RatedFound

#: The columns in order: the engine's name, the heading, whether it is a number or a time.
_COLUMNS = (
    ("name", gettext_lazy("Account"), False),
    ("owner_name", gettext_lazy("Owner"), False),
    ("at_risk", gettext_lazy("ARR at risk"), True),
    ("churn_risk_90", gettext_lazy("Risk, 90 days"), True),
    ("arr", gettext_lazy("ARR"), True),
    ("renewal_due", gettext_lazy("Renews"), True),
    ("health", gettext_lazy("Health"), True),
)
_WIDE = ("owner_name",)
_EXPORTED = (
    "account_id", "name", "owner", "owner_name", "segment", "arr", "renewal_due", "churn_risk_30", "churn_risk_90",
    "churn_risk_180", "risk_band", "at_risk", "health", "health_band", "scored_at",
)  # fmt: skip
#: How a cause is told apart from the others.
_HOW: dict[str, Text] = {
    "own": gettext_lazy("by what is known of each customer"),
    "pooled": gettext_lazy("together with other causes: too few left by it alone"),
    "constant": gettext_lazy("as the same share of each risk: too few left by it"),
}  # fmt: skip
_FILTERS = ("risk_band", "segment", "owner")


@dataclass(frozen=True)
class Account:
    """A row of the list. ``due``: its renewal is near. ``reason``: what raises its risk most; empty where nothing does."""

    id: str
    name: str
    owner: str
    at_risk: str
    risk: scores.Risk
    arr: str
    renews: str
    due: bool
    score: scores.Score
    reason: str


@dataclass(frozen=True)
class Band:
    """A band of the risk: how many customers, and what is at risk of their ARR. ``link`` shows them."""

    name: Text
    tone: str
    meaning: str
    customers: str
    at_risk: str
    link: str


@dataclass(frozen=True)
class Cause:
    """A cause by which customers left: how many, their share of all who did, and how far it is told apart."""

    name: Text
    leavers: str
    share: str
    how: Text


@dataclass(frozen=True)
class RiskList:
    """``missing``: why there are no risks, and ``fix``: what brings them. ``total``: what is to be expected to be lost, with
    its ``interval``; ``arr``: of all customers.
    """

    as_of: datetime
    missing: str = ""
    fix: str = ""
    day: date | None = None
    total: str = ""
    share: str = ""
    interval: str = ""
    arr: str = ""
    told: str = ""
    bands: tuple[Band, ...] = ()
    rows: tuple[Account, ...] = ()
    headings: tuple[Heading, ...] = ()
    pager: Pager | None = None
    filters: tuple[Choice, ...] = ()
    order: str = ""
    search: str = ""
    export: str = ""
    notes: tuple[str, ...] = ()
    causes: tuple[Cause, ...] = ()


@page("risk/", roles=EVERYONE, title=gettext_lazy("Risk"), nav=Nav(Section.WORK, 60, "triangle-alert"))
def risk(request: Request) -> RiskList | HttpResponse:
    """Which revenue may be lost within 90 days?"""
    given = request.GET.dict()
    answers = Answers(request.sight())
    sight = answers.sight
    order = order_of(given, [name for name, _label, _numeric in _COLUMNS], "-at_risk")
    if given.get("format") == "csv":
        return _exported(sight, given, order)
    found = answers.rated("risk_band")
    if not found.total.risked:
        return RiskList(found.as_of, *_missing(sight, found))
    number = page_of(given)
    listed = answers.rows(
        "accounts", **_asked(given), order=(order, "account_id"), offset=(number - 1) * ON_A_PAGE, limit=ON_A_PAGE
    )
    total, currency = found.total, found.currency
    why = _reasons(sight, [row["account_id"] for row in listed.rows])
    content = RiskList(
        as_of=found.as_of,
        day=found.risk_day,
        total=formats.money_short(total.at_risk, currency),
        share=formats.percent((total.at_risk or 0) / total.arr, 1) if total.arr else formats.UNKNOWN,
        interval=f"{formats.money_short(total.low, currency)} – {formats.money_short(total.high_end, currency)}",
        arr=formats.money_short(total.arr, currency),
        told=_told(sight),
        bands=tuple(_bands(found, given)),
        rows=tuple(_account(row, currency, listed.as_of, why) for row in listed.rows),
        headings=tuple(_headings(order, given)),
        pager=pager(listed.total, number, given),
        filters=filters(answers, given, ("risk_band", _("Risk"), list(scores.RISK.items()))),
        order=given.get("order", ""),
        search=given.get("q", ""),
        export=address(given, format="csv", page=""),
        notes=listed.notes,
        causes=_causes(sight),
    )
    return show(request, content, template="risk/list.html") if request.htmx else content


def _reasons(sight: Sight, accounts: list[str]) -> dict[str, str]:
    """By account what raises its risk most, as it was last made."""
    report = sight.kept_risk(among=accounts) if accounts else None
    found = report.found if report is not None else None
    if found is None:
        return {}
    return {one.account_id: reasons.raising(one.reasons, found.currency) for one in found.accounts}


def _headings(order: str, given: dict[str, str]) -> Iterator[Heading]:
    for name, label, numeric in _COLUMNS:
        yield heading(label, name, order, given, numeric=numeric, wide=name in _WIDE)
    yield Heading(_("Raised most by"))


def _asked(given: dict[str, str]) -> dict[str, Any]:
    """The question that an address holds, for ``Sight.rows``: customers that have a risk."""
    where: list[tuple[str, str, Any]] = [("is_customer", "equals", True), ("churn_risk_90", "empty", False)]
    where += [(name, "equals", given[name]) for name in _FILTERS if given.get(name)]
    return {"where": where, "search": given.get("q", "").strip()[:100]}


def _missing(sight: Sight, found: RatedFound) -> tuple[str, str]:
    """Why nobody has a risk, and what brings risks."""
    if found.risk_day is not None:
        return _("None of the customers that you may see has a risk yet."), _(
            "They are made every night, and when whoever looks after the data has scores made."
        )
    report = sight.kept_risk(limit=1)
    if report is not None and report.refused:
        return report.refused, report.fix
    if found.day is not None:
        return (
            _("Too few customers left so far for risks to be learned from them."),
            _("It is tried again each night. Until then, health scores say who needs attention."),
        )
    return _("No risks were made yet."), _(
        "They are made every night, and when whoever looks after the data has scores made."
    )


def _causes(sight: Sight) -> tuple[Cause, ...]:
    """By what customers left of whom risks were learned; nothing where there is only one cause."""
    report = sight.kept_risk(limit=1)
    found = report.found if report is not None else None
    if found is None or len(found.causes) < 2:
        return ()
    return tuple(
        Cause(reasons.CAUSES.get(one.name, one.name), formats.number(one.leavers), formats.percent(one.share, 0), _HOW[one.how])
        for one in sorted(found.causes, key=lambda one: -one.leavers)
    )  # fmt: skip


def _told(sight: Sight) -> str:
    """How well it was told who leaves, in words; empty where that was not tested."""
    report = sight.tested()
    found = None if report is None or report.found is None else report.found
    auc = next((score.auc for score in found.scores if score.name == "risk"), None) if found else None
    return "" if auc is None else tested(auc, "churn")


def _bands(found: RatedFound, given: dict[str, str]) -> list[Band]:
    groups: dict[str | None, Group] = {group.name: group for group in found.groups}
    meanings = {"high": _("20 % or more"), "raised": _("5 to 20 %"), "low": _("under 5 %")}
    return [
        Band(
            word, scores.TONES[band], meanings[band], formats.number(groups[band].accounts),
            formats.money_short(groups[band].at_risk, found.currency), address(given, risk_band=band, page=""),
        )
        for band, word in scores.RISK.items()
        if band in groups
    ]  # fmt: skip


def _account(row: dict[str, Any], currency: str, now: datetime, why: Mapping[str, str]) -> Account:
    renews: datetime | None = row["renewal_due"]
    return Account(
        id=row["account_id"],
        name=row["name"] or row["account_id"],
        owner=row["owner_name"] or row["owner"] or formats.UNKNOWN,
        at_risk=formats.money_short(row["at_risk"], currency),
        risk=scores.risk_of(row),
        arr=formats.money_short(row["arr"], currency),
        renews=formats.day(renews),
        due=renews is not None and (renews - now).days < 90,
        score=scores.score_of(row),
        reason=why.get(row["account_id"], ""),
    )


def _exported(sight: Sight, given: dict[str, str], order: str) -> HttpResponse:
    """All rows of the view as CSV."""
    rows = sight.every("accounts", **_asked(given), columns=_EXPORTED, order=(order, "account_id"))
    return exported("risk", _EXPORTED, rows)
