"""``payment_regularity``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(kept=(("month", "period"),), dated=True)
def bill(w: World, p: Periods) -> ir.Table:
    """One row for each invoice that fell due inside a period.

    Columns: ``account_id, invoice_id, period, at`` (when it was issued, or else due), ``on_time`` (0 or 1).
    """
    i = unit_of(w, w.invoice)
    real = i.kind.fill_null("invoice") == "invoice"
    i = i.filter(i.due_at >= p.first, i.due_at < p.end)
    i = i.filter(real, ~i.status.isin(["draft", "void"]).fill_null(False), i.amount > 0)
    notes = w.invoice
    notes = notes.filter(notes.kind == "credit_note", notes.credits_id.notnull(), notes.issued_at < w.now)
    notes = notes.filter(~notes.status.isin(["draft", "void"]).fill_null(False))
    credited = notes.group_by("credits_id").agg(credited=notes.amount.abs().sum())
    i = beside(i, credited.rename(invoice_id="credits_id"), ["invoice_id"])
    i = i.filter(i.due_end <= w.now)
    j = p.join(i, [i.due_at >= p.opens, i.due_at < p.closes])
    m = w.payment
    m = m.select("invoice_id", "paid_at", moved=(m.kind.fill_null("payment") == "payment").ifelse(m.amount, -m.amount))
    paid = beside(j.select("invoice_id", "period", "due_end"), m, ["invoice_id"], how="inner")
    paid = paid.filter(paid.paid_at < paid.due_end)
    paid = paid.group_by(["invoice_id", "period"]).agg(paid=paid.moved.sum())
    j = beside(j, paid, ["invoice_id", "period"])
    j = j.mutate(owed=j.amount - j.credited.fill_null(0))
    j = j.filter(j.owed > 0)
    settled = j.paid.fill_null(0) >= j.owed
    return j.select(
        "account_id", "invoice_id", "period", at=ibis.coalesce(j.issued_at, j.due_at), on_time=settled.ifelse(1, 0)
    )


@metric(axes=("entity",), unit="share", counted=True)
def payment_regularity(w: World, p: Periods) -> Ratio:
    """The share of the invoices due in the period that were paid by their due date.

    Formula: invoices paid in full by the end of the due date's local day / invoices due. Partial payments add up;
    refunds and chargebacks count against; what was credited is not owed. Drafts, void invoices, credit notes and
    invoices without a due date are left out. An invoice due today is not due before the day is over.

    Undefined (null) when nothing was due. Unit: share. Interval: Wilson, 95 %. Owner: when the invoice was issued.
    """
    rows = bill(w, p).mutate(base=1)
    return Ratio(rows, "on_time", "base", spread="wilson")
