"""How the account uses what it pays for: people by month, licences by product, and features."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from babel.dates import format_date
from django.utils.translation import gettext as _

from tenure.core.titles import titled
from tenure.web.accounts.part import Part
from tenure.web.kit import formats
from tenure.web.kit.charts import Chart, Lines, Scale, Series, Table
from tenure.web.kit.reading import current
from tenure.web.kit.things import things

if TYPE_CHECKING:
    from collections.abc import Mapping
    from datetime import date

    from tenure.engine import Sight
    from tenure.engine.verbs.account_use import Used, UseFound

#: As many features are listed, the most used first.
_MOST = 15


@dataclass(frozen=True)
class Product:
    """A product: who uses it this month and last, the licences, and the share that was used in the last whole month."""

    name: str
    users: str
    before: str
    seats: str
    share: str
    unlike: str


@dataclass(frozen=True)
class Feature:
    """A feature: users and uses of this month and of the last whole one, and since when it is used."""

    name: str
    users: str
    before: str
    uses: str
    since: str
    gone: bool


@dataclass(frozen=True)
class Use(Part):
    """``course``: people by month; none where nobody is named. ``more``: features that are not listed."""

    month: str
    whole: str
    course: Chart | None
    products: tuple[Product, ...]
    features: tuple[Feature, ...]
    more: int
    sums: bool
    nothing: bool
    as_of: datetime


def use(sight: Sight, account_id: str, name: str) -> Use | None:
    """The use of an account; None where there is no such account to be seen."""
    found = sight.account_use(account_id)
    if found is None:
        return None
    called = things(sight)
    months = tuple(_month(day) for day in found.months)
    features = tuple(_feature(one, called, found) for one in found.features)
    counted = any(found.people.users)
    used = any(found.people.uses)
    return Use(
        account_id, name, "use", months[-1], months[-2], _course(found, months) if counted else None,
        tuple(_product(one, called) for one in found.products), features[:_MOST], max(len(features) - _MOST, 0),
        used and not counted, not used and not found.products, found.as_of,
    )  # fmt: skip


def _month(day: date) -> str:
    return str(format_date(day, "MMM y", locale=current().locale))


def _product(one: Used, called: Mapping[str, str]) -> Product:
    name = called.get(one.id or "") or one.id or _("all together")
    seats = one.seats[-1] if one.seats else None
    users, before = one.users[-1], one.users[-2]
    whole = one.seats[-2] if one.seats else None
    share = None if not whole or before is None or one.unlike else Decimal(before) / whole
    return Product(
        name, formats.number(users), formats.number(before), "–" if seats is None else formats.number(seats, 0),
        formats.percent(share, 0), one.unlike,
    )  # fmt: skip


def _feature(one: Used, called: Mapping[str, str], found: UseFound) -> Feature:
    first = next((day for day, uses in zip(found.months, one.uses, strict=True) if uses), None)
    since = "–" if first is None else _("earlier") if first == found.months[0] else _month(first)
    gone = not one.uses[-1] and not one.uses[-2] and any(one.uses)
    return Feature(
        called.get(one.id or "") or titled(one.id or ""), formats.number(one.users[-1]), formats.number(one.users[-2]),
        formats.number(one.uses[-2]), since, gone,
    )  # fmt: skip


def _course(found: UseFound, months: tuple[str, ...]) -> Lines:
    users = found.people.users
    series = [Series(_("People"), tuple(None if n is None else float(n) for n in users))]
    known = [one for one in found.products if one.seats and one.seats[-1] is not None]
    seats = [sum((one.seats[at] or Decimal(0) for one in known), Decimal(0)) for at in range(len(months))]
    if known:
        series.append(Series(_("Licences"), tuple(float(one) for one in seats), "muted", dashed=True))
    rows = tuple(
        (month, formats.number(n), *((formats.number(seat, 0),) if known else ()))
        for month, n, seat in zip(months, users, seats, strict=True)
    )
    says = _("People who used it, month by month: %(count)s in %(month)s, the month that runs.") % {
        "count": rows[-1][1], "month": months[-1],
    }  # fmt: skip
    head = (_("Month"), _("People"), *((_("Licences"),) if known else ()))
    return Lines(says, Table(head, rows), Scale("number"), months, tuple(series), from_zero=True)
