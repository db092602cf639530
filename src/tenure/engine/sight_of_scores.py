"""What can be asked of the scores of a workspace through a scope, and told to it; a part of ``Sight``."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from tenure.core.errors import UsageError

if TYPE_CHECKING:
    from tenure.engine.desk import Clock
    from tenure.engine.verbs.disagreements import DisagreementsFound
    from tenure.engine.verbs.health import HealthFound
    from tenure.engine.verbs.optimism import OptimismFound
    from tenure.engine.verbs.preview import Previewed
    from tenure.engine.verbs.record import Recorded
    from tenure.engine.verbs.review import ReviewFound
    from tenure.engine.verbs.risk import RiskFound
    from tenure.engine.verbs.rows import Page
    from tenure.engine.verbs.save_model import Saved
    from tenure.figures.scope import Scope


class Scores:
    """The verbs of health and risk. Whatever is given holds only accounts inside the scope."""

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

    def risk(self, account: str = "") -> RiskFound:
        """How likely customers are to leave, learned from those who did: of every customer, those first of whom most revenue
        is at risk, or of one ``account``.

        Raises ``DataError`` where too few left to learn from, ``UsageError`` for an account that is not to be seen.
        """
        from tenure.engine.verbs.risk import Risk

        found: RiskFound = self._call("risk", Risk(account, self.scope))
        return found
