"""``mrr``."""

from __future__ import annotations

from tenure.metrics.kinds import Total, metric
from tenure.metrics.revenue.closing import closing
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.world import Periods, World


@metric(axes=("entity", "rate", "dating"), unit="money", level=True)
def mrr(w: World, p: Periods) -> Total:
    """Monthly recurring revenue at the close of the period.

    Formula: the sum over subscriptions active just before the close of the line's recurring amount, all units, net of
    recurring discounts, per month: yearly / 12, quarterly / 3, weekly x 52 / 12. $1,200 a year is $100.

    Without tax, one-offs, set-up fees and trials. A seat added mid-month counts at its full monthly price; a contract
    over several years counts its current year's price; a line billed by use counts its committed minimum. Each line's
    monthly amount is rounded once, half to even, to a ten-thousandth. Other currencies are converted at the rate of
    the close (variant ``budget_rate``: at the budget's). An unfinished period closes now.

    Unit: the reporting currency. No interval: it is a sum over all customers, not a sample.
    """
    return Total(without_rate(w, closing(w, p)), "closing_now", single=True)
