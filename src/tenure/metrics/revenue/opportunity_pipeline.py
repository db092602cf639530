"""``opportunity_pipeline``."""

from __future__ import annotations

from typing import Literal

import ibis

from tenure.metrics.kinds import Total, metric
from tenure.metrics.revenue.deal import deals
from tenure.metrics.revenue.line import FAR
from tenure.metrics.revenue.rate import converted, without_rate
from tenure.metrics.world import Periods, World


@metric(axes=("entity", "rate"), by=("stage", "kind", "agent"), unit="money", better="", level=True)
def opportunity_pipeline(w: World, p: Periods, formula: Literal["full", "weighted"] = "full") -> Total:
    """What the opportunities are worth that are open at the close of the period, by stage.

    Formula: the sum of their amounts. Variant ``weighted``: of amount x probability; those without a probability are left
    out as ``no probability``. Open is what was opened before the close and neither won nor lost before it; what is decided on no
    known day never is. An opportunity is not a booking: recurring revenue follows from subscriptions alone. First sales
    count too, and accounts that are no customers: slice by ``kind`` (new, upsell, cross_sell, renewal, add_on). ``agent`` is
    who works on it.

    The stage and probability at a past close are not kept by what has been decided since: those have the stage ``unknown``
    and no probability. What was known then is told with as-of. By product an opportunity counts with its lines; what they do
    not tell of has no product.

    Unit: the reporting currency, at the rate of the close. n: accounts. No interval: it is a sum over all that is open.
    """
    o = deals(w)
    j = p.join(o, [o.created_at < p.closes, o.decided_at >= p.closes])
    j = converted(w, p, j, "closes_day", amounts=("amount",))
    is_open = j.decided_at >= ibis.literal(FAR).cast("timestamp(6)")
    chance = is_open.ifelse(j.probability, None)
    worth = (j.amount.cast("decimal(28, 0)") * chance.cast("decimal(28, 6)")).cast("decimal(38, 0)").cast("int64")
    rows = j.mutate(
        at=j["last"],
        stage=is_open.ifelse(j.stage, None).fill_null("unknown"),
        worth=worth if formula == "weighted" else j.amount,
        no_rate=j.amount.isnull(),
    )
    rows = without_rate(w, rows)
    if formula == "weighted":
        unlikely = ibis.literal("no probability")
        rows = rows.mutate(excluded=ibis.coalesce(rows.excluded, chance.isnull().ifelse(unlikely, None)))
    detail = [name for name in ("product_id",) if name in rows.columns]
    return Total(
        rows.select(
            "account_id", "opportunity_id", *detail, "period", "at", "stage", "kind", "agent", "worth", "excluded"
        ),
        "worth",
    )
