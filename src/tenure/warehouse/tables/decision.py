"""``decision``: what was decided about an account, and when to look at it again."""

from __future__ import annotations

from tenure.warehouse.table import date, state, text, time

decision = state(
    "decision",
    "What was decided about an account, as in the weekly review of health, by whom, and when it is to be looked at again.",
    key="decision_id",
    known="at",
    columns=(
        text("decision_id", "The decision's id.", required=True),
        text("account_id", "The account.", required=True, references="account"),
        time("at", "When it was decided.", required=True),
        text("by", "Who noted it.", required=True),
        text("text", "What was decided.", required=True, personal=True),
        date("follow_up", "The day on which it is to be looked at again."),
        time("done_at", "When it was done with; empty while it is open.", learned=("done_at",)),
    ),
)
