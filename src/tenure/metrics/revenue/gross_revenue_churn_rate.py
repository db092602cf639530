"""``gross_revenue_churn_rate``."""

from __future__ import annotations

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.revenue.book import book
from tenure.metrics.revenue.movement import moved_by_unit
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.world import Periods, World


@metric(axes=("entity", "rate", "ownership", "dating"), unit="share", better="less")
def gross_revenue_churn_rate(w: World, p: Periods) -> Ratio:
    """How much recurring revenue was lost in the period, against what there was at its start.

    Formula: (churn + contraction) / MRR at the start, over the movements of the accounts that were customers at the
    start. 100 at the start, 10 churned and 10 contracted is 20 %. Not simply 1 - GRR: an account that shrinks and
    then grows again inside the period has lost revenue here and none there.

    A monthly rate m also shows what it comes to over a year of such months, 1 - (1 - m)^12 (``annualised_rate``).

    Undefined (null) without MRR at the start. Unit: share. Interval: bootstrap over accounts up to 1,000, above by the
    delta method.
    """
    rows = book(w, p)
    rows = moved_by_unit(w, p, rows.filter(rows.was_customer))
    rows = rows.mutate(lost=-(rows.churn + rows.contraction))
    return Ratio(without_rate(w, rows), "lost", "opening", complement=True, money_num=True, money_den=True, capped=True)
