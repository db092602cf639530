"""``customer_lifetime``."""

from __future__ import annotations

import ibis

from tenure.metrics.elapsed import seconds_between
from tenure.metrics.kinds import Cases, metric
from tenure.metrics.lifetime.spell import spell
from tenure.metrics.revenue.line import FAR
from tenure.metrics.world import Periods, World

#: Any twelve months, and any number of years, are over by then.
_YEAR = 366 * 86_400


@metric(unit="days")
def customer_lifetime(w: World, p: Periods) -> Cases:
    """How long customers stay: the time by which half of them have left, customers of today included.

    Formula: the Kaplan-Meier median of the time from becoming a customer to the loss, over all accounts that were
    customers at any time before the close of the period, as they stood at the close. Whoever was still a customer then
    has stayed at least so long (censored). An account that returned after a loss counts again from its return.

    Beside it: the time by which nine of ten have left, the mean time of those who left (which leaves out whoever
    stays, and so is too short), and ``one_year_share``, the share that was still a customer after a year.

    Undefined (null) as long as fewer than half have left. Unit: days. Interval: Greenwood's on log(-log S), 95 %.
    Owner: when the account became a customer.
    """
    s = spell(w)
    far = ibis.literal(FAR).cast("timestamp(6)")
    s = s.mutate(ends=ibis.coalesce(s.ends, far))
    rows = p.join(s, [s.starts < p.closes])
    rows = rows.mutate(
        ended=(rows.ends < rows.closes).ifelse(1, 0).cast("int64"),
        lasted=seconds_between(rows.starts, ibis.least(rows.ends, rows.closes)),
    )
    return Cases(
        rows.select("account_id", "period", "lasted", "ended", at="starts"), unit="days", kept={"one_year_share": _YEAR}
    )
