"""``upsell_rate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.revenue.book import book
from tenure.metrics.revenue.held import held, whole
from tenure.metrics.revenue.sold import sold
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


@metric(axes=("entity",), unit="share", counted=True)
def upsell_rate(w: World, p: Periods, base: Literal["below_top", "all_customers"] = "below_top") -> Ratio:
    """The share of the customers who could be sold more of what they have, to whom more of it was sold in the period.

    Formula: accounts with an upsell / customers at the opening that hold a product of which they have not the highest
    plan. An upsell is more of a product held: a larger quantity, a further line of it, or a plan of a higher rank
    (``plan.rank``; without ranks, another plan that costs more). What counts is what quantity and plan together changed
    on a local day, at the old price: seats added and others given up are set off. A rise in price is no upsell, nor the
    end of a discount, nor a change of amount where no quantity is told, nor a step to a plan that ranks lower. A product that takes the place
    of another on one day is an upsell if it costs more, and no cross-sell.

    Customers whose products are all in their highest plan are left out as ``in the highest plan``; an upsell of a
    product in its highest plan counts in the variant ``all_customers`` only, whose base is every customer at the
    opening. A product with one plan, or whose plans have no ranks, has no highest one. What is sold to an account on the day
    it becomes a customer, or returns, is not more. By product or plan (the one held at the opening) the entity is
    account x product.

    Undefined (null) without anybody to sell to. Unit: share. Interval: Wilson, 95 %. Owner: at the opening.
    """
    rows = _held_with_sales(whole(w), p)
    out = base == "below_top"
    if w.detail:
        full = (rows.on_top == 1) if out else ibis.literal(value=False)
        rows = rows.mutate(full=full, base=1)
    else:
        counts = (rows.on_top == 0) if out else ibis.literal(value=True)
        rows = rows.mutate(open_to=counts.ifelse(1, 0), upsold=counts.ifelse(rows.upsold, 0))
        rows = rows.group_by(["account_id", "period", "at"]).agg(upsold=rows.upsold.max(), open_to=rows.open_to.max())
        rows = rows.mutate(full=rows.open_to == 0, base=1)
    excluded = rows.full.ifelse(ibis.literal("in the highest plan"), ibis.null("string"))
    return Ratio(rows.mutate(excluded=excluded), "upsold", "base", spread="wilson", clustered=True)


def _held_with_sales(w: World, p: Periods) -> ir.Table:
    """Customers at the opening with each product they held then, and whether more of it was sold."""
    b = book(w, p)
    b = b.filter(b.was_customer).select("account_id", "period", "at")
    rows = beside(b, held(w, p, "opens_day"), ["account_id", "period"], how="inner")
    s = sold(w, p)
    rows = beside(rows, s.select("account_id", "period", "thing", "upsold"), ["account_id", "period", "thing"])
    return rows.mutate(upsold=rows.upsold.fill_null(0))
