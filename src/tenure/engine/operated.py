"""What is asked of how data comes in: the part of a sight for those who look after it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tenure.core.config import FILE

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from tenure.core.acts import Act
    from tenure.engine.verbs.flow import Flowed
    from tenure.engine.verbs.preview_events import EventsPreviewed
    from tenure.engine.verbs.propose_map import MapProposed
    from tenure.engine.verbs.save_events import EventsSaved
    from tenure.engine.verbs.save_settings import SettingsSaved
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
        from tenure.engine.in_force import version

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

    def settings_file(self, file: str = FILE) -> tuple[str, str]:
        """A file of settings in force, word for word, and its version."""
        from tenure.engine.in_force import version
        from tenure.engine.verbs.save_settings import text_of

        text = text_of(self.home, file)
        return text, version(text)

    def save_settings(self, text: str, *, by: str, over: str = "", file: str = FILE) -> SettingsSaved:
        """Put other settings in force; ``over``: the version that they are to follow; ``file``: ``tenure.toml`` or ``audits.toml``. Raises
        ``UsageError`` for what is not taken (with the line), through a narrow scope, and where others were saved meanwhile
        (``changed_meanwhile``).
        """
        from tenure.engine.verbs.save_settings import SaveSettings

        answer: SettingsSaved = self._call("save_settings", SaveSettings(text, by, over, file, self.scope))
        return answer

    def propose_map(self, path: Path, table: str, text: str = "") -> MapProposed:
        """What the columns of a file are likely to be of a table, and, where a map is given (its ``text``), what rows it makes of
        the first lines and what would become of all. Nothing is changed.

        Raises ``UsageError`` for what is not there, a map that is wrong and through a narrow scope, ``DataError`` for a file that
        cannot be read, or can be in two ways.
        """
        from tenure.engine.verbs.propose_map import ProposeMap

        answer: MapProposed = self._call("propose_map", ProposeMap(str(path), table, text, self.scope))
        return answer

    def note_source(self, act: Act, name: str, **detail: Any) -> None:
        """Note in the audit log what was done with a source: names and counts, never a secret. Raises ``UsageError`` through a
        narrow scope.
        """
        from tenure.engine.verbs.note_source import NoteSource

        self._call("note_source", NoteSource(act, name, detail, self.scope))

    def make_round(self, tell: Callable[[str, int, int], None]) -> None:
        """Make the daily round now: figures, scores, comparisons, how forecasts did, and checks. What was made today already is
        made again of what is known now. ``tell`` is told the name of each part before it is made, its number and how many there are; what it
        raises ends the round, and what was made until then stays.

        Raises ``UsageError`` through a narrow scope.
        """
        from tenure.engine.daily_round import NOW
        from tenure.engine.verbs.check import whole

        whole(self.scope)
        for number, (verb, request) in enumerate(NOW):
            tell(verb, number, len(NOW))
            self._call(verb, request)
