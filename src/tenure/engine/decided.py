"""Decisions about accounts, as they were noted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING

from tenure.core.period import instant

if TYPE_CHECKING:
    from tenure.engine.desk import Desk

TABLE = "decision"


@dataclass(frozen=True)
class Decision:
    """``at`` (UTC): when it was decided, ``by``: who noted it, ``follow_up``: when to look at it again. ``is_open``: it is not
    done with; ``is_due``: it is open, and the day to look at it has come.
    """

    decision_id: str
    account_id: str
    at: datetime
    by: str
    text: str
    follow_up: date | None
    is_open: bool
    is_due: bool


def decisions(desk: Desk, day: date, known: datetime) -> list[Decision]:
    """Those made until the end of a day, as known before a moment, the latest first."""
    end = instant(day + timedelta(days=1), desk.settings.timezone)
    seen = max(known, end)  # what was noted on the day is shown with it
    rows = desk.store.rows(
        'SELECT decision_id, account_id, "at", "by", text, follow_up, done_at FROM main.decision_version '
        'WHERE "at" < ? AND known_from < ? AND known_to >= ? ORDER BY "at" DESC, decision_id',
        [end, seen, seen],
    )
    found = []
    for name, account, at, by, text, follow_up, done_at in rows:
        is_open = done_at is None or done_at >= end
        due = is_open and follow_up is not None and follow_up <= day
        found.append(Decision(name, account, at.replace(tzinfo=UTC), by, text, follow_up, is_open, due))
    return found
