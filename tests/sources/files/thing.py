"""A table of every kind of column, on which the tests of reading agree."""

from __future__ import annotations

from tenure.warehouse.table import date, integer, money, state, text, time

THING = state(
    "thing",
    "A thing.",
    key="id",
    columns=(
        text("id", "Its id.", required=True),
        text("name", "Its name."),
        money("amount", "What it costs."),
        integer("pieces", "How many."),
        text("currency", "Of the amount."),
        date("day", "Its day."),
        time("started_at", "When it began."),
        time("ended_at", "When it ended.", is_end=True),
    ),
)
