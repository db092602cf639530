"""``arr``."""

from __future__ import annotations

from tenure.metrics.kinds import Total, metric
from tenure.metrics.revenue.book import at_close, book
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.world import Periods, World


@metric(axes=("entity", "rate"), unit="money")
def arr(w: World, p: Periods) -> Total:
    """Annual recurring revenue at the close of the period: 12 x ``mrr``, and everything said there holds.

    Unit: the reporting currency. No interval: it is a sum over all customers, not a sample.
    """
    rows = book(w, p)
    rows = rows.filter(rows.is_customer | (rows.closing_now != 0) | rows.no_rate)
    return Total(without_rate(w, at_close(p, rows.mutate(yearly=rows.closing_now * 12))), "yearly")
