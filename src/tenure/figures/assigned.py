"""Which accounts a play was tried on or withheld from: kept beside the facts, so that readers have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.metrics.portfolio.identity import identity, unit_of
from tenure.metrics.world import World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(everywhere=True)
def assigned(w: World) -> ir.Table:
    """The assignments as known: ``account_id, play, arm, at``. Merged accounts are their survivor.

    Of test accounts and of those that nothing is known of there are none: they would count as having done nothing.
    """
    rows = unit_of(w, w.treatment.select("account_id", "play", "arm", "at"))
    return rows.semi_join(identity(w), "account_id").order_by("play", "at", "account_id", "arm")
