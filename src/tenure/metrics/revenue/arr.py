"""``arr``."""

from __future__ import annotations

from tenure.metrics.kinds import Total, metric
from tenure.metrics.revenue.closing import closing
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.world import Periods, World


@metric(axes=("entity", "rate"), unit="money", level=True)
def arr(w: World, p: Periods) -> Total:
    """Annual recurring revenue at the close of the period: 12 x ``mrr``, and everything said there holds.

    Unit: the reporting currency. No interval: it is a sum over all customers, not a sample.
    """
    rows = closing(w, p)
    return Total(without_rate(w, rows.mutate(yearly=rows.closing_now * 12)), "yearly", single=True)
