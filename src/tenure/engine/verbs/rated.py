"""``rated``: how customers stand by the scores that were kept last, added up: all of them, and group by group."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from decimal import Decimal
from math import sqrt
from typing import TYPE_CHECKING, Any

from tenure.core.errors import unknown
from tenure.core.horizons import BACK
from tenure.core.period import local_day
from tenure.engine.verbs.rows import RATED, source_of
from tenure.figures.published import current, is_fresh, staying
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.told import told_of

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.published import Published

#: By what customers are put in groups, and SQL of it over the list of accounts.
GROUPS = {
    "segment": "segment",
    "tier": "tier",
    "region": "region",
    "industry": "industry",
    "team": "team",
    "owner": "owner",
    "health_band": "health_band",
    "risk_band": "risk_band",
    "tenth": "CASE WHEN health >= 90 THEN 90 ELSE CAST(floor(health / 10) * 10 AS INTEGER) END",
}
_NORMAL = 1.959963984540054


@dataclass(frozen=True)
class Rated:
    """``by``: a name of ``GROUPS``, or empty for none. ``scope``: whose accounts."""

    by: str = ""
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Group:
    """Customers of one ``name`` (null: without one). ``accounts``: all; ``scored``: those with a health score, whose mean
    is ``health``; ``bands``: how many of them are in which. ``change``: by days, the mean change of those that had a score
    then too. ``risked``: those with a risk of leaving; ``high``: with a high one; ``arr``: of all, ``at_risk``: what is to
    be expected to be lost of it within 90 days, which will lie between ``low`` and ``high_end`` with 95 % if customers leave
    independently; null where nobody has a risk. Money in the reporting currency.
    """

    name: str | None
    accounts: int
    scored: int
    health: Decimal | None
    bands: dict[str, int]
    change: dict[str, Decimal | None]
    risked: int
    high: int
    arr: Decimal
    at_risk: Decimal | None
    low: Decimal | None
    high_end: Decimal | None


@dataclass(frozen=True)
class RatedFound:
    """``total``: all customers in sight; ``groups``: by what was asked for, in the order of their names. ``day``, ``risk_day``:
    of which days the scores and the risks are; ``since``: by days, which day's scores changes are against. Null where none
    were kept.
    """

    as_of: datetime
    currency: str
    day: date | None
    risk_day: date | None
    since: dict[str, date | None]
    total: Group
    groups: tuple[Group, ...]
    notes: tuple[str, ...] = field(default=())


def rated(desk: Desk, request: Rated) -> RatedFound:
    """The sums. Raises ``UsageError`` for something that customers are not put in groups by."""
    now = desk.clock()
    return _read(desk.home, request, desk.fresh(now), desk.settings, now)


def from_published(home: Path, request: Rated, settings: Settings, now: datetime) -> RatedFound | None:
    """The same from the published files alone; None where they cannot answer."""
    found = current(home)
    if found is None or not is_fresh(found, settings, told_of(home), now):
        return None
    return _read(home, request, found, settings, now)


def _read(home: Path, request: Rated, found: Published, settings: Settings, now: datetime) -> RatedFound:
    if request.by and request.by not in GROUPS:
        listing = f"Customers are put in groups by: {', '.join(GROUPS)}."
        raise unknown("group", request.by, GROUPS, listing=listing)
    with staying(home, found, settings, request.scope) as reader:
        source, notes = source_of(reader, request.scope, settings, now)
        days = ", ".join(["max(health_at)", "max(risk_at)", *(f"max(since_{n})" for n in BACK)])
        told = [at and local_day(at, settings.timezone) for at in reader.run(f"SELECT {days} FROM {RATED.table}")[1][0]]
        customers = (
            f"SELECT *, {GROUPS.get(request.by, 'NULL')} AS named FROM ({source.sql}) AS listed WHERE is_customer"
        )
        # All of them, and each group, out of one reading; all of them first.
        sets = "GROUPING SETS ((), (named)) ORDER BY GROUPING(named) DESC, named NULLS LAST" if request.by else "()"
        chosen = "named" if request.by else "NULL"
        sql = f"SELECT {chosen}, {_SUMS} FROM ({customers}) GROUP BY {sets}"
        total, *groups = _groups(reader.run(sql)[1])
    since = dict(zip(map(str, BACK), told[2:], strict=True))
    return RatedFound(now.replace(tzinfo=UTC), settings.currency, told[0], told[1], since, total, tuple(groups), notes)


_BANDS = ("good", "fair", "poor")
_SUMS = ", ".join(
    [
        "count(*)", "count(health)", "CAST(avg(health) AS DECIMAL(9,4))",
        *(f"count(*) FILTER (health_band = '{band}')" for band in _BANDS),
        *(f"CAST(avg(health_change_{days}) AS DECIMAL(9,4))" for days in BACK),
        "count(churn_risk_90)", "count(*) FILTER (risk_band = 'high')", "sum(arr)", "sum(at_risk)",
        # By account at_risk is rounded; the variance needs no more than floating point.
        "sum(churn_risk_90::DOUBLE * (1 - churn_risk_90::DOUBLE) * arr::DOUBLE ** 2)",
    ]
)  # fmt: skip


def _groups(rows: Sequence[tuple[Any, ...]]) -> tuple[Group, ...]:
    found = []
    for name, accounts, scored, health, good, fair, poor, *rest in rows:
        changes, (risked, high, arr, at_risk, variance) = rest[: len(BACK)], rest[len(BACK) :]
        reach = Decimal(f"{_NORMAL * sqrt(variance or 0):.2f}")
        ends = (None, None) if at_risk is None else (max(Decimal(0), at_risk - reach), at_risk + reach)
        found.append(
            Group(
                None if name is None else str(name), accounts, scored, health,
                dict(zip(_BANDS, (good, fair, poor), strict=True)), dict(zip(map(str, BACK), changes, strict=True)),
                risked, high, arr or Decimal(0), at_risk, *ends,
            )
        )  # fmt: skip
    return tuple(found)
