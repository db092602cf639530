"""What customers have been worth so far."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.lifetime.spell import spell
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.revenue.rate import converted
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


def realised(w: World, p: Periods) -> ir.Table:
    """One row for each account that has been a customer before the close, and period.

    Columns: ``account_id, period, at`` (the last instant), ``billed`` (ten-thousandths; 0 where nothing was), ``customers``
    (1) and ``no_rate``.
    """
    s = spell(w)
    had = p.join(s, [s.starts < p.closes])
    had = had.select("account_id", "period", at="last").distinct()
    i = documents(w)
    billed = p.join(i, [i.issued_at < p.closes])
    billed = billed.group_by(["account_id", "currency", "period", "opens_day"]).agg(amount=billed.amount.sum())
    billed = billed.mutate(amount=billed.amount.cast("int64"))
    billed = converted(w, p, billed, "opens_day", amounts=("amount",))
    one = billed.group_by(["account_id", "period"]).agg(
        billed=billed.amount.sum().cast("int64"), unrated=billed.amount.isnull().ifelse(1, 0).max()
    )
    rows = beside(had, one, ["account_id", "period"])
    zero = ibis.literal(0).cast("int64")
    return rows.select(
        "account_id", "period", "at", billed=rows.billed.fill_null(zero), customers=zero + 1,
        no_rate=(rows.unrated == 1).fill_null(False),
    )  # fmt: skip


def documents(w: World) -> ir.Table:
    """``account_id, currency, issued_at, amount`` of what was billed up to now, without tax; credit notes are below zero."""
    i = w.invoice
    kind = i.kind.fill_null("invoice")
    i = i.filter(kind != "write_off", ~i.status.isin(["draft", "void"]).fill_null(False), i.issued_at < w.now)
    line = w.invoice_line
    tax = line.filter(line.kind == "tax")
    tax = tax.group_by("invoice_id").agg(tax=tax.amount.sum())
    i = beside(i.select("account_id", "invoice_id", "kind", "currency", "issued_at", "amount"), tax, ["invoice_id"])
    net = (i.amount - i.tax.fill_null(0)) * 10000
    turned = (i.kind.fill_null("invoice") == "credit_note") & (i.amount > 0)
    net = net.cast("int64")
    return unit_of(w, i.select("account_id", "currency", "issued_at", amount=turned.ifelse(-net, net)))
