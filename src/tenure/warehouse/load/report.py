"""What a load is given and what it says of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from tenure.warehouse.incoming import Incoming
from tenure.warehouse.load.mends import Mends


@dataclass(frozen=True)
class Delivery:
    """One file for one table, with what is needed to read it again later.

    ``archived``: its path in the workspace's archive ("" in a dry run); ``sha256`` of its content; ``map_text``: the
    whole map; ``lookups``: the other files the map looks values up in, by name as in the map, with their archived
    path and hash. ``source``: the system the rows come from. ``mends``: which refused rows it brings again, if it does. ``by`` and
    ``reason``: who has it loaded, and why, where that is to be on record.
    """

    incoming: Incoming
    archived: str
    sha256: str
    map_text: str = ""
    lookups: Mapping[str, tuple[str, str]] = field(default_factory=dict)
    source: str = "files"
    mends: Mends | None = None
    by: str = ""
    reason: str = ""


@dataclass(frozen=True)
class FailedRow:
    """A row that was refused. ``line``: of the file, from 1. ``raw``: the row's texts as a JSON object. ``row``: its number in
    the file, from 0; None for a line that is no row.
    """

    line: int
    column: str
    value: str | None
    reason: str
    code: str
    raw: str
    row: int | None = None


@dataclass(frozen=True)
class Report:
    """What became of a file's rows.

    ``read`` = ``loaded`` + ``unchanged`` + ``superseded`` + ``rejected``. ``loaded``: stored, of keys not known
    before, events included; ``superseded``: of known keys with other content (the row replaced what was known, or
    lost to another row of the same file); ``unchanged``: known already.
    ``batch``: None where nothing was written. ``retracted``: keys taken back because a full file lacks them.
    ``failed``: the first refused rows. ``replayed``: the failed rows that it brought again, by their ids; ``outdated``: how many of
    those superseded are known better from a later load.
    """

    file: str
    table: str
    read: int
    loaded: int
    unchanged: int
    superseded: int
    rejected: int
    batch: int | None = None
    retracted: int = 0
    warnings: tuple[str, ...] = ()
    failed: tuple[FailedRow, ...] = ()
    replayed: tuple[str, ...] = ()
    outdated: int = 0

    @property
    def all_rejected(self) -> bool:
        """Whether there were rows and every one was refused."""
        return self.read > 0 and self.rejected == self.read

    def as_dict(self) -> dict[str, object]:
        """The line of ``load --format json``."""
        return {
            "file": self.file,
            "table": self.table,
            "read": self.read,
            "loaded": self.loaded,
            "unchanged": self.unchanged,
            "superseded": self.superseded,
            "rejected": self.rejected,
            "retracted": self.retracted,
            "warnings": list(self.warnings),
        }
