"""``close``: a period whose figures were frozen."""

from __future__ import annotations

from tenure.warehouse.table import Column, Type, date, integer, state, text, time

close = state(
    "close",
    "A period whose figures were frozen, with all that is needed to work them out again to the last digit.",
    key="what period_start period_end",
    known="at",
    own_time="at",
    starts="period_start",
    ends="period_end",
    columns=(
        text("what", "What was frozen.", choices=("figures",), open_choices=True, default="figures"),
        date("period_start", "The period's first day.", required=True),
        date("period_end", "The day after the period's last.", required=True, is_end=True),
        time("at", "When.", required=True),
        text("by", "Who closed it, by log-in."),
        integer("last_batch", "The last batch that counted.", required=True, low=0),
        Column("hashes", Type.JSON, "The hashes of definitions, settings and figures, by name.", required=True),
    ),
)
