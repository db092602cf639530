"""Which accounts a play was tried on or withheld from: kept beside the facts, so that readers have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.world import World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(everywhere=True)
def assigned(w: World) -> ir.Table:
    """The assignments as known: ``account_id, play, arm, at``. Merged accounts are their survivor; no test accounts."""
    rows = unit_of(w, w.treatment.select("account_id", "play", "arm", "at"))
    return rows.order_by("play", "at", "account_id", "arm")
