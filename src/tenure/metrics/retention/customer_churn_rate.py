"""``customer_churn_rate``."""

from __future__ import annotations

from decimal import Decimal
from typing import TYPE_CHECKING, Literal

import ibis

from tenure.core.errors import UsageError
from tenure.metrics.join import beside
from tenure.metrics.kinds import Ratio, metric
from tenure.metrics.retention.activity import key_use, used_before
from tenure.metrics.revenue.book import book
from tenure.metrics.revenue.level import level
from tenure.metrics.revenue.rate import without_rate
from tenure.metrics.revenue.term import due_terms
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


@metric(
    axes=("entity", "rate", "ownership", "dating"),
    unit="share",
    better="less",
    counted=True,
    uncounted=("average_base", "daily", "hazard"),
)
def customer_churn_rate(
    w: World,
    p: Periods,
    formula: Literal["at_start", "average_base", "daily", "hazard", "due_base"] = "at_start",
    activity: Literal["contract", "inactive"] = "contract",
) -> Ratio:
    """The share of customers at the start of the period who are no longer customers at its end.

    Variants of the formula:

    * ``at_start`` (default): lost / customers at the start. 12 lost of 100, one of them back before the end and one
      who joined inside the period, is 10 %.
    * ``average_base``: lost / the mean of the customers at the start and at the end, as telecom companies file it.
    * ``daily``: 1 - the product over the period's days of (1 - lost that day / customers that morning). Who joins and
      leaves inside the period counts here.
    * ``hazard``: lost / customer-days x the period's days: a rate per period in which everybody counts for the time
      she was a customer; it may pass 1.
    * ``due_base``: lost / customers with a term that ends in the period: on yearly contracts a monthly rate over
      everybody hides what was decided.

    Variant of the activity: ``inactive`` also counts as lost whoever used no key feature in the last N days
    (``retention.inactive_days``), among customers who did use one in the N days before the start. It has no ``daily``
    and no ``hazard``.

    Left and returned inside the period is not lost (except ``daily`` and ``hazard``, which count leavings). Churn is
    dated at the end of the paid time (variant ``request_day``: the day of the notice).

    A monthly rate m also shows what it comes to over a year of such months, 1 - (1 - m)^12 (``annualised_rate``).

    Undefined (null) without customers at the start. Unit: share. Interval: Wilson;
    bootstrap or delta method for ``average_base`` and ``hazard``; none for ``daily``.
    """
    if formula in ("daily", "hazard"):
        if activity == "inactive":
            fix = "Take at_start, average_base or due_base."
            raise UsageError(f"inactive cannot be told day by day, as {formula} needs.", code="bad_variants", fix=fix)
        return _by_day(w, p, formula)
    rows = book(w, p)
    if activity == "inactive":
        rows = _inactive(w, p, rows)
    if formula == "average_base":
        lost = (rows.was_customer & ~rows.is_customer).ifelse(1, 0)
        ends = rows.was_customer.ifelse(1, 0) + rows.is_customer.ifelse(1, 0)
        rows = rows.filter(ends > 0).mutate(lost=lost, base=ends * ibis.literal(Decimal("0.5")))
        return Ratio(without_rate(w, rows), "lost", "base", complement=True, capped=True)
    rows = rows.filter(rows.was_customer)
    if formula == "due_base":
        rows = rows.semi_join(due_terms(w, p), ["account_id", "period"])
    rows = rows.mutate(lost=rows.is_customer.ifelse(0, 1), base=1)
    return Ratio(without_rate(w, rows), "lost", "base", spread="wilson", complement=True)


def _inactive(w: World, p: Periods, rows: ir.Table) -> ir.Table:
    """A customer is one who pays and used a key feature in the last days."""
    uses = key_use(w)
    opened = used_before(w, p, uses, "opens").mutate(used_open=1)
    closed = used_before(w, p, uses, "closes").mutate(used_close=1)
    rows = beside(rows, opened, ["account_id", "period"])
    rows = beside(rows, closed, ["account_id", "period"])
    return rows.mutate(
        was_customer=rows.was_customer & rows.used_open.notnull(),
        is_customer=rows.is_customer & rows.used_close.notnull(),
    )


def _by_day(w: World, p: Periods, formula: str) -> Ratio:
    """Leavings over the customers, or the customer-days, of each day."""
    t = level(w)
    t = t.group_by([*w.keys, "day", "next_day"]).agg(
        after=t.after.sum(), held=t.held_after.sum(), was=t.before.sum(), was_held=t.held_before.sum(), at=t["at"].min()
    )
    t = t.mutate(stays=(t.after > 0) | (t.held > 0), was_one=(t.was > 0) | (t.was_held > 0))
    c = w.calendar.select("day", "starts").distinct()  # 28 February may stand there twice
    days = p.join(c, [c.day >= p.opens_day, c.day < p.closes_day])
    alive = days.join(t.filter(t.stays), [t.day < days.day, t.next_day >= days.day])
    alive = alive.select(*w.keys, "period", "day", at=alive.starts, base=ibis.literal(1), lost=ibis.literal(0))
    left = t.filter(t.was_one, ~t.stays)
    gone = days.join(left, [left.day == days.day])
    gone = gone.select(*w.keys, "period", "day", at=gone.starts, base=ibis.literal(0), lost=ibis.literal(1))
    rows = alive.union(gone)
    if formula == "daily":
        return Ratio(rows, "lost", "base", steps="day", complement=True)
    length = p.select("period", "opens_day", "closes_day").mutate(
        days=p.closes_day.delta(p.opens_day, unit="day").cast("int64")
    )
    rows = rows.join(length, "period")
    return Ratio(rows.mutate(lost=rows.lost * rows.days), "lost", "base", clustered=True, complement=True, capped=True)
