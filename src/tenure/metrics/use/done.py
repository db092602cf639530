"""What was done in the product, by whom: events and daily sums, gathered for each period."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: Days: longer than a week, however the clocks change.
OVER_A_WEEK = 8
_OWN = ["account_id", "person_id", "thing", "period"]


def done(w: World, p: Periods) -> ir.Table:
    """What each account and person used inside a period, each thing (``things``) by itself: the rows that count.

    Columns: ``account_id, person_id, period``, ``uses`` (how often), ``fresh`` (those since the feature's release),
    ``summed`` (those of which only daily sums are known), ``first, last`` (when; null for sums), and of the thing
    ``feature, product_id``, ``is_key`` and ``is_spread`` (0 or 1).

    Our own people and technical users are left out. ``person_id`` is null where nobody is named, ``feature`` where a
    day's sum is of all together. A use is of its feature's product, else of the product it names. Daily sums count
    only where no event of the same account and product is known in the period.
    """
    every = deed(w, p)
    events, sums = every.filter(every.summed == 0), every.filter(every.summed > 0)
    # Of the accounts with sums only: they are few, and events many.
    told = events.semi_join(sums, "account_id").select("account_id", "product_id", "period").distinct()
    named = sums.filter(sums.product_id.notnull()).anti_join(told, ["account_id", "product_id", "period"])
    whole = sums.filter(sums.product_id.isnull()).anti_join(told, ["account_id", "period"])
    return events.union(named, whole)


@fact(kept=(("month", "period"),), passing=True)
def deed(w: World, p: Periods) -> ir.Table:
    """The events, and the daily sums, of each account, person and thing inside a period, in the columns of ``done``."""
    t = things(w, p)
    meant = t.select("thing", "feature", "product_id", "is_key", "is_spread").distinct()
    return beside(_events(w, p, t).union(_sums(w, p, t)), meant, ["thing"], how="inner")


@fact(kept=(("month", "period"),), passing=True)
def naming(w: World, p: Periods) -> ir.Table:
    """Each feature and product that events name, from the week in which a period opens on: ``period, feature, product_id``.

    Made beforehand: an engine that finds them in the statement that adds the events up keeps all events for it in memory.
    """
    u = around(w, p, OVER_A_WEEK).select("feature", "product_id", "occurred_at")
    j = p.join(u, [u.occurred_at >= p.opens - ibis.interval(days=OVER_A_WEEK), u.occurred_at < p.closes])
    return j.select("period", "feature", "product_id").distinct()


def things(w: World, p: Periods) -> ir.Table:
    """What the uses in the periods, and in the week before, name: one row for each feature and product that they name.

    Columns: ``named_feature, named_product``, and what is meant by them: ``thing`` (a number for each pair of ``feature``
    and ``product_id``), ``released, is_key, is_login`` and ``is_spread`` (1 where the feature is used in several products).
    There are few things: to add up by their numbers takes half the time that it takes by their names.
    """
    d = w.usage_daily
    d = d.filter(d.day >= (p.first - ibis.interval(days=1)).date())
    t = naming(w, p).select("feature", "product_id").union(d.select("feature", "product_id")).distinct()
    t = key_of(w, t.mutate(named_feature="feature", named_product="product_id"))
    t = t.mutate(product_id=ibis.coalesce(t.of_product, t.named_product))
    t = beside(t, w.feature.select(feature="feature_id", released="released_at"), ["feature"])
    t = t.mutate(thing=ibis.dense_rank().over(ibis.window(order_by=["feature", "product_id"])))
    own = ibis.window(group_by="feature")
    spread = t.thing.min().over(own) < t.thing.max().over(own)
    return t.select(
        "named_feature", "named_product", "feature", "product_id", "released", "is_key", "is_login",
        thing=t.thing.cast("int64"), is_spread=spread.ifelse(1, 0).cast("int64"),
    )  # fmt: skip


def meaning(t: ir.Table, rows: ir.Table, *columns: str) -> ir.Table:
    """The rows with these columns of the ``things`` that their ``feature`` and ``product_id`` name, instead of those."""
    both = [rows.feature.identical_to(t.named_feature), rows.product_id.identical_to(t.named_product)]
    kept = [name for name in rows.columns if name not in ("feature", "product_id")]
    return rows.join(t, both).select(*(rows[name] for name in kept), *(t[name] for name in columns))


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


def around(w: World, p: Periods, days: int = 0) -> ir.Table:
    """The events from so many days before the first period opens until the last one closes."""
    u = uses(w)
    return u.filter(u.occurred_at >= p.first - ibis.interval(days=days), u.occurred_at < p.end)


def by_people(w: World, rows: ir.Table) -> ir.Table:
    """The rows without those of our own people and of technical users."""
    return rows.anti_join(insider(w), "person_id")


@fact(everywhere=True, steady=True)
def insider(w: World) -> ir.Table:
    """One row for each of our own people and of the technical users: ``person_id``. They are few, and people many."""
    u = w.person
    return u.filter(u.is_internal.fill_null(False) | u.is_service.fill_null(False)).select("person_id")


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


def _events(w: World, p: Periods, t: ir.Table) -> ir.Table:
    """The events laid over the periods and added up, by the account that counts."""
    u = around(w, p).select("account_id", "person_id", "feature", "product_id", "occurred_at", "many")
    u = unit_of(w, by_people(w, meaning(t, u, "thing", "released")))
    # The periods last: how many rows come out of comparing with them no engine can guess.
    j = p.join(u, [u.occurred_at >= p.opens, u.occurred_at < p.closes])
    early = (j.occurred_at < j.released).fill_null(False)
    j = j.mutate(fresh=early.ifelse(0, j.many))
    g = j.group_by(_OWN).agg(
        uses=j.many.sum(), fresh=j.fresh.sum(), first=j.occurred_at.min(), last=j.occurred_at.max()
    )
    return _whole(g.mutate(summed=ibis.literal(0)))


def _sums(w: World, p: Periods, t: ir.Table) -> ir.Table:
    """The daily sums, in the same columns."""
    d = w.usage_daily
    d = d.mutate(many=ibis.coalesce(d.events, d.active_users, 0), person_id=ibis.null("string"))
    d = d.filter(d.many > 0)
    j = p.join(d, [d.day >= p.opens_day, d.day < p.closes_day])
    j = j.select("account_id", "person_id", "feature", "product_id", "period", "many")
    j = unit_of(w, meaning(t, j, "thing"))
    g = j.group_by(_OWN).agg(uses=j.many.sum())
    none = ibis.null("timestamp(6)")
    return _whole(g.mutate(fresh=g.uses, first=none, last=none, summed=g.uses))


def _whole(g: ir.Table) -> ir.Table:
    """The rows with their numbers and moments in the types that both kinds have."""
    counts = {name: g[name].cast("int64") for name in ("uses", "fresh", "summed")}
    return g.select(*_OWN, **counts, **{name: g[name].cast("timestamp(6)") for name in ("first", "last")})
