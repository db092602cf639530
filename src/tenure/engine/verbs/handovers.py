"""``handovers``: how complete the hand-overs from sales are, account by account."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError
from tenure.core.period import local_day
from tenure.engine import reach
from tenure.engine.verbs.rows import ACCOUNTS, Query, Rows, every_account, stored
from tenure.figures.scope import EVERYTHING, Scope
from tenure.portfolio.handover import Giver, Handover, givers, item
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.engine.desk import Desk

_LONGEST = 1_100
KIND = "sales_to_success"


@dataclass(frozen=True)
class Handovers:
    """``days``: of customers who came within so many; those with anything open are always there. ``account``: of one only."""

    days: int = 180
    account: str = ""
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class HandoversFound:
    """``handovers``: those with what is late first, then those with what is open. ``givers``: by whoever hands over."""

    since: date
    handovers: tuple[Handover, ...]
    givers: tuple[Giver, ...]
    people: dict[str, str]
    as_of: datetime


def handovers(desk: Desk, request: Handovers) -> HandoversFound:
    """The hand-overs from sales as they stand now. Raises ``UsageError`` for a time that is too long."""
    if not 1 <= request.days <= _LONGEST:
        raise UsageError(
            f"{request.days} days are no time to look back.", code="bad_period", fix=f"Take 1 to {_LONGEST}."
        )
    now, settings = desk.clock(), desk.settings
    found, day = desk.fresh(now), local_day(now, settings.timezone)
    since = day - timedelta(days=request.days)
    with desk.published(found) as reader:
        only = (("account_id", "equals", request.account),) if request.account else ()
        query = Query(("account_id", "name", "customer_since"), (*only, ("customer_since", "empty", False)))
        listed = every_account(reader, Rows(ACCOUNTS, query, request.scope), settings, now).rows
    with reach.cursor(desk, found, request.scope) as con:
        rows = con.execute(
            f"SELECT account_id, item, coalesce(min(nullif(from_id, to_id)), ''), min(to_id), max(due_at), min(done_at) FROM "
            f"({stored(con, find('handover_item'), request.scope, settings).sql}) AS told WHERE kind = ? GROUP BY 1, 2 ORDER BY 1, 2",
            [KIND],
        ).fetchall()
        people = dict(con.execute(
            f"SELECT csm_id, name FROM csm_version WHERE {reach.CURRENT} AND {reach.CSM_AT} ORDER BY 1", [now]
        ).fetchall())  # fmt: skip
    noted: dict[str, list[tuple[Any, ...]]] = {}
    for account, *rest in rows:
        noted.setdefault(account, []).append(tuple(rest))
    made = [_handover(row, noted.get(row["account_id"], []), settings, day) for row in listed]
    kept = [
        one for one, row in zip(made, listed, strict=True)
        if row["customer_since"] >= since or (one.noted and not one.complete) or request.account
    ]  # fmt: skip
    kept.sort(key=lambda one: (-one.late, one.complete, one.done - len(one.items), one.name, one.account))
    named = {who for one in kept for each in one.items for who in (each.giver, each.taker)}
    told = {who: name for who, name in people.items() if who in named}
    return HandoversFound(since, tuple(kept), tuple(givers(kept)), told, now.replace(tzinfo=UTC))


def _handover(row: dict[str, Any], noted: list[tuple[Any, ...]], settings: Settings, day: date) -> Handover:
    """An account's items, those first that the settings ask for; what is asked for and not noted is due after the days of grace."""
    told = {name: rest for name, *rest in noted}
    grace = row["customer_since"] + timedelta(days=settings.handover.grace_days)
    wanted = dict.fromkeys((*settings.handover.items, *told))
    items = []
    for name in wanted:
        giver, taker, due, done = told.get(name, ("", "", None, None))
        due_day = local_day(due, settings.timezone) if due else grace
        items.append(item(name, giver, taker, due_day, local_day(done, settings.timezone) if done else None, day))
    return Handover(row["account_id"], row["name"] or row["account_id"], tuple(items), bool(told))
