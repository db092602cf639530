"""How an account's recurring revenue stands, day by day of change."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.revenue.line import FAR, FAR_DAY, line
from tenure.metrics.world import World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(timeline=True)
def level(w: World) -> ir.Table:
    """One row for each unit, currency and local day on which the unit's revenue changed.

    A unit is an account, or an account with a product or plan. Columns: the unit's keys, ``currency``, ``day`` and
    ``next_day`` (the state after ``day`` stands until ``next_day``), ``at`` and ``next_at`` (the first instants of change of
    either),
    ``before, after`` (MRR in ten-thousandths of the currency), ``held_before, held_after`` (lines that make a customer
    though nothing is paid), ``first_day`` (the day the unit first became a customer, null if never) and ``paid_day``
    (the day it first had MRR, null if never).

    Changes of one local day are netted: 100 ending in the morning and 120 beginning in the afternoon is +20. All
    currencies of a unit have a row on each of its days, so that a day's state is the sum of its rows.
    """
    changes = _changes(w, bridged(w, line(w)))
    daily = changes.group_by([*w.keys, "currency", "day"]).agg(
        delta=changes.delta.sum(), held=changes.held.sum(), at=changes["at"].min()
    )
    if w.foreign:
        daily = _every_currency(w, daily)
    return _running(w, daily)


def _changes(w: World, lines: ir.Table) -> ir.Table:
    """Each line's beginning and end as a change: keys, ``currency, day, at, delta, held``."""
    keep = [*w.keys, "currency"]
    if not w.foreign:  # one currency, however it is written
        lines = lines.mutate(currency=ibis.literal(""))
    begun = lines.select(*keep, day=lines.starts_day, at=lines.starts, delta=lines.net, held=lines.held)
    over = lines.filter(lines.ends < w.now)
    over = over.select(*keep, day=over.ends_day, at=over.ends, delta=-over.net, held=-over.held)
    return begun.union(over)


def bridged(w: World, lines: ir.Table) -> ir.Table:
    """The lines, where an end followed by a return within ``lapse_days`` is dated at the return.

    A renewal signed late is then no churn. It is the unit that lapses: all its lines ended on one day, and the first
    day on which one begins again is near enough.
    """
    if not w.settings.customers.lapse_days:
        return lines
    changes = _changes(w, lines)
    totals = changes.group_by([*w.keys, "day"]).agg(
        delta=changes.delta.sum(), held=changes.held.sum(), at=changes["at"].min()
    )
    so_far = ibis.window(group_by=w.keys, order_by="day", preceding=None, following=0)
    order = ibis.window(group_by=w.keys, order_by="day")
    totals = totals.mutate(
        level=totals.delta.sum().over(so_far),
        stays=totals.held.sum().over(so_far),
        back=totals.day.lead().over(order),
        back_at=totals["at"].lead().over(order),
    )
    gap = totals.day + ibis.interval(days=w.settings.customers.lapse_days)
    lapsed = totals.filter(totals.level == 0, totals.stays == 0, totals.back.notnull(), totals.back <= gap.cast("date"))
    lapsed = lapsed.select(*w.keys, "back", "back_at", ends_day="day")
    j = beside(lines, lapsed, [*w.keys, "ends_day"])
    j = j.mutate(ends=ibis.coalesce(j.back_at, j.ends), ends_day=ibis.coalesce(j.back, j.ends_day))
    return j.select(lines.columns)


def _every_currency(w: World, daily: ir.Table) -> ir.Table:
    """A row for each of a unit's currencies on each of its days of change."""
    days = daily.group_by([*w.keys, "day"]).agg(at=daily["at"].min())
    currencies = daily.select(*w.keys, "currency").distinct()
    grid = beside(days, currencies, w.keys, how="inner")
    rows = beside(grid, daily.drop("at"), [*w.keys, "currency", "day"])
    return rows.mutate(delta=rows.delta.fill_null(0), held=rows.held.fill_null(0))


def _running(w: World, daily: ir.Table) -> ir.Table:
    """Running sums, the state before and after each day."""
    own = [*w.keys, "currency"]
    running = ibis.window(group_by=own, order_by="day", preceding=None, following=0)
    t = daily.mutate(
        after=daily.delta.sum().over(running).cast("int64"),
        held_after=daily.held.sum().over(running).cast("int64"),
        next_day=daily.day.lead().over(ibis.window(group_by=own, order_by="day")),
        next_at=daily["at"].lead().over(ibis.window(group_by=own, order_by="day")),
    )
    t = t.mutate(customer_day=((t.after > 0) | (t.held_after > 0)).ifelse(t.day, None))
    t = t.mutate(mrr_day=(t.after > 0).ifelse(t.day, None))
    unit = ibis.window(group_by=w.keys)
    return t.select(
        *own, "day", "at", "after", "held_after",
        before=(t.after - t.delta).cast("int64"),
        held_before=(t.held_after - t.held).cast("int64"),
        next_day=ibis.coalesce(t.next_day, ibis.literal(FAR_DAY).cast("date")),
        next_at=ibis.coalesce(t.next_at, ibis.literal(FAR).cast("timestamp(6)")),
        first_day=t.customer_day.min().over(unit),
        paid_day=t.mrr_day.min().over(unit),
    )  # fmt: skip
