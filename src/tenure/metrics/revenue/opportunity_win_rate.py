"""``opportunity_win_rate``."""

from __future__ import annotations

from typing import Literal

import ibis

from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.revenue.deal import deals
from tenure.metrics.revenue.rate import converted, without_rate
from tenure.metrics.world import Periods, World


@metric(axes=("entity", "rate"), by=("kind", "agent"), unit="share", counted=True, uncounted=("by_value",))
def opportunity_win_rate(w: World, p: Periods, formula: Literal["by_count", "by_value"] = "by_count") -> Ratio:
    """The share of the opportunities decided in the period that were won.

    Formula: won / (won + lost), of those closed in the period, whenever they were opened. Variant ``by_value``: the amount won /
    the amount decided. What is open, or decided on no known day, is in neither term. All kinds count (new, upsell, cross_sell, renewal, add_on)
    and are told apart by ``kind``; ``agent`` is who worked on it. By product an opportunity counts once for each product
    in it.

    Undefined (null) when nothing was decided. Unit: share. Interval: Wilson, 95 %; by value bootstrap over accounts up to
    1,000, above by the delta method. Owner: when it was decided.
    """
    o = deals(w)
    rows = p.join(o, [o.decided_at >= p.opens, o.decided_at < p.closes])
    none = ibis.null("string")
    if formula == "by_value":
        rows = converted(w, p, rows, "opens_day", amounts=("amount",))
        rows = without_rate(w, rows.mutate(no_rate=rows.amount.isnull(), base=rows.amount))
        rows = rows.mutate(got=(rows.won == 1).ifelse(rows.amount, 0))
    else:
        rows = rows.mutate(got=rows.won, base=1, excluded=none)
    detail = [name for name in ("product_id",) if name in rows.columns]
    keep = ("account_id", "opportunity_id", *detail, "period", "kind", "agent", "got", "base", "excluded")
    rows = rows.select(*keep, at=rows.decided_at)
    if formula == "by_value":
        return Ratio(rows, "got", "base", clustered=True, money_num=True, money_den=True)
    return Ratio(rows, "got", "base", spread="wilson", clustered=True)
