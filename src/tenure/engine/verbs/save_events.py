"""``save_events``: put another map of events in the place of the one in force."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from tenure.core.acts import Act
from tenure.core.errors import UsageError
from tenure.engine.events import OWN, text_of
from tenure.engine.in_force import put, version
from tenure.engine.verbs.preview_events import PreviewEvents, preview_events
from tenure.figures.scope import EVERYTHING, Scope
from tenure.warehouse.store import explained

if TYPE_CHECKING:
    from tenure.engine.desk import Desk


@dataclass(frozen=True)
class SaveEvents:
    """``text``: of the map, word for word. ``over``: the version that it is to follow: if another one is in force by now,
    nothing is saved.
    """

    text: str
    over: str
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class EventsSaved:
    """``version``: which is in force now."""

    version: str


def save_events(desk: Desk, request: SaveEvents) -> EventsSaved:
    """Save a map that the last events can be read by, as a file of the workspace. Raises ``UsageError`` for one that is wrong."""
    preview_events(desk, PreviewEvents(request.text, request.scope))
    before = version(text_of(desk.home))
    if before != request.over:
        raise UsageError(
            "Somebody saved another map meanwhile.", code="changed_meanwhile", fix="Look at what it says now, and change that."
        )  # fmt: skip
    path = desk.home / OWN
    try:
        put(path, request.text)
    except OSError as error:
        raise explained(error, path) from error
    saved = version(request.text)
    desk.note(Act.SETTINGS_CHANGED, "file", OWN, before=before, after=saved)
    return EventsSaved(saved)
