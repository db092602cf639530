"""What is asked and told of renewals and of sales to customers, through a scope."""

from __future__ import annotations

import hashlib
from datetime import UTC, date, datetime, timedelta
from decimal import Decimal
from typing import TYPE_CHECKING, Any

from tenure.core import config
from tenure.core.errors import DataError, UsageError
from tenure.core.period import instant, local_day

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence
    from pathlib import Path

    from tenure.engine.desk import Clock
    from tenure.engine.verbs.growth_pipeline import GrowthPipelineFound
    from tenure.engine.verbs.record import Recorded
    from tenure.engine.verbs.renewal_accuracy import RenewalAccuracyFound
    from tenure.engine.verbs.renewal_forecast import RenewalForecastFound
    from tenure.engine.verbs.rows import Page
    from tenure.figures.scope import Scope

Amount = Decimal | int | str | None


class Renewing:
    """Verbs about renewals. Each passes the scope on."""

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

    def renewal_forecast(
        self, *, start: str = "", end: str = "", by: str = "", where: Iterable[tuple[str, str, Any]] = ()
    ) -> RenewalForecastFound:
        """What the renewals that come up in a window (default: the fiscal quarter that runs) will bring: what is decided, what
        people judge of the rest and what the model expects of it with its range, by owner, team, segment, tier, region,
        category or state (``by``), and the renewals that make the difference. ``where``: conditions as for ``rows``.

        Raises ``UsageError`` for a window that cannot be, and names that do not exist.
        """
        from tenure.engine.verbs.renewal_forecast import RenewalForecast, from_published

        request = RenewalForecast(start, end, by, tuple(where), self.scope)
        found = self._published(from_published, request)
        answer: RenewalForecastFound = self._call("renewal_forecast", request) if found is None else found
        return answer

    def renewal_window(self, start: str = "", end: str = "") -> tuple[datetime, date]:
        """What a window means for a list of renewals: the moment (UTC) after which and the day before which they are due.

        Raises ``UsageError`` for one that cannot be.
        """
        from tenure.engine.verbs.renewal_forecast import window_of

        settings = config.read(self.home)
        opens, closes = window_of(start, end, settings, self._clock())
        return instant(opens, settings.timezone).replace(tzinfo=UTC) - timedelta(microseconds=1), closes

    def renewal_accuracy(self, *, quarters: int = 8) -> RenewalAccuracyFound:
        """How past quarters' forecasts, by judgement and by model as they were known 90, 60 and 30 days before the quarter and
        at its beginning, compare with what came, in all and by owner. Through a narrow scope its own people only.
        """
        from tenure.engine.verbs.renewal_accuracy import RenewalAccuracy

        answer: RenewalAccuracyFound = self._call("renewal_accuracy", RenewalAccuracy(quarters, self.scope))
        return answer

    def growth_pipeline(self) -> GrowthPipelineFound:
        """What may be sold to customers: what is open by stage, kind and month of its close, how much of it our own people
        brought, and how often and how fast such sales were won in the last twelve months.
        """
        from tenure.engine.verbs.growth_pipeline import GrowthPipeline, from_published

        request = GrowthPipeline(self.scope)
        found = self._published(from_published, request)
        answer: GrowthPipelineFound = self._call("growth_pipeline", request) if found is None else found
        return answer

    def judge_renewal(
        self, renewal: str, category: str, *, by: str, amount: Amount = None, reason: str = "", sender: str = "",
        message_id: str = "",
    ) -> Recorded:  # fmt: skip
        """Tell how sure a renewal is: commit, likely, at_risk or will_leave, and what it is expected to be worth in a year (in the
        contract's currency; without it, all or nothing by the category). ``sender``: who is on record for it, by default ``by``;
        ``message_id``: names the message, by default one of its own.

        Raises ``UsageError`` for a renewal that is not to be seen and one that is decided, ``DataError`` for what cannot be.
        """
        known = self._renewal(renewal)
        if known["state"] not in ("open", "late"):
            raise UsageError(
                f"The renewal {renewal!r} is {known['state']}.", code="decided", where=renewal,
                fix="Judge one that is open; take an outcome back first, if it is wrong.",
            )  # fmt: skip
        at = self._clock()
        row = {
            "renewal_id": renewal, "account_id": known["account_id"], "at": f"{at.isoformat()}Z", "category": category,
            "amount": _told(amount), "currency": known["currency"], "by": by, "reason": reason or None,
        }  # fmt: skip
        return self._tell("renewal_forecast", row, sender or by, message_id)

    def renewal_ended(
        self,
        renewal: str,
        outcome: str,
        *,
        by: str,
        value: Amount = None,
        postponed_to: date | None = None,
        sender: str = "",
        message_id: str = "",
        **why: Any,
    ) -> Recorded:
        """Tell how a renewal ended: renewed (``value``: its new yearly worth in the contract's currency; default: the same),
        lost (``why``: kind, reason, competitor, controllable, text), postponed (``postponed_to``), or open: taken back. ``sender``
        and ``message_id``: as of ``judge_renewal``.

        Revenue follows from subscriptions alone: nothing of this changes it. Raises ``UsageError`` for a renewal that is not to be
        seen and one whose contract tells its own outcome, ``DataError`` for what cannot be.
        """
        known = self._renewal(renewal)
        if known["is_own"]:
            raise UsageError(
                f"The contract {renewal!r} tells its own outcome: {known['told']}.", code="decided", where=renewal,
                fix="Change it where contracts come from.",
            )  # fmt: skip
        at = self._clock()
        today = local_day(at, config.read(self.home).timezone)
        if outcome == "postponed" and (postponed_to is None or postponed_to <= today):
            raise DataError(
                "A postponed renewal needs a day that lies ahead.", code="bad_day", fix="Give postponed_to."
            )
        row = {
            "renewal_id": renewal, "account_id": known["account_id"], "outcome": outcome,
            "decided_at": f"{at.isoformat()}Z", "by": by, "currency": known["currency"],
            "value": (_told(value) if value is not None else known["own_value"]) if outcome == "renewed" else None,
            "postponed_to": postponed_to if outcome == "postponed" else None,
        }  # fmt: skip
        told = {name: why.get(name) for name in ("kind", "reason", "competitor", "controllable", "text")}
        row |= told if outcome == "lost" else dict.fromkeys(told) | {"text": told["text"]}
        return self._tell("renewal_outcome", row, sender or by, message_id)

    def _renewal(self, renewal: str) -> dict[str, Any]:
        found = self.rows("renewals", where=[("renewal_id", "equals", renewal)]).rows
        if not found:
            raise UsageError(
                f"There is no renewal {renewal!r}.",
                code="not_found",
                fix="Name one that you can see: rows of renewals.",
            )
        return found[0]

    def _tell(self, table: str, row: dict[str, Any], sender: str, message_id: str) -> Recorded:
        told = "\n".join(f"{name}={value}" for name, value in row.items())  # the moment among it
        name = message_id or hashlib.sha256(told.encode()).hexdigest()[:16]
        return self.record(table, [row], by=sender, message_id=f"{table} {name}")


def _told(amount: Amount) -> Decimal | int | str | None:
    """An amount that can be counted. Raises ``DataError`` for less than nothing."""
    try:
        given = None if amount is None else Decimal(str(amount))
    except ArithmeticError:
        return amount  # refused with its reason, as any row's
    if given is not None and given < 0:
        raise DataError("A renewal is not worth less than nothing.", code="bad_value", fix="Give 0 or more.")
    return given
