"""``reported_figure``: what another system said."""

from __future__ import annotations

from tenure.warehouse.table import Column, Type, date, state, text

reported_figure = state(
    "reported_figure",
    "What another system said a metric was, so that both can be run side by side and their differences explained.",
    key="tool metric period_start period_end slice",
    known="period_end",
    starts="period_start",
    ends="period_end",
    columns=(
        text("tool", "The other system.", required=True),
        text("metric", "The metric, by the name it has here.", required=True),
        date("period_start", "The period's first day.", required=True),
        date("period_end", "The day after the period's last.", required=True, is_end=True),
        text("slice", "DIM=VALUE, several separated by commas; empty means the total."),
        Column(
            "value", Type.VALUE, "What the other system said, in the metric's unit: shares as fractions.", required=True
        ),
    ),
)
