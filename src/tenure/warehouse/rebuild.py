"""The warehouse made anew from the inbox and the archive, equal to the row.

Whatever was done is done again in the same order, with the same moment, map and flags, into a new file that takes the
place of the old one only when it is whole. What was refused, dropped or rolled back is not repeated.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from itertools import groupby
from pathlib import Path

import duckdb

from tenure.core.errors import DataError
from tenure.warehouse import archive
from tenure.warehouse.inbox import Inbox, Record
from tenure.warehouse.incoming import Incoming
from tenure.warehouse.load import KIND, Delivery, Mends, Place, Report, Terms, apply, handled, recorded
from tenure.warehouse.store import FILE, Store

UNFINISHED = "warehouse.rebuild.duckdb"

# Reads an archived file again, under the map and the flags that its record names.
Read = Callable[[Record, Path], Sequence[Incoming]]


def rebuild(home: Path, inbox: Inbox, read: Read) -> list[Report]:
    """Make the warehouse of the workspace ``home`` anew. It must not be open.

    ``read`` gives the record's rows from its archived file; what was told without a file is read from the inbox. Gives a
    report for each file. Raises ``DataError`` when an archived file is missing or
    was changed: the old warehouse then stays.
    """
    _remove(home / UNFINISHED)
    reports: list[Report] = []
    with Store.create(home, file=UNFINISHED) as store:
        for command in _commands(inbox):
            if command[0].kind == recorded.KIND:
                _told_again(store, inbox, command[0])
            elif command[0].kind == handled.KIND:
                with store.transaction() as con:
                    handled.again(con, inbox.epoch, command[0])
            else:
                reports += _again(home, store, inbox, command, read)
        store.con.execute("CHECKPOINT")
    _settle_old(home)
    (home / UNFINISHED).replace(home / FILE)
    return reports


def _commands(inbox: Inbox) -> Iterator[list[Record]]:
    records = inbox.records(state="done", kind=(KIND, recorded.KIND, handled.KIND))
    for _, group in groupby(records, key=lambda record: record.payload.get("command", record.seq)):
        yield list(group)


def _told_again(store: Store, inbox: Inbox, message: Record) -> None:
    told = recorded.told_in(message)
    place = Place(inbox.epoch, message.seq, recorded.batch_id(message.message_id))
    terms = Terms(datetime.fromisoformat(message.payload["now"]), told.zone, strict=True)
    apply(store, [told.delivery(message.message_id)], [place], terms)


def _again(home: Path, store: Store, inbox: Inbox, command: Sequence[Record], read: Read) -> list[Report]:
    deliveries = [_delivery(home, record, read) for record in command]
    first = command[0].payload
    flags, origin = first["flags"], first.get("origin", "")
    terms = Terms(
        datetime.fromisoformat(first["now"]), first["home_zone"], bool(flags["history"]), origin=origin, apart="apart" in flags
    )  # fmt: skip
    places = [Place(inbox.epoch, record.seq, record.message_id) for record in command]
    try:
        reports, _ = apply(store, deliveries, places, terms)
    finally:
        for delivery in deliveries:
            delivery.incoming.close()
    return reports


def _delivery(home: Path, record: Record, read: Read) -> Delivery:
    said = record.payload
    path = archive.verify(home, said["archived"], said["sha256"])
    lookups = {name: (kept, sha256) for name, (kept, sha256) in said["lookups"].items()}
    for kept, sha256 in lookups.values():
        archive.verify(home, kept, sha256)
    for incoming in read(record, path):
        if incoming.table.name == said["table"] and incoming.map_hash == said["map_hash"]:
            mends = Mends.said(said.get("mends"))
            came_as = said.get(
                "original", said["sha256"]
            )  # known if it comes again, though somebody was erased from it
            return Delivery(incoming, said["archived"], came_as, said["map"], lookups, said["source"], mends)
    raise DataError(
        f"The archived file no longer gives rows for {said['table']}.",
        code="not_readable",
        where=str(path),
        fix="Use the Tenure that loaded it.",
    )


def _settle_old(home: Path) -> None:
    """The old file's log must not be taken for the new one's. A damaged file is past saving; a locked one is not."""
    if (home / FILE).exists():
        try:
            with Store.open(home) as old:
                old.con.execute("CHECKPOINT")
        except (DataError, duckdb.Error):
            (home / FILE).unlink()
    Path(f"{home / FILE}.wal").unlink(missing_ok=True)


def _remove(path: Path) -> None:
    path.unlink(missing_ok=True)
    Path(f"{path}.wal").unlink(missing_ok=True)
