"""What is asked and told of objectives: the part of a sight for those who lead, and those who are led."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from datetime import date

    from tenure.engine.objectives.draft import Draft
    from tenure.engine.objectives.standing import Standing
    from tenure.engine.verbs.objectives import ObjectivesFound
    from tenure.engine.verbs.record import Recorded
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
