"""``take_back``: what a message told here is no longer to count."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError
from tenure.engine import reach
from tenure.engine.verbs.record import Record, record
from tenure.figures.scope import EVERYTHING, SEEN, Scope
from tenure.warehouse.load.recorded import batch_id
from tenure.warehouse.schema import quoted
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.warehouse.table import Table

_DATED = "valid_from"


@dataclass(frozen=True)
class TakeBack:
    """``message_id``: of what was told; ``by``: who takes it back, and for which ``reason``. ``but``: accounts of which it stands."""

    message_id: str
    by: str
    reason: str
    scope: Scope = EVERYTHING
    but: tuple[str, ...] = ()


@dataclass(frozen=True)
class TakenBack:
    """``accounts``: of which rows were taken back; ``kept``: of which they stand, as something was told of them since that
    stands on it, as they are not to be seen, or as was asked for.
    """

    table: str
    message_id: str
    accounts: tuple[str, ...]
    kept: tuple[str, ...]
    at: datetime


def take_back(desk: Desk, request: TakeBack) -> TakenBack:
    """Record retractions of the rows that a message told and that still stand.

    Raises ``UsageError`` for a message that there is not, and for one of rows that belong to no account.
    """
    now = desk.clock()
    found = desk.store.rows(
        "SELECT batch, table_name FROM main.batch WHERE message_id = ?", [batch_id(request.message_id)]
    )
    if not found or reach.ACCOUNT not in find(found[0][1]).names:
        raise UsageError(
            "There is nothing of this name to take back.", code="not_found", where=request.message_id,
            fix="Name a message that recorded rows about accounts.",
        )  # fmt: skip
    ((batch, name),) = found
    rows = [
        (account, key, stands or account in request.but)
        for account, key, stands in _standing(desk, find(name), batch, request.scope)
    ]
    taken = [(account, key) for account, key, stands in rows if not stands]
    if taken:
        told = tuple(
            {"table_name": name, "key": key, "at": now.replace(tzinfo=UTC), "reason": request.reason}
            for _, key in taken
        )
        record(desk, Record("retraction", told, request.by, f"{request.message_id} taken back {now.isoformat()}"))
    kept = tuple(account for account, _, stands in rows if stands and account)
    accounts = tuple(account for account, _ in taken if account)
    return TakenBack(name, request.message_id, accounts, kept, now.replace(tzinfo=UTC))


def _standing(desk: Desk, table: Table, batch: int, scope: Scope) -> list[tuple[str | None, str, bool]]:
    """The rows of a batch that count now: account, if it has one, key as retractions name it, and whether they have to stand."""
    keys = [f"v.{quoted(name)}::VARCHAR" for name in table.key]
    key = keys[0] if len(keys) == 1 else f"to_json([{', '.join(keys)}])::VARCHAR"
    stays = ["false"]
    if _DATED in table.key:  # a row of later stands on it, whatever of it has changed
        same = [name for name in ("account_id", "role") if name in table.names]
        beside = " AND ".join(f"l.{quoted(name)} IS NOT DISTINCT FROM v.{quoted(name)}" for name in same)
        stays.append(
            f"EXISTS (SELECT 1 FROM {quoted(table.name + '_version')} l WHERE l.{reach.CURRENT} AND {beside} "
            f"AND l.{_DATED} > v.{_DATED})"
        )
    if scope.narrow:
        stays.append(f"coalesce(v.account_id NOT IN (SELECT account_id FROM {SEEN}), true)")
    sql = (
        f"SELECT v.account_id, {key}, {' OR '.join(stays)} FROM {quoted(table.name + '_version')} v "
        f"WHERE v.batch = ? AND v.{reach.CURRENT} ORDER BY 1, 2"
    )
    with reach.cursor(desk, desk.fresh(desk.clock()), scope) as con:
        found: list[Any] = con.execute(sql, [batch]).fetchall()
    return [(account, text, bool(stands)) for account, text, stands in found]
