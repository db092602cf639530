"""An account's way from the signature to value."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.join import beside
from tenure.metrics.lifetime.spell import spell
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.revenue.line import FAR
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
    m = unit_of(w, w.milestone)
    reached = {kind: m.completed_at.min(where=(m.kind == kind) & (m.completed_at < w.now)) for kind in _STEPS}
    steps = m.group_by("account_id").agg(**reached)
    everybody = ibis.union(*(t.select("account_id") for t in (contracts, first, steps)), distinct=True)
    rows = everybody
    for more in (contracts, first, steps):
        rows = beside(rows, more, ["account_id"])
    return rows.select("account_id", "lost", *_STEPS, bought=ibis.coalesce(rows.signed, rows.began))


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
