"""``net_revenue_churn_rate``."""

from __future__ import annotations

from typing import Literal

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.revenue.book import book
from tenure.metrics.revenue.movement import moved_by_unit
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.world import Periods, World


@metric(axes=("entity", "rate", "ownership", "dating"), unit="share", better="less")
def net_revenue_churn_rate(
    w: World, p: Periods, formula: Literal["less_expansion", "less_expansion_and_reactivation"] = "less_expansion"
) -> Ratio:
    """How much recurring revenue was lost in the period beyond what the same accounts added.

    Variants of the formula:

    * ``less_expansion`` (default): (churn + contraction - expansion) / MRR at the start.
    * ``less_expansion_and_reactivation``: also minus what came back from accounts that left inside the period.

    Over the movements of the accounts that were customers at the start. 100 at the start, 10 churned, 10 contracted
    and 10 expanded is 10 %. It may be negative: the accounts grew.

    A monthly rate m also shows what it comes to over a year of such months, 1 - (1 - m)^12 (``annualised_rate``).

    Undefined (null) without MRR at the start. Unit: share. Interval: bootstrap over accounts up to 1,000, above by the
    delta method.
    """
    rows = book(w, p)
    rows = moved_by_unit(w, p, rows.filter(rows.was_customer))
    lost = -(rows.churn + rows.contraction + rows.expansion)
    if formula == "less_expansion_and_reactivation":
        lost = lost - rows.reactivation
    return Ratio(
        without_rate(w, rows.mutate(lost=lost)), "lost", "opening", complement=True, money_num=True, money_den=True
    )
