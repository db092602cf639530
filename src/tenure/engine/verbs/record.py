"""``record``: facts that are told here, not in a file, as rows of a canonical table."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from tenure.core.errors import DataError, UsageError
from tenure.engine import reach
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.load import FailedRow, Told, recorded
from tenure.warehouse.schema import quoted
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.warehouse.table import Table

#: How many refused rows an error tells of.
_TOLD = 5


@dataclass(frozen=True)
class Record:
    """``rows`` of ``table``, told by ``by``, in a message that ``message_id`` names for ever. ``scope``: whose accounts
    they may be about.
    """

    table: str
    rows: tuple[dict[str, Any], ...]
    by: str
    message_id: str
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Recorded:
    """What became of a message's rows: ``loaded`` (of keys not known before), ``superseded`` (they replaced what was
    known) and ``unchanged`` (known already) are all its ``rows``. ``at``: when they were learned (UTC).
    """

    table: str
    message_id: str
    rows: int
    loaded: int
    superseded: int
    unchanged: int
    batch: int
    at: datetime


def record(desk: Desk, request: Record) -> Recorded:
    """Store rows, all or none, once for each message id.

    Raises ``UsageError`` for what does not exist (or is out of the scope, which is the same), ``DataError`` for refused
    rows.
    """
    table, now = find(request.table), desk.clock()
    for name, value in (("by", request.by), ("message_id", request.message_id)):
        if not value.strip():
            raise UsageError(f"A message to be recorded needs {name}.", code="bad_message", fix="Give one.")
    told = Told.of(table, request.rows, request.by, desk.settings.timezone)
    if request.scope.narrow:
        _check_reach(desk, table, told, request.scope)
    before = desk.inbox.find(recorded.SOURCE, request.message_id)
    if before is None or before.state == "dropped":
        report = recorded.record(desk.store, desk.inbox, told, request.message_id, now)
        if report.rejected:
            raise _refused(table, report.failed, report.rejected)
    elif _content(recorded.told_in(before)) != _content(told):
        raise UsageError(
            "This message id has named other rows.", code="message_reused", where=request.message_id,
            fix="Give every message an id of its own.",
        )  # fmt: skip
    return _answer(desk, request)


def _content(told: Told) -> tuple[Any, ...]:
    rows = [dict(zip(told.columns, row, strict=True)) for row in told.rows]
    return told.table, rows, told.by


def _answer(desk: Desk, request: Record) -> Recorded:
    """What the warehouse remembers of a message."""
    ((batch, read, loaded, superseded, unchanged, at),) = desk.store.rows(
        "SELECT batch, read, loaded, superseded, unchanged, known_at FROM main.batch WHERE message_id = ?",
        [recorded.batch_id(request.message_id)],
    )
    at = at.replace(tzinfo=UTC)
    return Recorded(request.table, request.message_id, read, loaded, superseded, unchanged, batch, at)


def _refused(table: Table, failed: tuple[FailedRow, ...], count: int) -> DataError:
    found = [f"row {row.line}: {row.column} {row.value!r} {row.reason}" for row in failed[:_TOLD]]
    first = failed[0]
    return DataError(
        f"{count} of these rows cannot be stored, so none was: {'; '.join(found)}.", code="refused",
        where=f"{table.name}:{first.line}:{first.column}",
        fix=f"Mend them and send all again. What {table.name} takes: tenure tables {table.name}",
    )  # fmt: skip


def _check_reach(desk: Desk, table: Table, told: Told, scope: Scope) -> None:
    """Raise ``UsageError`` where a row is about what the scope does not hold, or would replace what it does not hold."""
    if not reach.belongs(table):
        raise UsageError(
            f"Rows of {table.name} belong to no account.", code="out_of_scope",
            fix="Have it recorded by somebody who sees everything.",
        )  # fmt: skip
    about = dict(reach.parents(table))
    named = {column.name: owner for column, owner in about.items()}
    if reach.ACCOUNT in table.names:
        if reach.ACCOUNT not in told.columns or len(told.column(reach.ACCOUNT)) < len(told.rows):
            raise _not_found("account", "")
        named[reach.ACCOUNT] = find("account")
    with reach.cursor(desk, desk.fresh(desk.clock()), scope) as con:
        for name, owner in named.items():
            given = reach.as_list(told.column(name)) if name in told.columns else "[]::VARCHAR[]"
            missing = con.execute(
                f"SELECT v FROM (SELECT unnest({given}) AS v) WHERE v NOT IN ({reach.held_keys(owner)})"
            ).fetchall()
            if missing:
                raise _not_found(owner.name, missing[0][0])
        key = table.key[0]
        if key not in told.columns or key in named:
            return
        theirs = con.execute(
            f"SELECT k.{quoted(key)} FROM {quoted(table.name + '_version')} k WHERE k.{reach.CURRENT} "
            f"AND list_contains({reach.as_list(told.column(key))}, k.{quoted(key)}::VARCHAR) "
            f"AND NOT coalesce({reach.held(table, 'k')}, false)"
        ).fetchall()
        if theirs:
            raise _not_found(table.name, theirs[0][0])


def _not_found(kind: str, name: str) -> UsageError:
    return UsageError(
        f"There is no {kind} {name!r}.", code="not_found", fix=f"Name one that you can see: rows of {kind} list them."
    )
