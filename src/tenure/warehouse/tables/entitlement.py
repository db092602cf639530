"""``entitlement``: what an account may use, how many may use it, from when to when."""

from __future__ import annotations

from tenure.warehouse.table import Derived, number, state, text, time

entitlement = state(
    "entitlement",
    "What an account may use, how many may use it, and from when to when: the denominator of adoption and licence use.",
    key="account_id product_id feature_id valid_from",
    known="valid_from",
    starts="valid_from",
    ends="valid_to",
    one_of=(("product_id", "feature_id"),),
    columns=(
        text("account_id", "The account that may use it.", required=True, references="account"),
        text("product_id", "The product that may be used.", references="product"),
        text("feature_id", "The feature that may be used, where only a part of the product is.", references="feature"),
        number("seats", "How many people may use it; empty means any number.", low=0),
        time("valid_from", "From when.", required=True),
        time("valid_to", "Until when, exclusive; empty while it lasts.", is_end=True, learned=("valid_to",)),
    ),
    derived=(
        Derived(
            "from_day",
            "DATE",
            "date",
            "(valid_from AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE",
            "The local day from which it may be used.",
        ),
        Derived(
            "to_day",
            "DATE",
            "date",
            "(valid_to AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE",
            "The local day until which it may be used, exclusive.",
        ),
    ),
)
