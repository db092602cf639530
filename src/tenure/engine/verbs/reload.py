"""``reload``: a load's file again, from the archive, under another map."""

from __future__ import annotations

from contextlib import ExitStack, closing
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core.errors import UsageError
from tenure.engine.events import file_of
from tenure.engine.failing import OPEN, by_load, failed_rows, needs_reason, only_whole
from tenure.engine.replaying import Outcome, record_of, replayed
from tenure.engine.verbs.rebuild import opened_again
from tenure.figures.scope import EVERYTHING, Scope
from tenure.sources.files.map_reader import parse_map
from tenure.sources.files.read import open_incoming
from tenure.warehouse import archive
from tenure.warehouse.load import KIND, Delivery, Mends, Report, Terms
from tenure.warehouse.load import load as load_all
from tenure.warehouse.load.mends import file_columns
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenure.engine.desk import Desk
    from tenure.warehouse.inbox import Record


__all__ = ["Reload", "Reloaded", "Report", "reload"]


@dataclass(frozen=True)
class Reload:
    """``batch``: the load. ``map``: the text of the map that is to be right; None only tells of the load, and of its own map.
    ``by`` whom and for which ``reason``. ``dry_run``: only say what would become of its rows. ``scope``: only a whole one.
    """

    batch: int
    map: str | None = None
    by: str = ""
    reason: str = ""
    dry_run: bool = False
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class Reloaded:
    """``before``: what became of the file's rows when it was loaded, under ``map`` (empty where it had none); ``reports``: what
    became of them now, or would. ``columns``: of the file, where nothing but the load is asked for. ``mended``: rows that were
    mended by hand before, and are so again.
    """

    before: Report
    map: str
    reports: tuple[Report, ...]
    dry_run: bool
    columns: tuple[str, ...] = ()
    mended: int = 0


def reload(desk: Desk, request: Reload) -> Reloaded:
    """Load a file of the archive again under another map, which takes the place of the load. Rows of it that were mended by
    hand are mended in the same way again, where they are still refused.

    Raises ``UsageError`` for a load that there is not, was taken back, came of no file or of events (these are replayed), for a map
    that is wrong, without a name or a reason, and through a narrow scope.
    """
    only_whole(request.scope)
    record, before = _load(desk, request.batch)
    if request.map is None:
        return Reloaded(before, record.payload["map"], (), dry_run=True, columns=_columns(desk, record))
    needs_reason(request.by, request.reason)
    said = record.payload
    terms = Terms(desk.clock(), said["home_zone"], bool(said["flags"]["history"]), dry_run=request.dry_run)
    with ExitStack() as stack:
        deliveries = _deliveries(desk, record, request, stack.callback)
        mended = _mended(desk, record.message_id)
        reports = load_all(desk.store, desk.inbox, deliveries, terms)
    again = Outcome()
    if not request.dry_run and mended:
        rows = [row for row in failed_rows(desk, list(mended), missing=True) if row.state == OPEN]
        for message, group in by_load(rows):
            again += replayed(desk, message, group, mended, (request.by, request.reason), dry_run=False)
    return Reloaded(before, said["map"], tuple(reports), request.dry_run, mended=len(again.replayed))


def _mended(desk: Desk, message: str) -> dict[str, dict[str, str | None]]:
    """The rows of a load that were mended by hand, and how; what was brought again as it was is nothing to keep."""
    standing = desk.store.rows(
        "SELECT message_id FROM main.batch WHERE split_part(flags ->> 'mends', '.', 1) = ? AND retracted_by IS NULL "
        "ORDER BY batch",
        [message.partition(".")[0]],
    )
    found = {}
    for (name,) in standing:
        mends = Mends.said(record_of(desk, name).payload.get("mends"))
        for row in mends.rows if mends else ():
            if row.cells:
                found[row.id] = dict(row.cells)
    return found


def _columns(desk: Desk, record: Record) -> tuple[str, ...]:
    path = archive.verify(desk.home, record.payload["archived"], record.payload["sha256"])
    with closing(opened_again(desk.home, record, path)) as incoming, closing(desk.store.cursor()) as cursor:
        return tuple(file_columns(cursor, incoming))


def _load(desk: Desk, batch: int) -> tuple[Record, Report]:
    rows = desk.store.rows(
        "SELECT message_id, file, table_name, read, loaded, unchanged, superseded, rejected, retracted_by, flags ->> 'mends' "
        "FROM main.batch WHERE batch = ?",
        [batch],
    )
    message, file, table, *counts, retracted, mends = rows[0] if rows else ("", "", "", None, None)
    record = record_of(desk, message) if rows and (retracted, mends) == (None, None) else None
    if record is None or record.kind != KIND:
        raise UsageError(
            f"There is no load {batch} of a file.", code="not_found", where=str(batch),
            fix="A failed row names the load that refused it: tenure failed",
        )  # fmt: skip
    if file_of(Path(record.payload["file"]).name):
        raise UsageError(
            "These are events: their map is events.toml, in the workspace.", code="of_events", where=file,
            fix="Mend it, and replay the rows that were refused.",
        )  # fmt: skip
    read, loaded, unchanged, superseded, rejected = counts
    return record, Report(file, table, read, loaded, unchanged, superseded, rejected, batch)


def _deliveries(
    desk: Desk, record: Record, request: Reload, at_the_end: Callable[[Callable[[], None]], object]
) -> list[Delivery]:
    said, text = record.payload, request.map or ""
    path = archive.verify(desk.home, said["archived"], said["sha256"])
    lookups = {name: (kept, sha256) for name, (kept, sha256) in said["lookups"].items()}
    entries = parse_map(text, "map").for_file(said["table"], Path(said["file"]).name.split("#")[0])
    found = []
    for entry in entries:
        unknown = set(entry.lookups) - lookups.keys()
        if unknown:
            raise UsageError(
                f"The file {min(unknown)!r}, in which the map looks values up, was not loaded with this one.",
                code="no_lookup", where="map", fix="Load both files anew: tenure load --map MAP.toml FOLDER",
            )  # fmt: skip
        incoming = open_incoming(
            path, find(said["table"]), zone=said["flags"]["zone"], entry=entry, name=said["file"],
            beside=lambda other: desk.home / lookups[other][0],
        )  # fmt: skip
        at_the_end(incoming.close)
        own = {name: lookups[name] for name in entry.lookups}
        source = entry.source or said["source"]
        found.append(
            Delivery(
                incoming, said["archived"], said["sha256"], text, own, source, by=request.by, reason=request.reason
            )
        )
    return found
