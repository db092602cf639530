"""What was sold to customers that were there already: more of the same, or another product."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.revenue.cause import by_product
from tenure.metrics.revenue.held import lines_of, whole, with_rank
from tenure.metrics.revenue.movement import movement
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(kept=(("month", "period"),))
def sold(w: World, p: Periods) -> ir.Table:
    """One row for each account and product of which more, or which for the first time, was sold in a period.

    Columns: ``account_id, period, thing, upsold, cross_sold`` (0 or 1). ``upsold``: on some local day what quantity and
    plan changed of the product's list amount, at the old price, came to more than nothing; a step to a plan that ranks
    no higher never counts for more, whatever it costs. ``cross_sold``: the account paid for the product for the first
    time ever. A product that takes the place of one given up on the same day is no cross-sell; where it costs more it
    is an upsell of the one given up.

    Days on which an account comes, returns or leaves are none on which it was sold more.
    """
    days = _days(w, p)
    changed = days.filter((days.more > 0) & (days.came == 0) & (days.went == 0))
    swapped = days.filter((days.went > 0) & _is_swap(days) & (days.gained > 0))
    firsts = _firsts(w, p, days)
    none = ibis.literal(0).cast("int64")
    keep = ("account_id", "period", "thing")
    rows = changed.union(swapped).select(*keep, upsold=none + 1, cross_sold=none)
    rows = rows.union(firsts.select(*keep, upsold=none, cross_sold=none + 1))
    return rows.group_by(list(keep)).agg(upsold=rows.upsold.max(), cross_sold=rows.cross_sold.max())


def _days(w: World, p: Periods) -> ir.Table:
    """By account, product and day: ``more`` (of quantity and plan), ``came, went``, and the account's own sums of them."""
    d = by_product(w, p)
    d = with_rank(w, d, "plans_begun").rename(begun_rank="rank").drop("lowest", "highest")
    d = with_rank(w, d, "plans_ended").rename(ended_rank="rank").drop("lowest", "highest")
    one_plan = (d.plans_begun == d.last_begun) & (d.plans_ended == d.last_ended)
    no_step_up = (one_plan & (d.begun_rank <= d.ended_rank)).fill_null(False)
    d = d.mutate(step=no_step_up.ifelse(ibis.least(d.tier, 0), d.tier))
    day = ["account_id", "period", "day"]
    d = d.group_by([*day, "thing"]).agg(
        more=(d.seats + d.step).sum(), came=d.came.max(), went=d.went.max(), gained=d["product"].sum()
    )
    moved = movement(w, p)
    other = moved.filter(moved.kind.isin(["new", "reactivation", "churn"])).select(*day)
    d = d.anti_join(other, day)
    own = ibis.window(group_by=day)
    return d.mutate(all_came=d.came.sum().over(own), all_went=d.went.sum().over(own), gained=d.gained.sum().over(own))


def _is_swap(days: ir.Table) -> ir.BooleanValue:
    """Whether as many products were given up on the day as came, or more."""
    return (days.all_came > 0) & (days.all_came <= days.all_went)


def _firsts(w: World, p: Periods, days: ir.Table) -> ir.Table:
    """The products that an account, a customer already, first paid for inside a period."""
    first = first_paid(w)
    j = p.join(first, [first.first_day < p.closes_day, first.first_day >= p.opens_day])
    j = j.select("account_id", "period", "thing", day="first_day")
    day = ["account_id", "period", "day"]
    moved = movement(w, p)
    j = j.anti_join(moved.filter(moved.kind.isin(["new", "reactivation", "churn"])), day)
    sums = days.group_by(day).agg(all_came=days.came.sum(), all_went=days.went.sum())
    j = beside(j, sums, day)
    return j.filter(~_is_swap(j).fill_null(False))


def first_paid(w: World) -> ir.Table:
    """When an account first paid for a product that is known: ``account_id, thing, first_day``."""
    lines = lines_of(whole(w))
    lines = lines.filter((lines.net > 0) & (lines.thing != ""))
    return lines.group_by(["account_id", "thing"]).agg(first_day=lines.starts_day.min())
