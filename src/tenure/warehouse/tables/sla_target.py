"""``sla_target``: how fast we promise to be."""

from __future__ import annotations

from tenure.warehouse.table import number, state, text, time

sla_target = state(
    "sla_target",
    "How fast we promise to be. A row with a priority or a tier holds for those; one without holds for the rest.",
    key="measure priority tier valid_from",
    reference=True,
    known="valid_from",
    columns=(
        text(
            "measure",
            "What is promised.",
            required=True,
            choices=("first_reply", "next_reply", "resolution", "inquiry"),
        ),
        text("priority", "The tickets' priority it holds for; empty means any."),
        text("tier", "The accounts' tier it holds for; empty means any."),
        number("minutes", "Within how many minutes.", required=True, low=0),
        text(
            "clock",
            "Whether minutes count in business hours only.",
            choices=("business", "calendar"),
            default="business",
        ),
        time("valid_from", "From when.", required=True),
    ),
)
