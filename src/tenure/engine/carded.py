"""What is asked of scorecards of people and teams: a part of a sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable

    from tenure.engine.verbs.save_scorecard import ScorecardSaved
    from tenure.engine.verbs.scorecard import Scorecard
    from tenure.engine.verbs.scorecard_rows import RowsFound
    from tenure.engine.verbs.scorecard_rules import RulesFound
    from tenure.figures.scope import Scope


class Carded:
    """Verbs about scorecards. Through a narrow scope: those of its own people, and of teams that lie in it whole."""

    scope: Scope

    def _call(self, verb: str, request: Any) -> Any:
        raise NotImplementedError

    def scorecard(
        self,
        person: str = "",
        *,
        team: str = "",
        start: str = "",
        end: str = "",
        parts: Iterable[str] | None = None,
        anew: bool = False,
    ) -> Scorecard:
        """What came of the work of a person or of a team in a month, quarter, year or twelve months (default: the last that are over).
        ``parts``: groups of its lines by name, ``book``, ``moved`` and ``blend`` (default: all; none: the head alone). ``anew``: work out what was
        to be expected where that is not kept for the window.

        Raises ``UsageError`` for who is not in the scope, which is the same as not there, and for windows that there are not.
        """
        from tenure.engine.verbs.scorecard import ScorecardOf

        wanted = None if parts is None else tuple(parts)
        answer: Scorecard = self._call("scorecard", ScorecardOf(person, team, start, end, wanted, anew, self.scope))
        return answer

    def scorecard_rows(
        self, measure: str, person: str = "", *, team: str = "", start: str = "", end: str = "", rows: int = 0
    ) -> RowsFound:
        """What stands behind the number of a line (its key). Raises ``UsageError`` as ``scorecard`` does."""
        from tenure.engine.verbs.scorecard_rows import ScorecardRows

        answer: RowsFound = self._call(
            "scorecard_rows", ScorecardRows(measure, person, team, start, end, rows, self.scope)
        )
        return answer

    def scorecard_rules(self) -> RulesFound:
        """What scorecards show, and the versions of that which were in force. Raises ``UsageError`` with the line for a file that is wrong."""
        from tenure.engine.verbs.scorecard_rules import ScorecardRules

        answer: RulesFound = self._call("scorecard_rules", ScorecardRules(self.scope))
        return answer

    def save_scorecard(self, text: str, *, by: str, over: str = "") -> ScorecardSaved:
        """Put other rules in the place of those in force, which stay in force for windows that are over. Raises ``UsageError`` for rules that are
        wrong, and through a narrow scope.
        """
        from tenure.engine.verbs.save_scorecard import SaveScorecard

        answer: ScorecardSaved = self._call("save_scorecard", SaveScorecard(text, by, over, self.scope))
        return answer
