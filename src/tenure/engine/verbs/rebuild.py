"""``rebuild``: the warehouse made anew from the inbox and the archive."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from tenure.core.acts import Act
from tenure.sources.files.map_reader import parse_map
from tenure.sources.files.mapping import NO_MAP, Entry
from tenure.sources.files.read import open_incoming
from tenure.warehouse import rebuild as again
from tenure.warehouse.tables import find

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.warehouse.inbox import Record
    from tenure.warehouse.incoming import Incoming
    from tenure.warehouse.load import Report


@dataclass(frozen=True)
class Rebuild:
    """Nothing needs to be said."""


@dataclass(frozen=True)
class Rebuilt:
    """A report for each file that was read again."""

    reports: tuple[Report, ...]


def rebuild(desk: Desk, _request: Rebuild) -> Rebuilt:
    """Make the warehouse anew and everything derived from it.

    Raises ``DataError`` when a file of the archive is missing or was changed; the old warehouse then stays.
    """
    reports = remade(desk)
    desk.fresh(desk.clock(), full=True)
    desk.note(Act.REBUILT, "warehouse", files=len(reports), rows=sum(report.read for report in reports))
    return Rebuilt(reports)


def remade(desk: Desk) -> tuple[Report, ...]:
    """Make the warehouse anew, and nothing else. Raises as ``rebuild``."""
    inbox = desk.inbox
    desk.let_go_of_store()

    def read(record: Record, path: Path) -> Sequence[Incoming]:
        desk.progress(f"reading {record.payload['file']}", record.seq, 0)
        return [opened_again(desk.home, record, path)]

    return tuple(again.rebuild(desk.home, inbox, read))


def opened_again(home: Path, record: Record, path: Path) -> Incoming:
    """An archived file, read as it was when it was loaded."""
    return read_again(home, record, path)[0]


def read_again(home: Path, record: Record, path: Path) -> tuple[Incoming, Entry]:
    """The same, and what its map says of it."""
    said = record.payload
    name = Path(said["file"]).name
    entries = parse_map(said["map"], "map").for_file(said["table"], name.split("#")[0]) if said["map"] else [NO_MAP]
    zone = said["flags"]["zone"]
    for entry in entries:
        incoming = open_incoming(
            path, find(said["table"]), zone=zone, entry=entry, name=said["file"],
            beside=lambda other: home / said["lookups"][other][0],
        )  # fmt: skip
        if incoming.map_hash == said["map_hash"] or entry is entries[-1]:
            return incoming, entry
        incoming.close()
    raise AssertionError("a map always has an entry for what it loaded")
