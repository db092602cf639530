"""``average_revenue_per_account``."""

from __future__ import annotations

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.revenue.closing import closing
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.world import Periods, World


@metric(axes=("entity", "rate"), unit="money")
def average_revenue_per_account(w: World, p: Periods) -> Ratio:
    """Monthly recurring revenue per customer at the close of the period: ``mrr`` / customers.

    Undefined (null) without customers. Unit: the reporting currency. Interval: bootstrap over accounts up to 1,000,
    above by the delta method.
    """
    rows = closing(w, p)
    rows = rows.filter(rows.is_customer)
    return Ratio(without_rate(w, rows.mutate(base=1)), "closing_now", "base", unit="money", money_num=True)
