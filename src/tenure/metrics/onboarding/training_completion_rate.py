"""``training_completion_rate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.onboarding.due import REASONS, due, gone, together, with_reasons
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


@metric(by=("course", "agent"), unit="share", counted=True)
def training_completion_rate(
    w: World,
    p: Periods,
    unit: Literal["per_course", "per_user", "per_account"] = "per_course",
    when: Literal["ever", "on_time"] = "ever",
    learners: Literal["customers", "own_people"] = "customers",
) -> Ratio:
    """The share of the courses assigned and due in the period that were taken.

    Formula: courses done / courses due, each assignment for itself. Variant ``per_user``: people who have done all of
    theirs that were due / people who had one due; ``per_account``: likewise accounts. Done is what was completed up to now,
    also late (variant ``on_time``: by the end of the due day). Variant ``own_people``: the courses of our own people
    (those with a ``csm_id`` and no account) instead of customers'; ``agent`` says whose they are.

    Left out, in this order: courses marked as not required (``optional course``; without a mark a course is required),
    those of our own people and of technical users at an account (``one of us``), those of people who had left by the end of
    the due day, and of accounts that had been customers and were none any more (``left``), done or not; per user those
    without a person. Whoever has nothing else due is left out as a whole. A course without a due date is never due, one that is
    due today not before the day is over. Sliced by ``course``, people and accounts with several have none.

    Undefined (null) when nothing was due. Unit: share. Interval: Wilson, 95 %. Owner: on the due day.
    """
    t = w.training
    own = t.account_id.isnull()
    t = unit_of(w, t.filter(~own)) if learners == "customers" else t.filter(own)
    t = t.select(
        "account_id", "training_id", "person_id", "course", "required", "due_at", "due_end", "completed_at",
        agent="csm_id",
    )  # fmt: skip
    rows = _with_why(w, due(w, p, t, when))
    if unit == "per_user":
        rows = rows.mutate(who=rows.person_id if learners == "customers" else rows.agent)
        rows = _also(rows, rows.who.isnull(), "no person named")
        rows = together(rows, ["account_id", "who"], ("course", "agent"))
    if unit == "per_account":
        rows = _also(rows, rows.account_id.isnull(), "no account")
        rows = together(rows, ["account_id"], ("course", "agent"))
    return Ratio(with_reasons(rows).drop("why"), "done", "base", spread="wilson", clustered=True)


def _also(rows: ir.Table, condition: ir.BooleanValue, reason: str) -> ir.Table:
    """The rows with one more reason, where there was none."""
    return rows.mutate(why=ibis.coalesce(rows.why, condition.ifelse(ibis.literal(REASONS.index(reason)), None)))


def _with_why(w: World, rows: ir.Table) -> ir.Table:
    """The rows with ``why``: the place of the first reason for which they do not count, or null."""
    people = w.person.select("person_id", "is_internal", "is_service", "left_at")
    staff = w.csm.group_by("csm_id").agg(ended_at=ibis._.ended_at.max())
    rows = beside(beside(rows, people, ["person_id"]), staff.rename(agent="csm_id"), ["agent"])
    rows = gone(w, rows, "training_id")
    ours = (rows.is_internal.fill_null(False) | rows.is_service.fill_null(False)) & rows.account_id.notnull()
    left = (ibis.coalesce(rows.left_at, rows.ended_at) < rows.due_end).fill_null(False) | rows.gone
    why = ibis.cases(
        (~rows.required.fill_null(True), REASONS.index("optional course")),
        (ours, REASONS.index("one of us")),
        (left, REASONS.index("left")),
        else_=ibis.null("int64"),
    )
    return rows.select(
        "account_id", "training_id", "person_id", "agent", "course", "period", "at", "done", why=why.cast("int64")
    )
