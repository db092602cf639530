"""Contacts: what counts as one, and in which period it was."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(kept=(("month", "period"),), dated=True)
def contact(w: World, p: Periods) -> ir.Table:
    """One row for each contact with an account inside a period.

    Columns: ``account_id, period, at`` (when it began), ``two_way`` (0 or 1). See ``together``.
    """
    t = touches(w)
    j = p.join(t, [t.occurred_at >= p.opens, t.occurred_at < p.closes])
    return together(j).select("account_id", "period", "at", "two_way")


def touches(w: World) -> ir.Table:
    """The touchpoints that a person had part in, up to now, of the accounts that count."""
    t = unit_of(w, w.touchpoint)
    return t.filter(~t.is_automated.fill_null(False), t.occurred_at < w.now)


def together(t: ir.Table) -> ir.Table:
    """Touchpoints that were laid over periods as contacts: ``account_id, period, at, two_way``.

    A meeting is one contact, however many took part. What an account and we say in one thread on one local day is one
    contact; it is two-way if both spoke.
    """
    threaded = t.thread_id.notnull()
    t = t.mutate(
        threaded=threaded,
        thing=ibis.coalesce(t.thread_id, t.touchpoint_id),
        on=threaded.ifelse(t.occurred_day, None),
        ours=t.direction.isin(["out", "both"]).ifelse(1, 0),
        theirs=t.direction.isin(["in", "both"]).ifelse(1, 0),
    )
    g = t.group_by(["account_id", "period", "threaded", "thing", "on"]).agg(
        at=t.occurred_at.min(), ours=t.ours.max(), theirs=t.theirs.max()
    )
    return g.select("account_id", "period", "at", two_way=((g.ours == 1) & (g.theirs == 1)).ifelse(1, 0).cast("int64"))
