"""Reads a map from TOML: every key is checked, and every complaint names the map's line."""

from __future__ import annotations

import codecs
import datetime as dt
import difflib
import re
import tomllib
from collections.abc import Callable, Collection, Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from tenure.core.accept import RefusedError, timezone, word, words
from tenure.core.accept import whole as whole_number
from tenure.core.errors import UsageError
from tenure.sources.files.mapping import Entry, Lookup, Map, Target, canonical_columns
from tenure.warehouse import tables
from tenure.warehouse.table import Table

Accept = Callable[[Any], Any]

_HEADING = re.compile(r"^\s*(\[\[|\[)\s*(?P<name>[^\]]+?)\s*\]")
_KEY = re.compile(r"""^\s*(?:"(?P<double>[^"]*)"|'(?P<single>[^']*)'|(?P<bare>[A-Za-z0-9_.-]+))\s*=""")


def read_map(path: Path) -> Map:
    """The map in ``path``. Raises ``UsageError`` (``bad_map``, ``no_such_file``) with the line of what is wrong."""
    try:
        text = path.read_bytes().decode("utf-8-sig")
    except FileNotFoundError:
        raise UsageError("There is no such map.", code="no_such_file", where=str(path)) from None
    except UnicodeDecodeError:
        raise UsageError(
            "The map is not written in UTF-8.", code="bad_map", where=str(path), fix="Save it as UTF-8."
        ) from None
    except OSError as error:
        raise UsageError(f"The map cannot be read: {error.strerror}.", code="bad_map", where=str(path)) from None
    return parse_map(text, str(path))


def parse_map(text: str, name: str) -> Map:
    """The map written in ``text``; ``name`` stands for the file in messages."""
    try:
        document = tomllib.loads(text, parse_float=Decimal)
    except (tomllib.TOMLDecodeError, RecursionError) as error:
        line = re.search(r"line (\d+)", str(error))
        raise UsageError(
            f"The map is no valid TOML: {error}.",
            code="bad_map",
            where=f"{name}:{line[1]}" if line else name,
            fix="See https://toml.io.",
        ) from None
    return _Reader(name, _places(text, name)).map(document)


def _places(text: str, name: str) -> dict[tuple[int, str], str]:
    """``map:line`` of each key, by the number of its ``[[load]]`` (-1: above the first) and its dotted path."""
    found: dict[tuple[int, str], str] = {(-1, ""): name}
    entry, section = -1, ""
    for number, line in enumerate(text.splitlines(), 1):
        if heading := _HEADING.match(line):
            parts = heading["name"].replace(" ", "").split(".")
            if heading[1] == "[[":
                entry += 1
                found[entry, ""] = f"{name}:{number}"
            section = ".".join(parts[1:])
            found.setdefault((entry if parts[0] == "load" else -1, section), f"{name}:{number}")
        elif key := _KEY.match(line):
            own = key["double"] or key["single"] or key["bare"] or ""
            found.setdefault((entry, f"{section}.{own}" if section else own), f"{name}:{number}")
    return found


class _Reader:
    """Turns the parsed document into entries. ``entry`` is the number of the ``[[load]]`` at hand, -1 above all."""

    def __init__(self, name: str, places: Mapping[tuple[int, str], str]) -> None:
        self.name = name
        self.places = places
        self.entry = -1

    def map(self, document: dict[str, Any]) -> Map:
        loads = document.pop("load", [])
        if not isinstance(loads, list) or not all(isinstance(load, dict) for load in loads):
            raise self.error("load", '"load" is a list of tables: write [[load]], with two brackets.')
        shared = self.settings(document, DEFAULTS, "at the top of a map")
        defaults = Entry(**shared, places=self.own_places())
        entries = []
        for number, load in enumerate(loads):
            self.entry = number
            entries.append(self.one(load, shared))
        return Map(self.name, defaults, tuple(entries))

    def one(self, load: dict[str, Any], shared: dict[str, Any]) -> Entry:
        columns, custom = load.pop("columns", {}), load.pop("custom", {})
        own = self.settings(load, SETTINGS, "in a [[load]]")
        file = own.get("file")
        if file and "#" in file:
            own["file"], own["sheet"] = file.split("#", 1)
        table = self.table(own.get("table"))
        entry = Entry(
            **{**shared, **own},
            columns=self.targets("columns", columns),
            places=self.own_places(),
            custom=self.targets("custom", custom),
        )
        if table:
            self.check_targets(entry, table)
        return entry

    def table(self, name: str | None) -> Table | None:
        if name is None:
            return None
        try:
            return tables.find(name)
        except UsageError as error:
            raise self.error("table", error.message, error.fix) from None

    def own_places(self) -> dict[str, str]:
        """The places of the present entry by key; "" is the entry's own."""
        return {key: place for (entry, key), place in self.places.items() if entry == self.entry}

    def check_targets(self, entry: Entry, table: Table) -> None:
        known = canonical_columns(table)
        for target in entry.columns:
            if target not in known:
                raise self.error(
                    f"columns.{target}",
                    f"The table {table.name} has no column {target!r}.",
                    _near(target, known, "An attribute of your own belongs under [load.custom]."),
                )

    def settings(self, given: dict[str, Any], known: Mapping[str, Accept], place: str) -> dict[str, Any]:
        taken = {}
        for key, value in given.items():
            if key not in known:
                also = ("columns", "custom") if known is SETTINGS else ("load",)
                raise self.error(
                    key,
                    f"There is no key {key!r} {place}.",
                    _near(key, (*known, *also), f"There are: {', '.join((*known, *also))}."),
                )
            taken[key] = self.accepted(key, key, value, known[key])
        return taken

    def accepted(self, path: str, key: str, value: Any, accept: Accept) -> Any:
        try:
            return accept(value)
        except RefusedError as error:
            near = f"Did you mean {error.near!r}?" if error.near else ""
            raise self.error(path, f"{key} = {_shown(value)} is not taken: it must be {error}.", near) from None

    def targets(self, section: str, given: Any) -> dict[str, Target]:
        if not isinstance(given, dict):
            raise self.error(section, f"{section} is a table: write [load.{section}].")
        return {name: self.target(section, name, value) for name, value in given.items()}

    def target(self, section: str, name: str, given: Any) -> Target:
        path = f"{section}.{name}"
        place = self.place(path)
        if isinstance(given, str):
            return Target(source=given, place=place)
        if not isinstance(given, dict):
            raise self.error(
                path,
                f"{name} = {_shown(given)} is not taken: name a column of the file in quotes, or "
                "write { value = ... } for the same value in all rows.",
            )
        said = {}
        for key, value in given.items():
            if key not in TARGET:
                raise self.error(
                    path,
                    f"There is no key {key!r} for a column.",
                    _near(key, TARGET, f"There are: {', '.join(TARGET)}."),
                )
            said["source" if key == "from" else key] = self.accepted(path, f"{name}.{key}", value, TARGET[key])
        if sum(key in said for key in ("source", "value", "expr")) != 1:
            raise self.error(path, f"{name} needs exactly one of from, value and expr.")
        if "lookup" in said and "source" not in said:
            raise self.error(path, f'{name}: a lookup needs the column it looks up: from = "...".')
        return Target(**said, place=place)

    def place(self, path: str) -> str:
        """The line of the key, or of the nearest thing around it."""
        while True:
            if (self.entry, path) in self.places:
                return self.places[self.entry, path]
            if not path:
                return self.places.get((self.entry, ""), self.name)
            path = path.rpartition(".")[0]

    def error(self, path: str, message: str, fix: str = "") -> UsageError:
        return UsageError(message, code="bad_map", where=self.place(path), fix=fix)


def _near(name: str, known: Collection[str], otherwise: str) -> str:
    near = difflib.get_close_matches(name, known, n=3, cutoff=0.5)
    return f"Did you mean {', '.join(near)}?" if near else otherwise


def _shown(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= 60 else text[:60] + "…"


def as_text(value: Any) -> str:
    """A value of TOML as the text a file would hold."""
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, str):
        return value
    if isinstance(value, int):
        return str(value)
    if isinstance(value, Decimal) and value.is_finite():
        return f"{value:f}"
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    raise RefusedError("a text, a number, true, false or a date")


def _text_table(value: Any) -> dict[str, str]:
    if not isinstance(value, dict) or not value:
        raise RefusedError('a table of texts, as { Basic = "small", Pro = "large" }')
    return {key: as_text(item) for key, item in value.items()}


def _one_of(*choices: str) -> Accept:
    def accept(value: Any) -> str:
        if value not in choices:
            near = difflib.get_close_matches(str(value), choices, n=1)
            raise RefusedError(" or ".join(f'"{choice}"' for choice in choices), near[0] if near else "")
        return str(value)

    return accept


def _encoding(value: Any) -> str:
    try:
        "".encode(value)
        return codecs.lookup(value).name
    except (LookupError, TypeError, ValueError):
        raise RefusedError('the name of a text encoding, as "utf-8", "cp1252" or "iso-8859-15"') from None


def _delimiter(value: Any) -> str:
    if not isinstance(value, str) or len(value) != 1 or value in '"\r\n' or not value.isascii():
        raise RefusedError(r'one character, as ";" or "\t"')
    return value


def _quote(value: Any) -> str:
    if not isinstance(value, str) or len(value) > 1 or value in ("\r", "\n") or not value.isascii():
        raise RefusedError("""one character, as '"', or "" where nothing is quoted""")
    return value


def _date_format(value: Any) -> str:
    if value in ("iso", "epoch", "epoch_ms"):
        return str(value)
    if not isinstance(value, str) or "%" not in value or re.search(r"%(?![aAbBdDHIjmMpSfyYzZ%-])", value):
        raise RefusedError('"iso", "epoch" (seconds), "epoch_ms" or a format as "%d/%m/%Y %H:%M"')
    return value


def _lookup(value: Any) -> Lookup:
    wanted = {"file", "key", "value"}
    if not isinstance(value, dict) or set(value) != wanted or not all(isinstance(part, str) for part in value.values()):
        raise RefusedError('{ file = "other.csv", key = "its column", value = "its column" }')
    if Path(value["file"]).name != value["file"]:
        raise RefusedError("a lookup into a file in the same folder")
    return Lookup(**value)


DEFAULTS: dict[str, Accept] = {
    "mode": _one_of("upsert", "full", "histories"),
    "sheet": word,
    "encoding": _encoding,
    "delimiter": _delimiter,
    "quote": _quote,
    "decimal": _one_of(".", ","),
    "thousands": _one_of(",", ".", " ", "'", ""),
    "timezone": timezone,
    "date_format": _date_format,
    "ends": _one_of("exclusive", "inclusive"),
    "ignore": words,
    "source": word,
    "skip": whole_number(0, 1_000),
}
SETTINGS: dict[str, Accept] = {"file": word, "table": word, "where": word, "header": words, **DEFAULTS}
TARGET: dict[str, Accept] = {
    "from": word,
    "value": as_text,
    "expr": word,
    "values": _text_table,
    "default": as_text,
    "format": _date_format,
    "zone": timezone,
    "decimal": DEFAULTS["decimal"],
    "thousands": DEFAULTS["thousands"],
    "lookup": _lookup,
}
