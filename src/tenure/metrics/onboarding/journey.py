"""An account's way from the signature to value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from tenure.core.accept import uses_of
from tenure.metrics.join import beside
from tenure.metrics.lifetime.spell import spell
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.revenue.line import FAR
from tenure.metrics.use.done import by_people, uses
from tenure.metrics.world import World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

Holds = Literal["with_holds", "without_customer_holds"]
_STEPS = ("closed_won", "live", "onboarded", "first_value")


@fact()
def journey(w: World) -> ir.Table:
    """One row for each account that bought or has a milestone.

    Columns: ``account_id``, ``bought`` (the beginning of its first contract, else when it first became a customer),
    ``lost`` (when it was first lost as a customer) and for each step the instant at which it was first reached
    (``closed_won, live, onboarded, first_value``). Null where there is none.
    """
    contracts = unit_of(w, w.contract).filter(lambda c: c.started_at < w.now)
    contracts = contracts.group_by("account_id").agg(signed=contracts.started_at.min())
    s = spell(w)
    first = s.filter(s.nth == 0).select("account_id", began="starts", lost="ends")
    m = milestones(w)
    reached = {kind: m.completed_at.min(where=(m.kind == kind) & (m.completed_at < w.now)) for kind in _STEPS}
    steps = m.group_by("account_id").agg(**reached)
    everybody = ibis.union(*(t.select("account_id") for t in (contracts, first, steps)), distinct=True)
    rows = everybody
    for more in (contracts, first, steps):
        rows = beside(rows, more, ["account_id"])
    return rows.select("account_id", "lost", *_STEPS, bought=ibis.coalesce(rows.signed, rows.began))


def milestones(w: World) -> ir.Table:
    """The milestones of accounts that count, those that use tells with what it tells.

    Columns: ``account_id, kind, completed_at`` and those of the table that a use does not tell, null for its rows.
    """
    m = unit_of(w, w.milestone)
    m = m.select("account_id", "milestone_id", "product_id", "kind", "blocked_by", "due_at", "due_end", "completed_at")
    rules = w.settings.milestones
    if not rules:
        return m
    told = ibis.union(*(_used(w, kind, *uses_of(rule)) for kind, rule in sorted(rules.items())))
    by_use = m.kind.isin(sorted(rules))
    planned = beside(m.filter(by_use).drop("completed_at"), told, ["account_id", "kind"])
    m = m.filter(~by_use).union(planned.select(m.columns))
    missing = {name: ibis.null(m[name].type()) for name in m.columns if name not in told.columns}
    return m.union(told.anti_join(planned, ["account_id", "kind"]).mutate(**missing).select(m.columns))


def _used(w: World, kind: str, feature: str, times: int) -> ir.Table:
    """``account_id, kind, completed_at``: when each account had used a feature so often within one local day, first."""
    u = unit_of(w, by_people(w, uses(w)))
    u = u.filter(u.feature == feature)
    in_order = {"order_by": ["occurred_at", "event_id"], "preceding": None, "following": 0}
    u = u.mutate(so_far=u.many.sum().over(ibis.window(group_by=["account_id", "occurred_day"], **in_order)))
    u = u.filter(u.so_far >= times)
    first = u.group_by("account_id").agg(completed_at=u.occurred_at.min())
    return first.select("account_id", "completed_at", kind=ibis.literal(kind))


def way(w: World, start: str, end: str) -> ir.Table:
    """The cases from one step (a column of ``journey``) to another; being lost before it comes first.

    ``held``: the seconds for which the customer held up what was reached on the way, or, while the end is not reached,
    may yet be.
    """
    j = journey(w)
    j = j.filter(j[start].notnull())
    lost_later = (j.lost > j[start]).ifelse(j.lost, None)
    cases = j.select("account_id", starts=start, ends=end, left=lost_later)
    m = unit_of(w, w.milestone)
    m = m.filter(m.blocked_by == "customer", m.held_minutes.notnull())
    m = m.select("account_id", "completed_at", seconds=(m.held_minutes * 60).cast("int64"))
    m = beside(m, cases.select("account_id", "starts", "ends"), ["account_id"], how="inner")
    far = ibis.literal(FAR).cast("timestamp(6)")
    reached = ibis.coalesce(m.completed_at, far)
    m = m.filter(reached > m.starts, reached <= ibis.coalesce(m.ends, far))
    held = m.group_by("account_id").agg(held=m.seconds.sum().cast("int64"))
    cases = beside(cases, held, ["account_id"])
    return cases.mutate(held=cases.held.fill_null(0))


def without_holds(rows: ir.Table, holds: Holds) -> ir.Table:
    """The laid cases, with the time for which the customer held them up taken off where that is asked."""
    if holds == "with_holds":
        return rows
    return rows.mutate(lasted=ibis.greatest(rows.lasted - rows.held, 0))
