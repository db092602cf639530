"""Events as files, and a map for them: so they go into the warehouse, and are read again, on the way of any file."""

from __future__ import annotations

import json
import re
import tomllib
from collections.abc import Mapping, Sequence
from importlib import resources
from pathlib import Path
from typing import Any

import tomlkit

from tenure.sources.events.plain import Plain
from tenure.sources.events.rows import COMPANIES, PEOPLE, UNREADABLE, USES, Accounts, Rows, Taken, rows
from tenure.sources.files.map_reader import parse_map, read_map
from tenure.sources.files.mapping import Plan

#: How a workspace's own map is called, in its folder.
OWN = "events.toml"
#: Every event that could not be read is a row that is refused, with its reason and the event itself.
_REFUSED: dict[str, Any] = {
    "file": UNREADABLE, "table": "usage", "ignore": ["*"],
    "columns": {
        "event_id": "event_id", "account_id": {"from": "why", "values": {"": ""}}, "feature": {"value": UNREADABLE},
        "occurred_at": {"value": "1970-01-01"}, "properties": "event",
    },
}  # fmt: skip
#: What a part of an event is called in front of the name of what it carries.
_CARRIED = ("traits.", "properties.")
_NAMED = re.compile(rf"events-\d+-({USES}|{PEOPLE}|{COMPANIES}|{UNREADABLE})-\d+\.jsonl")


def map_of(home: Path) -> str:
    """The map of events that a workspace has, else the one that comes with Tenure. Raises ``UsageError`` for one that is
    wrong.
    """
    if (home / OWN).is_file():
        read_map(home / OWN)
    return text_of(home)


def text_of(home: Path) -> str:
    """The same, though it may be wrong."""
    own = home / OWN
    if own.is_file():
        return own.read_bytes().decode("utf-8-sig", "replace")
    return resources.files("tenure.sources.events").joinpath("map.toml").read_text(encoding="utf-8")


def wanted(document: Mapping[str, Any]) -> dict[str, set[str]]:
    """By file, what the map asks for of what events carry."""
    found: dict[str, set[str]] = {}
    for load in document.get("load", ()):
        targets = [*load.get("columns", {}).values(), *load.get("custom", {}).values()]
        named = {target if isinstance(target, str) else target.get("from", "") for target in targets}
        found.setdefault(load.get("file", ""), set()).update(name for name in named if name.startswith(_CARRIED))
    return found


def arranged(
    events: Sequence[Taken], map_text: str, accounts: Accounts, folder: Path, called: str, also: Sequence[Plain] = ()
) -> tuple[str, Plan, Rows]:
    """Write the rows of events into files of a folder. Gives the map that names these, what is to be loaded, and the rows.
    ``called``: how the files' names begin. ``also``: other events by which it is settled whose account a use is.
    """
    document = tomllib.loads(map_text)
    found = rows(events, wanted(document), accounts, also)
    text, plan = written(found, document, folder, called)
    return text, plan, found


def written(found: Rows, document: Mapping[str, Any], folder: Path, called: str) -> tuple[str, Plan]:
    """Write rows into files of a folder. Gives the map that names these, made of the map of events, and what is to be loaded;
    rows that the map leaves out are counted as ``aside``.
    """
    loads = []
    for nth, (file, columns) in enumerate(sorted(found.files), start=1):
        path = folder / name_of(called, file, nth)
        path.write_text(
            "".join(json.dumps(row, ensure_ascii=False) + "\n" for row in found.files[file, columns]), "utf-8"
        )
        own = [_REFUSED] if file == UNREADABLE else [one for one in document["load"] if one.get("file") == file]
        if not own:  # the workspace's own map leaves them out
            found.aside += len(found.files[file, columns])
        loads += [_narrowed(load, columns) | {"file": path.name} for load in own]
    text = tomlkit.dumps({**document, "source": document.get("source", "events"), "load": loads})
    return text, parse_map(text, "map of events").for_folder(folder)


def name_of(called: str, file: str, nth: int) -> str:
    """How a file of events is called."""
    return f"{called}-{file}-{nth}.jsonl"


def file_of(name: str) -> str:
    """Of which of the map's files a file of events holds rows; empty for what is no file of events."""
    found = _NAMED.fullmatch(name)
    return found[1] if found else ""


def _narrowed(load: dict[str, Any], columns: Sequence[str]) -> dict[str, Any]:
    """A load without the columns that none of these events carries."""
    narrowed = dict(load)
    for part in ("columns", "custom"):
        if part in load:
            narrowed[part] = {name: target for name, target in load[part].items() if _there(target, columns)}
    return narrowed


def _there(target: Any, columns: Sequence[str]) -> bool:
    source = target if isinstance(target, str) else target.get("from", "")
    return (not source.startswith(_CARRIED) and source != "account_id") or source in columns
