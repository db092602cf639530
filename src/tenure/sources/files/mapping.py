"""The map: a TOML file that says how a user's files become rows of the canonical tables.

    timezone = "Europe/Berlin"

    [[load]]
    file = "accounts*.csv"
    table = "account"

    [load.columns]
    account_id = "id"
    segment = { from = "plan", values = { Basic = "small", Pro = "large" } }

The reference of every key is docs/reference/map.md. Whatever is not in it is an error with the map's file and line: a
misspelt key that was silently passed over would be a wrong figure.
"""

from __future__ import annotations

import fnmatch
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any

from tenure.core.errors import UsageError
from tenure.warehouse.table import Column, Table, text, time


@dataclass(frozen=True)
class Lookup:
    """A value taken from another file: from the row whose ``key`` column equals, its ``value`` column."""

    file: str
    key: str
    value: str


@dataclass(frozen=True)
class Target:
    """How one column is made: ``source`` (a column of the file), ``value`` (the same text for all rows) or ``expr``.

    ``values`` translates texts; ``default`` stands for what is empty or not in ``values``. ``place``: the map's line.
    """

    source: str | None = None
    value: str | None = None
    expr: str | None = None
    values: Mapping[str, str] | None = None
    default: str | None = None
    format: str | None = None
    zone: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    lookup: Lookup | None = None
    place: str = field(default="", compare=False)


@dataclass(frozen=True)
class Entry:
    """How one kind of file is loaded into one table: a ``[[load]]`` of the map with the map's defaults filled in.

    ``columns``: canonical column -> target. ``custom``: custom attribute -> target. ``places``: key -> ``map:line``.
    """

    file: str | None = None
    table: str | None = None
    columns: Mapping[str, Target] = field(default_factory=dict)
    custom: Mapping[str, Target] = field(default_factory=dict)
    mode: str = "upsert"
    sheet: str | None = None
    encoding: str | None = None
    delimiter: str | None = None
    quote: str | None = None
    decimal: str | None = None
    thousands: str | None = None
    timezone: str | None = None
    date_format: str | None = None
    ends: str = "exclusive"
    ignore: tuple[str, ...] = ()
    where: str | None = None
    source: str | None = None
    skip: int = 0
    header: tuple[str, ...] = ()
    places: Mapping[str, str] = field(default_factory=dict, compare=False)

    def place(self, key: str) -> str:
        """``map.toml:12``: where the map says this, for messages; the entry's own place for what it does not say."""
        return self.places.get(key) or self.places.get("", "")

    @property
    def hash(self) -> str:
        """SHA-256 over what is said, in hexadecimal; comments, order and place in the map do not count."""

        def plain(value: Any) -> Any:
            if isinstance(value, Entry | Target | Lookup):
                said = {
                    item.name: getattr(value, item.name)
                    for item in fields(value)
                    if item.name not in ("place", "places", "file")
                }
                return {"file": value.file, **said} if isinstance(value, Lookup) else said
            raise TypeError(type(value).__name__)

        return hashlib.sha256(json.dumps(self, default=plain, sort_keys=True).encode()).hexdigest()

    @property
    def lookups(self) -> tuple[str, ...]:
        """The names of the other files that values are looked up in, each once."""
        found = [target.lookup.file for target in (*self.columns.values(), *self.custom.values()) if target.lookup]
        return tuple(dict.fromkeys(found))

    def fits(self, table: str, file: str) -> bool:
        """Whether the entry is for this table and file; what it does not name is any."""
        return self.table in (None, table) and (self.file is None or fnmatch.fnmatchcase(file, self.file))


@dataclass(frozen=True)
class Job:
    """One file on its way into one table, by one entry.

    ``beside``: other files it is made of or looks values up in, by name, where they do not lie in the same folder.
    ``name``: what people are told it is called, where that is not its path.
    """

    path: Path
    table: str
    entry: Entry
    beside: Mapping[str, Path] = field(default_factory=dict)
    name: str = ""


@dataclass(frozen=True)
class Plan:
    """What a map makes of a folder. ``jobs`` are in the order of the map, then of the files' names.

    ``unknown``: files of the folder that no entry names. ``unused``: the patterns of entries that no file fits.
    """

    jobs: tuple[Job, ...]
    unknown: tuple[str, ...]
    unused: tuple[str, ...]


@dataclass(frozen=True)
class Map:
    """A map. ``defaults`` is an entry of its own, with what is said above the first ``[[load]]``."""

    path: str
    defaults: Entry
    entries: tuple[Entry, ...]

    def for_file(self, table: str, file: str) -> list[Entry]:
        """The entries for ``tenure load TABLE FILE --map MAP``, each with table and file filled in.

        ``file`` is the file's name without folders. Raises ``UsageError`` where the map has entries and none fits.
        """
        if not self.entries:
            return [replace(self.defaults, table=table, file=file)]
        found = [entry for entry in self.entries if entry.fits(table, file)]
        if not found:
            named = ", ".join(f"{entry.table or 'any table'} from {entry.file or 'any file'}" for entry in self.entries)
            raise UsageError(
                f"The map says nothing of {file!r} for the table {table!r}.",
                code="not_in_map",
                where=self.path,
                fix=f"It loads: {named}.",
            )
        return [replace(entry, table=table, file=file) for entry in found]

    def for_folder(self, folder: Path) -> Plan:
        """The plan for ``tenure load --map MAP FOLDER``. Sub-folders and hidden files are left out.

        Raises ``UsageError`` where the folder is none, or an entry lacks its file or table.
        """
        if not folder.is_dir():
            raise UsageError(
                f"{str(folder)!r} is not a folder.",
                code="not_a_folder",
                where=str(folder),
                fix="Give the folder of the files, or one table and its file: tenure load TABLE FILE.",
            )
        files = sorted(path for path in folder.iterdir() if path.is_file() and not path.name.startswith("."))
        jobs: list[Job] = []
        unused: list[str] = []
        for entry in self.entries:
            if entry.file is None or entry.table is None:
                raise UsageError(
                    "To load a folder each [[load]] needs a file and a table.", code="bad_map", where=entry.place("")
                )
            fitting = [path for path in files if fnmatch.fnmatchcase(path.name, entry.file)]
            jobs += [Job(path, entry.table, replace(entry, file=path.name)) for path in fitting]
            if not fitting:
                unused.append(entry.file)
        known = {job.path for job in jobs} | {folder / name for entry in self.entries for name in entry.lookups}
        known.add(Path(self.path))
        unknown = [path.name for path in files if path not in known and path.resolve() != Path(self.path).resolve()]
        return Plan(tuple(jobs), tuple(unknown), tuple(unused))


NO_MAP = Entry()


def canonical_columns(table: Table) -> dict[str, Column]:
    """The columns a map may fill, by name: the table's own, and those common to all rows."""
    common = (
        time("known_at", "When the row was learned."),
        text("source", "The system it comes from."),
        text("source_id", "The row's id there."),
    )
    return {column.name: column for column in (*common, *table.columns)}
