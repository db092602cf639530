"""``feature``: a part of the product that can be used."""

from __future__ import annotations

from tenure.warehouse.table import boolean, state, text, time

feature = state(
    "feature",
    "A part of the product that can be used: the name of a usage event, with what it means.",
    key="feature_id",
    reference=True,
    columns=(
        text("feature_id", "The name of the event that its use sends.", required=True),
        text("name", "The feature's name.", required=True),
        text("product_id", "The product it belongs to.", references="product"),
        time("released_at", "When it was released: before that, nobody could adopt it."),
        boolean("is_key", "A key action: using it is what makes a user active."),
        boolean("is_login", "A log-in: counted for how often people come, not for active use."),
    ),
)
