"""Rows that come without a file: what is told through the engine, on the same way into the warehouse as a file's rows.

A message of the inbox holds them as texts; so they can be read again when the warehouse is made anew.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Collection, Mapping, Sequence
from dataclasses import asdict, dataclass
from datetime import date, datetime
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.core.acts import Act
from tenure.core.errors import UsageError, unknown
from tenure.warehouse.inbox import Inbox, Message, Record
from tenure.warehouse.incoming import AfterRead, Cell, Incoming, Lines
from tenure.warehouse.load.command import RECORDED, Place, Terms, apply, aware, forget
from tenure.warehouse.load.report import Delivery, Report
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import Store, literal
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    import duckdb

    from tenure.warehouse.table import Table

#: The kind and the source of the messages, and the source of the rows.
KIND, SOURCE, ROWS_SOURCE = RECORDED, "record", "tenure"
_CUSTOM = "custom:"


@dataclass(frozen=True)
class Told:
    """Rows of one table as texts (null: empty), in the order of ``columns``; ``by``: who told them. ``zone``: of times
    without one.
    """

    table: str
    columns: tuple[str, ...]
    rows: tuple[tuple[str | None, ...], ...]
    by: str
    zone: str

    @classmethod
    def of(cls, table: Table, rows: Sequence[Mapping[str, Any]], by: str, zone: str) -> Told:
        """Rows given as dictionaries of plain values. Custom attributes are named ``custom:NAME``.

        Raises ``UsageError`` for names that the table has not, for rows that have not all the same columns or lack a
        required one, and for values that cannot be written.
        """
        if not rows:
            raise UsageError("There are no rows to record.", code="no_rows", fix="Give at least one.")
        columns = tuple(rows[0])
        for name in columns:
            if name not in table.names and not name.startswith(_CUSTOM):
                listing = f"Custom attributes are named {_CUSTOM}NAME. All columns: tenure tables {table.name}"
                raise unknown("column", name, table.names, listing=listing)
        for number, row in enumerate(rows, start=1):
            if set(row) != set(columns):
                raise UsageError(
                    f"Row {number} has other columns than the first.", code="uneven_rows",
                    where=f"{table.name}:{number}",
                    fix="Give all rows the same columns (an empty value is null), or record them apart.",
                )  # fmt: skip
        missing = [c.name for c in table.columns if c.required and c.default is None and c.name not in columns]
        if missing:
            raise UsageError(
                f"A row of {table.name} needs {', '.join(missing)}.", code="missing_column", where=table.name,
                fix=f"Give every row a value for it. What it means: tenure tables {table.name}",
            )  # fmt: skip
        texts = tuple(
            tuple(_text(row[name], f"{table.name}:{number}:{name}") for name in columns)
            for number, row in enumerate(rows, start=1)
        )
        return cls(table.name, columns, texts, by, zone)

    def column(self, name: str) -> list[str]:
        """The identifiers of a column, where there are any, without white space around them, as they are stored."""
        place = self.columns.index(name)
        return [found for row in self.rows if (found := (row[place] or "").strip(" \t\r\n"))]

    def delivery(self, message_id: str) -> Delivery:
        """The rows on their way into the warehouse. The same rows in another message are another delivery."""
        told = hashlib.sha256(json.dumps([SOURCE, message_id, asdict(self)]).encode()).hexdigest()
        return Delivery(self._incoming(), "", told, source=ROWS_SOURCE)

    def _incoming(self) -> Incoming:
        names = ", ".join(f"r[{place}] AS {quoted(name)}" for place, name in enumerate(self.columns, start=1))
        rows = literal(json.dumps(self.rows, ensure_ascii=False))
        relation = f"(SELECT {names} FROM (SELECT unnest(from_json({rows}, '[[\"VARCHAR\"]]')) AS r) AS told)"
        columns = {n: Cell(quoted(n), quoted(n), n) for n in self.columns if not n.startswith(_CUSTOM)}
        custom = {n.removeprefix(_CUSTOM): quoted(n) for n in self.columns if n.startswith(_CUSTOM)}

        def resolve(_con: duckdb.DuckDBPyConnection, _failed: Collection[str], _rows: int) -> Incoming:
            return incoming  # texts of ours are plain

        def after_read(_con: duckdb.DuckDBPyConnection) -> AfterRead:
            return AfterRead((), Lines([0], [1]))

        incoming = Incoming(
            find(self.table), ROWS_SOURCE, relation, columns, custom, self.zone, "upsert", None, "", (), resolve,
            after_read, lambda: None,
        )  # fmt: skip
        return incoming


def record(store: Store, inbox: Inbox, told: Told, message_id: str, now: datetime) -> Report:
    """Store rows, all or none, exactly once for a message id, which the caller has found to be new.

    They are on disk in the inbox before they go to the warehouse. Where one is refused none is kept: the report says why.
    """
    payload = {**asdict(told), "now": aware(now).isoformat()}
    noted = {"table": told.table, "rows": len(told.rows)}
    taken = inbox.add([Message(SOURCE, message_id, KIND, payload, Act.RECORDED, noted)], aware(now))
    place = Place(inbox.epoch, taken[0], batch_id(message_id))
    try:
        reports, kept = apply(store, [told.delivery(message_id)], [place], Terms(now, told.zone, strict=True))
    except BaseException:
        forget(inbox, taken)
        raise
    inbox.mark(taken, "done" if kept else "dropped")
    return reports[0]


def batch_id(message_id: str) -> str:
    """The name of a message's batch in the warehouse; files' batches are named by a hash."""
    return f"{SOURCE}:{message_id}"


def told_in(message: Record) -> Told:
    """What a message of the inbox tells."""
    said = message.payload
    rows = tuple(tuple(row) for row in said["rows"])
    return Told(said["table"], tuple(said["columns"]), rows, said["by"], said["zone"])


def _text(value: Any, where: str) -> str | None:
    """A value as a file would have it."""
    match value:
        case None | str():
            return value
        case bool():
            return "true" if value else "false"
        case int():
            return str(value)
        case float() | Decimal() if Decimal(value).is_finite():
            return f"{Decimal(repr(value) if isinstance(value, float) else value):f}"
        case datetime() if value.tzinfo is not None:
            return value.isoformat()
        case date() if not isinstance(value, datetime):
            return value.isoformat()
        case list() | tuple() | dict():
            return json.dumps(value, ensure_ascii=False)
    fix = "Give texts, numbers, dates, lists, and times with a zone."
    raise UsageError(f"{value!r} cannot be recorded.", code="bad_value", where=where, fix=fix)
