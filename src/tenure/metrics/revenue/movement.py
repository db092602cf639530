"""What moved: each unit's net change of a local day, with its kind."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.revenue.cause import CAUSES, causes
from tenure.metrics.revenue.level import level
from tenure.metrics.revenue.rate import converted
from tenure.metrics.world import Periods, World, fact, is_kept

if TYPE_CHECKING:
    import ibis.expr.types as ir

KINDS = ("new", "reactivation", "expansion", "contraction", "churn")


@fact(kept=(("month", "period"),), dated=True)
def movement(w: World, p: Periods) -> ir.Table:
    """One row for each unit and local day inside a period on which its revenue changed.

    Columns: the unit's keys, ``period``, ``day``, ``at`` (the first instant of change), ``kind`` (new,
    reactivation, expansion, contraction, churn), ``before, after, delta`` (MRR in ten-thousandths at the rate of the
    period's opening), ``seats, price, tier, cross_sell, discount`` (the causes of an expansion or contraction, which add
    up to ``delta``; 0 for other kinds) and ``no_rate``.

    ``new`` is the first day the unit ever had MRR (or was a customer without any, where the settings count those),
    ``reactivation`` a later return, ``churn`` the day it stops being a customer; all else is expansion or contraction.
    """
    g = _changed(w, p)
    return _with_causes(w, p, g.filter(g.kind.notnull() | g.no_rate))


def changes(w: World, p: Periods) -> ir.Table:
    """The rows of ``movement`` without the causes, which take most of the time: where it is not kept they are not worked out."""
    if is_kept("movement", p):
        return movement(w, p).drop("price", *CAUSES)
    g = _changed(w, p)
    g = g.filter(g.kind.notnull() | g.no_rate)
    return g.select(*w.keys, "period", "day", "at", "kind", "before", "after", "delta", "no_rate")


def _changed(w: World, p: Periods) -> ir.Table:
    """Each unit's net change of each day, with its kind where it has one."""
    t = w.in_sight(level(w))
    j = p.join(t, [t.day < p.closes_day, t.day >= p.opens_day])
    j = converted(w, p, j, "opens_day", amounts=("before", "after"))
    g = j.group_by([*w.keys, "period", "day"]).agg(
        before=j.before.sum().cast("int64"),
        after=j.after.sum().cast("int64"),
        held_before=j.held_before.sum(),
        held_after=j.held_after.sum(),
        first_day=j.first_day.min(),
        paid_day=j.paid_day.min(),
        missing=j.before.isnull().ifelse(1, 0).sum() + j.after.isnull().ifelse(1, 0).sum(),
        at=j["at"].min(),
    )
    was, stays = (g.before > 0) | (g.held_before > 0), (g.after > 0) | (g.held_after > 0)
    kind = ibis.cases(
        (stays & (g.day == g.paid_day), "new"),
        (~was & stays & (g.day == g.first_day), "new"),
        (~was & stays, "reactivation"),
        (was & ~stays, "churn"),
        (g.after > g.before, "expansion"),
        (g.after < g.before, "contraction"),
        else_=ibis.null("string"),
    )
    return g.mutate(kind=kind, delta=(g.after - g.before).cast("int64"), no_rate=g.missing > 0)


def _with_causes(w: World, p: Periods, g: ir.Table) -> ir.Table:
    """The causes beside each change; the price is what the other causes leave."""
    c = causes(w, p)
    j = beside(g, c, [*w.keys, "period", "day"])
    split = j.kind.isin(["expansion", "contraction"])
    part = {name: split.ifelse(j[name].fill_null(0), 0) for name in CAUSES}
    price = split.ifelse(j.delta - part["seats"] - part["tier"] - part["cross_sell"] - part["discount"], 0)
    names = (*w.keys, "period", "day", "at", "kind", "before", "after", "delta", "no_rate")
    return j.select(*names, price=price, **part)


def moved_by_unit(w: World, p: Periods, rows: ir.Table) -> ir.Table:
    """The rows of a ``book`` with the sums of each unit's movements: a column for each of ``KINDS``, signed."""
    m = changes(w, p)
    sums = {kind: (m.kind == kind).ifelse(m.delta, 0).sum().cast("int64") for kind in KINDS}
    m = m.group_by([*w.keys, "period"]).agg(**sums)
    joined = beside(rows, m, [*w.keys, "period"])
    return joined.mutate(**{kind: joined[kind].fill_null(0) for kind in KINDS})
