"""``customer_retention_rate``."""

from __future__ import annotations

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.revenue.book import book
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.world import Periods, World


@metric(axes=("entity", "rate", "ownership", "dating"), unit="share", counted=True)
def customer_retention_rate(w: World, p: Periods) -> Ratio:
    """The share of customers at the start of the period who are customers at its end.

    Formula: customers at both ends / customers at the start. It equals (end - new) / start only where "new" includes
    reactivations: 100 at the start, 10 lost, 5 new gives (95 - 5) / 100 = 90 %.

    A customer has recurring revenue above zero after discounts; trials, paused and free subscriptions make none unless
    the settings say so. An account that joins and leaves inside the period is in neither term; one that leaves and
    returns inside it is kept. Merged accounts count as their survivor.

    Undefined (null) when there was no customer at the start. Unit: share. Interval: Wilson, 95 %.
    """
    rows = book(w, p)
    rows = rows.filter(rows.was_customer)
    rows = rows.mutate(kept=rows.is_customer.ifelse(1, 0), base=1)
    return Ratio(without_rate(w, rows), "kept", "base", spread="wilson")
