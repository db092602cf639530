"""What is told of a success plan, as rows of ``goal``, ``step`` and ``plan_comment``. Who calls these sees the account."""

from __future__ import annotations

import secrets
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import TYPE_CHECKING, Any

from django.http import Http404

from tenure.web.kit.reading import local_date

if TYPE_CHECKING:
    from datetime import date

    from tenure.engine import Sight
    from tenure.engine.plan_templates import PlanTemplate

_KEYS = {"goal": "goal_id", "step": "step_id", "plan_comment": "comment_id"}
_COLUMNS = {
    "goal": ("goal_id", "account_id", "name", "measure", "baseline", "target", "current", "due_at", "reached_at", "confirmed_by"),
    "step": ("step_id", "account_id", "goal_id", "name", "side", "owner", "due_at", "position", "done_at"),
    "plan_comment": ("comment_id", "account_id", "side", "by"),
}  # fmt: skip


@dataclass(frozen=True)
class Teller:
    """Who tells: ``by`` names the message's sender for the record, ``name`` is what readers are shown, ``side`` whose side it is."""

    by: str
    name: str
    side: str


def found(sight: Sight, table: str, account_id: str, key: str) -> dict[str, Any]:
    """A row of an account's plan. Raises ``Http404`` where there is none."""
    where = [(_KEYS[table], "equals", key), ("account_id", "equals", account_id)]
    rows = sight.rows(table, columns=_COLUMNS[table], where=where, limit=1).rows if key else ()
    if not rows:
        raise Http404
    return rows[0]


def tell(sight: Sight, table: str, rows: list[dict[str, Any]], who: Teller, message_id: str = "") -> None:
    """Record rows of a plan; without a ``message_id`` as a message of their own."""
    sight.record(table, rows, by=who.by, message_id=message_id or f"plan {secrets.token_hex(16)}")


def tick(sight: Sight, step: dict[str, Any], who: Teller, at: datetime | None) -> None:
    """Say that a step is done (``at``), or that it is not (None)."""
    row = {name: step[name] for name in ("step_id", "account_id", "name", "side")}
    tell(sight, "step", [row | {"done_at": at, "done_by": who.name if at else None}], who)


def confirm(sight: Sight, goal: dict[str, Any], who: Teller, at: datetime) -> None:
    """Say in the customer's name that a goal is theirs."""
    row = {name: goal[name] for name in ("goal_id", "account_id", "name")}
    tell(sight, "goal", [row | {"confirmed_by": who.name, "confirmed_at": at}], who)


def reach(sight: Sight, goal: dict[str, Any], who: Teller, at: datetime | None) -> None:
    """Say that a goal was reached (``at``), or was not (None)."""
    row = {name: goal[name] for name in ("goal_id", "account_id", "name")}
    tell(sight, "goal", [row | {"reached_at": at}], who)


def comment(
    sight: Sight, account_id: str, text: str, who: Teller, at: datetime, *, about: dict[str, str], id_: str = ""
) -> None:
    """Say something about a plan; ``about``: the goal or step, where it is about one."""
    name = id_ or f"c-{secrets.token_hex(12)}"
    row = {
        "comment_id": name, "account_id": account_id, "goal_id": about.get("goal_id"), "step_id": about.get("step_id"),
        "at": at, "side": who.side, "by": who.name, "text": text,
    }  # fmt: skip
    tell(sight, "plan_comment", [row], who)


def begin(sight: Sight, account_id: str, template: PlanTemplate, who: Teller, today: date) -> None:
    """Put a template's goals and steps into an account's plan, with their days counted from ``today``."""
    goals: list[dict[str, Any]] = []
    steps: list[dict[str, Any]] = []
    for goal in template.goals:
        goal_id = f"g-{secrets.token_hex(8)}"
        goals.append({
            "goal_id": goal_id, "account_id": account_id, "name": goal.name, "measure": goal.measure or None,
            "target": goal.target, "due_at": _due(today, goal.due),
        })  # fmt: skip
        for step in goal.steps:
            steps.append({
                "step_id": f"s-{secrets.token_hex(8)}", "account_id": account_id, "goal_id": goal_id, "name": step.name,
                "side": step.side, "due_at": _due(today, step.due), "position": len(steps),
            })  # fmt: skip
    tell(sight, "goal", goals, who)
    if steps:
        tell(sight, "step", steps, who)


def _due(today: date, days: int | None) -> str | None:
    return None if days is None else (today + timedelta(days=days)).isoformat()


def local_day(at: datetime | None) -> date | None:
    """The organisation's day of a moment."""
    return None if at is None else local_date(at)
