"""Opportunities as figures see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import ibis

from tenure.metrics.join import beside
from tenure.metrics.portfolio.identity import unit_of
from tenure.metrics.revenue.line import FAR
from tenure.metrics.world import World

if TYPE_CHECKING:
    import ibis.expr.types as ir


def deals(w: World) -> ir.Table:
    """One row for each opportunity that was opened up to now; asked by product, for each product in it.

    Columns: ``account_id, opportunity_id, kind, stage, agent`` (who of us works on it), ``created_at``, ``decided_at``
    (when it was won or lost; far future while it is open, null where that is not told), ``won`` (0 or 1),
    ``probability, amount`` (ten-thousandths of ``currency``) and by product ``product_id``, null for what no line tells.
    What is decided later than now is open.
    """
    o = unit_of(w, w.opportunity)
    o = o.filter(o.created_at < w.now)
    over = o.status.isin(["won", "lost"]) & (o.closed_at.isnull() | (o.closed_at < w.now))
    rows = o.select(
        "account_id", "opportunity_id", "kind", "stage", "probability", "currency", "created_at",
        agent="owner_id",
        decided_at=over.ifelse(o.closed_at, ibis.literal(FAR).cast("timestamp(6)")),
        won=(over & (o.status == "won")).ifelse(1, 0).cast("int64"),
        amount=(o.amount * 10000).cast("int64"),
    )  # fmt: skip
    return _by_product(w, rows) if "product_id" in w.detail else rows


def _by_product(w: World, rows: ir.Table) -> ir.Table:
    """A row for each product, and one for what the lines leave of the amount."""
    lines = w.opportunity_line
    lines = lines.select("opportunity_id", "product_id", part=(lines.amount * 10000).cast("int64"))
    told = lines.group_by("opportunity_id").agg(told=lines.part.sum().cast("int64"))
    split = beside(rows, lines, ["opportunity_id"], how="inner")
    split = split.mutate(amount=split.part).drop("part")
    rest = beside(rows, told, ["opportunity_id"])
    rest = rest.filter(rest.told.isnull() | (rest.told != rest.amount))
    rest = rest.mutate(product_id=ibis.null("string"), amount=(rest.amount - rest.told.fill_null(0)).cast("int64"))
    return split.union(rest.select(split.columns))
