"""``handover_item``: something to be passed on when an account changes hands."""

from __future__ import annotations

from tenure.warehouse.table import Derived, state, text, time

handover_item = state(
    "handover_item",
    "Something to be passed on when an account changes hands. A hand-over is complete when each of its items is done; "
    "those missing are named.",
    key="account_id kind from_id to_id item",
    own_time="done_at",
    columns=(
        text("account_id", "The account.", required=True, references="account"),
        text(
            "kind",
            "From sales to success, or from one success manager to another.",
            required=True,
            choices=("sales_to_success", "csm_to_csm"),
        ),
        text("from_id", "Who hands over.", required=True, references="csm"),
        text("to_id", "Who takes over.", required=True, references="csm"),
        text("item", "What is to be passed on, as goals, contacts or promises made.", required=True),
        time("due_at", "The day by which it is to be done; it lasts until that day is over."),
        time("done_at", "When it was done; empty while it is not.", learned=("done_at",)),
    ),
    derived=(
        Derived(
            "due_end",
            "TIMESTAMP",
            "timestamp(6)",
            "(((due_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE + 1)::TIMESTAMP AT TIME ZONE {zone})"
            " AT TIME ZONE 'UTC'",
            "The end of the local day by which it is to be done.",
        ),
    ),
)
