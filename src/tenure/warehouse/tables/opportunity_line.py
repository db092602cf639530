"""``opportunity_line``: what an opportunity consists of."""

from __future__ import annotations

from tenure.warehouse.table import money, state, text

opportunity_line = state(
    "opportunity_line",
    "What an opportunity consists of, product by product, so that a sale can be told as more of the same or as "
    "another product.",
    key="opportunity_id product_id",
    columns=(
        text("opportunity_id", "The opportunity.", required=True, references="opportunity"),
        text("product_id", "The product in it.", required=True, references="product"),
        money("amount", "What this product is worth in it, in the opportunity's currency.", required=True),
    ),
)
