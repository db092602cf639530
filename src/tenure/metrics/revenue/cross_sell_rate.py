"""``cross_sell_rate``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.revenue.book import book
from tenure.metrics.revenue.held import products, whole
from tenure.metrics.revenue.sold import first_paid, sold
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


@metric(axes=("entity",), unit="share", counted=True)
def cross_sell_rate(w: World, p: Periods) -> Ratio:
    """The share of the customers who had not had every product, to whom a product they never held was sold in the period.

    Formula: accounts with a cross-sell / customers at the opening for whom there is a product that they have never paid
    for. A cross-sell is the first day on which a customer pays for a product; trials and what is given away are none.
    A product that comes back is no cross-sell, nor one that takes the place of another given up on the same day (a swap, see
    ``upsell_rate``), nor what an account buys on the day it becomes a customer or returns. Products are those of the table
    ``product`` and all that were ever sold; a line without one is none.

    Customers who have paid for every product are left out as ``no further product``. By product the entity is account x
    product: customers who had never paid for it at the opening, the others being left out as ``held before``.

    Undefined (null) without anybody to sell to. Unit: share. Interval: Wilson, 95 %. Owner: at the opening.
    """
    by_product = "product_id" in w.detail
    w = whole(w)
    b = book(w, p)
    b = b.filter(b.was_customer).select("account_id", "period", "at")
    had = beside(b, first_paid(w), ["account_id"], how="inner")
    had = beside(had, p.select("period", "opens_day"), ["period"], how="inner")
    had = had.filter(had.first_day < had.opens_day).select("account_id", "period", "thing")
    s = sold(w, p).select("account_id", "period", "thing", "cross_sold")
    rows = _each_product(w, b, had, s) if by_product else _each_account(w, b, had, s)
    return Ratio(rows.mutate(base=1), "cross_sold", "base", spread="wilson", clustered=True)


def _each_account(w: World, b: ir.Table, had: ir.Table, s: ir.Table) -> ir.Table:
    had = had.group_by(["account_id", "period"]).agg(had=had.count())
    s = s.group_by(["account_id", "period"]).agg(cross_sold=s.cross_sold.max())
    rows = beside(beside(b, had, ["account_id", "period"]), s, ["account_id", "period"])
    full = rows.had.fill_null(0) >= products(w).count().as_scalar()
    excluded = full.ifelse(ibis.literal("no further product"), ibis.null("string"))
    return rows.mutate(cross_sold=rows.cross_sold.fill_null(0), excluded=excluded)


def _each_product(w: World, b: ir.Table, had: ir.Table, s: ir.Table) -> ir.Table:
    key = ["account_id", "period", "thing"]
    rows = beside(b.cross_join(products(w)), had.mutate(had=1), key)
    rows = beside(rows, s, key)
    excluded = rows.had.notnull().ifelse(ibis.literal("held before"), ibis.null("string"))
    return rows.mutate(product_id=rows.thing, cross_sold=rows.cross_sold.fill_null(0), excluded=excluded)
