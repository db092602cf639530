"""``arr_per_csm``."""

from __future__ import annotations

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.portfolio.portfolio import PARTS, PER, Per, portfolio, shared
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.world import Periods, World


@metric(axes=("rate",), by=("owner", "team", "manager"), unit="money", better="")
def arr_per_csm(w: World, p: Periods, per: Per = "per_head") -> Ratio:
    """How much yearly recurring revenue one CSM looks after when the period starts.

    Formula: 12 x MRR, just before the period's start, of the customers with an owner at its start / people who own any.
    Variant ``per_full_time``: / their working time (``csm.fte``). Whose customers count, how shared ones do and how people are counted in
    slices is as in ``accounts_per_csm``: sliced by segment, a person counts for the part of her accounts (not of their revenue)
    that lies there.

    Customers without an owner, those of a pool and those whose amounts have no exchange rate are left out. Undefined
    (null) without owned customers. Unit: the reporting currency a year, at the rate of the opening. n: customers, a shared one
    once for each owner. Interval: bootstrap over accounts up to 1,000, above by the delta method.
    """
    rows = portfolio(w, p)
    rows = without_rate(w, rows.rename(unheld="excluded"))
    arr = shared((rows.opening * 12).cast("int64"), rows.share).cast("decimal(38, 0)").cast("int64")
    rows = rows.mutate(arr=arr, excluded=ibis.coalesce(rows.unheld, rows.excluded))
    return Ratio(rows, "arr", PER[per], unit="money", money_num=True, clustered=True, den_parts=PARTS)
