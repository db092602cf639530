"""Scores as they were made, by account."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(kept=(("month", "period"),), dated=True)
def scored(w: World, p: Periods) -> ir.Table:
    """One row for each model, period and account that was scored on the model's last day in the period.

    Columns: ``account_id`` (the survivor of merges), ``period, model, at`` (the moment of the score), ``score``, ``band``.
    """
    s = as_told(w)
    j = p.join(s, [s.at >= p.opens, s.at < p.closes])
    last = j.at.max().over(ibis.window(group_by=["period", "model"]))
    j = j.mutate(newest=last)
    j = j.filter(j.at == j.newest)
    return j.select("account_id", "period", "model", "at", "score", "band")


def as_told(w: World) -> ir.Table:
    """Scores until now, one for each account, model and moment: of several versions on one day the one that was used first
    last.
    """
    s = unit_of(w, w.score.filter(w.score.at < w.now))
    first = w.score_model.select("model", "version", used="at")
    s = beside(s, first, ["model", "version"])
    order = [ibis.desc(ibis.coalesce(s.used, s.at)), ibis.desc(s.version), ibis.desc(s.score)]
    s = s.mutate(nth=ibis.row_number().over(ibis.window(group_by=["account_id", "model", "at"], order_by=order)))
    return s.filter(s.nth == 0)
