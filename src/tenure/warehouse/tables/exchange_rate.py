"""``exchange_rate``: what a currency was worth on a day."""

from __future__ import annotations

from tenure.warehouse.table import Column, Type, date, state, text

exchange_rate = state(
    "exchange_rate",
    "What a currency was worth on a day, and until the next day that has a rate.",
    key="currency date",
    reference=True,
    known="date",
    columns=(
        text("currency", "ISO 4217 code.", required=True),
        date("date", "The day.", required=True),
        Column(
            "rate",
            Type.RATE,
            "How many units of the reporting currency one unit is worth.",
            required=True,
            low=0.000000001,
        ),
    ),
)
