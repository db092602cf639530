"""What is asked and told of objectives, and of who answers for what: the part of a sight for those who lead, and those who are led."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tenure.engine.lines.draft import Draft as Answering
    from tenure.engine.objectives.draft import Draft
    from tenure.engine.objectives.standing import Standing
    from tenure.engine.verbs.lines import LinesFound
    from tenure.engine.verbs.objectives import ObjectivesFound
    from tenure.engine.verbs.record import Recorded
    from tenure.engine.verbs.rolled_up import RolledUpFound
    from tenure.engine.verbs.tell_objective import ObjectiveTold
    from tenure.figures.scope import Scope


class Leading:
    """Verbs about objectives. Through a narrow scope: those of its own people, of their teams and those above them, and the company's."""

    scope: Scope

    def _call(self, verb: str, request: Any) -> Any:
        raise NotImplementedError

    def objectives(
        self, which: str = "running", *, ids: Sequence[str] = (), of: str = "", as_of: str = "", figures: bool = True
    ) -> ObjectivesFound:
        """The objectives in sight with what has come of them, whose window is ``running``, ``ahead`` or ``over``, those that were
        ``dropped``, or all others; only ``ids``, or only ``of`` one person. Without ``figures`` only
        what is told of them.

        Raises ``UsageError`` for windows that there are not, and for what is no date.
        """
        from tenure.engine.verbs.objectives import Objectives

        answer: ObjectivesFound = self._call(
            "objectives", Objectives(which, tuple(ids), of, as_of, figures, self.scope)
        )
        return answer

    def attainable(self, draft: Draft) -> Standing:
        """An objective as it would stand, with how often its target was reached before; nothing is recorded.

        Raises ``UsageError`` (``bad_objective``, with the field) for what is not specific, measurable and bounded in time.
        """
        from tenure.engine.verbs.attainable import Attainable

        answer: Standing = self._call("attainable", Attainable(draft, self.scope))
        return answer

    def tell_objective(self, draft: Draft, *, by: str, message_id: str) -> ObjectiveTold:
        """Set an objective, or change one. Raises ``UsageError`` as ``attainable`` does."""
        from tenure.engine.verbs.tell_objective import TellObjective

        answer: ObjectiveTold = self._call("tell_objective", TellObjective(draft, by, message_id, self.scope))
        return answer

    def settle_objective(
        self, objective: str, what: str, *, by: str, message_id: str, day: date | None = None, reason: str = ""
    ) -> Recorded:
        """Say that a milestone was ``done``, that it is ``open`` again, or that an objective is ``dropped``.

        Raises ``UsageError`` for one that is not the scope's to settle.
        """
        from tenure.engine.verbs.settle_objective import SettleObjective

        request = SettleObjective(objective, what, by, message_id, day, reason, self.scope)
        answer: Recorded = self._call("settle_objective", request)
        return answer

    def weigh_objectives(
        self, weights: Mapping[str, Decimal], *, by: str, message_id: str, reason: str = ""
    ) -> Recorded:
        """Say what parts all objectives of one owner in one window have. Raises ``UsageError`` for parts that do not make 1."""
        from tenure.engine.verbs.weigh_objectives import WeighObjectives

        request = WeighObjectives(tuple(weights.items()), by, message_id, reason, self.scope)
        answer: Recorded = self._call("weigh_objectives", request)
        return answer

    def check_in(self, objective: str, confidence: Decimal, text: str, *, by: str, message_id: str) -> Recorded:
        """Say how sure one is that an objective will be reached, as a probability, and why; what was said before stays.

        Raises ``UsageError`` for one that the scope's people do not answer for.
        """
        from tenure.engine.verbs.check_in import CheckInOf

        request = CheckInOf(objective, confidence, text, by, message_id, self.scope)
        answer: Recorded = self._call("check_in", request)
        return answer

    def lines(self, *, day: str = "", metric: str = "") -> LinesFound:
        """The reporting line of a ``day`` (default: today), and who answers along it for what is measured, or for one ``metric``; with what is
        missing. Names are the same through every scope; what one may set is not. Raises ``UsageError`` for what is no date or no metric.
        """
        from tenure.engine.verbs.lines import Lines

        answer: LinesFound = self._call("lines", Lines(day, metric, self.scope))
        return answer

    def rolled_up(
        self, metric: str, units: Sequence[str] = ("",), *, day: str = "", deep: bool = True
    ) -> RolledUpFound:
        """What a metric is along the reporting line: of each of these units (``""``: the company) and of what is below it; figures of units of which the
        scope does not hold everybody are left out. Raises ``UsageError`` for a unit that there is not.
        """
        from tenure.engine.verbs.rolled_up import RolledUp

        answer: RolledUpFound = self._call("rolled_up", RolledUp(metric, tuple(units), day, deep, self.scope))
        return answer

    def tell_accountability(self, draft: Answering, *, by: str, message_id: str) -> Recorded:
        """Say who answers for metrics of units from a day on. Raises ``UsageError`` (``bad_accountability``, with the field) where two would, and
        for units that are not the scope's to set.
        """
        from tenure.engine.verbs.tell_accountability import TellAccountability

        answer: Recorded = self._call("tell_accountability", TellAccountability(draft, by, message_id, self.scope))
        return answer
