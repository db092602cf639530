"""What is asked and told of what our people learn: a part of a sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import date
    from decimal import Decimal
    from pathlib import Path

    from tenure.engine.growing_rules import GrowingRules
    from tenure.engine.verbs.assign_training import Course, TrainingAssigned
    from tenure.engine.verbs.record import Recorded
    from tenure.engine.verbs.trainings import TrainingsFound
    from tenure.figures.scope import Scope


class Growing:
    """Verbs about our own people's courses. Through a narrow scope those of its own people."""

    home: Path
    scope: Scope

    def _call(self, verb: str, request: Any) -> Any:
        raise NotImplementedError

    def growing_rules(self) -> GrowingRules:
        """Skills with their levels, who needs which, plans of courses and questions of the team pulse: the workspace's own, or those that
        come with Tenure. Raises ``UsageError`` for a file that is wrong.
        """
        from tenure.engine.growing_rules import rules

        return rules(self.home)

    def trainings(self) -> TrainingsFound:
        """The courses of our own people, and how they stand."""
        from tenure.engine.verbs.trainings import Trainings

        answer: TrainingsFound = self._call("trainings", Trainings(self.scope))
        return answer

    def assign_training(self, courses: Sequence[Course], *, by: str, message_id: str) -> TrainingAssigned:
        """Assign courses; nobody is assigned one that she has open. Raises ``UsageError`` for people whom the scope has not, for a
        course without a name, and for a day that is over.
        """
        from tenure.engine.verbs.assign_training import AssignTraining

        answer: TrainingAssigned = self._call(
            "assign_training", AssignTraining(tuple(courses), by, message_id, self.scope)
        )
        return answer

    def settle_training(
        self, training: str, what: str, *, by: str, message_id: str, day: date | None = None, score: Decimal | None = None,
        reason: str = "",
    ) -> Recorded:  # fmt: skip
        """Say that a course was ``done``, that it is ``open`` again, or that it is ``withdrawn`` for a ``reason``. Raises ``UsageError`` for
        one that is none of the scope's people, and for what cannot be said of it.
        """
        from tenure.engine.verbs.settle_training import SettleTraining

        request = SettleTraining(training, what, by, message_id, day, score, reason, self.scope)
        answer: Recorded = self._call("settle_training", request)
        return answer
