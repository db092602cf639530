"""``treatment``: which accounts a play was tried on, and which were held out."""

from __future__ import annotations

from tenure.warehouse.table import state, text, time

treatment = state(
    "treatment",
    "Which accounts a play was tried on, and which were held out on purpose, so that its effect can be told from what "
    "would have happened anyway.",
    key="account_id play at",
    known="at",
    columns=(
        text("account_id", "The account.", required=True, references="account"),
        text("play", "The play.", required=True),
        text("arm", "Whether it was tried on this account.", required=True, choices=("treated", "held_out")),
        time("at", "When it was decided.", required=True),
    ),
)
