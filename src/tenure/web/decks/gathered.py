"""What a business review is made of: what is known of one account, and nothing that is ours alone.

Columns are named one by one: what stands in no list here cannot come onto a slide.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, datetime
from typing import TYPE_CHECKING, Any

from tenure.core.period import months_between
from tenure.engine import Query
from tenure.web.kit.reading import local_date
from tenure.web.kit.things import things

if TYPE_CHECKING:
    from tenure.engine import Sight
    from tenure.engine.verbs.account_tickets import TicketTold
    from tenure.engine.verbs.account_use import UseFound
    from tenure.web.decks.asked import Asked

Rows = tuple[dict[str, Any], ...]
_MOST = 5_000
#: Months before the period that the course of use shows, too, so that there are twelve or more.
_COURSE = 12


@dataclass(frozen=True)
class Gathered:
    """``name``: the account's. ``rows``: by table. ``use`` ends with the last month of the period. ``tickets``: opened in the period.
    ``called``: the customer's people by id, ``things``: products and features by id.
    """

    asked: Asked
    name: str
    rows: Mapping[str, Rows]
    use: UseFound | None
    tickets: tuple[TicketTold, ...]
    called: Mapping[str, str]
    things: Mapping[str, str]
    currency: str
    as_of: datetime

    @property
    def today(self) -> date:
        """The day by the organisation's clock."""
        return local_date(self.as_of)


def gathered(sight: Sight, account_id: str, asked: Asked) -> Gathered | None:
    """What is known of an account for a review; None where there is no such account to be seen."""
    found = sight.dossier(account_id, _queries(asked))
    if found is None:
        return None
    rows = {table: page.rows for table, page in found.pages.items()}
    called = {row["person_id"]: row["name"] for row in rows.pop("person", ()) if row["name"]}
    today = local_date(found.as_of)
    return Gathered(
        asked, found.account["name"] or account_id, rows,
        _use(sight, account_id, asked, today) if "use" in asked.sections else None,
        _tickets(sight, account_id, asked) if "service" in asked.sections else (),
        called, things(sight), sight.settings().currency, found.as_of,
    )  # fmt: skip


def _queries(asked: Asked) -> dict[str, Query]:
    begins, over = asked.moments()

    def during(column: str) -> tuple[tuple[str, str, Any], ...]:
        return ((column, "at_least", begins), (column, "less", over))

    wanted = {
        "goal": Query(("goal_id", "name", "measure", "baseline", "target", "current", "due_at", "confirmed_by", "confirmed_at",
                       "reached_at"), order=("due_at", "name"), limit=_MOST),
        "step": Query(("step_id", "name", "side", "due_at", "position", "done_at"), order=("due_at", "position", "name"), limit=_MOST),
        "survey_answer": Query(("answer_id", "survey", "score", "scale_min", "scale_max", "low_is_good", "text", "answered_at",
                                "csm_id", "agent_id", "is_anonymous"), during("answered_at"), order=("-answered_at",), limit=_MOST),
        "touchpoint": Query(("channel", "occurred_at", "is_automated"), during("occurred_at"), order=("occurred_at",), limit=_MOST),
        "training": Query(("course", "assigned_at", "due_at", "completed_at"), order=("course",), limit=_MOST),
        "milestone": Query(("kind", "product_id", "due_at", "completed_at"), order=("due_at",), limit=_MOST),
        "contract": Query(("contract_id", "started_at", "ended_at", "value", "currency", "auto_renew", "evergreen", "notice_by"),
                          order=("ended_at",), limit=_MOST),
        "person": Query(("person_id", "name"), limit=_MOST),
    }  # fmt: skip
    needed = {"goals": ("goal", "step", "person"), "voice": ("survey_answer",), "done": ("touchpoint", "training", "milestone", "step"),
              "contract": ("contract",), "steps": ("step",)}  # fmt: skip
    tables = {table for section in asked.sections for table in needed.get(section, ())}
    return {table: query for table, query in wanted.items() if table in tables}


def _use(sight: Sight, account_id: str, asked: Asked, today: date) -> UseFound | None:
    """The months up to the last one of the period, and a year before its first."""
    last, first = asked.last, asked.start
    until_now = months_between(last, today)
    within = months_between(first, last)
    return sight.account_use(account_id, months=max(until_now, 0) + max(within + 1, _COURSE) + 1)


def _tickets(sight: Sight, account_id: str, asked: Asked) -> tuple[TicketTold, ...]:
    """Those opened in the period. The latest come first."""
    begins, over = asked.moments()
    told: list[TicketTold] = []
    while True:
        found = sight.account_tickets(account_id, offset=len(told), limit=1_000)
        told += found.tickets if found else ()
        if found is None or not found.tickets or found.tickets[-1].created_at < begins or len(told) >= found.total:
            return tuple(one for one in told if begins <= one.created_at < over)
