"""The list of accounts."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, Literal

from django.http import HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.web.access.page import Request, page, show
from tenure.web.access.roles import EVERYONE
from tenure.web.accounts.listed import CHOICES, COLUMNS, DEFAULT_ORDER, NAMES, WIDE, asked
from tenure.web.kit import formats, scores
from tenure.web.kit.asking import Answers
from tenure.web.kit.choice import Choice, Option
from tenure.web.kit.reading import current
from tenure.web.kit.shell import Nav, Section
from tenure.web.kit.table import ON_A_PAGE, Heading, Pager, address, exported, heading, order_of, page_of, pager

if TYPE_CHECKING:
    from tenure.engine import Sight

#: What of an address narrows the list.
_ASKS = {"q", "status", "owner", *CHOICES}


@dataclass(frozen=True)
class Account:
    """A row of the list. ``due`` is set where the renewal is near: within 90 days."""

    id: str
    name: str
    owner: str
    segment: str
    arr: str
    renews: str
    due: bool
    health: scores.Score
    risk: scores.Risk
    touched: str
    nps: str
    tickets: str


@dataclass(frozen=True)
class Accounts:
    """The list as the address asks for it. ``nothing``: why it is empty though nothing was looked for.
    ``notes``: what of it is not to be relied on.
    """

    rows: tuple[Account, ...]
    headings: tuple[Heading, ...]
    pager: Pager
    search: str
    status: str
    filters: tuple[Choice, ...]
    export: str
    order: str
    notes: tuple[str, ...]
    nothing: Literal["", "loaded", "yours"]


@page("accounts/", roles=EVERYONE, title=gettext_lazy("Accounts"), nav=Nav(Section.WORK, 20, "building-2"))
def accounts(request: Request) -> Accounts | HttpResponse:
    """The accounts that one may see: filtered, sorted, by pages, or all of them as a file."""
    given = request.GET.dict()
    answers = Answers(request.sight())
    sight = answers.sight
    order = order_of(given, NAMES, DEFAULT_ORDER)
    if given.get("format") == "csv":
        return _exported(sight, given, order)
    number = page_of(given)
    found = answers.rows(
        "accounts", **asked(given), order=(order, "account_id"), offset=(number - 1) * ON_A_PAGE, limit=ON_A_PAGE
    )
    currency = answers.settings.currency
    now = found.as_of
    content = Accounts(
        rows=tuple(_account(row, currency, now) for row in found.rows),
        headings=tuple(
            heading(label, name, order, given, numeric=numeric, wide=name in WIDE) for name, label, numeric in COLUMNS
        ),
        pager=pager(found.total, number, given),
        search=given.get("q", ""),
        status=given.get("status", "customers"),
        filters=_filters(answers, given, now),
        export=address(given, format="csv", page=""),
        order=given.get("order", ""),
        notes=found.notes,
        nothing="" if found.total or _ASKS & given.keys() else "yours" if sight.scope.narrow else "loaded",
    )
    return show(request, content, template="accounts/list.html") if request.htmx else content


def _account(row: dict[str, Any], currency: str, now: datetime) -> Account:
    renews: datetime | None = row["renewal_due"]
    return Account(
        id=row["account_id"],
        name=row["name"] or row["account_id"],
        owner=row["owner_name"] or row["owner"] or "–",
        segment=row["segment"] or "–",
        arr=formats.money(row["arr"], currency),
        renews=formats.day(renews),
        due=renews is not None and (renews - now).days < 90,
        health=scores.score_of(row),
        risk=scores.risk_of(row),
        touched=formats.since(row["last_touch"], now),
        nps=formats.number(row["nps"]),
        tickets=formats.number(row["open_tickets"]) if row["open_tickets"] else "",
    )


def _filters(answers: Answers, given: dict[str, str], now: datetime) -> tuple[Choice, ...]:
    """The values that customers have this month."""
    month = f"{now.astimezone(current().zone):%Y-%m}"
    labels = {"segment": _("Segment"), "team": _("Team"), "region": _("Region")}
    found = []
    for name, label in labels.items():
        values = {each.slice[name] for each in answers.ask("mrr", by=(name,), start=month, end=month)} - {None}
        options = tuple(Option(value, value, given.get(name) == value) for value in sorted(values))
        found.append(Choice(name, label, (Option("", _("any"), not given.get(name)), *options)))
    for name, label, bands in (("health_band", _("Health"), scores.HEALTH), ("risk_band", _("Risk"), scores.RISK)):
        options = tuple(Option(band, word, given.get(name) == band) for band, word in bands.items())
        found.append(Choice(name, label, (Option("", _("any"), not given.get(name)), *options)))
    return tuple(choice for choice in found if len(choice.options) > 1)


def _exported(sight: Sight, given: dict[str, str], order: str) -> HttpResponse:
    """All rows of the view, with all their columns, as CSV."""
    rows = list(sight.every("accounts", **asked(given), order=(order, "account_id")))
    return exported("accounts", list(rows[0]) if rows else NAMES, rows)
