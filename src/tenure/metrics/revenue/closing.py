"""Who is a customer at the close of a period, and pays what."""

from __future__ import annotations

from typing import TYPE_CHECKING

from tenure.metrics.revenue.book import at_close, book
from tenure.metrics.world import Periods, World, fact

if TYPE_CHECKING:
    import ibis.expr.types as ir


@fact(kept=(("month", "period"),), dated=True)
def closing(w: World, p: Periods) -> ir.Table:
    """The rows of ``book`` that are customers, or have any amount, just before the close of a period, one for each unit.

    Columns: the unit's keys, ``period, closing_now, is_customer, no_rate`` (as in ``book``) and ``at`` (the last instant:
    whoever owns the unit then). It is kept beside the book, whose rows stand under the owners of the opening, since to
    find those of the close takes longer than all else.
    """
    b = book(w, p)
    rows = b.filter(b.is_customer | (b.closing_now != 0) | b.no_rate)
    rows = rows.select(*w.keys, "period", "closing_now", "is_customer", "no_rate", "at")
    return at_close(p, rows)
