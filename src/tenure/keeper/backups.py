"""Backups that are made, by whoever asks or by the keeper itself: when the last one was, and which are to be removed.

A workspace that wants them made by themselves says so in its file ``backup.toml``::

    folder = "/mnt/backups/tenure"   # another disk, best another machine's
    keep = 14                        # as many as lie there, the oldest go
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError
from tenure.core.toml_text import parsed
from tenure.engine.saving import FOLDER, Saved, back_up
from tenure.warehouse import bundle

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenure.engine.desk import Progress
    from tenure.engine.workspace import Workspace

FILE = "backup.toml"
_KEEP = 14
_SUFFIX = ".tar.zst"
#: In the keeper's folder: what is known of the last backup.
_LAST = "backup.json"


@dataclass(frozen=True)
class Plan:
    """What ``backup.toml`` says. ``folder``: where to; ``keep``: how many stay there."""

    folder: Path
    keep: int = _KEEP
    keys: bool = False
    warehouse: bool = False


@dataclass(frozen=True)
class Last:
    """The last backup that was made. ``at``: UTC."""

    at: datetime
    file: str
    size: int


def make(workspace: Workspace, file: Path, now: datetime, *, keys: bool = False, warehouse: bool = False) -> Saved:
    """Make a backup, and remember that it was made. Raises as ``back_up``."""
    saved = back_up(workspace, file, now, keys=keys, warehouse=warehouse)
    folder = workspace.home / ".keeper"
    folder.mkdir(mode=0o700, exist_ok=True)
    told = json.dumps({"at": now.isoformat(), "file": saved.file, "size": saved.size})
    (folder / f"{_LAST}.part").write_text(told, encoding="utf-8")
    (folder / f"{_LAST}.part").replace(folder / _LAST)
    return saved


class Called:
    """Carries verbs out by a function: for what the keeper does of its own."""

    def __init__(self, call: Callable[[str, Any], Any]) -> None:
        self._call = call

    def call(self, verb: str, request: Any, _progress: Progress) -> Any:
        """As ``Executor.call``."""
        return self._call(verb, request)

    def close(self) -> None:
        """Nothing is held."""


def last(home: Path) -> Last | None:
    """The last backup; None where none was ever made from this folder."""
    try:
        said = json.loads((home / ".keeper" / _LAST).read_text(encoding="utf-8"))
        return Last(datetime.fromisoformat(said["at"]), said["file"], said["size"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


def plan(home: Path) -> Plan | None:
    """What the workspace wants; None where it says nothing. Raises ``UsageError`` for a file that is wrong."""
    path = home / FILE
    if not path.is_file():
        return None
    said = parsed(path.read_text(encoding="utf-8"), str(path), "bad_setting")
    kinds: dict[str, type] = {"folder": str, "keep": int, "keys": bool, "warehouse": bool}
    for name, value in said.items():
        wrong = name not in kinds or type(value) is not kinds[name]
        if wrong or (name == "keep" and value < 1):
            known = "folder (a text), keep (a number from 1 on), keys and warehouse (true or false)"
            raise UsageError(
                f"{name} = {value!r} is not understood.", code="bad_setting", where=str(path), fix=f"It takes {known}."
            )
    return Plan(
        home / said.get("folder", FOLDER),
        said.get("keep", _KEEP),
        said.get("keys", False),
        said.get("warehouse", False),
    )


def by_plan(workspace: Workspace, wanted: Plan, now: datetime) -> Saved:
    """Make a backup as is planned, and remove the oldest of those that were. Only what is known to be a backup is removed."""
    saved = make(
        workspace, _free(wanted.folder, workspace.home, now), now, keys=wanted.keys, warehouse=wanted.warehouse
    )
    mine = sorted(filter(bundle.is_backup, wanted.folder.glob(f"{_stem(workspace.home)}-*{_SUFFIX}")))
    for path in mine[: -wanted.keep]:
        path.unlink()
    return saved


def _stem(home: Path) -> str:
    return home.resolve().name or "tenure"


def _free(folder: Path, home: Path, now: datetime) -> Path:
    return folder / f"{_stem(home)}-{now.replace(tzinfo=UTC):%Y%m%dT%H%M%SZ}{_SUFFIX}"


__all__ = ["FILE", "Last", "Plan", "by_plan", "last", "make", "plan"]
