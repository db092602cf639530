"""What can be asked of a workspace through a scope, and told to it: verbs with plain arguments, frozen answers."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tenure.core import config
from tenure.engine.desk import Clock, Progress
from tenure.engine.verbs.show import Show, from_published
from tenure.figures import kept
from tenure.figures.published import current, is_fresh
from tenure.figures.request import Asked
from tenure.figures.scope import Scope
from tenure.warehouse.inbox import state_of

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.engine.result import Result
    from tenure.engine.verbs.explain import Explanation
    from tenure.metrics.kinds import Entry


class Executor(Protocol):
    """Who carries verbs out: this process, or the keeper at the other end of a socket."""

    def call(self, verb: str, request: Any, progress: Progress) -> Any:
        """The answer to a verb. Raises ``TenureError``."""

    def close(self) -> None:
        """Let go of what is held."""


class Sight:
    """A workspace as far as a scope lets one see. Its verbs are the workspace's, and each passes the scope on.

    Whatever is given holds only accounts inside the scope; an account outside it does not exist.
    """

    def __init__(self, home: Path, executor: Executor, scope: Scope, clock: Clock, progress: Progress) -> None:
        self.home = home
        self.scope = scope
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

        ``reported``: as closed periods froze them; through a narrow scope only the slices of its owners. Raises
        ``UsageError`` for names that do not exist, with the nearest ones, and for what the scope does not hold.
        """
        from tenure.engine.result import Result

        asked = Asked(metric, start, end, grain, window, tuple(by), tuple(where), tuple(variant), as_of)
        request = Show(asked, reported, self.scope)
        figures = from_published(self.home, request, config.read(self.home), self._clock())
        return Result(figures if figures is not None else self._call("show", request))

    def explain(self, metric: str, *, at: str = "", rows: int = 0, **more: Any) -> Explanation:
        """What the number of one period means and the rows behind it; ``at`` names the period (default: the last)."""
        from tenure.engine.verbs.explain import Explain

        asked = Asked(metric, at, at, **more) if at else Asked(metric, **more)
        answer: Explanation = self._call("explain", Explain(asked, rows, self.scope))
        return answer

    def state(self) -> tuple[str, ...] | None:
        """What answers depend on besides scope and question: the same word, the same answers. None while new data waits
        to be worked in, so that nothing may be kept.
        """
        settings = config.read(self.home)
        found = current(self.home)
        if not is_fresh(found, settings, state_of(self.home), self._clock()):
            return None
        assert found is not None
        return str(self.home), found.sealed, found.open, found.settings

    def settings(self) -> Settings:
        """The settings in force."""
        return config.read(self.home)

    def metrics(self) -> dict[str, Entry]:
        """The catalogue of metrics."""
        return kept.catalogue()

    def _call(self, verb: str, request: Any) -> Any:
        return self._executor.call(verb, request, self.progress)
