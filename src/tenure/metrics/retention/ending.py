"""How the times for which an account was a customer ended."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.metrics.join import beside
from tenure.metrics.lifetime.spell import spell
from tenure.metrics.retention.churn_reasons import told_of
from tenure.metrics.world import World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact()
def ending(w: World) -> ir.Table:
    """One row for each stretch of time as a customer that is over: the unit's keys, ``until`` (the local day on which it
    ended) and ``kind``, as ``churn_reasons`` has it: voluntary, non_payment, merger or closed; null where nothing is told.
    """
    s = spell(w)
    over = s.filter(s.ends.notnull()).select(*w.keys, "until", active_since="starts", lost_at="ends")
    unit = [*w.keys, "until"]
    rows = beside(over, told_of(w, over, unit), unit)
    return rows.select(*unit, kind="reason_kind")
