"""What can be asked of a workspace through a scope, and told to it: verbs with plain arguments, frozen answers."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any, Protocol, TypeVar

from tenure.core import config
from tenure.engine import mending
from tenure.engine.booked import Booked
from tenure.engine.carded import Carded
from tenure.engine.desk import Clock, Progress
from tenure.engine.followed import Followed
from tenure.engine.freezing import Freezing
from tenure.engine.growing import Growing
from tenure.engine.handling import Handling
from tenure.engine.leading import Leading
from tenure.engine.operated import Operated
from tenure.engine.renewing import Renewing
from tenure.engine.scored import Scored
from tenure.engine.staffed import Staffed
from tenure.engine.state import State
from tenure.engine.verbs.show import Show, from_published, stands_on
from tenure.figures import kept
from tenure.figures.listing import MOST
from tenure.figures.published import current, is_fresh
from tenure.figures.request import Asked
from tenure.figures.scope import Scope
from tenure.warehouse.told import told_of

if TYPE_CHECKING:
    from tenure.core.config import Settings
    from tenure.engine.decompose import Decomposition
    from tenure.engine.restated import Restatement
    from tenure.engine.result import Result
    from tenure.engine.verbs.agenda import Agenda
    from tenure.engine.verbs.audit import AuditFound
    from tenure.engine.verbs.away import Absence
    from tenure.engine.verbs.beside import Parallel
    from tenure.engine.verbs.billing import BillingFound
    from tenure.engine.verbs.bridge import Bridges
    from tenure.engine.verbs.check import CheckResult
    from tenure.engine.verbs.dossier import Dossier
    from tenure.engine.verbs.explain import Explanation
    from tenure.engine.verbs.record import Recorded
    from tenure.engine.verbs.rows import Page
    from tenure.figures.figure import Figure
    from tenure.figures.listing import Query
    from tenure.metrics.kinds import Entry


T = TypeVar("T")


class Executor(Protocol):
    """Who carries verbs out: this process, or the keeper at the other end of a socket."""

    def call(self, verb: str, request: Any, progress: Progress) -> Any:
        """The answer to a verb. Raises ``TenureError``."""

    def close(self) -> None:
        """Let go of what is held."""


class Sight(Scored, Operated, Handling, Booked, Followed, Renewing, Staffed, Leading, Growing, Carded, Freezing):
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
        figures = self._published(from_published, request)
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
        if not is_fresh(found, settings, told_of(self.home), self._clock()):
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
        """A page of a canonical table as known now, or of ``accounts``, ``renewals`` or ``opportunities`` as they are now (see
        ``Query``, ``Page``).

        ``where``: ``(column, operator, value)``, all of which hold; operators are ``equals, one_of, none_of, contains,
        lacks, less, greater, at_least, at_most, not_since, empty``. ``order``: columns, ``-`` before one for descending. Personal columns are given where
        ``columns`` names them. Of anonymous answers nothing is given that could tell whose they are.

        Raises ``UsageError`` for a table, column or operator that does not exist, with the nearest names, and for values
        that make no sense.
        """
        from tenure.engine.verbs.rows import Query, Rows, from_published

        query = Query(tuple(columns), tuple(where), search, tuple(order), offset, limit)
        request = Rows(name, query, self.scope)
        found = self._published(from_published, request)
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
        found = self._published(from_published, request)
        answer: Dossier | None = self._call("dossier", request) if found is None else found[0]
        return answer

    def agenda(
        self,
        owner: str = "",
        *,
        but: Iterable[str] = (),
        names: Iterable[str] = (),
        ahead: int = 14,
        offset: int = 0,
        limit: int = 50,
    ) -> Agenda:
        """What there is to do about accounts now (``Agenda``): causes to act, of which most revenue times urgency hangs on the first,
        and what falls due in the days ``ahead``. ``owner``: of the accounts of one owner only. ``but``: without causes of these
        keys; ``names``: of these kinds only (default: all).

        Raises ``UsageError`` for a kind that there is not, and for an ``agenda.toml`` that is not understood.
        """
        from tenure.engine.verbs.agenda import AgendaOf, from_published

        request = AgendaOf(owner, tuple(but), tuple(names), ahead, offset, limit, self.scope)
        found = self._published(from_published, request)
        answer: Agenda = self._call("agenda", request) if found is None else found
        return answer

    def audit(self, period: str = "", *, listed: bool = False) -> AuditFound:
        """What is to be looked at of a period's data (default: the last that is over), or what was signed of it; ``listed``:
        only when audits are due.

        Raises ``UsageError`` for a period that is not over, and through a narrow scope.
        """
        from tenure.engine.verbs.audit import Audit

        answer: AuditFound = self._call("audit", Audit(period, listed, self.scope))
        return answer

    def sign_audit(self, period: str, note: str, *, by: str, compared: Mapping[int, bool] | None = None) -> Recorded:
        """Sign a period's audit as it is now. ``compared``: of samples, by their number, whether they agree with the source.

        Raises ``UsageError`` for one that is signed already, without a note, and through a narrow scope.
        """
        from tenure.engine.verbs.sign_audit import SignAudit

        told = tuple((compared or {}).items())
        answer: Recorded = self._call("sign_audit", SignAudit(period, by, note, told, self.scope))
        return answer

    def check(self) -> tuple[CheckResult, ...]:
        """Run every check now, and keep what is found among the rounds of before (``engine.checked``).

        Raises ``UsageError`` through a narrow scope.
        """
        from tenure.engine.verbs.check import Check

        answer: tuple[CheckResult, ...] = self._call("check", Check(keep=True, scope=self.scope))
        return answer

    def check_rows(
        self, check: str, *, search: str = "", order: Sequence[str] = (), offset: int = 0, limit: int = 50
    ) -> Page:
        """A page of the rows that a check finds: table, key, what is wrong, file, line and load.

        Raises ``UsageError`` for a check that there is not, and through a narrow scope.
        """
        from tenure.engine.verbs.check_rows import CheckRows, Query

        query = Query((), (), search, tuple(order), offset, limit)
        answer: Page = self._call("check_rows", CheckRows(check, query, self.scope))
        return answer

    def billing(self, *, everything: bool = False) -> BillingFound:
        """What is billed against what was signed, account by account, today; ``everything``: those that agree, too.

        Raises ``UsageError`` through a narrow scope.
        """
        from tenure.engine.verbs.billing import Billing

        answer: BillingFound = self._call("billing", Billing(everything, self.scope))
        return answer

    def away(self, *, days: int = 14) -> tuple[Absence, ...]:
        """Which of our people are away now or within so many days, and who stands in. Through a narrow scope its own people.

        Raises ``UsageError`` for more days than a year.
        """
        from tenure.engine.verbs.away import Away

        answer: tuple[Absence, ...] = self._call("away", Away(days, self.scope))
        return answer

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

    def _published(self, read: Callable[..., T | None], request: Any) -> T | None:
        """What published files answer; None where they cannot, or are damaged."""
        return mending.or_made_anew(self.home, lambda: read(self.home, request, config.read(self.home), self._clock()))

    def _call(self, verb: str, request: Any) -> Any:
        return self._executor.call(verb, request, self.progress)
