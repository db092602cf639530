"""``usage_revenue``."""

from __future__ import annotations

from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Total, metric
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.revenue.rate import converted, without_rate
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


@metric(axes=("entity", "rate"), unit="money")
def usage_revenue(w: World, p: Periods, booked: Literal["when_used", "when_billed"] = "when_used") -> Total:
    """What customers were billed for use beyond what they had committed to.

    Formula: the sum of the invoice lines of the kind usage. The committed minimum is no part of it: it is billed as a recurring
    line and counted in ``mrr``; a bill that has both in one line is to be split when it is loaded. Tax, one-off and
    set-up lines are not counted. Drafts and void documents are left out; what a credit note takes back
    lessens the sum, whatever its sign; a write-off does not, as it is a loss and no less revenue.

    It belongs to the period in which the time billed ended (``period_end``); without one, and in the variant
    ``when_billed``, to the one in which it was billed. Use is billed afterwards: the last period grows until its
    invoices are there.

    Unit: the reporting currency, at the rate of the opening. n: accounts. No interval: it is a sum over all that was billed.
    Owner: when the time billed ended, or when it was billed.
    """
    lines = _billed(w)
    tick = ibis.interval(microseconds=1)
    used = ibis.coalesce(lines.period_end - tick, lines.issued_at)
    lines = lines.mutate(moment=used if booked == "when_used" else lines.issued_at)
    lines = lines.filter(lines.moment < w.now)
    j = p.join(lines, [lines.moment >= p.opens, lines.moment < p.closes])
    j = converted(w, p, j, "opens_day", amounts=("amount",))
    rows = j.select(
        "account_id", "invoice_id", "product_id", "period", at=j.moment, amount=j.amount, no_rate=j.amount.isnull()
    )
    return Total(without_rate(w, rows), "amount")


def _billed(w: World) -> ir.Table:
    """The lines for use of the documents that count, up to now: a credit note's are below zero."""
    i = w.invoice
    kind = i.kind.fill_null("invoice")
    i = i.filter(kind != "write_off", ~i.status.isin(["draft", "void"]).fill_null(False), i.issued_at < w.now)
    turned = (i.kind.fill_null("invoice") == "credit_note") & (i.amount > 0)
    i = i.select("account_id", "invoice_id", "currency", "issued_at", sign=turned.ifelse(-1, 1).cast("int64"))
    part = w.invoice_line
    part = part.filter(part.kind == "usage")
    part = part.select("invoice_id", "product_id", "period_end", amount=(part.amount * 10000).cast("int64"))
    rows = unit_of(w, beside(i, part, ["invoice_id"], how="inner"))
    return rows.mutate(amount=(rows.amount * rows["sign"]).cast("int64"))
