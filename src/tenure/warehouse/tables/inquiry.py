"""``inquiry``: a question that a customer put to the success manager."""

from __future__ import annotations

from tenure.warehouse.table import state, text, time

inquiry = state(
    "inquiry",
    "A question that a customer put to the success manager, outside support. One not answered yet is a case that is "
    "still open, never one of no time.",
    key="inquiry_id",
    known="asked_at",
    own_time="answered_at",
    columns=(
        text("inquiry_id", "The question's id.", required=True),
        text("account_id", "The account that asked.", required=True, references="account"),
        text("csm_id", "Who was asked.", required=True, references="csm"),
        time("asked_at", "When it was asked.", required=True),
        time("answered_at", "When it was first answered.", learned=("answered_at",)),
        time("resolved_at", "When it was settled.", learned=("resolved_at",)),
    ),
)
