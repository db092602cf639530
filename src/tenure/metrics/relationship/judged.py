"""What was thought of accounts, and when."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.world import World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(steady=True)
def judged(w: World) -> ir.Table:
    """One row for each judgement of an account, as known: ``account_id`` (the survivor of merges), ``model`` (whose
    judgement), ``at`` (when), ``score`` (on the model's own scale) and ``by`` (who). What is dated later than now has not
    happened.
    """
    j = w.judgement
    return unit_of(w, j.filter(j.at < w.now).select("account_id", "model", "at", "score", "by"))
