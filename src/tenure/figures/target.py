"""What figures are meant to be: kept beside the facts, so that readers have it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.metrics.world import World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(everywhere=True)
def target(w: World) -> ir.Table:
    """The targets as known: ``metric, slice, period_start, period_end, value``."""
    return w.target.select("metric", "slice", "period_start", "period_end", "value")
