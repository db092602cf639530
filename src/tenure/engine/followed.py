"""What is asked of one account's life, and taken back of it: a part of a sight."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from datetime import datetime
    from pathlib import Path

    from tenure.engine.plan_templates import PlanTemplate
    from tenure.engine.review_rules import ReviewRules
    from tenure.engine.verbs.account_revenue import RevenueFound
    from tenure.engine.verbs.account_tickets import TicketsFound, Which
    from tenure.engine.verbs.account_use import UseFound
    from tenure.engine.verbs.changes import ChangesFound
    from tenure.engine.verbs.record import Recorded
    from tenure.engine.verbs.timeline import TimelineFound
    from tenure.figures.scope import Scope


class Followed:
    """Verbs about one account. Each passes the scope on; of an account out of it nothing is known (None)."""

    home: Path
    scope: Scope

    def timeline(
        self,
        account_id: str,
        *,
        kinds: Sequence[str] = (),
        search: str = "",
        event: str = "",
        since: datetime | None = None,
        offset: int = 0,
        limit: int = 40,
    ) -> TimelineFound | None:
        """What happened with an account, out of all that tells of it, the latest first (see ``Timeline`` for the arguments).

        Raises ``UsageError`` for a kind that there is not, and for pages and moments that make no sense.
        """
        from tenure.engine.verbs.timeline import Timeline, from_published

        request = Timeline(account_id, tuple(kinds), search, event, since, offset, limit, self.scope)
        answer: TimelineFound | None = self._of_account("timeline", from_published, request)
        return answer

    def changes(self, account_id: str, since: datetime) -> ChangesFound | None:
        """What became another of an account since a moment, and what happened or was told since.

        Raises ``UsageError`` for a moment without a zone, and for one that lies ahead.
        """
        from tenure.engine.verbs.changes import ChangesOf, from_published

        request = ChangesOf(account_id, since, self.scope)
        answer: ChangesFound | None = self._of_account("changes", from_published, request)
        return answer

    def account_use(self, account_id: str, *, months: int = 13) -> UseFound | None:
        """How an account uses what it pays for, month by month, up to the one that runs."""
        from tenure.engine.verbs.account_use import AccountUse, from_published

        request = AccountUse(account_id, months, self.scope)
        answer: UseFound | None = self._of_account("account_use", from_published, request)
        return answer

    def account_revenue(self, account_id: str, *, months: int = 25) -> RevenueFound | None:
        """The monthly recurring revenue of an account at the ends of months, up to today."""
        from tenure.engine.verbs.account_revenue import AccountRevenue, from_published

        request = AccountRevenue(account_id, months, self.scope)
        answer: RevenueFound | None = self._of_account("account_revenue", from_published, request)
        return answer

    def plan_templates(self) -> tuple[PlanTemplate, ...]:
        """The templates of success plans: the workspace's own, or those that come with Tenure. Raises ``UsageError`` for a file that is
        wrong, with the line.
        """
        from tenure.engine.plan_templates import templates

        return templates(self.home)

    def review_rules(self) -> ReviewRules:
        """What people are judged by in reviews, and how reviews go: the workspace's own rules, or those that come with Tenure. Raises
        ``UsageError`` for a file that is wrong, with the line.
        """
        from tenure.engine.review_rules import rules

        return rules(self.home)

    def account_tickets(
        self, account_id: str, *, which: Which = "all", offset: int = 0, limit: int = 25
    ) -> TicketsFound | None:
        """The tickets of an account (``which``: open, closed or all), the latest first, with how long reply and solution took
        against what was promised. Raises ``UsageError`` for a page that makes no sense.
        """
        from tenure.engine.verbs.account_tickets import AccountTickets, from_published

        request = AccountTickets(account_id, which, offset, limit, self.scope)
        answer: TicketsFound | None = self._of_account("account_tickets", from_published, request)
        return answer

    def retract(self, table: str, key: str, *, reason: str, by: str) -> Recorded:
        """Take a row back (of a table whose key is one column): it does not count from now on.

        Raises ``UsageError`` for a row that is not to be seen, and without a reason.
        """
        from tenure.engine.verbs.retract import Retract

        answer: Recorded = self._call("retract", Retract(table, key, reason, by, self.scope))
        return answer

    def _of_account(self, verb: str, read: Callable[..., Any], request: Any) -> Any:
        """What lies ready answers, else whoever holds the warehouse."""
        found = self._published(read, request)
        return self._call(verb, request) if found is None else found[0]

    def _call(self, verb: str, request: Any) -> Any:
        raise NotImplementedError

    def _published(self, read: Callable[..., Any], request: Any) -> Any:
        raise NotImplementedError
