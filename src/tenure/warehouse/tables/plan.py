"""``plan``: the tiers in which a product is sold, in order."""

from __future__ import annotations

from tenure.warehouse.table import integer, state, text

plan = state(
    "plan",
    "The tiers in which a product is sold, in order, so that a step up can be told from a rise in price. Two products "
    "may have a plan of the same name; a row without a product holds for all of them.",
    key="plan product_id",
    reference=True,
    columns=(
        text("plan", "The plan, as subscriptions name it.", required=True),
        text("product_id", "The product whose plan it is.", references="product"),
        integer("rank", "The plan's place in the order: a higher rank is a higher tier."),
    ),
)
