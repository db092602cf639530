"""``account_revenue``: the monthly recurring revenue of one account, month by month."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.core.period import add_months, local_day
from tenure.engine.laid import Laid
from tenure.engine.levels import levels
from tenure.engine.verbs.timeline import is_there
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class AccountRevenue:
    """``account_id``: whose; ``months``: how many, up to the one that runs. ``scope``: whose accounts."""

    account_id: str
    months: int = 25
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class RevenueFound:
    """``months``: their first days; ``mrr``: at the end of each, of the one that runs today, in the reporting ``currency`` at the rates of
    today. None where an amount has no rate.
    """

    account_id: str
    months: tuple[date, ...]
    mrr: tuple[Decimal | None, ...]
    currency: str
    as_of: datetime


def account_revenue(desk: Desk, request: AccountRevenue) -> RevenueFound | None:
    """Its course; None where the scope holds no such account."""
    return _read(Laid.fresh(desk), request)


def from_published(
    home: Path, request: AccountRevenue, settings: Settings, now: datetime
) -> tuple[RevenueFound | None] | None:
    """The same from the published files alone, in a tuple; None where they cannot answer."""
    lies = Laid.lying(home, settings, now)
    return None if lies is None else (_read(lies, request),)


def _read(lies: Laid, request: AccountRevenue) -> RevenueFound | None:
    with lies.facts() as reader:
        if not is_there(reader, request.account_id, request.scope, lies.now):
            return None
    found = levels(lies, request.account_id)
    today = local_day(lies.now, lies.settings.timezone)
    months = [add_months(today.replace(day=1), number - request.months + 1) for number in range(request.months)]
    ends = [min(add_months(month, 1) - timedelta(days=1), today) for month in months]
    return RevenueFound(
        request.account_id, tuple(months), tuple(found.on(day) for day in ends), lies.settings.currency,
        lies.now.replace(tzinfo=UTC),
    )  # fmt: skip
