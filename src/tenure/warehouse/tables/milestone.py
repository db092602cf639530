"""``milestone``: a step on an account's way to value."""

from __future__ import annotations

from tenure.warehouse.table import Derived, number, state, text, time

milestone = state(
    "milestone",
    "A step on an account's way to value. live, onboarded and first_value may instead be declared in the settings as a "
    "rule on usage. Without an id, an account has one milestone of a kind for each product.",
    key="milestone_id",
    generated_key=True,
    made_from=("account_id", "kind", "product_id"),
    known="started_at",
    own_time="completed_at",
    columns=(
        text("milestone_id", "The milestone's id; made from account, kind and product where the file has none."),
        text("account_id", "The account.", required=True, references="account"),
        text(
            "kind",
            "Which step.",
            required=True,
            open_choices=True,
            choices=("closed_won", "kickoff", "live", "onboarded", "first_value"),
        ),
        text("product_id", "The product it is about.", references="product"),
        time("due_at", "The day by which it is to be reached; it lasts until that day is over."),
        time("started_at", "When work on it began."),
        time("completed_at", "When it was reached; empty while it is not.", learned=("completed_at",)),
        number("held_minutes", "For how long it was held up.", low=0, learned=("completed_at",)),
        text(
            "blocked_by",
            "Who held it up; what the customer held up is shown apart.",
            choices=("customer", "us"),
            learned=("completed_at",),
        ),
    ),
    derived=(
        Derived(
            "due_end",
            "TIMESTAMP",
            "timestamp(6)",
            "(((due_at AT TIME ZONE 'UTC' AT TIME ZONE {zone})::DATE + 1)::TIMESTAMP AT TIME ZONE {zone})"
            " AT TIME ZONE 'UTC'",
            "The end of the local day by which it is to be reached.",
        ),
    ),
)
