"""``save_settings``: put other settings of the workspace in the place of those in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from tenure.core.acts import Act
from tenure.core.config import FILE, in_force, understood
from tenure.core.errors import UsageError, unknown
from tenure.engine import audits
from tenure.engine.frozen import closes
from tenure.engine.in_force import may_replace, put, version
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.store import explained

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

    from tenure.core.config import Settings
    from tenure.engine.desk import Desk

#: The files that are settings: of the workspace, and the schedule of audits.
FILES = (FILE, audits.FILE)


@dataclass(frozen=True)
class SaveSettings:
    """``text``: of the ``file``, word for word; ``by``: who says so. ``over``: the version that it is to follow, where that matters."""

    text: str
    by: str
    over: str = ""
    file: str = FILE
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class SettingsSaved:
    """``version``: which is in force now; ``changed``: the settings of ``tenure.toml`` that say something else, by their dotted names."""

    version: str
    changed: tuple[str, ...]


def save_settings(desk: Desk, request: SaveSettings) -> SettingsSaved:
    """Write ``tenure.toml`` or ``audits.toml``. Figures are made anew when they are next asked for; what a closed period reported stays.

    Raises ``UsageError`` for settings that are not taken (with the line), for another file, without a name of who saves them, through a narrow
    scope, where other settings are in force than they were to follow, and where periods that are closed would be others by it.
    """
    if request.file not in FILES:
        raise unknown("file of settings", request.file, list(FILES), listing="")
    path, before = desk.home / request.file, version(text_of(desk.home, request.file))
    may_replace(request, before, "Settings are alike for everybody.")
    changed: dict[str, tuple[Any, Any]] = {}
    if request.file == FILE:
        changed = differing(desk.settings, understood(path, request.text))
        _keeps_closed(desk, changed)
    else:
        audits.understood(path, request.text)
    try:
        put(path, request.text)
    except OSError as error:
        raise explained(error, path) from error
    after, values = version(request.text), {name: list(both) for name, both in changed.items()}
    desk.note(Act.SETTINGS_CHANGED, "settings", request.file, before=before, after=after, values=values)
    return SettingsSaved(after, tuple(changed))


def _keeps_closed(desk: Desk, changed: Mapping[str, object]) -> None:
    """Raise where periods that are closed would be other months, or their amounts be shown in another currency."""
    closed = closes(desk)
    cut = sorted(label for grain, label in closed if grain in ("quarter", "half", "year"))
    for name, labels in (("fiscal_year_start", cut), ("currency", sorted(label for _grain, label in closed))):
        if name in changed and labels:
            raise UsageError(
                f"{name} cannot be changed: {labels[0]} is closed and was reported with it.", code="period_closed", where=name,
                fix="What was reported keeps its months and its currency. Another fiscal year or currency needs another workspace.",
            )  # fmt: skip


def differing(before: Settings, after: Settings) -> dict[str, tuple[Any, Any]]:
    """By a setting's dotted name what it was and what it is, of those that differ; None for one that is not said."""
    was, now = in_force(before), in_force(after)
    return {name: (was.get(name), now.get(name)) for name in sorted({*was, *now}) if was.get(name) != now.get(name)}


def text_of(home: Path, file: str = FILE) -> str:
    """What a file says; nothing where there is none."""
    path = home / file
    return path.read_bytes().decode("utf-8-sig") if path.exists() else ""
