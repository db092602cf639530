"""Why an account's revenue grew or shrank: seats, price, tier, cross-sell, discount."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.revenue.level import bridged
from tenure.metrics.revenue.line import line
from tenure.metrics.revenue.rate import converted
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir

CAUSES = ("seats", "tier", "cross_sell", "discount")


def causes(w: World, p: Periods) -> ir.Table:
    """What each unit's lines changed on a local day, by cause: the unit's keys, ``period, day`` and ``CAUSES``.

    Amounts are signed, in ten-thousandths at the rate of the period's opening. What they leave of the day's net change
    is ``price``, so that the parts always add up.

    A row of a subscription that takes the place of its earlier one is a line that changed; so are, taken together, all
    other lines that end and begin on one day with the same product. ``seats`` is the
    change of quantity at the old price (a line more or less of a product held is seats too), ``tier`` the rest of the
    list amount where the plan changed, ``discount`` what the discounts changed, ``cross_sell`` a product not held
    before or given up; a product that takes another's place on one day is a change of ``tier``.
    """
    days = by_product(w, p)
    unit = days.group_by([*w.keys, "period", "day"]).agg(
        seats=days.seats.sum(), tier=days.tier.sum(), product=days["product"].sum(), discount=days.discount.sum(),
        came=days.came.sum(), went=days.went.sum(),
    )  # fmt: skip
    swap = (unit.came > 0) & (unit.went > 0)
    return unit.select(
        *w.keys, "period", "day",
        seats=unit.seats.cast("int64"),
        tier=(unit.tier + swap.ifelse(unit["product"], 0)).cast("int64"),
        cross_sell=swap.ifelse(0, unit["product"]).cast("int64"),
        discount=unit.discount.cast("int64"),
    )  # fmt: skip


def by_product(w: World, p: Periods) -> ir.Table:
    """The causes by product: one row for each unit, ``thing`` (a product), day inside a period and line that goes on.

    Columns besides: ``seats, tier, discount`` and ``product`` (what a product brought that came or went that day),
    ``came, went`` (0 or 1: the product was not held just before, is not held just after) and the plans that began and
    ended (``plans_begun, last_begun, plans_ended, last_ended``: the first and last by name).
    """
    days = _products_by_day(w, p)
    both = (days.ended > 0) & (days.begun > 0)
    added, dropped = (days.ended == 0) & ~days.held_before, (days.begun == 0) & ~days.held_after
    moved = days.list_begun - days.list_ended
    seats_known = both & days.quantity_ended.notnull() & days.quantity_begun.notnull() & days.unit_ended.notnull()
    change = (days.quantity_begun - days.quantity_ended).cast("decimal(28, 4)") * days.unit_ended.cast("decimal(28, 4)")
    seats = ibis.cases(
        (added | dropped, 0), (~both, moved), (seats_known, change.cast("decimal(38, 0)").cast("int64")), else_=0
    )
    return days.mutate(
        seats=seats,
        tier=(both & days.other_plan).ifelse(moved - seats, 0),
        product=(added | dropped).ifelse(days.net_begun - days.net_ended, 0),
        discount=(added | dropped).ifelse(0, (days.net_begun - days.net_ended) - moved),
        came=added.ifelse(1, 0),
        went=dropped.ifelse(1, 0),
    )


def _products_by_day(w: World, p: Periods) -> ir.Table:
    """Per unit, product, day inside a period and line that goes on: what ended and began, was the product held."""
    lines = bridged(w, w.in_sight(line(w)))
    lines = lines.filter((lines.net != 0) | (lines.list != 0))
    lines = lines.mutate(thing=ibis.coalesce(lines.product_id, ""))
    begun = _inside(w, p, lines, "starts_day").mutate(way=1)
    ended = _inside(w, p, lines.filter(lines.ends < w.now), "ends_day").mutate(way=-1)
    events = converted(w, p, begun.union(ended), "opens_day", amounts=("net", "list", "unit"))
    # A window over so many columns takes several times as long as adding up by them.
    own = [*w.keys, "thing", "period", "day", "subscription_id"]
    ways = events.group_by(own).agg(first=events.way.min(), last=events.way.max())
    goes_on = ways.filter(ways["first"] < 0, ways["last"] > 0)
    events = beside(events, goes_on.select(*own, pair=goes_on.subscription_id), own)
    events = events.mutate(pair=events.pair.fill_null(""))
    came, went = events.way > 0, events.way < 0
    days = events.group_by([*w.keys, "thing", "period", "day", "pair"]).agg(
        begun=came.ifelse(1, 0).sum(), ended=went.ifelse(1, 0).sum(),
        net_begun=came.ifelse(events.net, 0).sum(), net_ended=went.ifelse(events.net, 0).sum(),
        list_begun=came.ifelse(events.list, 0).sum(), list_ended=went.ifelse(events.list, 0).sum(),
        quantity_begun=came.ifelse(events.quantity, None).sum(), quantity_ended=went.ifelse(events.quantity, None).sum(),
        unit_ended=went.ifelse(events.unit, None).max(),
        plans_begun=came.ifelse(events.plan, None).min(), plans_ended=went.ifelse(events.plan, None).min(),
        last_begun=came.ifelse(events.plan, None).max(), last_ended=went.ifelse(events.plan, None).max(),
    )  # fmt: skip
    days = days.mutate(
        other_plan=~(days.plans_begun.identical_to(days.plans_ended) & days.last_begun.identical_to(days.last_ended))
    )
    around = lines.select(*w.keys, "thing", "starts_day", "ends_day")
    unit_day = [*w.keys, "thing", "period", "day"]
    held = beside(days.select(unit_day), around, [*w.keys, "thing"], how="inner")
    held = held.filter(held.starts_day <= held.day, held.ends_day >= held.day)
    held = held.group_by(unit_day).agg(
        before=(held.starts_day < held.day).ifelse(1, 0).max(), after=(held.ends_day > held.day).ifelse(1, 0).max()
    )
    rows = beside(days, held, unit_day)
    return rows.mutate(held_before=rows.before.fill_null(0) == 1, held_after=rows.after.fill_null(0) == 1)


def _inside(w: World, p: Periods, lines: ir.Table, day: str) -> ir.Table:
    j = p.join(lines, [lines[day] < p.closes_day, lines[day] >= p.opens_day])
    keep = (
        *w.keys,
        "subscription_id",
        "thing",
        "plan",
        "currency",
        "period",
        "opens_day",
        "net",
        "list",
        "quantity",
        "unit",
    )
    return j.select(*dict.fromkeys(keep), day=j[day])  # by plan, the plan is a key too
