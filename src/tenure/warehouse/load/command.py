"""One load command: all of its files in one transaction, taken exactly once.

The order that makes a crash harmless: files are archived, the inbox records them (pending), one transaction of the
warehouse stores rows, failed rows and batches with their place in the inbox, the inbox marks them done. Whatever is
pending when a workspace is opened is in the warehouse whole, or not at all (``recover``).
"""

from __future__ import annotations

import hashlib
import json
from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from typing import Any

import duckdb

from tenure.core.acts import Act
from tenure.core.errors import DataError, TenureError
from tenure.warehouse.inbox import Inbox, Message
from tenure.warehouse.load.append import Origin, append
from tenure.warehouse.load.mends import Mends, narrowed
from tenure.warehouse.load.report import Delivery, Report
from tenure.warehouse.load.stage import GOOD, Staged, stage
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import Store
from tenure.warehouse.table import Table

SOURCE, KIND = "load", "file"
#: The kind of the messages with rows that came without a file (``recorded``).
RECORDED = "rows"
#: The kind of the messages by which failed rows are discarded, or that undo it (``handled``).
HANDLED = "failed"


@dataclass(frozen=True)
class Terms:
    """How a command loads. ``now``: UTC, when the rows are learned unless they say so themselves. ``zone``: the
    organisation's IANA zone. ``history``: split rows into the versions that would have been known. ``strict``: one
    refused row and nothing is stored. ``dry_run``: the report only. ``origin``: of which arrival the files were made, kept
    with them; ``apart``: though another held the same, these are loads of their own.
    """

    now: datetime
    zone: str
    history: bool = False
    strict: bool = False
    dry_run: bool = False
    origin: str = ""
    apart: bool = False


@dataclass(frozen=True)
class Place:
    """Where a delivery stands in the inbox. ``message_id`` names it in the warehouse too."""

    epoch: str
    seq: int
    message_id: str


class _UndoError(Exception):
    """Leaves the transaction without keeping it."""


def load(store: Store, inbox: Inbox, deliveries: Sequence[Delivery], terms: Terms) -> list[Report]:
    """Load files into the warehouse, all or none, and give a report for each, in their order.

    A file that was loaded before into the same table under the same map and flags is not read again: its rows are
    all "unchanged". But where other files of the table came since, a state table's file may say that things are again as
    they were; so it is loaded again, if it is the command's only one for the table (of several, none is the latest). Under
    another map or other flags, its earlier batch is retracted. Raises ``DataError`` for a file
    that cannot be read as the table, ``UnavailableError`` when the disk is full.
    """
    counts = Counter(delivery.incoming.table.name for delivery in deliveries)
    messages = [
        _message(store, delivery, terms, alone=counts[delivery.incoming.table.name] == 1) for delivery in deliveries
    ]
    messages = [
        replace(message, payload={**message.payload, "command": messages[0].message_id}) for message in messages
    ]
    fresh = [not _loaded(store, message) for message in messages]
    numbers = [0] * len(messages)
    if not terms.dry_run:
        waiting = iter(inbox.add([m for m, new in zip(messages, fresh, strict=True) if new], aware(terms.now)))
        numbers = [next(waiting) if new else 0 for new in fresh]
    taken = [number for number in numbers if number]
    try:
        places = [
            Place(inbox.epoch, number, message.message_id) for number, message in zip(numbers, messages, strict=True)
        ]
        reports, kept = apply(store, deliveries, places, terms)
    except BaseException:
        forget(inbox, taken)
        raise
    inbox.mark(taken, "done" if kept else "dropped")
    return reports


def apply(
    store: Store, deliveries: Sequence[Delivery], places: Sequence[Place], terms: Terms
) -> tuple[list[Report], bool]:
    """The warehouse's part of ``load``: one transaction. ``places``: each delivery's place in the inbox.

    Gives the reports, and whether anything was kept.
    """
    reports: list[Report] = []
    try:
        with store.transaction() as con:
            reports = _load_all(con, deliveries, terms, places)
            _undo_unless_wanted(terms, reports)
    except _UndoError:
        return [replace(report, batch=None) for report in reports], False
    return reports, True


def recover(store: Store, inbox: Inbox) -> tuple[int, int]:
    """Settle what a crash left pending: done if its batch is in the warehouse, else dropped. Gives both counts.

    What is dropped had not been acknowledged; sent again, it is taken as if for the first time.
    """
    pending = inbox.records(state="pending", kind=(KIND, RECORDED, HANDLED))
    if not pending:
        return 0, 0
    stored = {
        row[0]
        for table in ("batch", "handled_row")
        for row in store.rows(f"SELECT inbox_seq FROM main.{table} WHERE inbox_epoch = ?", [inbox.epoch])
    }
    done = [record.seq for record in pending if record.seq in stored]
    dropped = [record.seq for record in pending if record.seq not in stored]
    inbox.mark(done, "done")
    inbox.mark(dropped, "dropped")
    return len(done), len(dropped)


def message_id(delivery: Delivery, flags: Mapping[str, Any]) -> str:
    """The name of a delivery: the same file, table, map, looked-up files and flags have the same one."""
    parts = [
        delivery.sha256,
        delivery.incoming.table.name,
        delivery.incoming.map_hash,
        json.dumps(flags, sort_keys=True),
        json.dumps(sorted(delivery.lookups.items())),
    ]
    if delivery.mends:
        parts.append(json.dumps(delivery.mends.told(), sort_keys=True))
    return hashlib.sha256("\n".join(parts).encode()).hexdigest()


def _message(store: Store, delivery: Delivery, terms: Terms, *, alone: bool) -> Message:
    incoming = delivery.incoming
    flags = _flags(delivery, terms)
    name = _numbered(store, incoming.table, message_id(delivery, flags), alone=alone)
    payload = {
        "file": incoming.file,
        "table": incoming.table.name,
        "archived": delivery.archived,
        "sha256": delivery.sha256,
        "map": delivery.map_text,
        "map_hash": incoming.map_hash,
        "lookups": {k: list(v) for k, v in delivery.lookups.items()},
        "flags": flags,
        "source": delivery.source,
        "home_zone": terms.zone,
        "now": aware(terms.now).isoformat(),
    } | ({"origin": terms.origin} if terms.origin else {})
    told: dict[str, Any] = {name_: payload[name_] for name_ in ("table", "map_hash", "source")}
    if delivery.mends:
        payload["mends"] = delivery.mends.told()
        told |= {
            "rows": len({row.id for row in delivery.mends.rows}),
            "cells": sum(len(r.cells) for r in delivery.mends.rows),
        }
    if delivery.by:
        payload |= {"by": delivery.by, "reason": delivery.reason}
    act = Act.REPLAYED if delivery.mends else Act.MENDED if delivery.by else Act.LOADED
    return Message(SOURCE, name, KIND, payload, act, told)


def _numbered(store: Store, table: Table, name: str, *, alone: bool) -> str:
    """The id of the batch that ``name`` stands for: the latest one if that still counts, else the next (``name.1``)."""
    batches = store.rows(
        "SELECT message_id, retracted_by IS NOT NULL, EXISTS (SELECT 1 FROM batch l WHERE l.table_name = b.table_name "
        "AND l.batch > b.batch AND l.known_at <> b.known_at) "  # a command's batches have one moment
        "FROM batch b WHERE split_part(message_id, '.', 1) = ? ORDER BY batch",
        [name],
    )
    if not batches:
        return name
    latest, retracted, others_since = batches[-1]
    if retracted or (others_since and alone and not table.events):
        return f"{name}.{len(batches)}"
    return str(latest)


def aware(now: datetime) -> datetime:
    """In UTC; a time without a zone is taken to be."""
    return now.astimezone(UTC) if now.tzinfo else now.replace(tzinfo=UTC)


def _naive(now: datetime) -> datetime:
    return aware(now).replace(tzinfo=None)


def _loaded(store: Store, message: Message) -> bool:
    return bool(store.rows("SELECT 1 FROM batch WHERE message_id = ? AND retracted_by IS NULL", [message.message_id]))


def _load_all(
    con: duckdb.DuckDBPyConnection, deliveries: Sequence[Delivery], terms: Terms, places: Sequence[Place]
) -> list[Report]:
    reports = []
    batch = con.execute("SELECT coalesce(max(batch), 0) FROM batch").fetchall()[0][0]
    for delivery, place in zip(deliveries, places, strict=True):
        known = _known_report(con, delivery, place.message_id)
        if known is not None:
            reports.append(known)
            continue
        batch += 1
        if delivery.mends is None and not terms.apart:
            _retract_earlier(con, delivery, places, batch, terms.now)
        elif delivery.mends is not None and not delivery.mends.anew:
            delivery = replace(delivery, incoming=narrowed(con, delivery.incoming, delivery.mends, terms.zone))  # noqa: PLW2901
        staged, reading = stage(con, delivery.incoming, terms.zone, "load_stage")
        _needs_required(con, staged.table, staged.present, delivery.incoming.file)
        origin = Origin(
            batch,
            place.message_id,
            place.epoch,
            place.seq,
            _naive(terms.now),
            json.dumps(_flags(delivery, terms), sort_keys=True),
        )
        report = append(con, delivery, staged, reading, origin, terms.history)
        if delivery.mends is not None:
            report = replace(report, replayed=_settle_mended(con, delivery.mends, staged, origin))
        reports.append(report)
        _drop_temporary(con)
    return reports


def _flags(delivery: Delivery, terms: Terms) -> dict[str, Any]:
    flags = {"history": terms.history, "zone": delivery.incoming.zone, "mode": delivery.incoming.mode}
    flags |= {"apart": terms.origin} if terms.apart else {}
    return flags | ({"mends": delivery.mends.of} if delivery.mends else {})


def _settle_mended(con: duckdb.DuckDBPyConnection, mends: Mends, staged: Staged, origin: Origin) -> tuple[str, ...]:
    """Say of the mended rows that they are replayed, and give their ids; those that are refused again stay what they were, failed rows of the load
    that refused them first.
    """
    bad = con.execute(f"SELECT rowid - {staged.base} FROM temp.{quoted(staged.name)} WHERE state <> {GOOD}").fetchall()
    # of a file made anew the n-th line is the n-th row
    wrong = {row.id for nth, row in enumerate(mends.rows) if ((row.line - 1 if mends.anew else nth),) in bad}
    good = sorted({row.id for row in mends.rows} - wrong)
    con.execute(
        "INSERT INTO main.handled_row SELECT unnest(?::VARCHAR[]), 'replayed', ?, ?, ?, ?, ?, ?",
        [
            good, mends.by, mends.reason, origin.now, origin.batch, origin.epoch,
            origin.seq,
        ],
    )  # fmt: skip
    return tuple(good)


def _known_report(con: duckdb.DuckDBPyConnection, delivery: Delivery, message: str) -> Report | None:
    rows = con.execute(
        "SELECT read, rejected, batch FROM batch WHERE message_id = ? AND retracted_by IS NULL", [message]
    ).fetchall()
    if not rows:
        return None
    read, rejected, batch = rows[0]
    return Report(
        delivery.incoming.file,
        delivery.incoming.table.name,
        read,
        0,
        read - rejected,
        0,
        rejected,
        batch=batch,
        warnings=("This file was loaded before; nothing was done.",),
    )


def _retract_earlier(
    con: duckdb.DuckDBPyConnection, delivery: Delivery, places: Sequence[Place], batch: int, now: datetime
) -> None:
    """The same file for the same table under another map or other flags replaces what it brought before. One command
    may well load a file into a table by several maps: those stand beside each other. Rows of it that were mended stand
    while the load stands that they mend.
    """
    mine = [place.message_id.partition(".")[0] for place in places]
    con.execute(
        "UPDATE batch SET retracted_by = ?, retracted_at = ? WHERE sha256 = ? AND table_name = ? "
        "AND retracted_by IS NULL AND NOT list_contains(?, split_part(message_id, '.', 1)) "
        "AND NOT list_contains(?, split_part(coalesce(flags ->> 'mends', ''), '.', 1))",
        [batch, _naive(now), delivery.sha256, delivery.incoming.table.name, mine, mine],
    )


def _needs_required(con: duckdb.DuckDBPyConnection, table: Table, present: Sequence[str], file: str) -> None:
    """A column that is required and that no file has brought yet makes all rows useless: say so at once."""
    for column in table.columns:
        if not column.required or column.name in present or table.events:
            continue
        known = con.execute(
            "SELECT 1 FROM batch WHERE table_name = ? AND list_contains(from_json(columns, "
            "'[\"VARCHAR\"]'), ?) LIMIT 1",
            [table.name, column.name],
        ).fetchall()
        if not known:
            raise DataError(
                f"The file has no column for {column.name}, and no other file has brought it.",
                code="missing_column",
                where=file,
                fix=f"Name the columns as in `tenure tables {table.name}`, or say in a map which columns of "
                "the file they are.",
            )


def _drop_temporary(con: duckdb.DuckDBPyConnection) -> None:
    names = con.execute(
        "SELECT table_name FROM duckdb_tables() WHERE temporary AND starts_with(table_name, 'load_')"
    ).fetchall()
    for (name,) in names:
        con.execute(f'DROP TABLE temp."{name}"')


def _undo_unless_wanted(terms: Terms, reports: Sequence[Report]) -> None:
    if terms.dry_run or (terms.strict and any(report.rejected for report in reports)):
        raise _UndoError


def forget(inbox: Inbox, numbers: Sequence[int]) -> None:
    """Drop messages whose rows were not stored."""
    try:
        inbox.mark(numbers, "dropped")
    except TenureError:
        # The disk that refused the rows may refuse this too; what is pending is dropped when the workspace is opened.
        return
