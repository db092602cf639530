"""The rows behind one number of a scorecard."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from django.http import Http404
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from tenure.core.errors import UsageError
from tenure.core.period import add_months
from tenure.core.titles import titled
from tenure.web.access.leads import OPENS
from tenure.web.access.page import Request, page
from tenure.web.kit import figure, formats
from tenure.web.kit.people import names
from tenure.web.scorecard import shown
from tenure.web.scorecard.chosen import chosen

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine.verbs.explain import Explanation
    from tenure.engine.verbs.scorecard_rows import Month

#: So many rows are shown; the sums are of all.
_ROWS = 300
_HIDDEN = ("account_id", "account")


@dataclass(frozen=True)
class ScorecardRows:
    """Rows as texts, each after the address of its account's page; ``numeric``: the columns of numbers. ``sums``: what those that count add up to;
    ``months``: of which the number is compounded, each with what it was made of.
    """

    name: str
    measure: str
    window: str
    value: str
    back: str
    metric: str
    about: str
    details: tuple[tuple[str, str], ...]
    columns: tuple[str, ...]
    numeric: tuple[int, ...]
    rows: tuple[tuple[str, tuple[str, ...]], ...]
    counted: str
    more: str
    sums: tuple[tuple[str, str], ...]
    months: tuple[tuple[str, str, str, str], ...]
    hidden: bool


@page("scorecard/rows/<slug:measure>/", roles=OPENS, title=gettext_lazy("Rows behind a scorecard"))
def scorecard_rows(request: Request, measure: str) -> ScorecardRows:
    """Of which rows is this number made?"""
    of = chosen(request.user, request.GET.dict())
    card = of.asked()
    try:
        told = of.answers.sight.scorecard_rows(measure, of.person, team=of.team, rows=_ROWS, **of.bounds())
    except UsageError as error:
        if error.code != "not_found":
            raise
        raise Http404 from None
    of.noted()
    found, each = told.behind, told.figure
    people = names.of(of.answers.sight)
    shows = [
        name
        for name in (found.rows[0] if found.rows else ())
        if name not in _HIDDEN and any(row[name] is not None for row in found.rows)
    ]
    columns, numeric, rows = _laid(found, shows, people)
    return ScorecardRows(
        card.name, titled(found.entry.slug), shown.days(card)[0],
        figure.told(each.value, each.unit, card.currency) if each else formats.UNKNOWN, of.address(), figure.page_of(found.entry.slug),
        figure.summary(found.entry), figure.details(each, card.currency) if each else (), columns, numeric, rows, formats.number(found.count),
        formats.number(found.count - len(found.rows)) if found.count > len(found.rows) else "",
        tuple((titled(name), _cell(value, "", people)) for name, value in found.sums.items()),
        tuple(_month(one, each.unit if each else "", card.currency) for one in told.months),
        any(row.get("account_id") is None and row.get("account") is None for row in found.rows),
    )  # fmt: skip


def _month(one: Month, unit: str, currency: str) -> tuple[str, str, str, str]:
    made_of = (formats.number(part, 2) for part in (one.numerator, one.denominator))
    return figure.period(one.month, add_months(one.month, 1)), *made_of, figure.told(one.value, unit, currency)  # type: ignore[return-value]


def _laid(
    found: Explanation, shows: list[str], people: Mapping[str, str]
) -> tuple[tuple[str, ...], tuple[int, ...], tuple[tuple[str, tuple[str, ...]], ...]]:
    numeric = tuple(
        place
        for place, name in enumerate(shows, 1)
        if all(
            isinstance(row[name], Decimal | int) and not isinstance(row[name], bool)
            for row in found.rows
            if row[name] is not None
        )
    )
    rows = tuple(
        (_link(row), (_account(row), *(_cell(row[name], name, people) for name in shows))) for row in found.rows
    )
    return (_("Account"), *map(titled, shows)), numeric, rows


def _link(row: dict[str, Any]) -> str:
    return reverse("account_page", args=[row["account_id"]]) if row.get("account_id") and row.get("account") else ""


def _account(row: dict[str, Any]) -> str:
    return str(row.get("account") or row.get("account_id") or _("not named"))


def _cell(value: object, name: str, people: Mapping[str, str]) -> str:
    if value is None:
        return ""
    if isinstance(value, Decimal | int) and not isinstance(value, bool):
        return formats.number(value, 2 if value % 1 else 0)
    if isinstance(value, datetime):
        return formats.moment(value)
    if isinstance(value, date):
        return figure.period(value, add_months(value, 1))
    return figure.named(name, value, people)
