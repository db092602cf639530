"""``note_source``: who did what with a source, into the audit log."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from tenure.core.acts import Act
from tenure.core.errors import UsageError
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

#: What can be done with a source.
_OF_SOURCES = frozenset({Act.SOURCE_ADDED, Act.SOURCE_CHANGED, Act.SOURCE_REMOVED, Act.SECRET_CHANGED, Act.SYNCED})


@dataclass(frozen=True)
class NoteSource:
    """``act``: what was done to the source of that name; ``detail``: names and counts, never a secret. ``scope``: must hold
    everything.
    """

    act: Act
    name: str
    detail: Mapping[str, Any] = field(default_factory=dict)
    scope: Scope = EVERYTHING


@dataclass(frozen=True)
class SourceNoted:
    """It stands in the log."""

    act: str
    name: str


def note_source(desk: Desk, request: NoteSource) -> SourceNoted:
    """Note it, and take ``sources.toml`` as it now is for known. Raises ``UsageError`` through a narrow scope."""
    if request.scope.narrow:
        raise UsageError("Sources are for those who see everything.", code="narrow_scope")
    if request.act not in _OF_SOURCES:
        raise UsageError("That is not done to a source.", code="bad_act", where=request.act)
    desk.note(request.act, "source", request.name, **request.detail)
    return SourceNoted(str(request.act), request.name)
