"""What is asked of how data comes in: the part of a sight for those who look after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from pathlib import Path

    from tenure.core.acts import Act
    from tenure.engine.verbs.flow import Flowed
    from tenure.engine.verbs.preview_events import EventsPreviewed
    from tenure.engine.verbs.save_events import EventsSaved
    from tenure.figures.scope import Scope


class Operated:
    """Verbs about what comes in. They answer for a scope that holds everything only."""

    home: Path
    scope: Scope

    def _call(self, verb: str, request: Any) -> Any:
        raise NotImplementedError

    def flow(self, *, hours: int = 24) -> Flowed:
        """What came in during the last ``hours``, from where, and what became of it; and of each source what it ever brought.

        Raises ``UsageError`` through a narrow scope.
        """
        from tenure.engine.verbs.flow import Flow

        answer: Flowed = self._call("flow", Flow(hours, self.scope))
        return answer

    def events_map(self) -> tuple[str, str]:
        """The map of events in force, word for word, and its version; of one that is wrong, too."""
        from tenure.engine.events import text_of
        from tenure.engine.verbs.save_events import version

        text = text_of(self.home)
        return text, version(text)

    def preview_events(self, text: str) -> EventsPreviewed:
        """What the last events would become by another map; nothing is changed. Raises ``UsageError`` for one that is wrong."""
        from tenure.engine.verbs.preview_events import PreviewEvents

        answer: EventsPreviewed = self._call("preview_events", PreviewEvents(text, self.scope))
        return answer

    def save_events(self, text: str, *, over: str) -> EventsSaved:
        """Put another map of events in force; ``over``: the version that it is to follow. Raises ``UsageError`` for one that is
        wrong, and where another was saved meanwhile (``changed_meanwhile``).
        """
        from tenure.engine.verbs.save_events import SaveEvents

        answer: EventsSaved = self._call("save_events", SaveEvents(text, over, self.scope))
        return answer

    def note_source(self, act: Act, name: str, **detail: Any) -> None:
        """Note in the audit log what was done with a source: names and counts, never a secret. Raises ``UsageError`` through a
        narrow scope.
        """
        from tenure.engine.verbs.note_source import NoteSource

        self._call("note_source", NoteSource(act, name, detail, self.scope))
