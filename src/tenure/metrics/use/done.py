"""What was done in the product, by whom: events and daily sums, gathered for each period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.world import Periods, World

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: What one row of ``done`` is about.
_OWN = ["account_id", "person_id", "product_id", "feature", "period"]


def done(w: World, p: Periods) -> ir.Table:
    """What each account and person used inside a period, by product and feature; several rows of one add up.

    Columns: ``account_id, person_id, product_id, feature, period``, ``uses`` (how often), ``fresh`` (those since the
    feature's release), ``summed`` (those of which only daily sums are known), ``first, last`` (when; null for sums) and
    ``is_key`` (0 or 1).

    Our own people and technical users are left out. ``person_id`` is null where nobody is named, ``feature`` where a
    day's sum is of all together. A use is of its feature's product, else of the product it names. Daily sums count
    only where no event of the same account and product is known in the period.
    """
    every = _gathered(w, _events(w, p)).union(_gathered(w, _sums(w, p)))
    events, sums = every.filter(every.summed == 0), every.filter(every.summed > 0)
    told = events.select("account_id", "product_id", "period").distinct()
    named = sums.filter(sums.product_id.notnull()).anti_join(told, ["account_id", "product_id", "period"])
    whole = sums.filter(sums.product_id.isnull()).anti_join(told, ["account_id", "period"])
    return events.union(named, whole)


def features(w: World) -> ir.Table:
    """``feature, of_product, released, is_key, is_login`` (the latter two 0 or 1) of the features that are known.

    Where no feature is marked as a key one, all but log-ins are.
    """
    f = w.feature
    some = f.filter(f.is_key).count().as_scalar()
    login = f.is_login.fill_null(False)
    return f.select(
        feature="feature_id", of_product="product_id", released="released_at",
        is_key=ibis.ifelse(some > 0, f.is_key.fill_null(False), ~login).ifelse(1, 0).cast("int64"),
        is_login=login.ifelse(1, 0).cast("int64"),
    )  # fmt: skip


def uses(w: World) -> ir.Table:
    """The events, with ``many``: for how many uses each stands; those that stand for none are left out."""
    u = w.usage
    u = u.mutate(many=u["count"].fill_null(1))
    return u.filter(u.many > 0, u.occurred_at < w.now)


def by_people(w: World, rows: ir.Table) -> ir.Table:
    """The rows without those of our own people and of technical users."""
    u = w.person
    staff = u.filter(u.is_internal.fill_null(False) | u.is_service.fill_null(False))
    return rows.anti_join(staff, "person_id")


def key_of(w: World, rows: ir.Table) -> ir.Table:
    """The rows (with ``feature``) with ``of_product, is_key, is_login``; what is not in the list of features counts
    as a key action only where no feature is marked as one.
    """
    f = features(w)
    marked = w.feature
    some = marked.filter(marked.is_key).count().as_scalar()
    rows = beside(rows, f.drop("released"), ["feature"])
    unlisted = ibis.ifelse((some > 0) | rows.feature.isnull(), 0, 1)
    return rows.mutate(
        is_key=ibis.coalesce(rows.is_key, unlisted).cast("int64"), is_login=rows.is_login.fill_null(0).cast("int64")
    )


def _events(w: World, p: Periods) -> ir.Table:
    """The events laid over the periods and added up at once, before anything wide is joined."""
    u = uses(w)
    j = p.join(u, [u.occurred_at >= p.opens, u.occurred_at < p.closes])
    j = j.select(*_OWN, "occurred_at", "many")
    f = w.feature
    j = beside(j, f.filter(f.released_at.notnull()).select(feature="feature_id", released="released_at"), ["feature"])
    early = (j.occurred_at < j.released).fill_null(False)
    j = j.mutate(fresh=early.ifelse(0, j.many))
    g = j.group_by(_OWN).agg(
        uses=j.many.sum(), fresh=j.fresh.sum(), first=j.occurred_at.min(), last=j.occurred_at.max()
    )
    return by_people(w, g).mutate(summed=ibis.literal(0))


def _sums(w: World, p: Periods) -> ir.Table:
    """The daily sums, in the same columns."""
    d = w.usage_daily
    d = d.mutate(many=ibis.coalesce(d.events, d.active_users, 0), person_id=ibis.null("string"))
    d = d.filter(d.many > 0)
    j = p.join(d, [d.day >= p.opens_day, d.day < p.closes_day])
    g = j.group_by(_OWN).agg(uses=j.many.sum())
    none = ibis.null("timestamp(6)")
    return g.select(*_OWN, "uses", fresh="uses", first=none, last=none, summed="uses")


def _gathered(w: World, g: ir.Table) -> ir.Table:
    """The rows with what their feature is, by the account that counts."""
    g = key_of(w, g)
    g = unit_of(w, g.mutate(product_id=ibis.coalesce(g.of_product, g.product_id)))
    whole = {name: g[name].cast("int64") for name in ("uses", "fresh", "summed", "is_key")}
    moments = {name: g[name].cast("timestamp(6)") for name in ("first", "last")}
    return g.select(*_OWN, **whole, **moments)
