"""Settings that were edited by hand: noticed at the next call, and noted in the audit log.

Files in which a company says how figures, scores and sources are meant are watched by a hash. What a verb writes itself it
notes itself.
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.core import config
from tenure.core.acts import Act
from tenure.core.chain import NOBODY, By, Note, moment
from tenure.core.errors import TenureError
from tenure.core.written import METRICS, MODELS

if TYPE_CHECKING:
    from tenure.engine.desk import Desk
    from tenure.warehouse.inbox import Inbox

#: The folders of settings, besides the workspace itself.
FOLDERS = (METRICS, MODELS, "plans", "playbooks")
#: Under what the inbox keeps how they were.
KEY = "settings"
_NONE = ""


def notice(desk: Desk) -> None:
    """Note each file of settings that says something else than when it was last looked at. Who changed it nobody knows.

    Where the log cannot be written now, it is noticed another time: a question does not fail for it.
    """
    seen = _stamp(desk.home)
    if desk.by == NOBODY or seen == desk.settings_seen:
        return
    try:
        inbox = desk.inbox
        known = _known(inbox)
        now = hashes(desk.home)
        if known.get("files") != now:
            notes = [] if not known else list(_changes(desk, known, now))
            kept = told(now, values(desk.home), moment(desk.clock()))
            inbox.say(KEY, kept, notes, By("", "", desk.by.request))
    except (TenureError, OSError):
        return
    desk.settings_seen = seen


def note(home: Path, inbox: Inbox, what: Note, by: By, now: datetime) -> None:
    """Note what was done, and take the files of settings as they are for known: who changes them so notes that itself."""
    inbox.log.by, inbox.log.at = by, now
    inbox.note(what)
    inbox.say(KEY, told(hashes(home), values(home), moment(now)), (), by)


def hashes(home: Path) -> dict[str, str]:
    """By a file's path in the workspace, a hash of what it says."""
    return {str(path.relative_to(home)): hash_of(path) for path in _files(home)}


def told(hashed: Mapping[str, str], values: Mapping[str, Any], at: str) -> str:
    """What is kept of a look."""
    return json.dumps({"files": hashed, "values": values, "at": at}, sort_keys=True, default=str)


def _known(inbox: Inbox) -> dict[str, Any]:
    text = inbox.about(KEY)
    found: dict[str, Any] = json.loads(text) if text else {}
    return found


def _changes(desk: Desk, known: Mapping[str, Any], now: Mapping[str, str]) -> Iterator[Note]:
    before = known["files"]
    for name in sorted({*before, *now}):
        was, is_ = before.get(name, _NONE), now.get(name, _NONE)
        if was == is_:
            continue
        detail: dict[str, Any] = {"before": was, "after": is_, "since": known["at"], "noticed_by": desk.by.who}
        if name == config.FILE:
            detail["values"] = _differing(known["values"], values(desk.home))
        yield Note(Act.SETTINGS_CHANGED, "settings", name, detail)


def values(home: Path) -> dict[str, Any]:
    """What the settings say, by name; nothing where they cannot be read."""
    try:
        found: dict[str, Any] = json.loads(json.dumps(config.in_force(config.read(home))))
    except TenureError:
        return {}
    return found


def _differing(before: Mapping[str, Any], now: Mapping[str, Any]) -> dict[str, list[Any]]:
    """By setting, what it was and what it is, where both are known."""
    if not before or not now:
        return {}
    names = sorted({*before, *now})
    return {name: [before.get(name), now.get(name)] for name in names if before.get(name) != now.get(name)}


def _files(home: Path) -> list[Path]:
    folders = [home, *(home / name for name in FOLDERS)]
    found = [path for folder in folders for path in folder.glob("*.toml")]
    return sorted(path for path in found if path.is_file() and not path.name.startswith("."))


def _stamp(home: Path) -> tuple[tuple[str, int, int], ...]:
    """What tells that a file was written, without reading it."""
    stats = [(str(path), path.stat()) for path in _files(home)]
    return tuple((name, found.st_mtime_ns, found.st_size) for name, found in stats)


def hash_of(path: Path) -> str:
    """A hash of what a file says."""
    return hashlib.sha256(path.read_bytes()).hexdigest()[:16]
