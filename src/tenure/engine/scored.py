"""What is asked of scores: the part of a sight that tells of health, risk, comparisons and effects."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Any

from tenure.core import config
from tenure.core.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from datetime import datetime
    from pathlib import Path

    from tenure.core.written import Written
    from tenure.engine.desk import Clock
    from tenure.engine.reports import Report
    from tenure.engine.verbs.backtest import Tested
    from tenure.engine.verbs.disagreements import DisagreementsFound
    from tenure.engine.verbs.effect import Effect
    from tenure.engine.verbs.fairness import Comparison
    from tenure.engine.verbs.health import HealthFound
    from tenure.engine.verbs.optimism import OptimismFound
    from tenure.engine.verbs.plays import Play
    from tenure.engine.verbs.preview import Previewed
    from tenure.engine.verbs.rated import RatedFound
    from tenure.engine.verbs.record import Recorded
    from tenure.engine.verbs.review import ReviewFound
    from tenure.engine.verbs.risk import RiskFound
    from tenure.engine.verbs.rows import Page
    from tenure.engine.verbs.save_model import Saved
    from tenure.engine.verbs.score_before import Earlier
    from tenure.figures.scope import Scope


class Scored:
    """Verbs about scores. Each passes the scope on."""

    home: Path
    scope: Scope
    _clock: Clock

    def record(self, table: str, rows: Sequence[Mapping[str, Any]], *, by: str, message_id: str) -> Recorded:
        """As of ``Sight``."""
        raise NotImplementedError

    def rows(self, name: str, *, columns: Sequence[str] = (), where: Iterable[tuple[str, str, Any]] = ()) -> Page:
        """As of ``Sight``."""
        raise NotImplementedError

    def _call(self, verb: str, request: Any) -> Any:
        raise NotImplementedError

    def _published(self, read: Callable[..., Any], request: Any) -> Any:
        raise NotImplementedError

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

    def outcomes(self) -> tuple[str, ...]:
        """The metrics in which an effect can be measured."""
        from tenure.engine.verbs.effect import outcomes

        return outcomes(config.read(self.home))

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
        name = hashlib.sha256(f"{account}\n{by}\n{text}\n{follow_up}\n{at}".encode()).hexdigest()[:10]
        row = {
            "decision_id": name, "account_id": account, "at": f"{at}Z", "by": by, "text": text,
            "follow_up": follow_up or None,
        }  # fmt: skip
        return self.record("decision", [row], by=by, message_id=f"decision {name}")

    def done(self, decision: str, *, by: str) -> Recorded:
        """Note that a decision (its id) is done with. Raises ``UsageError`` for one that is not to be seen."""
        columns = ("decision_id", "account_id", "at", "by", "text", "follow_up")
        found = self.rows("decision", columns=columns, where=[("decision_id", "equals", decision)]).rows
        if not found:
            raise UsageError(
                f"There is no decision {decision!r}.", code="not_found", fix="tenure health review lists those that are open."
            )  # fmt: skip
        row = {name: found[0][name] for name in columns} | {"done_at": f"{self._clock().isoformat()}Z"}
        return self.record("decision", [row], by=by, message_id=f"decision {decision} done")

    def risk(self, account: str = "", *, of: str = "churn") -> RiskFound:
        """How likely customers are to leave (``of``: churn), to reduce (contraction) or to take more (growth), learned from
        those who did: of every customer, those first of whom most revenue is at risk or to be won, or of one ``account``.

        Raises ``DataError`` where too few did to learn from, ``UsageError`` for an account that is not to be seen.
        """
        from tenure.engine.verbs.risk import Risk

        found: RiskFound = self._call("risk", Risk(account, of, self.scope))
        return found

    def rated(self, by: str = "") -> RatedFound:
        """How customers stand by the scores and risks that were kept last, added up: all in sight, and in groups ``by``
        segment, tier, region, industry, team, owner, health_band, risk_band or tenth (of the score, 0, 10, ... 90).

        Raises ``UsageError`` for another group.
        """
        from tenure.engine.verbs.rated import Rated, from_published

        request = Rated(by, self.scope)
        found = self._published(from_published, request)
        answer: RatedFound = self._call("rated", request) if found is None else found
        return answer

    def kept_risk(
        self,
        account: str = "",
        *,
        of: str = "churn",
        among: Sequence[str] | None = None,
        offset: int = 0,
        limit: int = 0,
    ) -> Report[RiskFound] | None:
        """The same as ``tenure run`` or ``tenure risk`` last made it, in a moment: nothing is learned, and what came since is
        not in it (``as_of`` says when it was made, ``day`` of which day it is). None where it was never made; a report
        without ``found`` says why it was refused. ``among``: of these accounts only (None: of all), as far as they are to be seen. ``limit`` (0: all) of
        them, from the ``offset`` on, are told one by one; sums are of all.

        Raises ``UsageError`` for an ``account`` that is not to be seen.
        """
        from tenure.engine.verbs.kept_risk import KeptRisk, from_published

        request = KeptRisk(account, of, self.scope, None if among is None else tuple(among), offset, limit)
        found = self._published(from_published, request)
        answer: Report[RiskFound] | None = self._call("kept_risk", request) if found is None else found[0]
        return answer

    def score_before(self, model: str, asked: Iterable[tuple[str, datetime]]) -> tuple[Earlier, ...]:
        """What a ``model`` of ``score`` made of accounts before moments, as far as they are in sight: the last score that was kept
        in the month until then. What has none is left out.
        """
        from tenure.engine.verbs.score_before import ScoreBefore, from_published

        request = ScoreBefore(model, tuple(asked), self.scope)
        found = self._published(from_published, request)
        answer: tuple[Earlier, ...] = self._call("score_before", request) if found is None else found
        return answer

    def tested(self) -> Report[Tested] | None:
        """The last back-test of the scores that ``tenure run`` kept; None where there is none yet. It names no account."""
        from tenure.engine import reports
        from tenure.engine.verbs.backtest import NAME, Tested

        return reports.kept(self.home, NAME, Tested)

    def compared(self, metric: str = "customer_retention_rate", *, by: str = "owner") -> Report[Comparison] | None:
        """The last comparison of owners or teams that was kept; None where there is none yet, and of teams through a narrow
        scope, which ``fairness`` answers. Through a narrow scope it tells of its own people only.

        Raises ``UsageError`` for a metric that cannot be compared.
        """
        from tenure.engine import reports
        from tenure.engine.verbs.fairness import Comparison, Fairness, by_of, report_of, seen_by

        found = reports.kept(self.home, report_of(metric, by_of(Fairness(metric, by))), Comparison)
        if self.scope.owners is None or found is None or found.found is None:
            return found
        return replace(found, found=seen_by(found.found, self.scope.owners)) if by == "owner" else None

    def comparable(self) -> tuple[str, ...]:
        """The metrics by which owners and teams can be compared."""
        from tenure.engine.verbs.comparisons import Comparisons

        return Comparisons().metrics

    def health_model(self) -> Written:
        """The file that defines the health score: the workspace's own, or the one that comes with Tenure."""
        from tenure.engine.verbs.health import definition

        return definition(self.home)
