"""What can be asked of a workspace through a scope, and told to it: verbs with plain arguments, frozen answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol

from tenure.core import config
from tenure.engine.desk import Clock, Progress
from tenure.engine.state import State
from tenure.engine.verbs.show import Show, from_published, stands_on
from tenure.figures import kept
from tenure.figures.listing import MOST
from tenure.figures.published import current, is_fresh
from tenure.figures.request import Asked
from tenure.figures.scope import Scope
from tenure.warehouse.inbox import state_of

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.core.written import Written
    from tenure.engine.decompose import Decomposition
    from tenure.engine.reports import Report
    from tenure.engine.restated import Restatement
    from tenure.engine.result import Result
    from tenure.engine.verbs.backtest import Tested
    from tenure.engine.verbs.beside import Parallel
    from tenure.engine.verbs.bridge import Bridges
    from tenure.engine.verbs.disagreements import DisagreementsFound
    from tenure.engine.verbs.dossier import Dossier
    from tenure.engine.verbs.effect import Effect
    from tenure.engine.verbs.explain import Explanation
    from tenure.engine.verbs.fairness import Comparison
    from tenure.engine.verbs.health import HealthFound
    from tenure.engine.verbs.optimism import OptimismFound
    from tenure.engine.verbs.plays import Play
    from tenure.engine.verbs.preview import Previewed
    from tenure.engine.verbs.record import Recorded
    from tenure.engine.verbs.review import ReviewFound
    from tenure.engine.verbs.risk import RiskFound
    from tenure.engine.verbs.rows import Page
    from tenure.engine.verbs.save_model import Saved
    from tenure.figures.figure import Figure
    from tenure.figures.listing import Query
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
        compare: str = "before",
    ) -> Result:
        """The figures of a metric (see ``Asked`` for the arguments).

        ``reported``: as closed periods froze them; through a narrow scope only the slices of its owners. Raises
        ``UsageError`` for names that do not exist, with the nearest ones, and for what the scope does not hold.
        """
        from tenure.engine.result import Result

        asked = Asked(metric, start, end, grain, window, tuple(by), tuple(where), tuple(variant), as_of, compare)
        request = Show(asked, reported, self.scope)
        figures = from_published(self.home, request, config.read(self.home), self._clock())
        return Result(figures if figures is not None else self._call("show", request))

    def restatements(self, metric: str, **more: Any) -> tuple[Restatement, ...]:
        """How the reported figures of closed periods became what is known now (``more`` as for ``show``, but for
        ``as_of``, ``reported`` and ``compare``): for each that was frozen lines of what changed it, which add up.

        Through a narrow scope both ends are of the accounts in it.
        """
        from tenure.engine.verbs.restatements import Restatements

        given: dict[str, Any] = {k: v if isinstance(v, str) else tuple(v) for k, v in more.items()}
        answer: tuple[Restatement, ...] = self._call("restatements", Restatements(Asked(metric, **given), self.scope))
        return answer

    def explain(self, metric: str, *, at: str = "", rows: int = 0, **more: Any) -> Explanation:
        """What the number of one period means and the rows behind it; ``at`` names the period (default: the last)."""
        from tenure.engine.verbs.explain import Explain

        asked = Asked(metric, at, at, **more) if at else Asked(metric, **more)
        answer: Explanation = self._call("explain", Explain(asked, rows, self.scope))
        return answer

    def decompose(
        self, metric: str, by: str, *, at: str = "", known: Iterable[Figure] = (),
        ask: Callable[..., Result] | None = None, **more: Any,
    ) -> Decomposition:  # fmt: skip
        """Why the figure of one period (default: the last) differs from the one it is compared with, by the slices of one
        dimension; ``more`` as for ``show``, whose answer to the same question may be given as ``known``, and for which
        ``ask`` may stand.
        """
        from tenure.engine.decompose import decompose

        given: dict[str, Any] = {k: v if isinstance(v, str) else tuple(v) for k, v in more.items()}
        asked = Asked(metric, at, at, by=(by,), **given)
        return decompose(ask or self.show, asked, config.read(self.home), self._clock(), known)

    def bridge(self, metric: str, *, at: str = "", to: Sequence[str] = (), **more: Any) -> Bridges:
        """The number of one period by the convention asked for and by others, and line by line what makes the difference.

        ``to``: the options to come to, one after the other; without any, each other option by itself.
        """
        from tenure.engine.verbs.bridge import Bridge

        asked = Asked(metric, at, at, **more) if at else Asked(metric, **more)
        answer: Bridges = self._call("bridge", Bridge(asked, tuple(to), self.scope))
        return answer

    def beside(self, metric: str, tool: str, *, at: str = "", grain: str = "", **more: Any) -> Parallel:
        """What another tool reported of a metric beside ours, and which of our conventions comes closest to it.

        ``at``: the period whose difference is bridged (default: the last reported). Raises ``UsageError`` through a narrow
        scope, and for a tool that reported nothing.
        """
        from tenure.engine.verbs.beside import Beside

        answer: Parallel = self._call("beside", Beside(Asked(metric, at, at, grain, **more), tool, self.scope))
        return answer

    def plays(self, *, as_of: str = "") -> tuple[Play, ...]:
        """The plays that were tried on accounts in sight, with their arms. Raises ``DataError`` where none is known."""
        from tenure.engine.verbs.plays import Plays

        answer: tuple[Play, ...] = self._call("plays", Plays(as_of, self.scope))
        return answer

    def effect(
        self,
        play: str,
        *,
        metric: str = "customer_churn_rate",
        months: int = 3,
        planned: float | None = None,
        as_of: str = "",
    ) -> Effect:
        """What a play changed in a metric, against the accounts held out by lot or else those on which it was not tried.

        ``months``: how long each account is watched; ``planned``: the share of them that was to be treated, if the lot is to
        be tested against it. Only accounts in sight are compared. Raises ``UsageError`` for names that do not exist and
        metrics that are not made of what accounts add, ``DataError`` where accounts are too few, with how many are needed.
        """
        from tenure.engine.verbs.effect import EffectOf

        answer: Effect = self._call("effect", EffectOf(play, metric, months, planned, as_of, self.scope))
        return answer

    def fairness(
        self, metric: str = "customer_retention_rate", *, by: str = "owner", start: str = "", end: str = ""
    ) -> Comparison:
        """What came of the accounts of each owner or team (``by``) in these months (default: the last 12 that are over),
        against what was to be expected of them at hand-over.

        Through a narrow scope only its own people are shown. Raises ``UsageError`` for a metric that cannot be compared,
        ``DataError`` where there is nothing to compare.
        """
        from tenure.engine.verbs.fairness import Fairness

        answer: Comparison = self._call("fairness", Fairness(metric, by, start, end, self.scope))
        return answer

    def stands_on(self, metric: str, **more: Any) -> tuple[str, ...] | None:
        """The facts that figures stand on (arguments as for ``show``); None where whatever is told may change them."""
        reported = more.pop("reported", False)
        given: dict[str, Any] = {k: v if isinstance(v, str) else tuple(v) for k, v in more.items()}
        request = Show(Asked(metric, **given), reported, self.scope)
        return stands_on(self.home, request, config.read(self.home), self._clock())

    def state(self) -> State | None:
        """What answers depend on besides scope and question. None while new data waits to be worked in, so that nothing
        may be kept.
        """
        found = current(self.home)
        settings = config.read(self.home)
        if not is_fresh(found, settings, state_of(self.home), self._clock()):
            return None
        assert found is not None
        return State(self.home, found, settings.own)

    def settings(self) -> Settings:
        """The settings in force."""
        return config.read(self.home)

    def metrics(self) -> dict[str, Entry]:
        """The catalogue of metrics: Tenure's and the workspace's own."""
        return kept.catalogue(config.read(self.home))

    def rows(
        self,
        name: str,
        *,
        columns: Sequence[str] = (),
        where: Iterable[tuple[str, str, Any]] = (),
        search: str = "",
        order: Sequence[str] = (),
        offset: int = 0,
        limit: int = 50,
    ) -> Page:
        """A page of a canonical table as known now, or of ``accounts`` as they are now (see ``Query``, ``Page``).

        ``where``: ``(column, operator, value)``, all of which hold; operators are ``equals, one_of, contains, less,
        greater, empty``. ``order``: columns, ``-`` before one for descending. Personal columns are given where
        ``columns`` names them. Of anonymous answers nothing is given that could tell whose they are.

        Raises ``UsageError`` for a table, column or operator that does not exist, with the nearest names, and for values
        that make no sense.
        """
        from tenure.engine.verbs.rows import Query, Rows, from_published

        query = Query(tuple(columns), tuple(where), search, tuple(order), offset, limit)
        request = Rows(name, query, self.scope)
        found = from_published(self.home, request, config.read(self.home), self._clock())
        answer: Page = self._call("rows", request) if found is None else found
        return answer

    def every(self, name: str, **more: Any) -> Iterator[dict[str, Any]]:
        """All rows of a list, one after the other, however many pages they are; ``more`` as for ``rows``. What comes in
        meanwhile may be missed, or shift a row.
        """
        offset, total = 0, 1
        while offset < total:
            page = self.rows(name, **more, offset=offset, limit=MOST)
            yield from page.rows
            offset, total = offset + MOST, page.total

    def dossier(self, account_id: str, tables: Mapping[str, Query]) -> Dossier | None:
        """What is known now of one account: its row of the list of accounts, and of each of ``tables`` the page of its rows
        that is asked for. None where there is no such account to be seen.

        Raises ``UsageError`` for a table that does not tell of accounts, and as ``rows`` does.
        """
        from tenure.engine.verbs.dossier import DossierOf, from_published

        request = DossierOf(account_id, tuple(tables.items()), self.scope)
        found = from_published(self.home, request, config.read(self.home), self._clock())
        answer: Dossier | None = self._call("dossier", request) if found is None else found[0]
        return answer

    def health(self, account: str = "", *, at: str = "", since: str = "") -> HealthFound:
        """The health scores of a day (default: today), the lowest first: of every customer, or of one ``account`` with what
        its score is made of and why it is another one than on the day ``since`` (default: a quarter before).

        Raises ``UsageError`` for a date that is none, a model that is wrong and an account that is not to be seen.
        """
        from tenure.engine.verbs.health import Health

        found: HealthFound = self._call("health", Health(account, at, since, self.scope))
        return found

    def disagreements(self, account: str = "", *, at: str = "", since: str = "") -> DisagreementsFound:
        """Customers of whom one signal looks well and another does not, as a health that rose while revenue fell; those that
        pay most first. Arguments and errors as of ``health``.
        """
        from tenure.engine.verbs.disagreements import Disagreements

        found: DisagreementsFound = self._call("disagreements", Disagreements(account, at, since, self.scope))
        return found

    def optimism(self) -> OptimismFound:
        """How what people judge of customers compares with what the facts say of the same, over the last year: for
        calibration, and no evaluation. Through a narrow scope its own people and accounts only.

        Raises ``DataError`` where nothing was judged.
        """
        from tenure.engine.verbs.optimism import Optimism

        found: OptimismFound = self._call("optimism", Optimism(self.scope))
        return found

    def preview(self, text: str) -> Previewed:
        """What a health model (``text``: as its file would have it) would say of today's customers in place of the one in
        force: who would be in another band, and how well each told who left. Nothing is changed.

        Raises ``UsageError`` for a model that is wrong, with the line.
        """
        from tenure.engine.verbs.preview import Preview

        found: Previewed = self._call("preview", Preview(text, self.scope))
        return found

    def save_model(self, text: str, *, by: str, over: str = "") -> Saved:
        """Put a health model in the place of the one in force, which is kept under its version. ``by``: who says so;
        ``over``: the version that it is to follow, if another one must not be lost.

        Raises ``UsageError`` for a model that is wrong, and through a narrow scope.
        """
        from tenure.engine.verbs.save_model import SaveModel

        found: Saved = self._call("save_model", SaveModel(text, by, over, self.scope))
        return found

    def review(self, *, at: str = "", since: str = "") -> ReviewFound:
        """What happened to the health of customers since a week (or another day): who moved, and by which component, which
        signals disagree, who came and left, and what was decided or is due.

        Raises ``UsageError`` for dates that are none.
        """
        from tenure.engine.verbs.review import Review

        found: ReviewFound = self._call("review", Review(at, since, self.scope))
        return found

    def note(self, account: str, text: str, *, by: str, follow_up: str = "") -> Recorded:
        """Note what was decided about a customer, as a row of ``decision``. ``follow_up``: a date, when to look at it again.

        Raises ``UsageError`` for a customer that is not to be seen, and without a name; ``DataError`` for what is no date,
        and without a text.
        """
        import hashlib

        at = self._clock().isoformat()
        name = hashlib.sha256(f"{account}\n{by}\n{text}\n{follow_up}\n{at}".encode()).hexdigest()[:16]
        row = {
            "decision_id": name, "account_id": account, "at": f"{at}Z", "by": by, "text": text,
            "follow_up": follow_up or None,
        }  # fmt: skip
        return self.record("decision", [row], by=by, message_id=f"decision {name}")

    def risk(self, account: str = "") -> RiskFound:
        """How likely customers are to leave, learned from those who did: of every customer, those first of whom most revenue
        is at risk, or of one ``account``.

        Raises ``DataError`` where too few left to learn from, ``UsageError`` for an account that is not to be seen.
        """
        from tenure.engine.verbs.risk import Risk

        found: RiskFound = self._call("risk", Risk(account, self.scope))
        return found

    def tested(self) -> Report[Tested] | None:
        """The last back-test of the scores that ``tenure run`` kept; None where there is none yet. It names no account."""
        from tenure.engine import reports
        from tenure.engine.verbs.backtest import NAME, Tested

        return reports.kept(self.home, NAME, Tested)

    def compared(self) -> Report[Comparison] | None:
        """The last comparison of the owners of accounts that ``tenure run`` kept; None where there is none yet, and through a
        narrow scope, which ``fairness`` answers.
        """
        from tenure.engine import reports
        from tenure.engine.verbs.fairness import NAME, Comparison

        return None if self.scope.narrow else reports.kept(self.home, NAME, Comparison)

    def health_model(self) -> Written:
        """The file that defines the health score: the workspace's own, or the one that comes with Tenure."""
        from tenure.engine.verbs.health import definition

        return definition(self.home)

    def record(self, table: str, rows: Sequence[Mapping[str, Any]], *, by: str, message_id: str) -> Recorded:
        """Facts told here, as rows of a canonical table: all are stored, on disk when this returns, or none.

        ``rows``: dictionaries with the same columns; values are texts as a file would have them, numbers, truth values,
        dates, times with a zone, lists, or None for empty. A column that is absent keeps its value, custom attributes are
        named ``custom:NAME``. ``by``: who tells it. ``message_id``: names this message for ever: sent again it is
        answered as before, and nothing is stored again.

        Raises ``UsageError`` for names that do not exist, for a message id that named other rows (``message_reused``), and
        for rows about what the scope does not hold (``not_found``); ``DataError`` for rows that are refused
        (``refused``), with column, value and reason.
        """
        from tenure.engine.verbs.record import Record

        given = tuple(dict(row) for row in rows)
        answer: Recorded = self._call("record", Record(table, given, by, message_id, self.scope))
        return answer

    def _call(self, verb: str, request: Any) -> Any:
        return self._executor.call(verb, request, self.progress)
