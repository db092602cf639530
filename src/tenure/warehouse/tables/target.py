"""``target``: what a metric is meant to be."""

from __future__ import annotations

from tenure.warehouse.table import Column, Type, date, state, text

target = state(
    "target",
    "What a metric is meant to be in a period, in all or for a slice. It stands beside the figure of exactly this "
    "metric, slice and period: that of a quarter is none for its months.",
    key="metric slice period_start period_end",
    known="period_start",
    starts="period_start",
    ends="period_end",
    columns=(
        text("metric", "The metric, by its slug.", required=True),
        text(
            "slice",
            "DIM=VALUE as --where has it, several separated by commas (segment=SMB,tier=1); empty means the total. "
            "window=3m and variant=NAME name what is not the metric's default.",
        ),
        date("period_start", "The period's first day.", required=True),
        date("period_end", "The day after the period's last.", required=True, is_end=True),
        Column(
            "value", Type.VALUE, "What it is meant to be, in the metric's unit: shares as fractions.", required=True
        ),
    ),
)
