"""The times for which an account was a customer."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.revenue.level import level
from tenure.metrics.world import World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact()
def spell(w: World) -> ir.Table:
    """One row for each stretch of time in which an account was a customer without a break.

    Columns: ``account_id, starts, ends`` (instants; ``ends`` is null while it is one), ``since, until`` (their local
    days) and ``nth`` (0 for the first).
    Changes of one local day are netted: whoever leaves and returns within a day has not left.
    """
    t = level(w)
    days = t.group_by([*w.keys, "day"]).agg(at=t["at"].min(), paid=t.after.sum(), held=t.held_after.sum())
    days = days.mutate(there=((days.paid > 0) | (days.held > 0)).ifelse(1, 0))
    own = ibis.window(group_by=w.keys, order_by="day")
    days = days.mutate(was=ibis.coalesce(days.there.lag().over(own), 0))
    turns = days.filter(days.there != days.was)
    turns = turns.mutate(
        ends=turns["at"].lead().over(own),
        until=turns.day.lead().over(own),
        nth=((ibis.row_number().over(own) - (ibis.row_number().over(own) % 2)) / 2).floor().cast("int64"),
    )
    return turns.filter(turns.there == 1).select(*w.keys, "ends", "nth", "until", starts="at", since="day")
