"""``judgement``: what someone, or another tool, thought of an account's health."""

from __future__ import annotations

from tenure.warehouse.table import number, state, text, time

judgement = state(
    "judgement",
    "What someone, or another tool, thought of an account's health at a time: the success manager's own pulse, or a "
    "score to be compared with ours.",
    key="account_id model at",
    known="at",
    columns=(
        text("account_id", "The account judged.", required=True, references="account"),
        text(
            "model",
            "Whose judgement: csm_pulse, or the name of the other score.",
            required=True,
            choices=("csm_pulse",),
            open_choices=True,
        ),
        time("at", "When.", required=True),
        number("score", "The judgement, on the model's own scale.", required=True),
        text("by", "Who judged: a csm_id."),
        text("text", "Why.", personal=True),
    ),
)
