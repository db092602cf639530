"""``measured``: what some metrics are of single accounts, in the last month that is over."""

from __future__ import annotations

from contextlib import closing
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import TYPE_CHECKING

from tenure.engine.measuring import asked_of, is_at_hand, is_sum
from tenure.engine.verbs.rows import ACCOUNTS, Query, Rows, accounts_in
from tenure.figures.by_account import by_account
from tenure.figures.listing import MOST
from tenure.figures.published import PublishedReader, current, is_fresh
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.told import told_of

if TYPE_CHECKING:
    from datetime import datetime
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk
    from tenure.figures.published import Published


@dataclass(frozen=True)
class Measured:
    """``metrics``: slugs; ``accounts``: whose."""

    metrics: tuple[str, ...]
    accounts: tuple[str, ...]
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Measure:
    """A metric's values of accounts, by id, for the month that begins on ``period``, with its own window and first variants; an
    account that adds nothing has none. ``at_hand``: false where its facts are not published, a check holds them, or it is no sum over accounts.
    """

    metric: str
    unit: str
    period: date | None
    values: dict[str, Decimal]
    at_hand: bool


def measured(desk: Desk, request: Measured) -> tuple[Measure, ...]:
    """The values, in the order of the metrics. Raises ``UsageError`` for a metric that there is not."""
    now = desk.clock()
    return _read(desk.home, request, desk.fresh(now), desk.settings, now)


def from_published(home: Path, request: Measured, settings: Settings, now: datetime) -> tuple[Measure, ...] | None:
    """The same from the published files alone; None where they cannot answer."""
    found = current(home)
    if found is None or not is_fresh(found, settings, told_of(home), now):
        return None
    return _read(home, request, found, settings, now)


def _read(home: Path, request: Measured, found: Published, settings: Settings, now: datetime) -> tuple[Measure, ...]:
    with closing(PublishedReader(home, found, settings)) as reader:
        where = (("account_id", "one_of", request.accounts),)
        query = Query(columns=("account_id",), where=where, limit=MOST)
        seen = [
            row["account_id"] for row in accounts_in(reader, Rows(ACCOUNTS, query, request.scope), settings, now).rows
        ]
        return tuple(_measure(slug, seen, reader, settings, now) for slug in request.metrics)


def _measure(slug: str, accounts: list[str], reader: PublishedReader, settings: Settings, now: datetime) -> Measure:
    request, plan = asked_of(slug, reader, settings, now)
    if not is_sum(plan) or not is_at_hand(request, plan, reader, settings):
        return Measure(slug, plan.unit, None, {}, at_hand=False)
    period = request.spans[0][0].period.start
    rows = by_account(request, plan, reader, settings, [(account, period) for account in accounts])
    values = {
        row["account_id"]: Decimal(f"{row['num'] / row['den']:.6f}")  # more digits than are shown
        for row in rows
        if row["period"] == period and row["den"]
    }
    return Measure(slug, plan.unit, period, values, at_hand=True)
