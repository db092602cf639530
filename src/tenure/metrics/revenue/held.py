"""Which products and plans an account pays for at a moment, and whether they are the highest."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING, Literal

import ibis

from tenure.metrics.join import beside
from tenure.metrics.revenue.level import bridged
from tenure.metrics.revenue.line import line
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir


def whole(w: World) -> World:
    """The world in which an account is one, also where figures are asked by product or plan."""
    return replace(w, detail=())


def lines_of(w: World) -> ir.Table:
    """The lines that make a customer, each with its ``thing``: its product, or an empty text where that is unknown."""
    w = whole(w)
    lines = bridged(w, line(w))
    lines = lines.filter((lines.net > 0) | (lines.held > 0))
    return lines.mutate(thing=ibis.coalesce(lines.product_id, ""))


def held(w: World, p: Periods, end: Literal["opens_day", "closes_day"]) -> ir.Table:
    """One row for each account and product that it held just before an end of a period.

    Columns: ``account_id, period, thing, product_id, plan`` (null where several), ``on_top`` (0 or 1: it has the highest
    plan of a product that has several).
    """
    lines = lines_of(w)
    j = p.join(lines, [lines.starts_day < p.table[end], lines.ends_day >= p.table[end]])
    j = with_rank(w, j, "plan")
    g = j.group_by(["account_id", "period", "thing"]).agg(
        product_id=j.product_id.max(), rank=j["rank"].max(), lowest=j.lowest.max(), highest=j.highest.max(),
        plan=j.plan.min(), last_plan=j.plan.max(),
    )  # fmt: skip
    on_top = ((g["rank"] >= g.highest) & (g.highest > g.lowest)).fill_null(False)
    return g.select(
        "account_id", "period", "thing", "product_id",
        plan=(g.plan == g.last_plan).ifelse(g.plan, None),
        on_top=on_top.ifelse(1, 0).cast("int64"),
    )  # fmt: skip


def with_rank(w: World, rows: ir.Table, plan: str) -> ir.Table:
    """The rows with ``rank`` of the plan in a column, and the ``lowest`` and ``highest`` rank of their ``thing``.

    A plan of the product goes before one that holds for all products. Null where nothing is known.
    """
    t = w.plan.filter(w.plan["rank"].notnull())
    own, common = t.filter(t.product_id.notnull()), t.filter(t.product_id.isnull())
    rows = beside(rows, own.select(thing="product_id", own_rank="rank", **{plan: own.plan}), ["thing", plan])
    rows = beside(rows, common.select(common_rank="rank", **{plan: common.plan}), [plan])
    ends = own.group_by("product_id").agg(own_lowest=own["rank"].min(), own_highest=own["rank"].max())
    rows = beside(rows, ends.rename(thing="product_id"), ["thing"])
    every = common.agg(common_lowest=common["rank"].min(), common_highest=common["rank"].max())
    rows = rows.cross_join(every)
    ranked = rows.mutate(
        rank=ibis.coalesce(rows.own_rank, rows.common_rank),
        lowest=ibis.least(
            ibis.coalesce(rows.own_lowest, rows.common_lowest), ibis.coalesce(rows.common_lowest, rows.own_lowest)
        ),
        highest=ibis.greatest(
            ibis.coalesce(rows.own_highest, rows.common_highest), ibis.coalesce(rows.common_highest, rows.own_highest)
        ),
    )
    return ranked.drop("own_rank", "common_rank", "own_lowest", "own_highest", "common_lowest", "common_highest")


def products(w: World) -> ir.Table:
    """Every product that is sold or was: ``thing``."""
    sold = lines_of(w)
    return w.product.select(thing="product_id").union(sold.select("thing"), distinct=True).filter(ibis._.thing != "")
