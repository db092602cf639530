"""``gross_revenue_retention``."""

from __future__ import annotations

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.revenue.book import book
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.world import Periods, World

NOTE = "by product or plan the cap is per account and product: the slices do not add up to the total"


@metric(window="12m", axes=("entity", "rate", "ownership"), unit="share")
def gross_revenue_retention(w: World, p: Periods) -> Ratio:
    """How much of the recurring revenue of a year ago is still there, leaving growth aside.

    Formula: the sum of min(MRR at the start, MRR at the end) per account / MRR at the start, over the accounts that
    were customers at the start. Never over 100 %: the cap is per account, not on the total, so one account's growth
    cannot hide another's loss. By product or plan the cap is per account and product, and the slices do not add up to
    the total. One exchange rate, the opening's, on both sides. The default window is 12 months.

    Undefined (null) without MRR at the start. Unit: share. Interval: bootstrap over accounts up to 1,000, above by the
    delta method.
    """
    rows = book(w, p)
    rows = rows.filter(rows.was_customer)
    capped = ibis.literal(NOTE) if w.detail else ibis.null("string")
    rows = rows.mutate(kept=ibis.least(rows.opening, rows.closing), note=capped)
    return Ratio(without_rate(w, rows), "kept", "opening", money_num=True, money_den=True, note="note", capped=True)
