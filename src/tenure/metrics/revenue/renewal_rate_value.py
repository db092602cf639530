"""``renewal_rate_value``."""

from __future__ import annotations

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.revenue.renewal import renewal
from tenure.metrics.world import Periods, World


@metric(axes=("entity", "rate"), unit="share")
def renewal_rate_value(w: World, p: Periods) -> Ratio:
    """The share of the yearly value due for renewal in the period that was renewed.

    Formula: the sum of min(renewed value, expiring value) / the sum of the expiring values, over the contracts of
    ``renewal_rate``. Growth at renewal is expansion, not renewal, and never lifts this over 100 %. The renewed value is
    the one given, else the successor's, else 12 x the MRR that goes on.

    Undefined (null) when nothing was due. Unit: share. Interval: bootstrap over accounts up to 1,000, above by the
    delta method. Owner: at the opening of the period.
    """
    rows = renewal(w, p)
    rows = rows.mutate(
        kept=ibis.least(rows.renewed_value, rows.expiring), base=rows.expiring, pending=rows.still_open * rows.expiring
    )
    return Ratio(rows, "kept", "base", open="pending", note="note", clustered=True, money_num=True, money_den=True)
