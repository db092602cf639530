"""Whether everything that was received is somewhere: counts of what came in beside counts of what lies there now.

Of a load: read = loaded + unchanged + superseded + rejected, and a rejected row is a failed row, which is open, replayed or
discarded. Of events: received = again + new ones, and a new one waits or was handed on. What is counted twice here, once when it
was done and once now, differs only where something was lost or changed behind Tenure's back.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

from tenure.warehouse.inbox import Inbox
from tenure.warehouse.load import KIND, handled, recorded
from tenure.warehouse.schema import is_on_disk, on_disk
from tenure.warehouse.store import Store
from tenure.warehouse.tables import all_tables

_RESTORE = "Restore the newest backup beside this workspace and compare them; write to nothing until then."
_REBUILD = "Make the warehouse anew from the inbox and the archive: tenure rebuild"
_RECEIVED = "What sent them has to send again what is missing; then restore the newest backup and compare."


@dataclass(frozen=True)
class Mismatch:
    """Two counts of one thing that differ. ``where``: which thing; ``code``: for programs."""

    code: str
    where: str
    message: str
    fix: str


def mismatches(store: Store, inbox: Inbox, home: Path) -> list[Mismatch]:
    """Every mismatch between what was counted and what is there."""
    return [
        *_of_loads(store),
        *_of_rows(store),
        *_of_messages(store, inbox),
        *_of_the_end(store, inbox),
        *_of_archive(store, home),
        *_of_events(store, inbox),
    ]


def _of_loads(store: Store) -> Iterator[Mismatch]:
    """Of each load its own counts, and its failed rows."""
    rows = store.rows(
        "SELECT b.batch, b.file, b.read, b.loaded, b.unchanged, b.superseded, b.rejected, b.stored IS NOT NULL, "
        "coalesce(f.rows, 0) FROM main.batch b LEFT JOIN (SELECT batch, count(DISTINCT row) + count(*) FILTER (row IS NULL) "
        "AS rows FROM main.failed_row WHERE code <> 'contradicted' GROUP BY batch) f ON f.batch = b.batch ORDER BY b.batch"
    )
    for batch, file, read, loaded, unchanged, superseded, rejected, counted, failed in rows:
        parts = loaded + unchanged + superseded + rejected
        if read != parts:
            yield Mismatch(
                "counts_differ", f"load {batch} ({file})",
                f"{read:,} rows were read, but {loaded:,} loaded + {unchanged:,} unchanged + {superseded:,} superseded + "
                f"{rejected:,} rejected are {parts:,}.", _REBUILD,
            )  # fmt: skip
        if counted and failed != rejected:
            yield Mismatch(
                "failed_rows_differ", f"load {batch} ({file})",
                f"{rejected:,} rows were rejected, but {failed:,} failed rows are there.", _REBUILD,
            )  # fmt: skip


def _of_rows(store: Store) -> Iterator[Mismatch]:
    """Of each load the rows that it wrote."""
    wrote = {
        (table, batch): (stored, file)
        for table, batch, stored, file in store.rows("SELECT table_name, batch, stored, file FROM main.batch")
    }
    for table in all_tables():
        if not is_on_disk(store.con, table):
            continue
        there = dict(store.rows(f"SELECT batch, count(*) FROM {on_disk(table)} GROUP BY batch"))
        mine = {batch: told for (name, batch), told in wrote.items() if name == table}
        for batch, (stored, file) in mine.items():
            if stored is not None and there.get(batch, 0) != stored:
                yield Mismatch(
                    "rows_differ", f"load {batch} ({file})",
                    f"{stored:,} rows were written to {table}, but {there.get(batch, 0):,} are there.", _REBUILD,
                )  # fmt: skip
        if table != "retraction" and (loose := sum(n for batch, n in there.items() if batch not in mine)):
            yield Mismatch("rows_of_no_load", table, f"{loose:,} rows of {table} are of no load.", _REBUILD)


def _of_messages(store: Store, inbox: Inbox) -> Iterator[Mismatch]:
    """Every message that is done is in the warehouse, and nothing is there that no message told."""
    told = {name: seq for seq, _, _, name in inbox.names((KIND,))}
    told |= {recorded.batch_id(name): seq for seq, _, _, name in inbox.names((recorded.KIND,))}
    batches = dict(store.rows("SELECT message_id, file FROM main.batch"))
    for name in told.keys() - batches.keys():
        yield Mismatch(
            "load_missing",
            f"message {told[name]}",
            "The inbox has a message as done that the warehouse has not.",
            _REBUILD,
        )
    lost = sorted(batches[name] for name in batches.keys() - told.keys())
    if lost:
        yield Mismatch(
            "inbox_short", inbox.path.name,
            f"The warehouse has {len(lost):,} loads that the inbox does not know (of {', '.join(lost[:3])}"
            f"{', …' if len(lost) > 3 else ''}): the inbox lost what came last.", _RESTORE,
        )  # fmt: skip
    sql = "SELECT max(inbox_seq) FROM (SELECT inbox_seq FROM main.{} WHERE inbox_epoch = ?)"
    known = [store.rows(sql.format(table), [inbox.epoch])[0][0] or 0 for table in ("batch", "handled_row")]
    if max(known) > inbox.last() and not lost:
        yield Mismatch(
            "inbox_short", inbox.path.name,
            f"The warehouse has taken message {max(known):,}; the inbox ends with {inbox.last():,}.", _RESTORE,
        )  # fmt: skip


def _of_the_end(store: Store, inbox: Inbox) -> Iterator[Mismatch]:
    """The inbox ends where its witness says, and the warehouse has what was done about failed rows."""
    if inbox.noted() > inbox.last():
        yield Mismatch(
            "inbox_short", inbox.path.name,
            f"Message {inbox.noted():,} was on disk; the inbox ends with {inbox.last():,}: it lost what came last.", _RESTORE,
        )  # fmt: skip
    done = {seq for seq, *_ in inbox.names((handled.KIND,))}
    there = {
        seq for (seq,) in store.rows(
            "SELECT DISTINCT inbox_seq FROM main.handled_row WHERE batch IS NULL AND inbox_epoch = ?", [inbox.epoch]
        )
    }  # fmt: skip
    if done - there and not store.rows("SELECT 1 FROM main.handled_row WHERE inbox_epoch <> ? LIMIT 1", [inbox.epoch]):
        yield Mismatch(
            "handling_missing", f"message {min(done - there)}",
            "The warehouse does not know what was done about failed rows.", _REBUILD,
        )  # fmt: skip


def _of_archive(store: Store, home: Path) -> Iterator[Mismatch]:
    """Every file that was loaded is in the archive. Whether it is as it was, ``tenure verify`` says."""
    files = store.rows(
        "SELECT DISTINCT archived, any_value(file) FROM main.batch WHERE archived <> '' GROUP BY archived"
    )
    missing = sorted(file for archived, file in files if not (home / archived).is_file())
    if missing:
        yield Mismatch(
            "archive_short", "archive",
            f"{len(missing):,} loaded files are not in the archive: {', '.join(missing[:3])}.", _RESTORE,
        )  # fmt: skip


def _of_events(store: Store, inbox: Inbox) -> Iterator[Mismatch]:
    """Events: what was counted when they came, what the inbox has, and what the warehouse read of them."""
    counted: dict[str, int] = {}
    for one in inbox.received():
        counted[one.source] = counted.get(one.source, 0) + one.events - one.again
    there = inbox.events()
    for source in sorted(counted.keys() | there.keys()):
        count = there.get(source, (0, 0))[0]
        if counted.get(source, 0) != count:
            yield Mismatch(
                "events_differ", f"events of {source}",
                f"{counted.get(source, 0):,} different events were received, but the inbox has {count:,}.", _RECEIVED,
            )  # fmt: skip
    read = {
        int(first): rows for first, rows in store.rows(
            "SELECT split_part(file, '-', 2), sum(read)::BIGINT FROM main.batch "
            "WHERE regexp_full_match(file, 'events-[0-9]+-.*') GROUP BY 1"
        )
    }  # fmt: skip
    for handed in inbox.handed():
        where = f"events {handed.first:,} to {handed.last:,}"
        count = inbox.between(handed.first, handed.last)
        if count != handed.events:
            yield Mismatch(
                "events_differ", where, f"{handed.events:,} were handed on, but the inbox has {count:,}.", _RECEIVED
            )
        if read.get(handed.first, 0) != handed.read:
            yield Mismatch(
                "events_differ", where,
                f"{handed.read:,} rows were read of them, but the warehouse has {read.get(handed.first, 0):,}.", _REBUILD,
            )  # fmt: skip
