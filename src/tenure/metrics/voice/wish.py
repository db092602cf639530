"""Requests by the period in which they came."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact()
def wish(w: World) -> ir.Table:
    """One row for each request up to now.

    Columns: ``account_id, request_id, at`` (when it came), ``kind, theme, feature, idea`` (null where it is told of
    none), ``days_over`` (true when the days within which it is to be acknowledged, ``voice.acknowledgement_days``, are
    over) and ``in_time`` (1 if it was acknowledged, or answered with what came of it, within them, else 0).
    """
    r = unit_of(w, w.request)
    r = r.filter(r.created_at < w.now)
    days = ibis.interval(days=w.settings.voice.acknowledgement_days)
    told = ibis.coalesce(r.acknowledged_at, r.informed_at) < w.now
    in_time = told & (r.acknowledged_day <= (r.created_day + days).cast("date"))
    return r.select(
        "account_id", "request_id", "kind", "theme",
        at="created_at", feature="feature_id", idea="idea_id",
        days_over=r.created_end + days <= w.now,
        in_time=in_time.fill_null(False).ifelse(1, 0).cast("int64"),
    )  # fmt: skip


def came_in(p: Periods, wishes: ir.Table) -> ir.Table:
    """The requests with the period in which they came."""
    periods = p.select("period", "opens", "closes")
    j = periods.join(wishes, [wishes["at"] >= periods.opens, wishes["at"] < periods.closes])
    return j.drop("opens", "closes").mutate(excluded=ibis.null("string"))
