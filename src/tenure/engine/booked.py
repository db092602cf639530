"""What is asked and told of a book of accounts: the part of a sight for whoever runs one."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from tenure.engine.verbs.amend import Amended
    from tenure.engine.verbs.measured import Measure
    from tenure.engine.verbs.next_steps import NextStep
    from tenure.engine.verbs.take_back import TakenBack
    from tenure.engine.verbs.tally import Tallied
    from tenure.figures.scope import Scope


class Booked:
    """Verbs about many accounts at once. Each passes the scope on."""

    scope: Scope

    def _call(self, verb: str, request: Any) -> Any:
        raise NotImplementedError

    def _published(self, read: Callable[..., Any], request: Any) -> Any:
        raise NotImplementedError

    def tally(
        self, by: str = "", *, where: Iterable[tuple[str, str, Any]] = (), search: str = "", sums: Sequence[str] = ()
    ) -> Tallied:
        """How many accounts of the list fit (``where`` and ``search`` as for ``rows``), with the ``sums`` of some columns: all
        in one, or by the values of the column ``by``, the commonest first, of which there are 200 at most.

        Raises ``UsageError`` as ``rows`` does, and for sums of what is no number.
        """
        from tenure.engine.verbs.tally import Tally, from_published

        request = Tally(by, tuple(where), search, tuple(sums), self.scope)
        found = self._published(from_published, request)
        answer: Tallied = self._call("tally", request) if found is None else found
        return answer

    def next_steps(self, accounts: Sequence[str]) -> tuple[NextStep, ...]:
        """What was last noted as the next step of each of these accounts, as far as they are in sight."""
        from tenure.engine.verbs.next_steps import NextSteps, from_published

        request = NextSteps(tuple(accounts), self.scope)
        found = self._published(from_published, request)
        answer: tuple[NextStep, ...] = self._call("next_steps", request) if found is None else found
        return answer

    def measured(self, metrics: Sequence[str], accounts: Sequence[str]) -> tuple[Measure, ...]:
        """What metrics that are sums over accounts (``kind``: ratio or total) were of each of these accounts, as far as they are in
        sight, in the last month that is over, with their own windows and first variants.

        Raises ``UsageError`` for a metric that there is not.
        """
        from tenure.engine.verbs.measured import Measured, from_published

        request = Measured(tuple(metrics), tuple(accounts), self.scope)
        found = self._published(from_published, request)
        answer: tuple[Measure, ...] = self._call("measured", request) if found is None else found
        return answer

    def amend(self, column: str, values: Iterable[tuple[str, str | None]], *, by: str, message_id: str) -> Amended:
        """Say that from now on an attribute of accounts has another value: ``(account, value)``, none for empty.

        Each account that has another value now gets a dated row, with its other attributes as they are. Raises ``UsageError``
        for an attribute that cannot be told here, and for accounts that are not to be seen.
        """
        from tenure.engine.verbs.amend import Amend

        answer: Amended = self._call("amend", Amend(column, tuple(values), by, message_id, self.scope))
        return answer

    def take_back(self, message_id: str, *, by: str, reason: str, but: Sequence[str] = ()) -> TakenBack:
        """Take back what a message told here (``record``, ``amend``): what was so before is so again, and always was.

        What was told later of the same account stands, and so does what it stands on, and all of the accounts ``but``. Raises
        ``UsageError`` for a message that there is not.
        """
        from tenure.engine.verbs.take_back import TakeBack

        answer: TakenBack = self._call("take_back", TakeBack(message_id, by, reason, self.scope, tuple(but)))
        return answer
