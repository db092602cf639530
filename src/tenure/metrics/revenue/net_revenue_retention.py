"""``net_revenue_retention``."""

from __future__ import annotations

from typing import Literal

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.revenue.book import book
from tenure.metrics.revenue.movement import moved_by_unit
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.world import Periods, World


@metric(window="12m", axes=("entity", "rate", "ownership"), unit="share")
def net_revenue_retention(
    w: World, p: Periods, formula: Literal["point_to_point", "movement_sum"] = "point_to_point"
) -> Ratio:
    """What became of the recurring revenue of a year ago: kept, grown and lost, without new customers.

    Variants of the formula:

    * ``point_to_point`` (default): MRR at the end of the accounts that were customers at the start / their MRR at the
      start. An account that left and came back inside the window counts with what it pays at the end.
    * ``movement_sum``: (MRR at the start + expansion + contraction + churn) / MRR at the start, over the movements of
      the accounts that were customers at the start. An account that left is lost there, even if it came back: what
      moved after it left does not count.

    New customers never count. One exchange rate, the opening's, on both sides. The default window is 12 months. The
    share of the largest account at the start is shown as ``top1_share``: one account can make this number.

    Undefined (null) without MRR at the start. Unit: share (1.05 is 105 %). Interval: bootstrap over accounts up to
    1,000, above by the delta method.
    """
    rows = book(w, p)
    rows = rows.filter(rows.was_customer)
    if formula == "movement_sum":
        rows = moved_by_unit(w, p, rows)
        stayed = rows.opening + rows.expansion + rows.contraction
        rows = rows.mutate(closing=(rows.churn != 0).ifelse(0, stayed))
    return Ratio(without_rate(w, rows), "closing", "opening", money_num=True, money_den=True)
