"""``attach_rate``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.revenue.held import held, products, whole
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


@metric(axes=("entity",), by=("held", "attached"), unit="share", counted=True)
def attach_rate(w: World, p: Periods, formula: Literal["each_product", "any_product"] = "each_product") -> Ratio:
    """Of the accounts that hold a product, the share that hold another one beside it.

    Formula: accounts that hold B and A / accounts that hold A, just before the close of the period. It is meant for a pair:
    ``held`` is A, ``attached`` (or ``product``) is B, and of one pair the value is the plain share. Over several pairs
    numerators and denominators are summed, so that an account counts once for each: without slices it is the share of
    all that accounts could hold beside what they hold. Variant ``any_product``: accounts that hold anything beside A /
    accounts that hold A; there ``attached`` is empty.

    To hold a product is to pay for it: trials, paused lines and lines without a product are not counted, unless the
    settings count them as customers. Every product of the table ``product``, and all that were ever sold, may be attached.

    Undefined (null) where nobody holds A. Unit: share. n: pairs of account and product. Interval: Wilson, 95 %. Owner: just
    before the close.
    """
    w = whole(w)
    h = held(w, p, "closes_day")
    h = h.filter(h.thing != "").select("account_id", "period", "thing")
    at = p.select("period", at=p.last)
    rows = _pairs(w, h) if formula == "each_product" else _any(h)
    rows = beside(rows, at, ["period"], how="inner").mutate(base=1)
    return Ratio(rows, "has_it", "base", spread="wilson", clustered=True)


def _pairs(w: World, h: ir.Table) -> ir.Table:
    """A row for each account, product it holds and product it could hold beside it."""
    rows = h.rename(held="thing").cross_join(products(w).rename(attached="thing"))
    rows = rows.filter(rows.held != rows.attached)
    has = h.select("account_id", "period", attached="thing").mutate(has=1)
    rows = beside(rows, has, ["account_id", "period", "attached"])
    return rows.mutate(has_it=rows.has.fill_null(0), product_id=rows.attached)


def _any(h: ir.Table) -> ir.Table:
    """A row for each account and product it holds."""
    count = h.group_by(["account_id", "period"]).agg(products=h.count())
    rows = beside(h.rename(held="thing"), count, ["account_id", "period"])
    nothing = ibis.null("string")
    return rows.mutate(has_it=(rows.products > 1).ifelse(1, 0), attached=nothing, product_id=nothing)
