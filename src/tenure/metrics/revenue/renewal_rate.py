"""``renewal_rate``."""

from __future__ import annotations

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.revenue.renewal import renewal
from tenure.metrics.world import Periods, World


@metric(axes=("entity", "rate"), unit="share", counted=True)
def renewal_rate(w: World, p: Periods) -> Ratio:
    """The share of the contracts due in the period that were renewed.

    Formula: contracts renewed / (contracts due in the period - those open within the grace). A contract renewed early
    counts when it was due. One that is still open when the grace (``renewals.grace_days``, 30) is over is not renewed.
    While some are open within it, ``bounds`` gives the rate if all of them are lost and if all are renewed.

    A contract with the outcome renewed or reduced is renewed. Without an outcome it is renewed if its successor, or a
    subscription under this contract (any of the account, if none has one), runs at the end of the grace. Evergreen
    contracts never come due and are left out. Where no contracts are loaded, yearly terms of subscriptions stand in,
    and a note says so.

    Undefined (null) when nothing was due. Unit: share. Interval: Wilson, 95 %. Owner: at the opening of the period.
    """
    rows = renewal(w, p).mutate(base=1)
    return Ratio(rows, "renewed", "base", spread="wilson", open="still_open", note="note", clustered=True)
