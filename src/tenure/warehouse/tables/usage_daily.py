"""``usage_daily``: sums of a day's use."""

from __future__ import annotations

from tenure.warehouse.table import date, events, integer, number, text

usage_daily = events(
    "usage_daily",
    "Sums of a day's use, for those who have nothing finer. Distinct users over more than a day cannot be told from "
    "them, and figures that need those say so.",
    key="account_id day product_id feature",
    known="day",
    columns=(
        text("account_id", "The account that used the product.", required=True, references="account"),
        date("day", "The day.", required=True),
        text("product_id", "The product used; empty means all together.", references="product"),
        text("feature", "The feature used; empty means all together.", references="feature"),
        integer("active_users", "How many different people used it on that day.", low=0),
        integer("events", "How many times it was used.", low=0),
        number("seconds", "For how long it was used.", low=0),
    ),
)
