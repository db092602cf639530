"""``product``: something that is sold."""

from __future__ import annotations

from tenure.warehouse.table import state, text

product = state(
    "product",
    "Something that is sold. A product that an account did not hold before is cross-sell; more of one it holds is "
    "upsell.",
    key="product_id",
    reference=True,
    columns=(
        text("product_id", "The product's id, as subscriptions name it.", required=True),
        text("name", "The product's name.", required=True),
        text("family", "The group of products it belongs to."),
    ),
)
