"""What contacts left behind: a rating, a tone, an outcome."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.relationship.contact import touches
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir

LEFT = ("quality", "sentiment", "outcome")


@fact(kept=(("month", "period"),), dated=True)
def impression(w: World, p: Periods) -> ir.Table:
    """One row for each contact inside a period of which a rating, a tone or an outcome was noted.

    Columns: ``account_id, period, at`` (when it began), ``quality, sentiment, outcome`` (null where not noted). What is
    said in one thread on one local day is one contact; of several notes on it the last counts.
    """
    t = touches(w)
    periods = p.select("period", "opens", "closes")
    t = periods.join(t, [t.occurred_at >= periods.opens, t.occurred_at < periods.closes])
    threaded = t.thread_id.notnull()
    t = t.mutate(
        threaded=threaded,
        thing=ibis.coalesce(t.thread_id, t.touchpoint_id),
        on=threaded.ifelse(t.occurred_day, None),
        outcome=t.outcome.strip().nullif(""),
    )
    own = ["account_id", "period", "threaded", "thing", "on"]
    noted = {}
    for name in LEFT:
        latest = ibis.window(
            group_by=[*own, t[name].notnull()], order_by=[ibis.desc("occurred_at"), ibis.desc("touchpoint_id")]
        )
        noted[f"last_{name}"] = (ibis.row_number().over(latest) == 0).ifelse(t[name], None)
    t = t.mutate(**noted)
    g = t.group_by(own).agg(at=t.occurred_at.min(), **{name: t[f"last_{name}"].max() for name in LEFT})
    g = g.filter(g.quality.notnull() | g.sentiment.notnull() | g.outcome.notnull())
    return g.select("account_id", "period", "at", *LEFT)


def by_outcome(rows: ir.Table) -> ir.Table:
    """Each contact with an outcome beside every outcome of its period: ``outcome``, and ``came`` where it is its own."""
    told = rows.filter(rows.outcome.notnull()).rename(came_of_it="outcome")
    outcomes = told.select("period", outcome="came_of_it").distinct()
    j = beside(outcomes, told, ["period"], how="inner")
    return j.mutate(came=(j.came_of_it == j.outcome).ifelse(1, 0).cast("int64")).drop("came_of_it")
