"""How often customers have renewed, and how often they have bought: what models of their worth are fitted to."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.lifetime.realised import documents
from tenure.metrics.lifetime.spell import spell
from tenure.metrics.revenue.closing import closing
from tenure.metrics.revenue.rate import converted, without_rate
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


def renewing(w: World, p: Periods, months: int) -> ir.Table:
    """One row for each stretch of time as a customer that began before the close, and period.

    Columns: ``account_id, period, at`` (the last instant), ``renewals`` (made by the close, each of so many ``months``),
    ``gone`` (1: it ended before the close, at the next renewal), ``paid`` (MRR at the close of whoever is there,
    ten-thousandths) and ``excluded``.
    """
    s = spell(w)
    rows = p.join(s, [s.starts < p.closes])
    gone = (rows.until < rows.closes_day).fill_null(False)
    last = gone.ifelse(rows.until, (rows.closes_day - ibis.interval(days=1)).cast("date"))
    whole = (last.year() - rows.since.year()) * 12 + last.month() - rows.since.month()
    whole = whole - (last.day() < rows.since.day()).ifelse(1, 0)
    # Whoever leaves on the day of a renewal has not made it; in between, the renewal is the one that it left before.
    made = (gone.ifelse(ibis.greatest(whole - 1, 0), whole).cast("float64") / months).floor()
    rows = rows.select(
        "account_id", "period", at="last", gone=gone.ifelse(1, 0).cast("int64"), renewals=made.cast("int64")
    )
    there = closing(w, p)
    now = without_rate(w, there.filter(there.is_customer))
    rows = beside(rows, now.select("account_id", "period", "closing_now", "excluded"), ["account_id", "period"])
    there = rows.gone == 0
    paid = there.ifelse(rows.closing_now.fill_null(0), 0).cast("int64")
    return rows.mutate(paid=paid, excluded=there.ifelse(rows.excluded, None)).drop("closing_now")


def buying(w: World, p: Periods) -> ir.Table:
    """One row for each account that had bought before the close, and period; several documents of a day are one purchase.

    Columns: ``account_id, period, at`` (the last instant), ``frequency`` (purchases after the first), ``recency`` (days
    from the first to the last), ``age`` (days from the first to the close), ``spent`` (on those after the first,
    ten-thousandths) and ``excluded``: accounts with a subscription.
    """
    i = documents(w)
    rows = p.join(i, [i.issued_at < p.closes])
    rows = converted(w, p, rows, "opens_day", amounts=("amount",))
    rows = rows.mutate(on=rows.issued_at.date(), lacking=rows.amount.isnull().ifelse(1, 0))
    own = ["account_id", "period", "last", "closes_day"]
    days = rows.group_by([*own, "on"]).agg(amount=rows.amount.sum(), lacking=rows.lacking.max())
    days = days.filter((days.amount > 0) | (days.lacking == 1))
    days = days.mutate(first=days.on.min().over(ibis.window(group_by=own)))
    later = days.on > days["first"]
    g = days.group_by([*own, "first"]).agg(
        frequency=later.ifelse(1, 0).sum().cast("int64"), spent=later.ifelse(days.amount, 0).sum().cast("int64"),
        latest=days.on.max(), lacking=days.lacking.max(),
    )  # fmt: skip
    held = w.subscription.select("account_id").distinct().mutate(subscribes=1)
    g = beside(g, held, ["account_id"])
    excluded = ibis.cases((g.subscribes == 1, "has a subscription"), (g.lacking == 1, "no exchange rate"), else_=None)
    return g.select(
        "account_id", "period", "frequency", "spent", at="last", recency=_days(g["first"], g.latest),
        age=_days(g["first"], g.closes_day), excluded=excluded,
    )  # fmt: skip


def _days(start: ir.DateValue, end: ir.DateValue) -> ir.IntegerValue:
    return end.delta(start, unit="day").cast("int64")
