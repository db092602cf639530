"""What is asked of how data comes in: the part of a sight for those who look after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenure.core.acts import Act
    from tenure.engine.verbs.flow import Flowed
    from tenure.figures.scope import Scope


class Operated:
    """Verbs about what comes in. They answer for a scope that holds everything only."""

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

    def note_source(self, act: Act, name: str, **detail: Any) -> None:
        """Note in the audit log what was done with a source: names and counts, never a secret. Raises ``UsageError`` through a
        narrow scope.
        """
        from tenure.engine.verbs.note_source import NoteSource

        self._call("note_source", NoteSource(act, name, detail, self.scope))
