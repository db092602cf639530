"""The warehouse: whether its file is whole, and it holds what the inbox has handed on."""

from __future__ import annotations

import tempfile
from collections.abc import Iterator
from contextlib import closing
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.engine.verbs.rebuild import opened_again
from tenure.engine.verified.part import Damage, Part, few
from tenure.warehouse import archive, rebuild
from tenure.warehouse.load import KIND, recorded
from tenure.warehouse.schema import quoted
from tenure.warehouse.store import CATALOG, FILE, Store
from tenure.warehouse.tables import all_tables

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tenure.engine.desk import Desk
    from tenure.warehouse.inbox import Record
    from tenure.warehouse.incoming import Incoming

_FIX = "Run: tenure rebuild (it makes the warehouse anew from the archive)."


def look(desk: Desk, budget: int | None, *, deep: bool) -> Part:
    """What was found. ``budget``: the largest file that is read whole; any without. ``deep``: it is held against one that is made
    anew from the archive.
    """
    store = desk.store
    with store.reporting():
        wanted, there = _wanted(desk), {row[0] for row in store.rows("SELECT message_id FROM main.batch")}
        damage = [
            Damage(FILE, f"Message {number} of the inbox is not in the warehouse.", _FIX)
            for name, number in wanted.items()
            if name not in there
        ]
        damage += _not_told(desk)
        size = store.path.stat().st_size
        whole = budget is None or size <= budget
        rows = _rows(store)
        if whole:
            _read(store)
        if deep and not damage:
            damage += _anew(desk)
    return Part("warehouse", {"batches": len(there), "rows": rows, "bytes": size}, few(damage, FILE), 0 if whole else 1)


def _wanted(desk: Desk) -> dict[str, int]:
    """The batches that the inbox's messages must have brought, and the message's number."""
    records = desk.inbox.records(state="done", kind=(KIND, recorded.KIND))
    return {
        recorded.batch_id(one.message_id) if one.kind == recorded.KIND else one.message_id: one.seq for one in records
    }


def _not_told(desk: Desk) -> Iterator[Damage]:
    """Batches of this very inbox of which it has no message."""
    numbers = {number for number, _ in desk.inbox.messages_done()}
    rows = desk.store.rows(
        "SELECT batch, inbox_seq FROM main.batch WHERE inbox_epoch = ? ORDER BY batch", [desk.inbox.epoch]
    )
    for batch, number in rows:
        if number not in numbers:
            yield Damage(
                FILE, f"Batch {batch} comes from message {number}, which the inbox does not have.",
                "Restore the inbox from a backup: it is older than the warehouse, or something was removed from it.",
            )  # fmt: skip


def _rows(store: Store) -> int:
    """How many rows the canonical tables have."""
    return sum(int(store.value(f"SELECT count(*) FROM main.{quoted(name)}")) for name in all_tables())


def _read(store: Store) -> None:
    """Read every block, each of which has its sum: of what was derived, too."""
    tables = store.rows("SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = ?", [CATALOG])
    for schema, name in tables:
        store.rows(f"SELECT bit_xor(hash(t)) FROM {quoted(schema)}.{quoted(name)} t")


def _anew(desk: Desk) -> Iterator[Damage]:
    """Tables that come out otherwise when the warehouse is made anew."""
    with tempfile.TemporaryDirectory(prefix=".verify-", dir=desk.home) as folder:
        scratch = Path(folder)
        (scratch / archive.FOLDER).symlink_to(desk.home / archive.FOLDER, target_is_directory=True)

        def read(record: Record, path: Path) -> Sequence[Incoming]:
            desk.progress(f"reading {record.payload['file']}", record.seq, 0)
            return [opened_again(desk.home, record, path)]

        rebuild.rebuild(scratch, desk.inbox, read)
        with closing(Store.open(scratch)) as other:
            for name in all_tables():
                here, there = (_content(store, name) for store in (desk.store, other))
                if here != there:
                    message = f"The table {name} has {here[0]:,} rows, and comes out otherwise from the archive ({there[0]:,} rows)."
                    yield Damage(FILE, message, _FIX)


def _content(store: Store, table: str) -> tuple[int, int]:
    """How many rows a table has, and what they say, in whatever order."""
    rows = store.rows(f"SELECT count(*), coalesce(sum(hash(t)::HUGEINT), 0) FROM main.{quoted(table)} t")
    return int(rows[0][0]), int(rows[0][1])
