"""Failed rows: the id of each, what became of it, and what is done about it without bringing it again."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Sequence
from datetime import datetime
from typing import TYPE_CHECKING

from tenure.core.acts import Act
from tenure.warehouse.inbox import Inbox, Message, Record
from tenure.warehouse.load.command import HANDLED, aware, forget
from tenure.warehouse.store import Store

if TYPE_CHECKING:
    import duckdb

KIND, SOURCE = HANDLED, "failed"
OPEN, REPLAYED, DISCARDED, REOPENED = "open", "replayed", "discarded", "reopened"


def handle(store: Store, inbox: Inbox, what: str, ids: Sequence[str], by: str, reason: str, now: datetime) -> None:
    """Say of failed rows that they are ``discarded``, or ``reopened``; on disk, in the inbox first, when this returns."""
    payload = {"what": what, "ids": sorted(ids), "by": by, "reason": reason, "now": aware(now).isoformat()}
    name = hashlib.sha256(json.dumps(payload, sort_keys=True).encode()).hexdigest()
    act = Act.DISCARDED if what == DISCARDED else Act.REOPENED
    (number,) = inbox.add([Message(SOURCE, name, KIND, payload, act, {"rows": len(ids)})], aware(now))
    try:
        with store.transaction() as con:
            again(con, inbox.epoch, Record(number, SOURCE, name, KIND, payload, aware(now), "pending"))
    except BaseException:
        forget(inbox, [number])
        raise
    inbox.mark([number], "done")


def again(con: duckdb.DuckDBPyConnection, epoch: str, message: Record) -> None:
    """What a message says was done, into the warehouse."""
    said = message.payload
    at = datetime.fromisoformat(said["now"]).replace(tzinfo=None)
    con.execute(
        "INSERT INTO main.handled_row SELECT unnest(?::VARCHAR[]), ?, ?, ?, ?, NULL, ?, ?",
        [said["ids"], said["what"], said["by"], said["reason"], at, epoch, message.seq],
    )
