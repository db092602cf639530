"""Growth of customers that were there already, under each convention of the field."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.revenue.book import book
from tenure.metrics.revenue.rate import converted, without_rate
from tenure.metrics.revenue.renewal import renewal
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


def grown(w: World, p: Periods, formula: str) -> ir.Table:
    """Rows of growth: the unit's keys, ``period, at, growth`` (monthly, ten-thousandths) and ``excluded``."""
    b = book(w, p)
    b = without_rate(w, b.filter((b.was_customer & b.is_customer & (b.closing > b.opening)) | b.no_rate))
    keep = [*w.keys, "period", "at", "excluded"]
    rows = b.select(*keep, growth=b.closing - b.opening)
    if formula == "with_renewals":
        r = renewal(w, p)
        r = _as_units(w, r.filter(r.renewed == 1))
        # A twelfth of the year's value, in whole ten-thousandths as everything is.
        monthly = (r.renewed_value.cast("decimal(28, 0)") * ibis.literal(TWELFTH).cast("decimal(28, 12)")).cast(
            "decimal(38, 0)"
        )
        rows = rows.union(r.select(*keep, growth=monthly.cast("int64")))
    if formula == "with_one_off":
        o = one_off(w, p)
        o = _as_units(w, without_rate(w, o))
        rows = rows.union(o.select(*keep, growth=o.amount))
    return rows


TWELFTH = "0.083333333333"


def growth_over_base(w: World, p: Periods, formula: str) -> ir.Table:
    """The rows of ``grown`` and of the opening they are measured against: ``growth`` and ``opening``."""
    g = grown(w, p, formula)
    keep = [*w.keys, "period", "at", "excluded"]
    zero = ibis.literal(0).cast("int64")
    b = book(w, p)
    base = without_rate(w, b.filter(b.was_customer, ~b.no_rate))
    return g.select(*keep, growth=g.growth, opening=zero).union(base.select(*keep, growth=zero, opening=base.opening))


def _as_units(w: World, rows: ir.Table) -> ir.Table:
    """Rows of accounts among rows of accounts with a product: the product is unknown."""
    return rows.mutate(**{name: ibis.null("string") for name in w.detail if name not in rows.columns})


@fact(kept=(("month", "period"),), dated=True)
def one_off(w: World, p: Periods) -> ir.Table:
    """Purchases that do not recur, by customers: ``account_id, period, at, amount`` (ten-thousandths) and ``no_rate``."""
    i = w.invoice
    i = i.filter(i.kind.fill_null("invoice") == "invoice", ~i.status.isin(["draft", "void"]).fill_null(False))
    i = i.select("account_id", "invoice_id", "currency", "issued_at")
    part = w.invoice_line
    part = part.filter(part.kind == "one_off").select("invoice_id", amount=(part.amount * 10000).cast("int64"))
    rows = unit_of(w, beside(i, part, ["invoice_id"], how="inner"))
    j = p.join(rows, [rows.issued_at >= p.opens, rows.issued_at < p.closes])
    j = converted(w, p, j, "opens_day", amounts=("amount",))
    b = book(w, p)
    there = b.filter(b.was_customer).select("account_id", "period")
    j = j.semi_join(there, ["account_id", "period"])
    return j.select("account_id", "period", at=j.issued_at, amount=j.amount, no_rate=j.amount.isnull())
