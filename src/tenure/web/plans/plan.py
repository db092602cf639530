"""A success plan as it is shown, to us or to the customer: goals with their progress, steps of both sides, comments."""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any

from django.utils.translation import gettext as _

from tenure.engine import Query
from tenure.web.kit import formats
from tenure.web.kit.goals import progress
from tenure.web.kit.people import names
from tenure.web.plans.facts import local_day

if TYPE_CHECKING:
    from collections.abc import Mapping

    from tenure.engine import Sight

_MOST = 500
ASKED = {
    "goal": Query(
        columns=(
            "goal_id", "name", "measure", "baseline", "target", "current", "due_at", "confirmed_by", "confirmed_at",
            "reached_at",
        ),
        order=("due_at", "name"), limit=_MOST,
    ),
    "step": Query(
        columns=("step_id", "goal_id", "name", "side", "owner", "due_at", "position", "done_at", "done_by"),
        order=("position", "due_at", "name"), limit=_MOST,
    ),
    "plan_comment": Query(
        columns=("comment_id", "goal_id", "step_id", "at", "side", "by", "text"), order=("at",), limit=_MOST
    ),
    "person": Query(columns=("person_id", "name"), limit=5_000),
}  # fmt: skip


@dataclass(frozen=True)
class Step:
    """A step. ``ours``: it is our side's; ``late``: its day is over and it is not done."""

    id: str
    name: str
    ours: bool
    owner: str
    due: str
    late: bool
    done: str
    done_by: str


@dataclass(frozen=True)
class Comment:
    """What somebody of either side wrote; ``about``: the goal or step it is about."""

    id: str
    by: str
    ours: bool
    when: str
    about: str
    text: str


@dataclass(frozen=True)
class Goal:
    """A goal. ``progress``: in percent, from the baseline to the target; None where one of the three figures is not known.
    ``stands``: the figures in words.
    """

    id: str
    name: str
    measure: str
    stands: str
    progress: int | None
    due: str
    late: bool
    confirmed: str
    reached: str
    steps: tuple[Step, ...]
    done: int


@dataclass(frozen=True)
class Plan:
    """``steps``: those of no goal; ``done`` of ``all`` steps are done; ``reached``: so many goals are."""

    name: str
    goals: tuple[Goal, ...]
    steps: tuple[Step, ...]
    comments: tuple[Comment, ...]
    done: int
    all: int
    reached: int
    as_of: datetime

    @property
    def empty(self) -> bool:
        """Whether nothing is planned."""
        return not self.goals and not self.steps


def plan_of(sight: Sight, account_id: str) -> Plan | None:
    """The plan of an account; None where there is no such account to be seen."""
    found = sight.dossier(account_id, ASKED)
    if found is None:
        return None
    rows = {table: page.rows for table, page in found.pages.items()}
    called = {**names.of(sight), **{row["person_id"]: row["name"] for row in rows["person"] if row["name"]}}
    now = found.as_of
    goals = {row["goal_id"]: row["name"] for row in rows["goal"]}
    by_goal: defaultdict[str, list[Step]] = defaultdict(list)
    for row in rows["step"]:
        by_goal[row["goal_id"] if row["goal_id"] in goals else ""].append(_step(row, called, now))
    steps = {row["step_id"]: row["name"] for row in rows["step"]}
    every = [step for some in by_goal.values() for step in some]
    return Plan(
        found.account["name"] or account_id,
        tuple(_goal(row, tuple(by_goal[row["goal_id"]]), called, now) for row in rows["goal"]), tuple(by_goal[""]),
        tuple(_comment(row, called, goals, steps) for row in rows["plan_comment"]), sum(bool(one.done) for one in every), len(every),
        sum(row["reached_at"] is not None for row in rows["goal"]), now,
    )  # fmt: skip


def _step(row: dict[str, Any], called: Mapping[str, str], now: datetime) -> Step:
    done = row["done_at"]
    return Step(
        row["step_id"], row["name"], row["side"] == "us", called.get(row["owner"] or "", row["owner"] or ""),
        formats.day(row["due_at"]) if row["due_at"] else "", not done and is_over(row["due_at"], now),
        formats.day(done) if done else "", row["done_by"] or "" if row["side"] == "customer" else called.get(row["done_by"] or "", row["done_by"] or ""),
    )  # fmt: skip


def _goal(row: dict[str, Any], steps: tuple[Step, ...], called: Mapping[str, str], now: datetime) -> Goal:
    confirmed = called.get(row["confirmed_by"] or "", row["confirmed_by"] or "")
    if row["confirmed_at"]:
        by = confirmed or _("the customer")
        confirmed = _("%(name)s, %(day)s") % {"name": by, "day": formats.day(row["confirmed_at"])}
    reached = row["reached_at"]
    return Goal(
        row["goal_id"], row["name"], row["measure"] or "", _stands(row), 100 if reached else progress(row),
        formats.day(row["due_at"]) if row["due_at"] else "", not reached and is_over(row["due_at"], now), confirmed,
        formats.day(reached) if reached else "", steps, sum(bool(one.done) for one in steps),
    )  # fmt: skip


def _stands(row: Mapping[str, Any]) -> str:
    parts = (
        (_("from %(number)s"), row["baseline"]), (_("now %(number)s"), row["current"]), (_("to %(number)s"), row["target"]),
    )  # fmt: skip
    return ", ".join(words % {"number": formats.number(value)} for words, value in parts if value is not None)


def _comment(
    row: dict[str, Any], called: Mapping[str, str], goals: Mapping[str, str], steps: Mapping[str, str]
) -> Comment:
    about = steps.get(row["step_id"] or "") or goals.get(row["goal_id"] or "") or ""
    told = row["by"] or ""
    by = told if row["side"] == "customer" else called.get(told, told)  # what a customer is called is what she typed
    return Comment(row["comment_id"], by, row["side"] == "us", formats.moment(row["at"]), about, row["text"])


def is_over(due: datetime | None, now: datetime) -> bool:
    """Whether the local day by which something is due is over."""
    day, today = local_day(due), local_day(now)
    return day is not None and today is not None and day < today
