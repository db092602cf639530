"""What is asked of closed periods, and closing one: the part of a sight for those who answer for what is reported."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.core import config

if TYPE_CHECKING:
    from collections.abc import Callable
    from decimal import Decimal

    from tenure.engine.closings import Closings
    from tenure.engine.desk import Clock
    from tenure.engine.verbs.blocking import Holding
    from tenure.engine.verbs.close import Closed
    from tenure.figures.figure import Figure
    from tenure.figures.scope import Scope


class Freezing:
    """Verbs about closed periods. They answer for a scope that holds everything only."""

    home: Path
    scope: Scope
    _clock: Clock

    def _call(self, verb: str, request: Any) -> Any:
        raise NotImplementedError

    def _published(self, read: Callable[..., Any], request: Any) -> Any:
        raise NotImplementedError

    def closings(self) -> Closings:
        """Which periods are closed, which could be, and which is next; also while one is being closed.

        Raises ``UsageError`` through a narrow scope.
        """
        from tenure.engine.closings import closings
        from tenure.engine.verbs.check import whole

        whole(self.scope)
        return closings(self.home, config.read(self.home), self._clock())

    def frozen(self, grain: str, period: str) -> tuple[Figure, ...]:
        """All figures that a period's close froze; none where it is not closed.

        Raises ``DataError`` where its file is missing or was changed, ``UsageError`` through a narrow scope.
        """
        from tenure.engine.closings import frozen_of
        from tenure.engine.verbs.check import whole

        whole(self.scope)
        return frozen_of(self.home, grain, period)

    def reported(self, metric: str) -> dict[tuple[str, str], Decimal | None]:
        """By grain and label of each closed period what it reported of a metric in total. Raises ``UsageError`` through a narrow scope."""
        from tenure.engine.closings import reported_of
        from tenure.engine.verbs.check import whole

        whole(self.scope)
        return reported_of(self.home, metric)

    def blocking(self, period: str) -> tuple[Holding, ...]:
        """The checks that stand against closing a period. Raises ``UsageError`` for what is no period, and through a narrow scope."""
        from tenure.engine.verbs.blocking import Blocking, from_published

        request = Blocking(period, self.scope)
        found = self._published(from_published, request)
        answer: tuple[Holding, ...] = self._call("blocking", request) if found is None else found
        return answer

    def freeze(self, period: str, *, by: str, note: str = "", message_id: str) -> Closed:
        """Close a period with care. ``by``: who does; ``message_id``: names this close for ever: sent again it is answered as before.

        Raises ``UsageError`` for one that is not over or is closed already (``already_closed``), and through a narrow scope;
        ``DataError`` where a check holds figures of it (``figures_held``).
        """
        from tenure.engine.verbs.close import Close

        request = Close(period, by, note, message_id, careful=True, scope=self.scope)
        answer: Closed = self._call("close", request)
        return answer
