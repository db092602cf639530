"""``accounts_per_csm``."""

from __future__ import annotations

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.portfolio.portfolio import PARTS, PER, Per, portfolio, shared
from tenure.metrics.world import Periods, World


@metric(by=("owner", "team", "manager"), unit="count", better="")
def accounts_per_csm(w: World, p: Periods, per: Per = "per_head") -> Ratio:
    """How many customers one CSM looks after when the period starts.

    Formula: customers with an owner at the period's start / people who own any. Variant ``per_full_time``: / their working
    time (``csm.fte`` as of then; without it, full). Customers are those just before the period starts, their owners those at
    its very start. A shared account counts for each by the share.

    Sliced by what accounts are (segment, tier, ...), a person counts in each slice for the part of her accounts that lies there: of 20
    accounts, 10 in a segment, half of her is in it, and the value is 20 there too. So the parts of all slices make the people
    of the total, and the value says how many such accounts fill one person. ``owner``, ``team`` and ``manager`` are
    those at the period's start.

    Customers without an owner, and those of a pool, are left out. Whoever has no customer counts nowhere. Undefined (null) without owned
    customers. Unit: customers per CSM. n: customers, a shared one once for each owner. Interval: bootstrap over accounts up to
    1,000, above by the delta method.
    """
    rows = portfolio(w, p)
    rows = rows.mutate(held=shared(ibis.literal(1), rows.share))
    return Ratio(rows, "held", PER[per], unit="count", clustered=True, den_parts=PARTS)
