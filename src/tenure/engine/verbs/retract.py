"""``retract``: a row that was told is not to count any more, and why."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.engine import reach
from tenure.engine.verbs.record import Record, Recorded, record
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import literal
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class Retract:
    """``key``: names a row of ``table``, which has a key of one column. ``by``: who takes it back. ``scope``: whose accounts."""

    table: str
    key: str
    reason: str
    by: str
    scope: Scope = EVERYTHING


def retract(desk: Desk, request: Retract) -> Recorded:
    """Take a row back from now on; what was known before is still read as it was.

    Raises ``UsageError`` for a row that is not there, or is not to be seen (which is the same), for a table whose rows
    belong to no account, and without a reason.
    """
    table = find(request.table)
    if not reach.belongs(table) or len(table.key) != 1:
        raise UsageError(
            f"Rows of {table.name} are not taken back one by one here.", code="bad_table", where=table.name,
            fix="Load a file of the table retraction.",
        )  # fmt: skip
    if not request.reason.strip():
        raise UsageError("It is not said why.", code="bad_message", fix="Give a reason.")
    now = desk.clock()
    with reach.cursor(desk, desk.fresh(now), request.scope) as con:
        held = reach.held(table, "k") if request.scope.narrow else "true"
        there = con.execute(
            f"SELECT 1 FROM {quoted(table.name + '_version')} k WHERE k.{reach.CURRENT} "
            f"AND k.{quoted(table.key[0])} = {literal(request.key)} AND coalesce({held}, false) LIMIT 1"
        ).fetchall()
    if not there:
        raise UsageError(
            f"There is no {table.name} {request.key!r}.", code="not_found",
            fix=f"Name one that you can see: rows of {table.name} list them.",
        )  # fmt: skip
    at = f"{now.isoformat()}Z"
    row = {"table_name": table.name, "key": request.key, "at": at, "reason": request.reason.strip()}
    name = hashlib.sha256(f"{table.name}\n{request.key}\n{at}".encode()).hexdigest()[:32]
    return record(desk, Record("retraction", (row,), request.by, f"retract {name}"))
