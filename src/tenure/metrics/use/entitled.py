"""What accounts may use: the products they hold, with how many seats, and the features that come with them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import BEGINNING, unit_of
from tenure.metrics.revenue.line import FAR, FAR_DAY, line
from tenure.metrics.use.done import features
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

#: A seat, in the parts in which seats are counted.
SEAT = 1_000_000


@fact(timeline=True)
def granted(w: World) -> ir.Table:
    """One row for each stretch of time in which an entitlement stands.

    Columns: ``account_id, product_id, feature_id, seats`` (in ``SEAT``; null where any number may), ``starts, ends``
    (instants) and ``starts_day, ends_day`` (local days). A later row for the same account, product and feature ends the
    one before it: it says anew how many may.
    """
    e = w.entitlement
    e = e.filter(e.valid_from < w.now)
    order = ibis.window(group_by=["account_id", "product_id", "feature_id"], order_by="valid_from")
    far, far_day = ibis.literal(FAR).cast("timestamp(6)"), ibis.literal(FAR_DAY).cast("date")
    e = e.mutate(next_at=e.valid_from.lead().over(order), next_day=e.from_day.lead().over(order))
    e = e.select(
        "account_id", "product_id", "feature_id",
        seats=(e.seats * SEAT).cast("int64"),
        starts="valid_from",
        ends=ibis.least(ibis.coalesce(e.valid_to, far), ibis.coalesce(e.next_at, far)),
        starts_day="from_day",
        ends_day=ibis.least(ibis.coalesce(e.to_day, far_day), ibis.coalesce(e.next_day, far_day)),
    )  # fmt: skip
    return unit_of(w, e.filter(e.ends > e.starts))


def held(w: World, p: Periods) -> ir.Table:
    """One row for each stretch of time within a period in which an account holds a product.

    Columns: ``account_id, product_id`` (null where none is named), ``period, starts, ends, starts_day, ends_day, seats``
    (null where unknown or any number) and ``unlimited`` (0 or 1). Accounts without any entitlement to a product before
    the close hold what they pay for: their subscription lines, with the quantity as seats.
    """
    g = granted(w)
    g = g.filter(g.feature_id.isnull())
    said = p.join(g, [g.starts < p.closes])
    told = said.select("account_id", "period").distinct()
    said = said.filter(said.ends > said.opens)
    unlimited = said.seats.isnull().ifelse(1, 0)
    x = line(w)
    x = x.filter((x.net > 0) | (x.held == 1))
    paid = p.join(x, [x.starts < p.closes, x.ends > p.opens]).anti_join(told, ["account_id", "period"])
    columns = ["account_id", "product_id", "period", "starts", "ends", "starts_day", "ends_day"]
    said = said.select(*columns, "seats", unlimited=unlimited.cast("int64"))
    paid = paid.select(*columns, seats=(paid.quantity * SEAT).cast("int64"), unlimited=ibis.literal(0).cast("int64"))
    return said.union(paid)


def offered(w: World, p: Periods) -> ir.Table:
    """One row for each account and feature that it might have used inside a period.

    Columns: ``account_id, feature, product_id`` (the feature's, or null), ``period, at`` (the last instant), ``since,
    until`` (from when to when in the period it was released and entitled) and ``partly`` (1 where that is not all of it).

    A feature to which any account had an entitlement of its own before the close is only for those that have one; every
    other comes with its product. Log-ins are no features. Where the feature or what the account holds names no product,
    they go together.
    """
    f = features(w)
    f = f.filter(f.is_login == 0).select("feature", "of_product", "released")
    g = granted(w)
    g = g.filter(g.feature_id.notnull()).rename(feature="feature_id")
    single = p.join(g, [g.starts < p.closes])
    own = single.select("feature", "period").distinct()
    columns = ["account_id", "feature", "period", "starts", "ends"]
    single = single.filter(single.ends > single.opens).select(columns)
    h = held(w, p).select("account_id", "product_id", "period", "starts", "ends")
    rows = with_features(f, h, single, own)
    rows = beside(rows, p.select("period", "opens", "closes", "last"), ["period"], how="inner")
    early = ibis.literal(BEGINNING).cast("timestamp(6)")
    rows = rows.mutate(
        since=ibis.greatest(rows.starts, rows.opens, ibis.coalesce(rows.released, early)),
        until=ibis.least(rows.ends, rows.closes),
    )
    long_enough = ibis.interval(days=w.settings.use.exposed_days)
    rows = rows.filter(rows.until > rows.since, rows.until >= rows.since + long_enough)
    return rows.select(
        "account_id", "feature", "period", "since", "until", product_id="of_product", at="last",
        partly=((rows.since > rows.opens) | (rows.until < rows.closes)).ifelse(1, 0).cast("int64"),
    )  # fmt: skip


def with_features(f: ir.Table, held_: ir.Table, single: ir.Table, own: ir.Table) -> ir.Table:
    """What accounts hold, as features: ``starts, ends, of_product, released`` by account and ``feature`` (and by ``period``,
    where it is told by periods).

    ``f``: the features. ``held_``: the products held. ``single``: entitlements to features themselves; a feature of ``own``
    comes with them only. Where a feature or what is held names no product, they go together.
    """
    known, unknown = f.filter(f.of_product.notnull()), f.filter(f.of_product.isnull())
    columns = single.columns
    parts = [
        beside(held_.mutate(of_product=held_.product_id), known, ["of_product"], how="inner"),
        held_.filter(held_.product_id.isnull()).cross_join(known),
        held_.cross_join(unknown),
    ]
    rows = parts[0].select(columns).union(*(part.select(columns) for part in parts[1:]))
    rows = rows.anti_join(own, own.columns).union(single)
    keys = [name for name in columns if name not in ("starts", "ends")]
    rows = rows.group_by(keys).agg(starts=rows.starts.min(), ends=rows.ends.max())
    return beside(rows, f, ["feature"], how="inner")
