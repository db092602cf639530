"""Who owns an account from now on: what a scope is made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.figures.stints import stint
from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import survivor
from tenure.metrics.world import World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(everywhere=True)
def holding(w: World) -> ir.Table:
    """One row for each account and owner, with the time in which it is so, of the times that are not over.

    Columns: ``account_id, owner, valid_from, valid_to`` (instants, exclusive end). A merged account has the owners of
    its survivor. What nobody owns has no row.
    """
    s = stint(w)
    s = s.filter(s.owner.notnull(), s.valid_to > w.now).select("account_id", "owner", "valid_from", "valid_to")
    merged = survivor(w)
    own = s.anti_join(merged, "account_id")
    of_merged = beside(merged, s.rename(stands_for="account_id"), ["stands_for"], how="inner").drop("stands_for")
    return own.union(of_merged.select(own.columns)).order_by("owner", "account_id")
