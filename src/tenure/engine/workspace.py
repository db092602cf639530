"""A workspace as its users hold it: verbs with plain arguments, frozen answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tenure.core import config
from tenure.engine.desk import Clock, Desk, Progress, silent, utc_now
from tenure.engine.verbs import carry_out
from tenure.engine.verbs.show import Show, from_published
from tenure.figures import kept
from tenure.figures.request import Asked

if TYPE_CHECKING:
    from tenure.engine.result import Result
    from tenure.engine.verbs.explain import Explanation
    from tenure.metrics.kinds import Entry


class Executor(Protocol):
    """Who carries verbs out: this process, or the keeper at the other end of a socket."""

    def call(self, verb: str, request: Any, progress: Progress) -> Any:
        """The answer to a verb. Raises ``TenureError``."""

    def close(self) -> None:
        """Let go of what is held."""


class Local:
    """Carries verbs out in this process, which then holds the workspace."""

    def __init__(self, home: Path, clock: Clock = utc_now) -> None:
        self._desk = Desk(home, clock=clock)

    def call(self, verb: str, request: Any, progress: Progress) -> Any:
        """As ``Executor.call``."""
        self._desk.progress = progress
        return carry_out(self._desk, verb, request)

    def interrupt(self) -> None:
        """Stop the verb that is carried out, from another thread. It then fails, and nothing is half done."""
        self._desk.interrupt()

    def close(self) -> None:
        """As ``Executor.close``."""
        self._desk.close()


class Workspace:
    """A folder with a company's facts, and everything that can be asked of it.

    ``executor`` carries out what cannot be answered from published files; ``clock`` gives the time (UTC, no zone).
    """

    def __init__(self, home: Path, executor: Executor, *, clock: Clock = utc_now, progress: Progress = silent) -> None:
        self.home = home
        self.progress = progress
        self._executor = executor
        self._clock = clock

    def show(
        self,
        metric: str,
        *,
        start: str = "",
        end: str = "",
        grain: str = "month",
        window: str = "",
        by: Sequence[str] = (),
        where: Iterable[tuple[str, str]] = (),
        variant: Sequence[str] = (),
        as_of: str = "",
        reported: bool = False,
    ) -> Result:
        """The figures of a metric (see ``Asked`` for the arguments).

        Raises ``UsageError`` for names that do not exist, with the nearest ones.
        """
        from tenure.engine.result import Result

        asked = Asked(metric, start, end, grain, window, tuple(by), tuple(where), tuple(variant), as_of)
        request = Show(asked, reported)
        figures = from_published(self.home, request, config.read(self.home), self._clock())
        return Result(figures if figures is not None else self._call("show", request))

    def explain(self, metric: str, *, at: str = "", rows: int = 0, **more: Any) -> Explanation:
        """What the number of one period means and the rows behind it; ``at`` names the period (default: the last)."""
        from tenure.engine.verbs.explain import Explain

        asked = Asked(metric, at, at, **more) if at else Asked(metric, **more)
        answer: Explanation = self._call("explain", Explain(asked, rows))
        return answer

    def sql(self, metric: str, **more: Any) -> str:
        """The SQL of a metric, with that of the facts it stands on."""
        return self.explain(metric, rows=1, **more).sql

    def metrics(self) -> dict[str, Entry]:
        """The catalogue of metrics."""
        return kept.catalogue()

    def call(self, verb: str, request: Any) -> Any:
        """Any other verb, with its request (see ``tenure.engine.verbs``)."""
        return self._call(verb, request)

    def _call(self, verb: str, request: Any) -> Any:
        return self._executor.call(verb, request, self.progress)

    def close(self) -> None:
        """Let go of the workspace."""
        self._executor.close()
