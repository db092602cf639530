"""``account_use``: how one account uses what it pays for, month by month: people, products with their licences, features."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.core.period import add_months, local_day
from tenure.engine.laid import Laid
from tenure.engine.verbs.timeline import is_there
from tenure.figures.scope import EVERYTHING, Scope
from tenure.metrics.kinds import FactKey
from tenure.warehouse.store import literal

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.published import PublishedReader

_USE, _LICENCE = FactKey("use", "month", "period"), FactKey("licence", "month", "period")
#: Months that are told, that of now among them.
MONTHS = 13
#: In which parts facts count seats.
_SEAT = 1_000_000


@dataclass(frozen=True)
class AccountUse:
    """``account_id``: whose; ``months``: how many, up to the one that runs. ``scope``: whose accounts."""

    account_id: str
    months: int = MONTHS
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Used:
    """Something that is used, month by month (none: nothing is known of it in that month). ``id``: the product's or feature's; None
    for all together, and for what names no product. ``users``: different people who are named; ``uses``: how often, by whomever.
    ``seats``: the licences of a product, their mean over the days; ``unlike``: why users and seats cannot be compared.
    """

    id: str | None
    users: tuple[int | None, ...]
    uses: tuple[int | None, ...]
    seats: tuple[Decimal | None, ...] = ()
    unlike: str = ""


@dataclass(frozen=True)
class UseFound:
    """``months``: their first days, the one that runs last. ``people``: all use, log-ins too; ``products``, ``features``: the most
    used first, as of now.
    """

    account_id: str
    months: tuple[date, ...]
    people: Used
    products: tuple[Used, ...]
    features: tuple[Used, ...]
    as_of: datetime


def account_use(desk: Desk, request: AccountUse) -> UseFound | None:
    """Its use; None where the scope holds no such account."""
    return _read(Laid.fresh(desk), request)


def from_published(home: Path, request: AccountUse, settings: Settings, now: datetime) -> tuple[UseFound | None] | None:
    """The same from the published files alone, in a tuple; None where they cannot answer."""
    lies = Laid.lying(home, settings, now)
    return None if lies is None else (_read(lies, request),)


def _read(lies: Laid, request: AccountUse) -> UseFound | None:
    last = local_day(lies.now, lies.settings.timezone).replace(day=1)
    months = tuple(add_months(last, number - request.months + 1) for number in range(request.months))
    with lies.facts() as reader:
        if not is_there(reader, request.account_id, request.scope, lies.now):
            return None
        used = _used(reader, request.account_id, months)
        seats = _seats(reader, request.account_id, months)
    products = {id_: found for (level, id_), found in used.items() if level == "seen in"}
    for id_ in seats:
        products.setdefault(id_, {})
    return UseFound(
        request.account_id, months, _line(None, used.get(("seen", None), {}), months),
        _sorted(_line(id_, found, months, seats.get(id_)) for id_, found in products.items()),
        _sorted(_line(id_, found, months) for (level, id_), found in used.items() if level == "feature"),
        lies.now.replace(tzinfo=UTC),
    )  # fmt: skip


_Months = dict[date, tuple[int, int]]
_Seats = dict[date, tuple[Decimal | None, str]]


def _used(reader: PublishedReader, account: str, months: tuple[date, ...]) -> dict[tuple[str, str | None], _Months]:
    """Users and uses by level and product or feature, month by month."""
    if _USE.table not in reader.published.tables:
        return {}
    reader.provide(_USE)
    rows = reader.run(
        "SELECT level, CASE WHEN level = 'feature' THEN feature ELSE product_id END, period, sum(users), sum(uses + summed) "
        f"FROM {_USE.table} WHERE account_id = {literal(account)} AND level IN ('seen', 'seen in', 'feature') "
        f"AND period >= DATE '{months[0]}' GROUP BY ALL"
    )[1]
    found: dict[tuple[str, str | None], _Months] = {}
    for level, id_, month, users, uses in rows:
        assert isinstance(month, date)
        name = None if id_ is None else str(id_)
        found.setdefault((str(level), name), {})[month] = (int(str(users)), int(str(uses)))
    return found


def _seats(reader: PublishedReader, account: str, months: tuple[date, ...]) -> dict[str | None, _Seats]:
    """Licences by product, month by month, and why they are not to be compared with who uses it."""
    if _LICENCE.table not in reader.published.tables:
        return {}
    reader.provide(_LICENCE)
    rows = reader.run(
        f"SELECT product_id, period, sum(seats), max(excluded) FROM {_LICENCE.table} "
        f"WHERE account_id = {literal(account)} AND period >= DATE '{months[0]}' GROUP BY ALL"
    )[1]
    found: dict[str | None, _Seats] = {}
    for id_, month, seats, excluded in rows:
        assert isinstance(month, date)
        many = None if seats is None or not int(str(seats)) else Decimal(int(str(seats))) / _SEAT
        found.setdefault(None if id_ is None else str(id_), {})[month] = (many, str(excluded or ""))
    return found


def _line(id_: str | None, found: _Months, months: tuple[date, ...], seats: _Seats | None = None) -> Used:
    known = [month for month in months if month in found]
    first = known[0] if known else None
    # Before anything was known of it nothing is told; a month without use in between is one of no use.
    told = [found.get(month, (0, 0)) if first and month >= first else (None, None) for month in months]
    licences = tuple((seats or {}).get(month, (None, ""))[0] for month in months) if seats else ()
    unlike = (seats or {}).get(months[-1], (None, ""))[1]
    return Used(id_, tuple(one[0] for one in told), tuple(one[1] for one in told), licences, unlike)


def _sorted(lines: object) -> tuple[Used, ...]:
    """The most used of late first."""
    known: list[Used] = list(lines)  # type: ignore[call-overload]
    return tuple(sorted(known, key=lambda one: (*(-(count or 0) for count in reversed(one.uses)), one.id or "")))
