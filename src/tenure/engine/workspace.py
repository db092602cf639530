"""A workspace as its users hold it: verbs with plain arguments, frozen answers."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from tenure.core.chain import NOBODY, By
from tenure.core.errors import UnavailableError
from tenure.engine import mending
from tenure.engine.desk import Clock, Desk, Progress, silent, utc_now
from tenure.engine.noticed import notice
from tenure.engine.sight import Executor, Sight
from tenure.engine.verbs import carry_out
from tenure.figures.scope import EVERYTHING, Scope

if TYPE_CHECKING:
    from collections.abc import Callable

    from tenure.engine.beside import Readers
    from tenure.engine.verbs.backtest import Tested


class Local:
    """Carries verbs out in this process, which then holds the workspace. ``shared``: others read meanwhile (``beside``)."""

    def __init__(self, home: Path, clock: Clock = utc_now, *, shared: bool = False) -> None:
        self._desk = Desk(home, clock=clock)
        self._readers: Readers | None = None
        if shared:
            from tenure.engine.beside import Readers

            self._readers = Readers(self._desk)

    def call(self, verb: str, request: Any, progress: Progress, by: By = NOBODY) -> Any:
        """As ``Executor.call``; ``by``: who asks. One call at a time."""
        self._desk.progress, self._desk.by = progress, by
        if self._readers:
            self._readers.begins()
        try:
            return self._called(verb, request)
        finally:
            if self._readers:
                self._readers.ends(verb, by)

    def _called(self, verb: str, request: Any) -> Any:
        notice(self._desk)
        try:
            answer = carry_out(self._desk, verb, request)
        except Exception as error:
            raise mending.told(self._desk.home, error) from error
        self._desk.renew(later=self._readers is not None and self._readers.are_there)
        return answer

    def beside(
        self, verb: str, request: Any, progress: Progress, by: By, came: Callable[[Callable[[], None]], None]
    ) -> Any:
        """The same of a verb that only reads, by whoever does not wait for what is carried out: of the last state that is published.
        ``came`` is told how to stop it, from another thread. Raises ``NotNowError`` where it is to be called instead.
        """
        from tenure.engine.beside import READS, NotNowError

        if self._readers is None or verb not in READS:
            raise NotNowError
        with self._readers.desk(progress, by, lambda seen: came(seen.interrupt)) as desk:
            return carry_out(desk, verb, request)

    def interrupt(self) -> None:
        """Stop the verb that is carried out, from another thread. It then fails, and nothing is half done."""
        self._desk.interrupt()

    def close(self) -> None:
        """As ``Executor.close``."""
        self._desk.close()


class PublishedOnly:
    """Carries nothing out: for whoever asks for no more than published files answer."""

    def call(self, verb: str, request: Any, progress: Progress) -> Any:  # noqa: ARG002 - as ``Executor.call``
        """Raises ``UnavailableError``."""
        raise UnavailableError("Published files do not answer this.", code="not_published", fix="Ask the keeper.")

    def close(self) -> None:
        """Nothing is held."""


class Workspace(Sight):
    """A folder with a company's facts, and everything that can be asked of it.

    ``executor`` carries out what cannot be answered from published files; ``clock`` gives the time (UTC, no zone).
    """

    def __init__(self, home: Path, executor: Executor, *, clock: Clock = utc_now, progress: Progress = silent) -> None:
        super().__init__(home, executor, EVERYTHING, clock, progress)

    def seen_by(self, scope: Scope) -> Sight:
        """The workspace through a scope, for whoever may not see everything."""
        return Sight(self.home, self._executor, scope, self._clock, self.progress)

    def sql(self, metric: str, **more: Any) -> str:
        """The SQL of a metric, with that of the facts it stands on."""
        return self.explain(metric, rows=1, **more).sql

    def backtest(self, horizon: int = 90, *, of: str = "churn") -> Tested:
        """Whether the scores told who left within a ``horizon`` of days, each held against those who did, out of time; ``of``
        contraction or growth: who reduced, or grew.

        Raises ``DataError`` where too few did.
        """
        from tenure.engine.verbs.backtest import Backtest

        found: Tested = self.call("backtest", Backtest(horizon, of))
        return found

    def call(self, verb: str, request: Any) -> Any:
        """Any verb, with its request (see ``tenure.engine.verbs``)."""
        return self._call(verb, request)

    def close(self) -> None:
        """Let go of the workspace."""
        self._executor.close()
